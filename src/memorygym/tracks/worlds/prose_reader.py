"""Reads prose as a careful human would: who is spoken of, which attribute, which figure is meant.

It knows no wording of the dealer. A sentence's attribute is the label or alias that it contains; of
several figures the one in the label's own clause counts, before any word that opens a comparison.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from memorygym.core.tokens import MONTHS
from memorygym.tracks.worlds.facts import Attribute, Guide, Record, RecordDraft, Value

_HEAD = re.compile(r"^\[([^·\]\n]+) · ([^·\]\n]+) · ([^·\]\n]+)\]\n(.*)$", re.M)
_CLAUSE = re.compile(r"; |, (?=[^\d])|\n")
_CUE = re.compile(
    r"\b(?:after|against|versus|compared|instead of|and not|rather than|not the|from|forecast"
    r"|guidance|target|preliminary|provisional|estimated?|median|average|up|down)\b"
)
_SHIFT = "er than stated before"
_QUOTED = re.compile(r'"([^"]*)"')
_GROUP = re.compile(r"'([^']+)'")
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b|\b(\d{1,2}) (" + "|".join(MONTHS) + r") (\d{4})\b")
_POINTS = str.maketrans("", "", ",:;()[]|")


class ProseReader:
    """Reads under one guide."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._labels: dict[str, list[tuple[tuple[str, ...], Attribute]]] = {}
        for attribute in guide.attributes:
            for label in (attribute.label, attribute.alias):
                words = tuple(label.split())
                self._labels.setdefault(words[0], []).append((words, attribute))
        for listed in self._labels.values():
            listed.sort(key=lambda pair: -len(pair[0]))
        # Views show the same documents again and again.
        self._document = lru_cache(maxsize=20_000)(self._told)
        self.patterns = {a.code: _pattern(a) for a in guide.attributes}

    def read(self, text: str) -> tuple[Record, ...]:
        """The records of documents and notices; none if the text holds none."""
        return tuple(self._document(found[2], found[4]) for found in _HEAD.finditer(text))

    def between(self, text: str) -> Iterator[tuple[str, tuple[Record, ...]]]:
        """What stands before each document with the document's records, and the rest."""
        at = 0
        for found in _HEAD.finditer(text):
            yield text[at : found.start()], (self._document(found[2], found[4]),)
            at = found.end()
        yield text[at:], ()

    def attribute(self, words: list[str]) -> Attribute | None:
        """The attribute whose label or alias stands among the words."""
        labels = self._labels
        for at, word in enumerate(words):
            if word in labels:
                for wanted, attribute in labels[word]:
                    size = len(wanted)
                    if size == 1 or tuple(words[at : at + size]) == wanted:
                        return attribute
        return None

    def _told(self, name: str, body: str) -> Record:
        """What a document tells."""
        record = RecordDraft(name)
        body = body.removesuffix(".")
        for sentence in body.split(". "):
            attribute = self.attribute(sentence.translate(_POINTS).split())
            if attribute is None:
                self.tie(record, sentence)
            elif _SHIFT in sentence:
                self._shift(record, attribute, sentence)
            else:
                value = self.value(attribute, sentence)
                if value is None:
                    record.unread += 1
                else:
                    record.values[attribute.code] = value
        return record.record()

    def tie(self, record: RecordDraft, sentence: str) -> None:
        """Membership in a category, or a relation."""
        group = _GROUP.search(sentence)
        if group and group[1] in self.guide.categories:
            record.category = group[1]
            return
        for relation in self.guide.relations:
            left, found, right = sentence.partition(f" {relation.phrase} ")
            if found and left == record.name:
                record.edges += ((relation.code, right),)

    def _shift(self, record: RecordDraft, attribute: Attribute, sentence: str) -> None:
        found = self.patterns[attribute.code].findall(sentence)
        if len(found) != 1:
            record.unread += 1
            return
        sign = 1 if "higher" in sentence else -1
        record.shifts[attribute.code] = sign * _scaled(found[0], attribute)

    def value(self, attribute: Attribute, sentence: str) -> Value | None:
        """The value that the sentence gives, None if that cannot be told."""
        if attribute.kind == "text":
            quoted = _QUOTED.search(sentence)
            return quoted[1] if quoted else None
        shown = self._shown(attribute, sentence)
        if len(shown) > 1:
            called = (attribute.label, attribute.alias)
            clauses = _CLAUSE.split(sentence)
            clause = next((c for c in clauses if called[0] in c or called[1] in c), "")
            shown = self._shown(attribute, clause)
            if len(shown) > 1:
                shown = self._shown(attribute, _CUE.split(clause)[0])
        return _value(attribute, shown[0]) if len(shown) == 1 else None

    def _shown(self, attribute: Attribute, text: str) -> list[str]:
        """All different values of the attribute's form, as they stand."""
        if attribute.kind == "date":
            found = [_iso(parts) for parts in _DATE.findall(text)]
        else:
            found = self.patterns[attribute.code].findall(text)
        return found if len(found) < 2 else list(dict.fromkeys(found))


def _value(attribute: Attribute, shown: str) -> Value:
    match attribute.kind:
        case "int" | "float":
            return _scaled(shown, attribute)
        case "series":
            return tuple(_scaled(part, attribute) for part in shown.split(", "))
    return shown


def _pattern(a: Attribute) -> re.Pattern[str]:
    if a.kind == "enum":
        return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, a.choices)) + r")(?![\w-])")
    places = rf"\.\d{{{a.decimals}}}" if a.decimals else ""
    number = rf"-?{re.escape(a.prefix)}\d{{1,3}}(?:,\d{{3}})*{places}{re.escape(a.suffix)}"
    before, after = r"(?<![\w.,$%-])", r"(?!\d|[.,]\d|%|\w)"
    if a.suffix and not a.suffix[-1].isalnum():
        after = ""
    if a.kind == "series":
        number = rf"{number}(?:, {number}){{{a.length - 1}}}"
    return re.compile(before + number + after)


def _scaled(text: str, a: Attribute) -> int:
    """A number as documents display it, as a scaled integer."""
    digits = text.removesuffix(a.suffix) if a.suffix else text
    if a.prefix:
        digits = digits.replace(a.prefix, "", 1)
    return int(digits.replace(",", "").replace(".", ""))


def loose_number(text: str, a: Attribute) -> int:
    """A number with or without its unit and with any decimals; further decimals are cut."""
    whole, _, rest = re.sub(r"[^\d.-]", "", text).partition(".")
    return int(whole + rest[: a.decimals].ljust(a.decimals, "0"))


def _iso(parts: tuple[str, ...]) -> str:
    year, month, day, spoken_day, name, spoken_year = parts
    if year:
        return f"{year}-{month}-{day}"
    return f"{spoken_year}-{MONTHS.index(name) + 1:02d}-{int(spoken_day):02d}"
