"""Reads prose as a careful human would: the entity, the attribute and the value of a sentence.

It does not use the wording tables of the generator. The attribute of a sentence is the label or
alias that it contains. Of several figures, the one in the clause of the label counts, and there
the one before any word that starts a comparison.
"""

import re
from functools import lru_cache

from memorygym.core.statements import AMONG, CATEGORY, CURRENT, SHIFT, Statement, Value
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.values import dates
from memorygym.tracks.worlds.facts import Attribute, Facts, Guide

HEAD = re.compile(r"^\[([^·\]\n]+) · ([^·\]\n]+) · ([^·\]\n]+)\]\n(.*)$", re.M)
"""A document: what it is, its entity, its date and its text."""
_OTHERS = re.compile(r"(?<!')\b[A-Z][a-z]+ [A-Z][a-z]+")
_CLAUSE = re.compile(r"; |, (?=[^\d])|\n")
_CUE = re.compile(
    r"\b(?:after|against|versus|compared|instead of|and not|rather than|not the|from|forecast"
    r"|guidance|target|preliminary|provisional|estimated?|median|average|up|down)\b"
)
_SHIFT = "er than stated before"
_QUOTED = re.compile(r'"([^"]*)"')
_GROUP = re.compile(r"'([^']+)'")
_POINTS = str.maketrans("", "", ",:;()[]|")


class ProseReader:
    """Reads prose under one guide."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self._labels = {label: a for a in guide.attributes for label in (a.label, a.alias)}
        longest_first = map(re.escape, sorted(self._labels, key=len, reverse=True))
        self._label = re.compile(rf"(?<!\S)(?:{'|'.join(longest_first)})(?!\S)")
        # Views show the same documents many times.
        self._document = lru_cache(maxsize=20_000)(self._parsed)
        self.patterns = {a.code: _pattern(a) for a in guide.attributes}

    def read(self, text: str) -> Reading:
        """What all documents and corrections in a text state."""
        readings = [self._document(m[2], m[4], m[3]) for m in HEAD.finditer(text)]
        facts = tuple(fact for reading in readings for fact in reading.facts)
        return Reading(facts, sum(reading.unread for reading in readings))

    def document(self, match: re.Match[str]) -> Facts | None:
        """The facts in a document as it was shown; None if it may have been rewritten.

        Every sentence of a shown document names its entity, and no other but as a relation's.
        """
        name, body = match[2], match[4]
        text, end = match.string, match.end()
        is_last = text.startswith("\n\n", end) or not text[end:].strip()
        if not is_last and not HEAD.match(text, end + 1):
            return None
        if not all(name in sentence for sentence in body.removesuffix(".").split(". ")):
            return None
        facts, unread = self._document(name, body, match[3])
        others = {fact.value for fact in facts if fact.role == AMONG} | {name}
        for other in others:
            body = body.replace(str(other), "it")
        return None if unread or _OTHERS.search(body) else facts

    def attribute(self, sentence: str) -> Attribute | None:
        """The attribute whose label or alias stands first in a sentence, or None."""
        label = self._label.search(" ".join(sentence.translate(_POINTS).split()))
        return self._labels[label[0]] if label else None

    def _parsed(self, name: str, body: str, date: str) -> Reading:
        """What a document states; of a key that it states twice the last value."""
        day = next((iso for _, _, iso in dates(date)), "")
        stated: dict[object, Statement] = {}
        unread = 0
        for sentence in body.removesuffix(".").split(". "):
            attribute = self.attribute(sentence)
            if attribute is None:
                for fact in self._links(name, sentence, day):
                    stated[fact.key, fact.value if fact.role == AMONG else fact.role] = fact
                continue
            code, role = attribute.code, SHIFT if _SHIFT in sentence else CURRENT
            value = (self._shift if role == SHIFT else self.value)(attribute, sentence)
            if value is None:
                unread += 1
            else:
                stated[code, role] = Statement(name, code, value, role, date=day)
        return Reading(tuple(stated.values()), unread)

    def _links(self, name: str, sentence: str, day: str) -> list[Statement]:
        """The category or the relation that a sentence states, if it states one."""
        group = _GROUP.search(sentence)
        if group and group[1] in self.guide.categories:
            return [Statement(name, CATEGORY, group[1], date=day)]
        parts = ((r.code, sentence.partition(f" {r.phrase} ")) for r in self.guide.relations)
        return [
            Statement(name, code, right, AMONG, date=day)
            for code, (left, phrase, right) in parts
            if phrase and left == name
        ]

    def _shift(self, attribute: Attribute, sentence: str) -> int | None:
        shift = sentence.replace(" percentage points", "%")
        numbers = self.patterns[attribute.code].findall(shift)
        if len(numbers) != 1:
            return None
        return (1 if "higher" in sentence else -1) * _scaled(numbers[0], attribute)

    def value(self, attribute: Attribute, sentence: str) -> Value | None:
        """The value that a sentence states, or None if it is missing or unclear."""
        if attribute.kind == "text":
            quoted = _QUOTED.search(sentence)
            return quoted[1] if quoted else None
        candidates = self._candidates(attribute, sentence)
        if len(candidates) > 1:
            clauses = _CLAUSE.split(sentence)
            labels = (attribute.label, attribute.alias)
            clause = next((c for c in clauses if labels[0] in c or labels[1] in c), "")
            candidates = self._candidates(attribute, clause)
            if len(candidates) > 1:
                candidates = self._candidates(attribute, _CUE.split(clause)[0])
        return _value(attribute, candidates[0]) if len(candidates) == 1 else None

    def _candidates(self, attribute: Attribute, text: str) -> list[str]:
        """All different texts that have the format of the attribute's values."""
        if attribute.kind == "date":
            candidates = [iso for _, _, iso in dates(text)]
        else:
            candidates = self.patterns[attribute.code].findall(text)
        return candidates if len(candidates) < 2 else list(dict.fromkeys(candidates))


def _value(attribute: Attribute, text: str) -> Value:
    match attribute.kind:
        case "int" | "float":
            return _scaled(text, attribute)
        case "series":
            return tuple(_scaled(part, attribute) for part in text.split(", "))
    return text


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
    """The scaled integer of a number as documents write it."""
    digits = text.removesuffix(a.suffix) if a.suffix else text
    if a.prefix:
        digits = digits.replace(a.prefix, "", 1)
    return int(digits.replace(",", "").replace(".", ""))


def loose_number(text: str, a: Attribute) -> int:
    """The scaled integer of a number with or without unit; surplus decimals are cut off."""
    whole, _, rest = re.sub(r"[^\d.-]", "", text).partition(".")
    return int(whole + rest[: a.decimals].ljust(a.decimals, "0"))
