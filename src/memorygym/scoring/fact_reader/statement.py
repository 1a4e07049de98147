"""What one line states: whose key has which value.

A line is cut into parts with one label each. In a part, the value stands in the clause of the
label; else it is the only one in the other clauses. A figure behind a cue ("forecast", "versus",
"was") is not the current value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import CURRENT, FORMER, IT, Claim, Mark, Sense
from memorygym.scoring.fact_reader.clauses import values_of
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.parts import (
    LABEL_SIGN,
    NAME_SIGN,
    STATED,
    WORD,
    Part,
    before_names,
    distributed,
    has_values_first,
    head_of,
    is_alone,
    is_beside_a_value,
    is_labelled,
    linked,
    longest,
    merged,
    objects_of,
    one_owner,
    opening_of,
    sole,
    term,
    termed,
    with_qualifier,
)
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.values import candidates, has_date, stamps
from memorygym.scoring.fact_reader.vocabulary import Vocabulary


class StatementReader:
    """Reads lines with one vocabulary; it remembers what it has read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.read = lru_cache(maxsize=50_000)(self._read)

    def _read(self, text: str, default: Mark | None = None) -> Sense:
        """What a line states. `default` is the label of values that have none."""
        date = ""
        if has_date(text):
            text, date = without_stamps(text, self._date_labels(text, default))
        line = _Line(self.vocabulary, default)
        for sentence in _sentences(text):
            line.read(sentence)
        cue = ""
        if not line.claims and not line.asks:
            bare = text if default is None else ""
            cue = "other" if cues.OTHER.search(bare) else FORMER if cues.FORMER.search(bare) else ""
        return Sense(
            tuple(line.claims), line.unread, tuple(line.names), line.head or line.opening,
            line.last, line.mark, date, cue, line.asks,
        )  # fmt: skip

    def _date_labels(self, text: str, default: Mark | None) -> int:
        """Where the last label of a date ends; -1 if the text has none."""
        ends = [0] if default and default.keys[0].kind == "date" else [-1]
        if any(key.kind == "date" for key in self.vocabulary.keys):
            found = self.vocabulary.labels.find(text)
            ends += [end for _, end, keys, _ in found if keys[0].kind == "date"]
        return max(ends)


def without_stamps(text: str, date_label: int = -1) -> tuple[str, str]:
    """The text without the date that tells when it was stated, and that ISO date or "".

    `date_label` is where the label of a date ends: the next date is its value.
    """
    stamp = ""
    found = list(stamps(text))
    value = None
    if date_label >= 0:
        kept = [date for date in found if not cues.AS_OF.search(text[: date[0]])]
        inside = [date for date in kept if not cues.BRACKET_LEFT.search(text[: date[0]])]
        kept = inside or kept
        value = next((date for date in kept if date[0] >= date_label), kept[-1] if kept else None)
    for date in found:
        start, end, iso = date
        left, right = text[:start], text[end:]
        if date is value:
            continue
        is_apart = cues.APART_LEFT.search(left) and cues.APART_RIGHT.match(right)
        if is_apart or cues.STAMP.search(left) or (date_label < 0 and cues.WEAK_STAMP.search(left)):
            stamp = stamp or iso
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return cues.PREFIX.sub(
        lambda match: " " * len(match[0]), text, count=1
    ) if stamp else text, stamp


_LONGEST = 2_000
"""Characters after which a sentence is cut, so that time is in proportion to a line's length."""


def _sentences(text: str) -> Iterator[str]:
    for sentence in _whole_sentences(text):
        start = 0
        while len(sentence) - start > _LONGEST:
            cuts = (sentence.rfind(border, start, start + _LONGEST) for border in (";", ",", " "))
            end = next((cut + 1 for cut in cuts if cut > start), start + _LONGEST)
            yield sentence[start:end]
            start = end
        yield sentence[start:]


def _whole_sentences(text: str) -> Iterator[str]:
    start = 0
    for match in cues.SENTENCE.finditer(text):
        if not cues.ABBREVIATION.search(text[start : match.start()]):
            yield text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield text[start:]


@dataclass
class _Line:
    """The state of reading a line, sentence by sentence."""

    vocabulary: Vocabulary
    default: Mark | None
    claims: list[Claim] = field(default_factory=list)
    unread: int = 0
    names: dict[str, None] = field(default_factory=dict)
    head: str = ""
    """The entity before a colon or dash at the start: the whole line is about it."""
    opening: str = ""
    last: str = ""
    mark: Mark | None = None
    asks: bool = False
    objects: set[str] = field(default_factory=set)
    """Entities that are values of relations."""

    def read(self, sentence: str) -> None:
        part = self._part(sentence)
        self.asks = sentence.rstrip(" \"'*)").endswith("?")
        if not self.names:
            self.opening = opening_of(part)
        self.names.update(dict.fromkeys(name for _, _, name in part.names))
        if self.asks:
            self.mark = termed(part.marks[0], sentence) if len(part.marks) == 1 else None
            self.head = part.names[0][2] if len(part.names) == 1 else ""
            return
        self.head = head_of(part) or self.head
        pronoun = cues.PRONOUN.match(sentence)
        self.objects |= objects_of(part)
        is_it = pronoun and (
            not pronoun["noun"] or pronoun["noun"].lower() in self.vocabulary.nouns
        )
        subject = self.head or (self.last or IT if is_it else "")
        before = len(self.claims)
        if not subject and not part.names and set(self.names) - self.objects == {self.opening}:
            subject = self.opening
        own = {name for _, _, name in part.names} - objects_of(part)
        inherited = subject or (own.pop() if len(own) == 1 else "?" if self.names else "")
        for piece in self._pieces(part):
            self._state(piece, inherited)
        stated = [claim.subject for claim in self.claims[before:]]
        self.last = stated[0] if stated and stated[0] != "?" else sole(part) or subject

    def _part(self, sentence: str) -> Part:
        names = self.vocabulary.find_names(sentence)
        masked = mask(sentence, names, NAME_SIGN)
        marks = [
            Mark(*found, form)
            for form, phrases in self.vocabulary.phrases
            for found in phrases.find(masked)
            if form == "label" or not cues.NOUN.search(masked[: found[0]])
        ]
        marks = [_qualified(mark, masked) for mark in (longest(marks) if len(marks) > 1 else marks)]
        masked = mask(masked, marks, LABEL_SIGN)
        marks = [with_qualifier(mark, masked) for mark in marks]
        if short := self._short_labels(masked):
            masked = mask(masked, short, LABEL_SIGN)
            marks = sorted([*marks, *short], key=lambda mark: mark.start)
        return Part(masked, tuple(names), tuple(marks))

    def _short_labels(self, text: str) -> list[Mark]:
        """Words that can mean one label only, each beside a value of its key."""
        marks: list[Mark] = []
        for match in WORD.finditer(text):
            keys = self.vocabulary.short.keys_of(match[0])
            last = marks[-1] if marks else None
            shared = tuple(key for key in keys if last and key in last.keys)
            if last and shared and not text[last.end : match.start()].strip(" ."):
                marks[-1] = last._replace(end=match.end(), keys=shared)
            elif keys:
                marks.append(Mark(match.start(), match.end(), keys))
        if len(marks) == 1 and not self.default:
            rest = text[: marks[0].start] + text[marks[0].end :]
            if len(marks[0].keys) == 1 and not STATED.search(rest):
                return marks
        marks = [
            mark._replace(keys=keys) for mark in marks
            if len(keys := tuple(k for k in mark.keys if is_beside_a_value(mark, k, text))) == 1
        ]  # fmt: skip
        return [mark for mark in marks if not is_labelled(mark, text)]

    def _pieces(self, part: Part) -> Iterator[Part]:
        """The part, cut so that each piece has at most one label."""
        marks = merged(part)
        start, is_clear = 0, True
        values_first = has_values_first(part, marks)
        for mark, after in pairwise(marks):
            gap = part.text[mark.end : after.start]
            borders = [
                border for border in cues.CUT.finditer(gap)
                if values_first or not re.search(r"[\d\"]", gap[border.end() :])
            ]  # fmt: skip
            if borders:
                end, clear = mark.end + borders[-1].start(), True
            elif values_first:
                end, clear = mark.end, False
            else:
                end = before_names(part, mark.end, after.start)
                clear = bool(cues.EXPLICIT.match(part.text, after.end))
            yield part.cut(start, end, is_clear and clear)
            start, is_clear = end, clear
        yield part.cut(start, len(part.text), is_clear)

    def _state(self, piece: Part, inherited: str) -> None:
        """Adds what a piece with at most one label states."""
        mark = piece.marks[0] if piece.marks else None
        self._lone(piece, mark, inherited)
        if mark is None:
            mark = self.default
            if mark is None:
                return
            piece = Part(piece.text, piece.names, ())
        elif len(piece.marks) > 1:  # A label and its alias beside it.
            mark = mark._replace(end=piece.marks[-1].end)
        numbers = tuple(key for key in mark.keys if key.kind != "entity")
        if len(numbers) < len(mark.keys) and not any(
            candidates(key, piece.text) for key in numbers
        ):
            self._relation(piece, self._with_value(mark, piece), inherited)
            return
        mark = mark._replace(keys=numbers)
        groups = [piece]
        if len(piece.names) > 1 and (
            mark is self.default or not piece.text[: mark.start].strip(" *-")
        ):
            groups = distributed(piece, mark)
        elif len(piece.names) > 1:
            groups = [one_owner(piece, mark)]
        for group in groups:
            self._value(group, mark, inherited, is_default=mark is self.default)

    def _with_value(self, mark: Mark, piece: Part) -> Mark:
        """The mark with the only relation whose types fit the names of the piece."""
        keys = [key for key in mark.keys if key.kind == "entity"]
        types = {self.vocabulary.type_of(name) for _, _, name in piece.names}
        fitting = [key for key in keys if not key.value or key.value in types]
        return mark._replace(keys=tuple(fitting or keys)[:1])

    def _value(self, piece: Part, mark: Mark, inherited: str, *, is_default: bool) -> None:
        span = (0, 0) if is_default or mark not in piece.marks else (mark.start, mark.end)
        results = [(key, values_of(key, piece.text, span)) for key in mark.keys]
        chosen = [(key, values) for key, values in results if values]
        if not chosen:
            if all(values is not None for _, values in results):
                self.mark = mark if mark is not self.default else None
                self.head = self.head or sole(piece)
            else:
                self.unread += 1
            return
        key, values = chosen[0]
        assert values
        owners = {name for _, _, name in piece.names}
        subject = next(iter(owners)) if len(owners) == 1 else "?" if owners else inherited
        if not piece.is_clear and len(self.names) > 1:
            subject = "?"
        self.mark = None
        if subject == "?":
            self.unread += 1
            return
        code = key.code.format(mark.parameter)
        self.claims += [
            Claim(subject, code, value, mark.role if mark.role != CURRENT else role)
            for value, role in values
        ]

    def _relation(self, piece: Part, mark: Mark, inherited: str) -> None:
        """Adds the entities that a relation links."""
        key = mark.keys[0]
        at = mark.start if mark in piece.marks else 0
        if cues.NEGATED.search(piece.text[:at]):
            return
        if cues.IS_A.search(piece.text[:at]) and not any(name[0] > at for name in piece.names):
            return  # What an entity is, not what it has: "is an instrument".
        before = [name for name in piece.names if name[0] < at]
        behind = [name for name in piece.names if name[0] >= at]
        if mark not in piece.marks and self.head and behind and behind[0][2] == self.head:
            before, behind = behind[:1], behind[1:]
            mark = mark._replace(end=behind[0][0] if behind else 0)
        typed = self._typed(piece, key, inherited)
        subject, values = typed or linked(piece, mark, before, behind)
        if (
            mark.form == "inverse"
            and subject
            and not values
            and inherited not in ("", "?", subject)
        ):
            values = [inherited]
        if not subject and not set(self.names) <= set(values):
            subject = inherited if inherited not in values else ""
        if not values:
            self.mark = termed(mark, piece.text)
            self.head = self.head or (before[-1][2] if before else "")
            return
        self.mark = None
        if not subject or subject == "?" or subject in values:
            self.unread += subject == "?"
            if subject:
                return
        code = key.code.format(mark.parameter)
        if key.has_term:
            code = key.code + (term(piece.text) or mark.parameter)
            if code == key.code:
                self.mark = mark
                return
        ends = [end for _, end, name in piece.names if name in values]
        role = FORMER if mark.role == FORMER or _is_former(piece.text, ends) else CURRENT
        self.claims += [Claim(subject, code, value, role) for value in values]

    def _typed(self, piece: Part, key: Key, inherited: str) -> tuple[str, list[str]] | None:
        """The subject and the values by their types; None if the types leave it open."""
        if not key.value or key.subject == key.value:
            return None
        names = list(dict.fromkeys(name for _, _, name in piece.names))
        values = [name for name in names if self.vocabulary.type_of(name) == key.value]
        subjects = [name for name in names if self.vocabulary.type_of(name) == key.subject]
        if not key.subject:
            subjects = [name for name in names if name not in values]
        if (
            len(subjects) == 1
            and not values
            and inherited
            and self.vocabulary.type_of(inherited) == key.value
        ):
            return subjects[0], [inherited]
        if len(subjects) > 1 or len(values) != 1:
            return ("", []) if len(subjects) + len(values) < len(names) or not values else None
        return subjects[0] if subjects else "", values

    def _lone(self, piece: Part, mark: Mark | None, inherited: str) -> None:
        """Adds the choices that need no label."""
        for match in self.vocabulary.lone_pattern.finditer(piece.text):
            key = self.vocabulary.lone[match[0]]
            if (mark and key in mark.keys) or not is_alone(piece.text, *match.span()):
                continue
            owners = {name for _, _, name in piece.names}
            subject = next(iter(owners)) if len(owners) == 1 else "?" if owners else inherited
            if subject != "?" and (subject or key.stands_alone):
                self.claims.append(Claim(subject, key.code, match[0]))


def _qualified(mark: Mark, text: str) -> Mark:
    """The mark with what the text says beside it of its value."""
    match = cues.QUALIFIED.match(text, mark.end)
    return mark._replace(end=match.end(), role=FORMER) if match else mark


def _is_former(text: str, ends: Sequence[int]) -> bool:
    """Whether the text says of a relation, whose values end there, that it holds no longer."""
    return "ntil release" in text or any(cues.QUALIFIED.match(text, end) for end in ends)
