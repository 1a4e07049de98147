"""What headings and lines above say of the lines below: whom they are about, and which labels,
groups, short forms and lists of labels hold."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from memorygym.core.statements import CURRENT, FORMER
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.blocks import Title
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.sentences import DENIED, MARKS, Subject, bracket, last_list
from memorygym.scoring.fact_reader.shown import Anchor, Shown, stem
from memorygym.scoring.fact_reader.values import candidates, stamps
from memorygym.scoring.fact_reader.words import GENERIC, LINKS

_ALIAS = re.compile(r"(?<![\w.])([A-Za-z][A-Za-z&]{0,7})\s*=\s*(?=[A-Za-z])")
_LISTED_ALIAS = re.compile(r"(?:^|[(:,;])\s*([A-Za-z]{1,4})\s+(?=[a-z])")
"""A short form before its meaning, of a list of at least three: "(b bundle, t tariff, r town)"."""
_MEANING = re.compile(r"[^\n,;=|/]{3,40}")
_LEGEND = re.compile(r"(?:\border:|\bcolumns?\s*[:=]|\()\s*([A-Za-z][^():=\n]*[a-zA-Z])\)?")
"""A list of labels in the order of the values below."""
_VERSUS = re.compile(r"\s*(?:vs\.?|versus)\s*")
_STATES = re.compile(r"[:=|].*\d.*\d|[:=] ?\W?\d")
"""What a line has that says more than who or what the lines below it are about."""


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_DIVIDED, _FIGURED = re.compile(r"[(\[—–,|·-]"), re.compile(r"\w[\"'`*]* \d")


class Contexts:
    """What stands above, for the texts of one stream."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self._vocabulary = shown.vocabulary
        self._nouns = self._vocabulary.nouns | {stem(noun) for noun in self._vocabulary.nouns}
        self._sources = frozenset(word for s in self._vocabulary.sources for word in s.split())
        self.title = lru_cache(maxsize=20_000)(self._title)
        self.subject = lru_cache(maxsize=4_000)(self._subject)

    def without_aliases(self, text: str) -> str:
        """The text with names and labels for short forms that it defines: "OD = open defects"."""
        meanings = dict(self._meanings(text, _ALIAS)) if "=" in text else {}
        for line in text.split("\n") if "," in text else ():
            if (
                len(_LISTED_ALIAS.findall(line)) > 2
                and len(listed := dict(self._meanings(line, _LISTED_ALIAS))) > 2
            ):
                meanings |= listed
        if not meanings:
            return text
        words = "|".join(map(re.escape, sorted(meanings, key=len, reverse=True)))
        return re.sub(
            rf"(?<![\w.])({words})(?=\d|(?![\w.]))(?!\s*=\s*[A-Za-z&])",
            lambda match: f"{meanings[match[1]]} ", text,
        )  # fmt: skip

    def _meanings(self, text: str, form: re.Pattern[str]) -> Iterator[tuple[str, str]]:
        """Short forms of a text, with the name or label of which each has letters."""
        for match in form.finditer(text):
            whole = _MEANING.match(text, match.end())
            anchors = self.shown.anchors(whole[0]) if whole else ()
            if whole is None or not anchors or anchors[0].start > 1:
                continue
            target = whole[0][anchors[0].start : anchors[0].end]
            letters, rest = match[1].lower(), iter(target.lower())
            if target[0].lower() == letters[0] and all(letter in rest for letter in letters):
                yield match[1], target

    def legend(self, text: str) -> tuple[Key, ...]:
        """The keys that a line lists in the order in which the rows below give their values."""
        match = _LEGEND.search(text)
        if match is None:
            return ()
        parts = re.split(r"\s*[/,;|]\s*", match[1])
        keys: list[Key] = []
        for part in parts:
            anchors = self.shown.anchors(part)
            if any(a.role in ("name", "value") for a in anchors):
                return ()
            keys += [key for a in anchors for key in a.keys]
        return tuple(dict.fromkeys(keys)) if len(parts) > 1 and len(keys) >= len(parts) else ()

    def _subject(self, path: Sequence[str]) -> Subject | None:
        """Who a line below these headings is about; None if they say that nothing is so."""
        name, date, source, role, limit = "", "", "", CURRENT, ""
        marks: tuple[Anchor, ...] = ()
        shared: list[Anchor] = []
        is_named = False
        for text in reversed(path):
            if DENIED.search(text):
                return None
            anchors = self.shown.anchors(text)
            names = [a for a in anchors if a.role in ("name", "stranger")]
            if names and not is_named:
                is_named = True
                opening = names[0]
                lead = re.findall(r"[^\W_]+", text[: opening.start].lower())
                is_head = all(self._is_plain(word) or not word.isalpha() for word in lead)
                is_only = len({a.text for a in names}) == 1 and self.title(text).is_title
                is_pair = len({a.text for a in names}) > 1 and (
                    len(last_list(text, names[:2])) > 1
                    or _VERSUS.fullmatch(text, names[0].end, names[1].start) is not None
                )
                is_owner = (is_only or is_head) and not is_pair and opening.role == "name"
                name = opening.text if is_owner else "?"
            lone = [a for a in anchors if a.role in MARKS]
            if (
                not marks
                and len(lone) == 1
                and not re.search(r"\w", re.sub(r"\([^()]*\)", "", text[lone[0].end :]))
            ):
                marks, limit = tuple(lone), bracket(text, lone[0].end)
            if not names:
                shared += [a for a in anchors if a.role == "value" and a.keys[0].is_shared]
                for key in self.shown.places:
                    shared += [
                        Anchor(c.start, c.end, "value", str(c.value), (key,))
                        for c in candidates(key, text)
                    ]
                bare = _bare(mask(text, [*anchors], " "))
                if cues.FORMER.fullmatch(bare):
                    role = FORMER
                elif cues.OTHER.search(bare) and len(bare.split()) < 5:
                    return None
            date = date or next((iso for _, _, iso in stamps(text)), "")
            source = source or self._vocabulary.source_of(text)
        if len({a.text for a in shared}) != 1:
            shared = []
        return Subject(name, marks, date, source, role, tuple(shared[:1]), limit)

    def _title(self, text: str) -> Title:
        """What a text is alone."""
        if len(text) > 100:
            return Title(has_value=True)
        anchors = self.shown.anchors(text)
        names = [a for a in anchors if a.role in ("name", "stranger")]
        marks = [a for a in anchors if a.role in MARKS]
        values = [a for a in anchors if a.role == "value"]
        if marks and _STATES.search(text):
            return Title(has_value=True)
        if names:  # "Orm Sonde [instrument]": what it is, not what it has.
            marks = [m for m in marks if not self._is_kind_in_brackets(text, m)]
            if marks:
                return Title(has_value=bool(values))
        rest = mask(text, [a for a in anchors if a.role != "hint"], " ")
        bare = re.sub(r"[\W_]+", " ", rest).strip().lower()
        is_name = len(names) == 1 and not values and bare in ("", "the", "a")
        is_label = bool(anchors) and not names and not values
        if marks:
            is_label = is_label and len(marks) == 1 and (bare in ("the", "a") or _is_cue(bare))
        else:
            is_label = is_label and len(anchors) == len(bare.split())
        is_kind = (
            not anchors and bare != "" and all(stem(word) in self._nouns for word in bare.split())
        )
        is_title = (
            self._is_title(text, rest, names, marks, values)
            or _is_day(text)
            or (not names and DENIED.search(text) is not None)
        )
        is_known = is_name and names[0].role == "name"
        return Title(is_name, is_label, is_title, is_kind, bool(values), not marks, is_known)

    def _is_kind_in_brackets(self, text: str, mark: Anchor) -> bool:
        is_kind = text[mark.start : mark.end].lower() in self._nouns
        return is_kind and text[: mark.start].rstrip()[-1:] in ("(", "[", "<")

    def _is_title(
        self,
        text: str,
        rest: str,
        names: Sequence[Anchor],
        marks: Sequence[Anchor],
        values: Sequence[Anchor],
    ) -> bool:
        """Whether a text only says who or what the lines below it are about. `rest` is the text
        without names, labels and values."""
        ends = text.rstrip().endswith(":")
        plain = _BRACKETS.sub(" ", rest)
        if names:
            return (
                len({a.text for a in names}) == 1
                and not re.search(r":\s*\S", _BRACKETS.sub(" ", text))
                and (_DIVIDED.search(text) is not None or not _FIGURED.search(text))
                and self._size(plain) <= (3 if ends else 0)
            )
        if re.search(r"\d", rest) or (size := self._size(plain)) > 4:
            return False
        shared = any(a.keys[0].is_shared for a in values)
        return ends or (
            (bool(marks) or shared)
            and len(marks) + len(values) == 1
            and not size
            and not re.search(r"[:=|].*\w", text)
        )

    def _size(self, text: str) -> int:
        """The number of words of a text that may say something."""
        words = re.findall(r"[^\W_]+", _unstamped(text).lower())
        return sum(not self._is_plain(word) for word in words)

    def _is_plain(self, word: str) -> bool:
        """Whether a word beside a name says nothing of the entity."""
        return (
            word in LINKS
            or word in GENERIC
            or word in self._sources
            or stem(word) in self._nouns
            or word in ("md", "txt", "json")
        )


def _is_cue(bare: str) -> bool:
    """Whether words beside a label say which of its values is meant."""
    cue = re.sub(r"\b(?:19|20)\d\d\b", "", bare).strip()
    return not cue or cue in ("actual", "current", "now") or bool(cues.OTHER.fullmatch(cue))


def _is_day(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return any(not re.search(r"\w", text[:start] + text[end:]) for start, end, _ in stamps(text))


def _unstamped(text: str) -> str:
    return mask(text, stamps(text), " ")


def _bare(text: str) -> str:
    """The words of a text without dates, in lower case."""
    return re.sub(r"[\W_]+", " ", _unstamped(text)).strip().lower()
