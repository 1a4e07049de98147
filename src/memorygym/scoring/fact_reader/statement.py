"""What one line states: whose key has which value.

A line is cut into parts with one label each. In a part, the value stands in the clause of the
label; else it is the only one in the other clauses. A figure behind a cue ("forecast", "versus",
"was") is not the current value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from memorygym.scoring.fact_reader import cues, parts
from memorygym.scoring.fact_reader.claims import CURRENT, FORMER, IT, Claim, Mark, Sense
from memorygym.scoring.fact_reader.clauses import values_of
from memorygym.scoring.fact_reader.parts import Part
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.relations import RelationLinker, is_former
from memorygym.scoring.fact_reader.sentences import sentences
from memorygym.scoring.fact_reader.stamps import without_stamps
from memorygym.scoring.fact_reader.values import candidates, has_date
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import lowered


class StatementReader:
    """Reads lines with one vocabulary; it remembers what it has read."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._relations = RelationLinker(vocabulary.type_of)
        self._cached = lru_cache(maxsize=50_000)(self._read)

    def read(self, text: str, default: Mark | None = None) -> Sense:
        """What a line states. `default` is the label of values that have none."""
        return self._cached(text, default)

    def _read(self, text: str, default: Mark | None) -> Sense:
        date = ""
        if has_date(text):
            text, date = without_stamps(text, self._date_labels(text, default))
        line = _Line(self.vocabulary, self._relations, default)
        for sentence in sentences(text):
            line.read(sentence)
        cue = ""
        if not line.claims and not line.asks:
            bare = lowered(text) if default is None else ""
            cue = "other" if cues.OTHER.search(bare) else FORMER if cues.FORMER.search(bare) else ""
        return Sense(
            tuple(line.claims), line.unread, tuple(line.names), line.head or line.opening,
            line.last, line.mark, date, cue, line.asks,
        )  # fmt: skip

    def _date_labels(self, text: str, default: Mark | None) -> int:
        """Where the last label of a date ends; -1 if the text has none."""
        ends = [0] if default and default.keys[0].kind == "date" else [-1]
        if any(self.vocabulary.date_labels.find(text)):
            found = self.vocabulary.labels.find(text)
            ends += [end for _, end, keys, _ in found if keys[0].kind == "date"]
        return max(ends)


@dataclass
class _Line:
    """The state of reading a line, sentence by sentence."""

    vocabulary: Vocabulary
    relations: RelationLinker
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
            self.opening = parts.opening_of(part)
        self.names.update(dict.fromkeys(name for _, _, name in part.names))
        if self.asks:
            self.mark = parts.termed(part.marks[0], sentence) if len(part.marks) == 1 else None
            self.head = part.names[0][2] if len(part.names) == 1 else ""
            return
        self.head = parts.head_of(part) or self.head
        pronoun = cues.PRONOUN.match(sentence)
        objects = parts.objects_of(part)
        self.objects |= objects
        is_it = pronoun and (
            not pronoun["noun"] or pronoun["noun"].lower() in self.vocabulary.nouns
        )
        subject = self.head or (self.last or IT if is_it else "")
        before = len(self.claims)
        if not subject and not part.names and set(self.names) - self.objects == {self.opening}:
            subject = self.opening
        own = {name for _, _, name in part.names} - objects
        inherited = subject or (own.pop() if len(own) == 1 else "?" if self.names else "")
        for piece in self._pieces(part):
            self._state(piece, inherited)
        stated = [claim.subject for claim in self.claims[before:]]
        self.last = stated[0] if stated and stated[0] != "?" else parts.sole(part) or subject

    def _part(self, sentence: str) -> Part:
        if not parts.WORD_OR_LABEL.search(sentence):
            return Part(sentence, sentence, (), ())
        names = self.vocabulary.find_names(sentence)
        masked = mask(sentence, names, parts.NAME_SIGN)
        lower = lowered(masked)
        marks = [
            Mark(*found, form)
            for form, phrases in self.vocabulary.phrases
            for found in phrases.find(masked, lower)
            if form == "label" or not cues.NOUN.search(lower[: found[0]])
        ]
        if marks:
            marks = parts.longest(marks) if len(marks) > 1 else marks
            marks = [_qualified(mark, masked) for mark in marks]
            masked, lower = (mask(t, marks, parts.LABEL_SIGN) for t in (masked, lower))
            marks = [parts.with_qualifier(mark, masked) for mark in marks]
        if short := self._short_labels(masked):
            masked, lower = (mask(t, short, parts.LABEL_SIGN) for t in (masked, lower))
            marks = sorted([*marks, *short], key=lambda mark: mark.start)
        return Part(masked, lower, tuple(names), tuple(marks))

    def _short_labels(self, text: str) -> list[Mark]:
        """Words that can mean one label only, each beside a value of its key."""
        keys_of, is_beside = self.vocabulary.short.keys_of, parts.is_beside_a_value
        found = [(m, keys) for m in parts.WORD.finditer(text) if (keys := keys_of(m[0]))]
        marks: list[Mark] = []
        for match, keys in found:
            last = marks[-1] if marks else None
            shared = tuple(key for key in keys if last and key in last.keys)
            if last and shared and not text[last.end : match.start()].strip(" ."):
                marks[-1] = last._replace(end=match.end(), keys=shared)
            else:
                marks.append(Mark(match.start(), match.end(), keys))
        if len(marks) == 1 and not self.default:
            rest = text[: marks[0].start] + text[marks[0].end :]
            if len(marks[0].keys) == 1 and not parts.STATED.search(rest):
                return marks
        marks = [
            mark._replace(keys=keys) for mark in marks
            if len(keys := tuple(k for k in mark.keys if is_beside(mark, k, text))) == 1
        ]  # fmt: skip
        return [mark for mark in marks if not parts.is_labelled(mark, text)]

    def _pieces(self, part: Part) -> Iterator[Part]:
        """The part, cut so that each piece has at most one label."""
        marks = parts.merged(part)
        if len(marks) < 2:
            yield part
            return
        start, is_clear = 0, True
        values_first = parts.has_values_first(part, marks)
        for mark, after in pairwise(marks):
            gap = part.lower[mark.end : after.start]
            borders = [
                border for border in cues.CUT.finditer(gap)
                if values_first or not re.search(r"[\d\"]", gap[border.end() :])
            ]  # fmt: skip
            if borders:
                end, clear = mark.end + borders[-1].start(), True
            elif values_first:
                end, clear = mark.end, False
            else:
                end = parts.before_names(part, mark.end, after.start)
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
            piece = replace(piece, marks=(), is_clear=True)
        elif "whose" in piece.lower and cues.WHOSE.search(piece.lower[: mark.start]):
            return  # It tells which one is meant: "the laboratory whose flagship is Orm Sonde".
        elif len(piece.marks) > 1:  # A label and its alias beside it.
            mark = mark._replace(end=piece.marks[-1].end)
        numbers = tuple([key for key in mark.keys if key.kind != "entity"])
        if len(numbers) < len(mark.keys):
            if not any(candidates(key, piece.text) for key in numbers):
                self._relation(piece, self.relations.fitting(mark, piece), inherited)
                return
            mark = mark._replace(keys=numbers)
        groups = [piece]
        if len(piece.names) > 1:
            is_first = not piece.text[: mark.start].strip(" *-")
            groups = parts.distributed(piece, mark) if is_first else [parts.one_owner(piece, mark)]
        for group in groups:
            self._value(group, mark, inherited)

    def _value(self, piece: Part, mark: Mark, inherited: str) -> None:
        span = (mark.start, mark.end) if mark in piece.marks else (0, 0)
        results = [(key, values_of(key, piece.text, span)) for key in mark.keys]
        chosen = [(key, values) for key, values in results if values]
        if not chosen:
            if all(values is not None for _, values in results):
                self.mark = mark
                self.head = self.head or parts.sole(piece)
            else:
                self.unread += 1
            return
        key, values = chosen[0]
        assert values
        subject = parts.owner_of(piece, inherited)
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
        if cues.NEGATED.search(piece.lower[:at]):
            return
        if cues.IS_A.search(piece.lower[:at]) and not any(name[0] > at for name in piece.names):
            return  # What an entity is, not what it has: "is an instrument".
        subject, values, mark = self.relations.link(piece, mark, self.head, inherited)
        if not subject and not set(self.names) <= set(values):
            subject = inherited if inherited not in values else ""
        if not values:
            self.mark = parts.termed(mark, piece.text)
            before = [name for start, _, name in piece.names if start < at]
            self.head = self.head or (before[-1] if before else "")
            return
        self.mark = None
        if subject in ("", "?") and mark.form != "label" and cues.OTHERS.search(piece.lower[:at]):
            return  # Something without a name does it: "the plate that shows …".
        if not subject or subject == "?" or subject in values:
            self.unread += subject == "?"
            if subject:
                return
        code = key.code.format(mark.parameter)
        if key.has_term:
            code = key.code + (parts.term(piece.text) or mark.parameter)
            if code == key.code:
                self.mark = mark
                return
        ends = [end for _, end, name in piece.names if name in values]
        role = FORMER if mark.role == FORMER or is_former(piece.text, ends) else CURRENT
        self.claims += [Claim(subject, code, value, role) for value in values]

    def _lone(self, piece: Part, mark: Mark | None, inherited: str) -> None:
        """Adds the choices that need no label."""
        for match in self.vocabulary.lone_pattern.finditer(piece.text):
            key = self.vocabulary.lone[match[0]]
            if (mark and key in mark.keys) or not parts.is_alone(piece.text, *match.span()):
                continue
            subject = parts.owner_of(piece, inherited)
            if subject != "?" and (subject or key.stands_alone):
                self.claims.append(Claim(subject, key.code, match[0]))


def _qualified(mark: Mark, text: str) -> Mark:
    """The mark with what the text says beside it of its value."""
    match = cues.QUALIFIED.match(text, mark.end)
    return mark._replace(end=match.end(), role=FORMER) if match else mark
