"""What headings and lines above say of the lines below: whom they are about, and which labels,
groups, short forms and lists of labels hold."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from memorygym.core.statements import CURRENT, FORMER
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.blocks import Title
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.sentences import DENIED, MARKS, Subject, bracket, last_list
from memorygym.scoring.fact_reader.shown import Anchor, Shown, stem
from memorygym.scoring.fact_reader.stamps import stamps
from memorygym.scoring.fact_reader.values import candidates
from memorygym.scoring.fact_reader.words import GENERIC, LINKS

_ALIAS = re.compile(r"(?<![\w.])([A-Za-z][A-Za-z&]{0,7})\s*=\s*(?=[A-Za-z])")
_LEGEND = re.compile(r"(?:\border:|\bcolumns?\s*[:=]|\()\s*([A-Za-z][^():=\n]*[a-zA-Z])\)?")
"""A list of labels in the order of the values below."""
_STATES = re.compile(r"[:=|].*\d.*\d|[:=] ?\W?\d")
"""What a line has that says more than who or what the lines below it are about."""


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
        meanings: dict[str, str] = {}
        for match in _ALIAS.finditer(text):
            whole = re.match(r"[^\n,;=|/]{3,40}", text[match.end() :])
            anchors = self.shown.anchors(whole[0]) if whole else ()
            first = next((a for a in anchors if a.role != "hint"), None) or next(
                iter(anchors), None
            )
            if (
                whole is None
                or first is None
                or first.start > 1
                or first.role in ("value", "stranger")
            ):
                continue
            target = whole[0][first.start : first.end]
            target = (
                first.text
                if first.role == "name"
                else first.keys[0].labels[0]
                if first.role == "hint" and len(first.keys) == 1 and first.keys[0].labels
                else target
            )
            letters, rest = match[1].lower(), iter(target.lower())
            if self.shown.hint(stem(match[1])) and first.role != "name" and len(match[1]) > 3:
                continue
            if target[0].lower() == letters[0] and all(letter in rest for letter in letters):
                meanings[match[1]] = target
        if not meanings:
            return text
        words = "|".join(map(re.escape, sorted(meanings, key=len, reverse=True)))
        return re.sub(
            rf"(?<![\w.])({words})(?=\d|(?![\w.]))(?!\s*=\s*[A-Za-z&])",
            lambda match: f"{meanings[match[1]]} ", text,
        )  # fmt: skip

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
                is_pair = len({a.text for a in names}) > 1 and bool(
                    self.title(text).is_title
                    or len(last_list(text, names[:2])) > 1
                    or re.fullmatch(r"\s*(?:vs\.?|versus)\s*", text[names[0].end : names[1].start])
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
                bare = re.sub(r"[\W_]+", " ", _unstamped(_without(text, anchors))).strip().lower()
                if bare and (
                    cues.FORMER.fullmatch(bare) or re.fullmatch(r"(?:change )?history", bare)
                ):
                    role = FORMER
                elif bare and (cues.OTHER.search(bare) and len(bare.split()) < 5):
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
        if _STATES.search(text) and any(a.role in MARKS for a in anchors):
            return Title(has_value=True)
        rest = _without(text, [a for a in anchors if a.role != "hint"])
        hints = [a for a in anchors if a.role == "hint"]
        names = [a for a in anchors if a.role in ("name", "stranger")]
        marks = [a for a in anchors if a.role in MARKS]
        values = [a for a in anchors if a.role == "value"]
        if names:  # "Orm Sonde [instrument]": what it is, not what it has.
            marks = [
                a for a in marks
                if text[a.start : a.end].lower() not in self._nouns
                or not re.search(r"[(\[<]\s*$", text[: a.start])
            ]  # fmt: skip
        bare = re.sub(r"[\W_]+", " ", rest).strip().lower()
        is_empty = bare in ("", "the", "a")
        is_name = len(names) == 1 and is_empty and not marks and not values
        cue = re.sub(r"\b(?:19|20)\d\d\b", "", bare).strip()
        is_cue = (
            not cue
            or bool(cues.OTHER.fullmatch(cue) or cues.FORMER.fullmatch(cue))
            or cue in ("actual", "current", "now")
        )
        is_label = (
            not names
            and not values
            and (
                (len(marks) == 1 and (is_empty or is_cue))
                or (not marks and bool(hints) and len(hints) == len(bare.split()))
            )
        )
        plain = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", rest)
        plain = _unstamped(plain)
        words = [w for w in re.findall(r"[^\W_]+", plain.lower()) if not self._is_plain(w)]
        is_title = False
        if len({a.text for a in names}) == 1 and not marks and not values[1:]:
            is_title = (
                not re.search(
                    r"\w[\"'`*]* \d",
                    _without(text, []) if not re.search(r"[(\[—–,|·-]", text) else "",
                )
                and not re.search(r":\s*\S", re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text))
                and len(words) <= (3 if text.rstrip().endswith(":") else 0)
            )
        elif not names and not re.search(r"\d", rest) and len(words) <= 4:
            shared = [a for a in values if a.keys[0].is_shared]
            is_title = (text.rstrip().endswith(":") and not values) or bool(
                (marks or shared)
                and len(marks) + len(values) == 1
                and not words
                and not re.search(r"[:=|].*\w", text)
            )
        elif not names and not marks and not values and not words and _is_day(text):
            is_title = True
            is_title = is_title or (bool(cues.FORMER.fullmatch(bare) or cues.OTHER.fullmatch(bare)))
        elif len({a.text for a in names}) > 1 and not marks and text.rstrip().endswith(":"):
            is_title = True
        if not names and not values and DENIED.search(text):
            is_title = True
        is_kind = (
            not anchors
            and bool(bare)
            and all(stem(word) in self._nouns or word in self._nouns for word in bare.split())
        )
        is_known = is_name and names[0].role == "name"
        return Title(is_name, is_label, is_title, is_kind, bool(values), not marks, is_known)

    def _is_plain(self, word: str) -> bool:
        """Whether a word beside a name says nothing of the entity."""
        return (
            word in LINKS
            or word in GENERIC
            or word in self._vocabulary.nouns
            or word in self._sources
            or stem(word) in self._vocabulary.nouns
            or word in ("md", "txt", "json", "notes", "on", "about")
        )


def _is_day(text: str) -> bool:
    """Whether a line is a date and nothing else."""
    return any(not re.search(r"\w", text[:start] + text[end:]) for start, end, _ in stamps(text))


def _unstamped(text: str) -> str:
    for start, end, _ in [*stamps(text)][::-1]:
        text = f"{text[:start]} {text[end:]}"
    return text


def _without(text: str, anchors: Iterable[Anchor]) -> str:
    for anchor in sorted(anchors, reverse=True):
        text = f"{text[: anchor.start]} {text[anchor.end :]}"
    return text
