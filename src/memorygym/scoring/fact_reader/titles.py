"""Headings: marked ones, lines that say only who or what, and lines that are only a date."""

import re

from memorygym.core.statements import FORMER
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark, Sense
from memorygym.scoring.fact_reader.fields import role_of
from memorygym.scoring.fact_reader.lines import BRACKETED
from memorygym.scoring.fact_reader.stamps import stamps
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import COMMON, lowered

_HASHES = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FRAMED = re.compile(r"(?:={2,}|-{2,}|\*{3,}|~{2,})\s*(\S.*?)\s*(?:={2,}|-{2,}|\*{3,}|~{2,})$")
_BOLD = re.compile(r"(?:\*\*|__)([^*_]+?):?(?:\*\*|__):?$")
EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_ENTITLED = re.compile(r"(\w+)\s*[:=]+\s*[\"']?([^\"']+?)[\"']?")
"""A line such as "title: Ann Lee"."""
_META = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|·[^·]*")
_CUE_WORDS = re.compile(
    r"\W*(?:forecasts?|guidance|projections?|projected|preliminary|provisional|estimates?|medians?"
    r"|averages?|rumou?rs?|(?:last|prior|next) years?|outlook|competitors?|sector|benchmarks?"
    r"|targets?|previous(?:ly)?|former(?:ly)?|old|superseded|outdated|history|before)"
    r"(?: (?:values?|figures?|data|entries|facts|numbers))?\W*",
    re.IGNORECASE,
)
_PARTS = frozenset(
    "facts attributes relations relationships values details figures numbers links properties"
    " fields data".split()
)
_MARKS = frozenset("#=-*~[_")
"""How marked headings begin."""
_WORDS = re.compile(r"[^\W\d_]+")
_LEAD = re.compile(r"^\W+")
_LEFT, _APART = re.compile(r"\W*(?:[Tt]he )?"), re.compile(r"\s*[^\w\s,.;:!?'\"]")
"""Stand around a name that the rest of a line qualifies."""
_NAMED = re.compile(r"\b(?:name|title|subject)\W{1,4}(?:[Tt]he )?$")
DAY = -4
"""The depth of a line that is only a date: below all marked headings."""
AT_ITS_DEPTH = 10
"""The level of a marked heading that governs the lines of its own depth."""
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


def marked_title(text: str, level: int, *, is_underlined: bool) -> tuple[str, int]:
    """The text of a marked heading, and its level: 1 to 6, `AT_ITS_DEPTH`, or 0 for none."""
    if level or not (is_underlined or text[:1] in _MARKS):
        return text, level
    if match := _HASHES.match(text):
        return EMPHASIS.sub("", match[2]), len(match[1])
    if match := _FRAMED.fullmatch(text):
        return match[1], 2
    for pattern in (BRACKETED, _BOLD):
        if match := pattern.fullmatch(text):
            return match[1], AT_ITS_DEPTH
    return (text, 2) if is_underlined and len(text) < 100 else ("", 0)


def cue_of(text: str, sense: Sense) -> str:
    """What a heading says of all figures below it: FORMER, "other" or nothing."""
    if sense.mark and sense.mark.role == FORMER:
        return FORMER
    bare = text
    if sense.mark and not sense.names:
        bare = text[: sense.mark.start] + text[sense.mark.end :]
    if not _CUE_WORDS.fullmatch(bare):
        return ""
    return FORMER if cues.FORMER.search(text.lower()) or "history" in text.lower() else "other"


def is_part(text: str) -> bool:
    """Whether a heading only names a part of what it says of an entity: "Facts:"."""
    return text.strip(" *_:").lower() in _PARTS


def is_day(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return len(text) <= 40 and any(
        not re.search(r"\w", text[:start] + text[end:]) for start, end, _ in stamps(text)
    )


class Titles:
    """Tells which lines without marks are headings."""

    def __init__(self, vocabulary: Vocabulary, statements: StatementReader) -> None:
        self._heads, self._statements = vocabulary.heads, statements
        self._kinds = {key.code: key.value for key in vocabulary.keys if key.names_kind}
        """By relation: the type of its value, if a label of the relation is the same word."""
        self._known, self._type_of = vocabulary.known, vocabulary.type_of
        self._alone = {key.code for key in vocabulary.keys if key.stands_alone}

    def untitled(self, text: str, *, has_owner: bool) -> str:
        """The name in a line such as "title: Ann Lee"; a line such as "instrument: Orm Sonde", that
        no entity owns, or "Orm Sonde (instrument)", without the word for the kind; any other line
        as it is."""
        match = _ENTITLED.fullmatch(text) if ":" in text or "=" in text else None
        if match and role_of(match[1], self._heads) == "subject":
            return match[2] if self._statements.read(match[2]).names else text
        return self._without_kind(text, has_owner)

    def _without_kind(self, text: str, has_owner: bool) -> str:
        if not self._kinds:
            return text
        sense = self._statements.read(text)
        if has_owner and not (sense.names and _LEAD.sub("", text).startswith(sense.names[0])):
            return text
        if len(sense.names) == 1 and all(claim.value in sense.names for claim in sense.claims):
            for claim in sense.claims:
                if kind := self._kinds.get(claim.code):
                    return re.sub(rf"\b{kind}\b", "", text, count=1, flags=re.IGNORECASE)
        return text

    def is_kind(self, text: str, mark: Mark) -> bool:
        """Whether the label above a line only says of what kind the entity is that it names."""
        names = self._statements.read(text).names
        return len(names) == 1 and any(
            key.names_kind and self._type_of(names[0]) == key.value for key in mark.keys
        )

    def is_title(self, text: str, sense: Sense, *, has_owner: bool, is_turn: bool) -> bool:
        """Whether a line, or a turn of a conversation, says who or what, and nothing of them."""
        if any(claim.code not in self._alone for claim in sense.claims):
            return False
        if sense.unread or sense.asks:
            return False
        bare = lowered(_META.sub(" ", text) if sense.names else text)
        for name in sense.names:
            bare = bare.replace(name.lower(), " ")
        words = _WORDS.findall(bare)
        if text.endswith(":"):
            return len(words) <= 6
        known = self._known | COMMON if is_turn else self._known
        rest = [word for word in words if word not in known and word[:3] not in _MONTHS]
        is_plain = len(rest) <= 2 * is_turn and len(words) <= 8
        if not sense.names and sense.claims:
            return is_plain and not has_owner  # A group: "Energy".
        if len(sense.names) != 1 or sense.mark is not None:
            return bool(sense.names) and sense.mark is None and is_plain
        if len(rest) >= 5:
            return False
        left, name, right = text.partition(sense.names[0])
        is_apart = _LEFT.fullmatch(left) and _APART.match(right) and text[-1] not in ".!?"
        return bool(is_apart or (name and _NAMED.search(left))) or is_plain
