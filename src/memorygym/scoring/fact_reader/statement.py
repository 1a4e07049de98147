"""What one line states: whose key has which value.

A line is cut into parts with one label each. In a part, the value stands in the clause of the
label; else it is the only one in the other clauses. A figure behind a cue ("forecast", "versus",
"was") is not the current value.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.values import Candidate, Parsed, candidates, has_date, stamps
from memorygym.scoring.fact_reader.vocabulary import Key, Named, Vocabulary

CURRENT, FORMER, SHIFT = "current", "former", "shift"
"""Roles of a value."""
IT = "\ue002"
"""The subject of a claim about the entity of the sentence before."""
_NAME, _LABEL = "\ue000", "\ue001"


class Claim(NamedTuple):
    """A value that a line gives for a key. `subject` is empty if the line names nobody."""

    subject: str
    code: str
    value: Parsed
    role: str = CURRENT


class Mark(NamedTuple):
    """A label or a verb in a text."""

    start: int
    end: int
    keys: Sequence[Key]
    parameter: str = ""
    form: str = "label"
    """`label`, `verb` or `inverse`: what stands before an inverse verb is the value."""
    role: str = CURRENT
    """FORMER if the text says beside the label that the value holds no longer."""


class Sense(NamedTuple):
    """What a line states."""

    claims: tuple[Claim, ...] = ()
    unread: int = 0
    """Number of labels with a value whose owner or value is unclear."""
    names: tuple[str, ...] = ()
    head: str = ""
    """The entity that opens the line."""
    last: str = ""
    """The entity that a pronoun in the next line means."""
    mark: Mark | None = None
    """A label without value; the next value may be its value."""
    date: str = ""
    """When the facts were stated: an ISO date."""
    cue: str = ""
    """FORMER or "other" if the line holds a cue and no value."""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a sentence; names and marks are masked in its text."""

    text: str
    names: tuple[Named, ...]
    marks: tuple[Mark, ...]
    is_clear: bool = True
    """Whether borders or signs show which label has which value."""

    def cut(self, start: int, end: int, is_clear: bool = True) -> "_Part":
        names = ((s - start, e - start, n) for s, e, n in self.names if start <= s < end)
        marks = (
            mark._replace(start=mark.start - start, end=mark.end - start)
            for mark in self.marks
            if start <= mark.start < end
        )
        return _Part(self.text[start:end], tuple(names), tuple(marks), is_clear)


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
    return cues.PREFIX.sub(lambda match: " " * len(match[0]), text, count=1) if stamp else text, stamp


def _sentences(text: str) -> Iterator[str]:
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
            self.opening = _opening(part)
        self.names.update(dict.fromkeys(name for _, _, name in part.names))
        if self.asks:
            self.mark = _termed(part.marks[0], sentence) if len(part.marks) == 1 else None
            self.head = part.names[0][2] if len(part.names) == 1 else ""
            return
        self.head = _head(part) or self.head
        pronoun = cues.PRONOUN.match(sentence)
        self.objects |= _objects(part)
        is_it = pronoun and (not pronoun["noun"] or pronoun["noun"].lower() in self.vocabulary.nouns)
        subject = self.head or (self.last or IT if is_it else "")
        before = len(self.claims)
        if not subject and not part.names and set(self.names) - self.objects == {self.opening}:
            subject = self.opening
        own = {name for _, _, name in part.names} - _objects(part)
        inherited = subject or (own.pop() if len(own) == 1 else "?" if self.names else "")
        for piece in self._pieces(part):
            self._state(piece, inherited)
        stated = [claim.subject for claim in self.claims[before:]]
        self.last = stated[0] if stated and stated[0] != "?" else _sole(part) or subject

    def _part(self, sentence: str) -> _Part:
        names = self.vocabulary.find_names(sentence)
        masked = _mask(sentence, names, _NAME)
        marks = [
            Mark(*found, form)
            for form, phrases in self.vocabulary.phrases
            for found in phrases.find(masked)
            if form == "label" or not cues.NOUN.search(masked[: found[0]])
        ]
        marks = [_qualified(mark, masked) for mark in (_longest(marks) if len(marks) > 1 else marks)]
        masked = _mask(masked, marks, _LABEL)
        marks = [_with_qualifier(mark, masked) for mark in marks]
        if short := self._short_labels(masked):
            masked = _mask(masked, short, _LABEL)
            marks = sorted([*marks, *short], key=lambda mark: mark.start)
        return _Part(masked, tuple(names), tuple(marks))

    def _short_labels(self, text: str) -> list[Mark]:
        """Words that can mean one label only, each beside a value of its key."""
        marks: list[Mark] = []
        for match in _WORD.finditer(text):
            keys = self.vocabulary.short.keys_of(match[0])
            last = marks[-1] if marks else None
            shared = tuple(key for key in keys if last and key in last.keys)
            if last and shared and not text[last.end : match.start()].strip(" ."):
                marks[-1] = last._replace(end=match.end(), keys=shared)
            elif keys:
                marks.append(Mark(match.start(), match.end(), keys))
        if len(marks) == 1 and not self.default:
            rest = text[: marks[0].start] + text[marks[0].end :]
            if len(marks[0].keys) == 1 and not _STATED.search(rest):
                return marks
        marks = [
            mark._replace(keys=keys) for mark in marks
            if len(keys := tuple(k for k in mark.keys if _is_beside_a_value(mark, k, text))) == 1
        ]  # fmt: skip
        return [mark for mark in marks if not _is_labelled(mark, text)]

    def _pieces(self, part: _Part) -> Iterator[_Part]:
        """The part, cut so that each piece has at most one label."""
        marks = _merged(part)
        start, is_clear = 0, True
        values_first = _values_first(part, marks)
        for mark, after in zip(marks, marks[1:], strict=False):
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
                end = _before_names(part, mark.end, after.start)
                clear = bool(cues.EXPLICIT.match(part.text, after.end))
            yield part.cut(start, end, is_clear and clear)
            start, is_clear = end, clear
        yield part.cut(start, len(part.text), is_clear)

    def _state(self, piece: _Part, inherited: str) -> None:
        """Adds what a piece with at most one label states."""
        mark = piece.marks[0] if piece.marks else None
        self._lone(piece, mark, inherited)
        if mark is None:
            mark = self.default
            if mark is None:
                return
            piece = _Part(piece.text, piece.names, ())
        elif len(piece.marks) > 1:  # A label and its alias beside it.
            mark = mark._replace(end=piece.marks[-1].end)
        numbers = tuple(key for key in mark.keys if key.kind != "entity")
        if len(numbers) < len(mark.keys) and not any(candidates(key, piece.text) for key in numbers):
            self._relation(piece, self._with_value(mark, piece), inherited)
            return
        mark = mark._replace(keys=numbers)
        groups = [piece]
        if len(piece.names) > 1 and (mark is self.default or not piece.text[: mark.start].strip(" *-")):
            groups = _distributed(piece, mark)
        elif len(piece.names) > 1:
            groups = [_one_owner(piece, mark)]
        for group in groups:
            self._value(group, mark, inherited, is_default=mark is self.default)

    def _with_value(self, mark: Mark, piece: _Part) -> Mark:
        """The mark with the only relation whose types fit the names of the piece."""
        keys = [key for key in mark.keys if key.kind == "entity"]
        types = {self.vocabulary.type_of(name) for _, _, name in piece.names}
        fitting = [key for key in keys if not key.value or key.value in types]
        return mark._replace(keys=tuple(fitting or keys)[:1])

    def _value(self, piece: _Part, mark: Mark, inherited: str, *, is_default: bool) -> None:
        span = (0, 0) if is_default or mark not in piece.marks else (mark.start, mark.end)
        results = [(key, _values(key, piece.text, span)) for key in mark.keys]
        chosen = [(key, values) for key, values in results if values]
        if not chosen:
            if all(values is not None for _, values in results):
                self.mark = mark if mark is not self.default else None
                self.head = self.head or _sole(piece)
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

    def _relation(self, piece: _Part, mark: Mark, inherited: str) -> None:
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
        subject, values = typed or _linked(piece, mark, before, behind)
        if mark.form == "inverse" and subject and not values and inherited not in ("", "?", subject):
            values = [inherited]
        if not subject and not set(self.names) <= set(values):
            subject = inherited if inherited not in values else ""
        if not values:
            self.mark = _termed(mark, piece.text)
            self.head = self.head or (before[-1][2] if before else "")
            return
        self.mark = None
        if not subject or subject == "?" or subject in values:
            self.unread += subject == "?"
            if subject:
                return
        code = key.code.format(mark.parameter)
        if key.has_term:
            code = key.code + (_term(piece.text) or mark.parameter)
            if code == key.code:
                self.mark = mark
                return
        ends = [end for _, end, name in piece.names if name in values]
        role = FORMER if mark.role == FORMER or _is_former(piece.text, ends) else CURRENT
        self.claims += [Claim(subject, code, value, role) for value in values]

    def _typed(self, piece: _Part, key: Key, inherited: str) -> tuple[str, list[str]] | None:
        """The subject and the values by their types; None if the types leave it open."""
        if not key.value or key.subject == key.value:
            return None
        names = list(dict.fromkeys(name for _, _, name in piece.names))
        subjects = [
            name for name in names
            if (self.vocabulary.type_of(name) == key.subject if key.subject else self.vocabulary.type_of(name) != key.value)
        ]  # fmt: skip
        values = [name for name in names if self.vocabulary.type_of(name) == key.value]
        if len(subjects) == 1 and not values and inherited and self.vocabulary.type_of(inherited) == key.value:
            return subjects[0], [inherited]
        if len(subjects) > 1 or len(values) != 1:
            return ("", []) if len(subjects) + len(values) < len(names) or not values else None
        return subjects[0] if subjects else "", values

    def _lone(self, piece: _Part, mark: Mark | None, inherited: str) -> None:
        """Adds the choices that need no label."""
        for match in self.vocabulary.lone_pattern.finditer(piece.text):
            key = self.vocabulary.lone[match[0]]
            if (mark and key in mark.keys) or not _is_alone(piece.text, *match.span()):
                continue
            owners = {name for _, _, name in piece.names}
            subject = next(iter(owners)) if len(owners) == 1 else "?" if owners else inherited
            if subject != "?" and (subject or key.stands_alone):
                self.claims.append(Claim(subject, key.code, match[0]))



def _mask(text: str, spans: Sequence[tuple[int, int, object] | Mark], sign: str) -> str:
    for span in spans:
        text = f"{text[: span[0]]}{sign * (span[1] - span[0])}{text[span[1] :]}"
    return text


def _qualified(mark: Mark, text: str) -> Mark:
    """The mark with what the text says beside it of its value."""
    match = cues.QUALIFIED.match(text, mark.end)
    return mark._replace(end=match.end(), role=FORMER) if match else mark


def _is_former(text: str, ends: Sequence[int]) -> bool:
    """Whether the text says of a relation, whose values end there, that it holds no longer."""
    return "ntil release" in text or any(cues.QUALIFIED.match(text, end) for end in ends)


def _longest(marks: Sequence[Mark]) -> list[Mark]:
    """The marks in order; of two that overlap the longer one, of two at one place both as one."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start - mark.end, mark.start)):
        same = next((other for other in kept if other[:2] == mark[:2]), None)
        if same:
            form = same.form if same.form != "label" else mark.form
            kept.remove(same)
            kept.append(same._replace(keys=(*same.keys, *mark.keys), form=form))
        elif not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return sorted(kept, key=lambda mark: mark.start)


_SERIES = re.compile(r"[^\s,]{0,3}, ?[$€£]?\d[\d.]*[^\s,]{0,3}, ?[$€£]?\d")
_STATED = re.compile(rf"[\w{_NAME}{_LABEL}]")
_WORD = re.compile(r"[^\W\d_](?:&[^\W\d_]|[^\W\d_]{2,})\.?")


def _is_beside_a_value(mark: Mark, key: Key, text: str) -> bool:
    """Whether a value of the key stands next to the mark, and beside no other label."""
    behind = text[mark.end : mark.end + 100]
    for value in candidates(key, behind)[:1]:
        gap = behind[: value.start]
        is_signed = key.kind != "text" or bool(re.search(r"[:=\"“]", gap + behind[value.start : value.start + 1]))
        if key.kind == "number" and _SERIES.match(behind, value.end):
            return False
        if cues.LEVEL.fullmatch(gap) and is_signed:
            return not re.match(rf"[ *_]{{0,3}}{_LABEL}", behind[value.end :])
    before = text[max(0, mark.start - 60) : mark.start]
    for value in candidates(key, before)[-1:] if key.kind == "number" else ():
        if before[value.end :] in (" ", "-"):
            return not re.search(rf"{_LABEL}[\s:=]*$", before[: value.start])
    return False


def _is_labelled(mark: Mark, text: str) -> bool:
    """Whether the segment around a short label has a full one, or speaks of something else."""
    if cues.CONTRAST.search(text[: mark.start]):
        return True
    borders = [match.span() for match in cues.SEGMENT.finditer(text)]
    start = max((end for _, end in borders if end <= mark.start), default=0)
    end = min((begin for begin, _ in borders if begin >= mark.end), default=len(text))
    return _LABEL in text[start:end]


def _with_qualifier(mark: Mark, text: str) -> Mark:
    """The mark with the brackets behind it: "director (from May 2003 to June 2010):"."""
    match = cues.QUALIFIER.match(text, mark.end)
    return mark._replace(end=match.end()) if match else mark


def _sole(part: _Part) -> str:
    """The only entity that the part names, or ""."""
    names = {name for _, _, name in part.names}
    return names.pop() if len(names) == 1 else ""


def _opening(part: _Part) -> str:
    """The entity whose name opens a sentence that has a label, a relation or a choice."""
    if part.names and part.marks:
        before = re.sub(r"^\W*\w+\s*[=:]", "", part.text[: part.names[0][0]])
        if not re.search(rf"[\w{_LABEL}]", before):
            return part.names[0][2]
    return ""


_HEAD = re.compile(r"[\"'`*\])]*(?:'s)?\s*(?:\([^()]*\)|\[[^\[\]]*\])?[\"'`*]*\s*(?::|→|\||=|[—–-](?=\s))")


def _head(part: _Part) -> str:
    """The entity before a colon or a dash at the start of a sentence."""
    if not part.names:
        return ""
    start, end, name = part.names[0]
    opens = not re.search(rf"[^\W\d]|{_LABEL}", part.text[:start])
    return name if opens and _HEAD.match(part.text, end) else ""


def _merged(part: _Part) -> list[Mark]:
    """The marks; of a label and its alias in brackets behind it only the later one."""
    marks: list[Mark] = []
    for mark in part.marks:
        if (
            marks
            and marks[-1].keys == mark.keys
            and not re.search(r"[\w\ue000]", part.text[marks[-1].end : mark.start])
        ):
            marks.pop()
        marks.append(mark)
    return marks


def _values_first(part: _Part, marks: Sequence[Mark]) -> bool:
    """Whether values stand before their labels, as in "229 vans 300 patents"."""
    if not marks or marks[0].keys[0].kind == "entity":
        return False
    before = candidates(marks[0].keys[0], part.text[: marks[0].start])
    return bool(before) and not cues.EXPLICIT.match(part.text, marks[0].end)


def _before_names(part: _Part, start: int, end: int) -> int:
    """Where the names directly before a label begin, or the label itself."""
    objects = _objects(part)
    for name in reversed(part.names):
        if start <= name[0] < end and name[2] not in objects and not re.search(r"\w", part.text[name[1] : end].replace("'s", "")):
            end = name[0]
    return end


def _distributed(piece: _Part, mark: Mark) -> list[_Part]:
    """One piece for each owner: "patents: Ann Lee 300, Bob Ray 400"."""
    cuts = [name[0] for name in piece.names[1:]]
    starts, ends = [0, *cuts], [*cuts, len(piece.text)]
    pieces = [piece.cut(*span) for span in zip(starts, ends, strict=True)]
    if all(candidates(mark.keys[0], part.text) for part in pieces):
        return pieces
    return [_one_owner(piece, mark)]


def _one_owner(piece: _Part, mark: Mark) -> _Part:
    """The piece without the names that own no value of the label."""
    text, names = piece.text, list(piece.names)
    linked = [
        name for name in names
        if cues.OWNED.fullmatch(text, mark.end, name[0])
        or re.fullmatch(r"['’]s?\s(?:\w+\s)?|\s?:\s", text[name[1] : mark.start])
    ]  # fmt: skip
    if len({name[2] for name in linked}) == 1:
        return _Part(text, tuple(linked[:1]), piece.marks, piece.is_clear)
    kept = [name for name in names if not _is_behind_cue(text, name[0])]
    for name in kept[1:]:
        border = None
        for match in cues.CUT.finditer(text, mark.end, name[0]):
            border = match.start()
        if border and candidates(mark.keys[0], text[:border]):
            return _one_owner(piece.cut(0, border), mark)
    if len({name[2] for name in kept}) == 1:
        return _Part(text, tuple(kept[:1]), piece.marks, piece.is_clear)
    return piece


def _is_behind_cue(text: str, index: int) -> bool:
    """Whether a name stands behind a cue in its clause: "versus 400 at Ann Lee"."""
    borders = [match.end() for match in cues.SOFT.finditer(text, 0, index)]
    clause = text[borders[-1] if borders else 0 : index]
    return bool(cues.BEHIND.search(clause) or cues.OTHER.search(clause))


def _term(text: str) -> str:
    """The two months of a term of office, as codes end with them; "" if there are not two."""
    months = [
        f"{match[2]}-{cues.MONTH_NUMBERS[match[1].lower()]:02d}" if match[1] else f"{match[3]}-{match[4]}"
        for match in cues.MONTH.finditer(text)
    ]
    return " ".join(["", *months]) if len(months) == 2 else ""


def _termed(mark: Mark, text: str) -> Mark:
    """The mark with the term that the text gives, if its key has one."""
    return mark._replace(parameter=_term(text)) if mark.keys[0].has_term else mark


_FOR = re.compile(r"\bfor (?:the )?$", re.IGNORECASE)


def _objects(part: _Part) -> set[str]:
    """The entities that stand where a relation has its value."""
    objects: set[str] = set()
    for mark in part.marks:
        if mark.keys[0].kind == "entity" and mark.form != "inverse":
            is_value = mark.form == "verb" or not _FOR.search(part.text[: mark.start])
            behind = [name for name in part.names if name[0] >= mark.end]
            objects.update(_listed(part.text, mark.end, behind) if is_value else ())
    return objects


def _linked(
    piece: _Part, mark: Mark, before: Sequence[Named], behind: Sequence[Named]
) -> tuple[str, list[str]]:
    """The subject and the values of a relation, from the names before and behind it."""
    text = piece.text
    after = _listed(text, mark.end, behind)
    if mark.form == "label" and mark in piece.marks:
        owner = next((n for n in behind if cues.OWNED.fullmatch(text, mark.end, n[0])), None)
        if owner:
            others = [name for name in piece.names if name is not owner]
            return owner[2], [others[0][2]] if len({n[2] for n in others}) == 1 else []
        if not after and len(before) > 1 and cues.AS_A.fullmatch(text, before[-1][1], mark.start):
            return before[-2][2], [before[-1][2]]
        if not before and len(behind) == 2 and len(after) == 1 and not cues.EXPLICIT.match(text, mark.end):
            return behind[0][2], [behind[1][2]]
        if before and after and _is_between_dashes(text, mark, before[-1], behind[0]):
            return "?", after
        return before[-1][2] if before else "", after
    if mark.form == "inverse":
        return after[0] if len(after) == 1 else "", [before[-1][2]] if before else []
    if not after and len(before) == 2 and re.search(r"\b(?:what|whom?|that)\b", text):
        return before[1][2], [before[0][2]]
    return before[-1][2] if before else "", after


def _is_between_dashes(text: str, mark: Mark, before: Named, behind: Named) -> bool:
    """Whether dashes part a label from two names, so that either could own the other."""
    gaps = text[before[1] : mark.start], text[mark.end : behind[0]]
    return all(gap.strip() == "—" for gap in gaps)


def _listed(text: str, start: int, names: Sequence[Named]) -> list[str]:
    """The names of the list that begins at an index."""
    listed = []
    for name in names:
        gap = (cues.JOINED,) if listed else (cues.JOINED, cues.VALUE_IS)
        if not any(pattern.fullmatch(text, start, name[0]) for pattern in gap):
            break
        listed.append(name[2])
        start = name[1]
    return listed


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether a choice stands in quotes, in brackets, or with nothing else in its clause."""
    left, right = text[:start].rstrip(" *_"), text[end:].lstrip(" *_")
    if not left or left[-1] in "'\"‘“([|,;:—–-→=·/>\t`":
        return not right or right[0] in "'\"’”)]|,;:.—–-→·/<\t`"
    return False


def _values(key: Key, text: str, mark: tuple[int, int]) -> list[tuple[Parsed, str]] | None:
    """The values of a label with their roles; [] if there is none, None if it is unclear which."""
    found = candidates(key, text)
    if not found:
        return []
    if shift := _shift(text, found):
        return _shifted(shift, _Clauses(text, mark, found).values() or [])
    if change := _change(text, found):
        return change
    return _Clauses(text, mark, found).values()


def _shifted(shift: tuple[Parsed, str], values: Sequence[tuple[Parsed, str]]) -> list[tuple[Parsed, str]]:
    """The shift; or, if the text gives the value before it, the sum: "+26 (was 244)"."""
    if not isinstance(shift[0], int):
        return [shift]
    former = [value for value, role in values if role == FORMER and value != abs(shift[0])]
    if len(former) != 1:
        return [shift]
    return [(former[0] + shift[0], CURRENT), (former[0], FORMER)]  # type: ignore[operator]


def _shift(text: str, found: Sequence[Candidate]) -> tuple[Parsed, str] | None:
    """A correction by an amount: "20 higher than stated before"."""
    match = cues.MORE.search(text) or cues.BY.search(text)
    if not isinstance(found[0].value, int):
        return None
    if match is None:
        return (found[0].value, SHIFT) if text[found[0].start] == "+" else None
    amounts = {candidate.value for candidate in found}
    if match.re is cues.BY:
        amounts = {c.value for c in found if not text[match.end() : c.start].strip(" $€£~+")}
    if len(amounts) != 1:
        return None
    amount = amounts.pop()
    assert isinstance(amount, int)
    return (amount if match[1].lower() in cues.RISING else -amount), SHIFT


def _change(text: str, found: Sequence[Candidate]) -> list[tuple[Parsed, str]] | None:
    """Values that replace one another: "300 → 320", "from 300 to 320"."""
    chain = [found[0]]
    for candidate in found[1:]:
        gap = text[chain[-1].end : candidate.start]
        if cues.CHANGE.fullmatch(gap) and ("to" not in gap or cues.MOVED.search(text[: chain[0].start])):
            chain.append(candidate)
        elif len(chain) == 1:
            chain = [candidate]
    if len(chain) == 1:
        return None
    return [(chain[-1].value, CURRENT), *((c.value, FORMER) for c in chain[:-1])]


class _Clauses:
    """The candidates of a piece by what their clauses say of them."""

    def __init__(self, text: str, mark: tuple[int, int], found: Sequence[Candidate]) -> None:
        self._text, self._mark = text, mark
        self._borders = [match.span() for match in cues.SOFT.finditer(text)]
        self._home = self._clause(mark[0])
        self._states: dict[str, list[Candidate]] = {}
        if len(found) == 1 and not cues.ANY.search(text):
            self._states["plain"] = [*found]
            return
        for number, candidate in enumerate(found):
            end = found[number - 1].end if number else 0
            is_last = number + 1 == len(found) or found[number + 1].start > self._clause(candidate.start)[1]
            self._states.setdefault(self._state(candidate, end, is_last), []).append(candidate)

    def values(self) -> list[tuple[Parsed, str]] | None:
        """The current value, then the former one; None if two could be current."""
        now, plain = self._states.get("now", []), self._states.get("plain", [])
        was, former = self._states.get("was", []), [*self._states.get(FORMER, ())]
        at_home = [[c for c in found if self._is_home(c)] for found in (now, plain, was)]
        choices = (at_home[0], at_home[1], now, at_home[2], plain, [] if former else was)
        current = next((found for found in choices if found), [])
        former += [candidate for candidate in was if candidate not in current]
        values = self._distinct(current)
        if len(values) > 1:
            return None
        result: list[tuple[Parsed, str]] = [(value, CURRENT) for value in values]
        old = {candidate.value for candidate in former} - set(values)
        return result + [(value, FORMER) for value in old if len(old) == 1]

    def _distinct(self, current: Sequence[Candidate]) -> list[Parsed]:
        """The different values; of several the one with the unit, then the one beside the label."""
        for near, far in zip(current, current[1:], strict=False):
            if near.value != far.value and cues.RANGE.fullmatch(self._text, near.end, far.start):
                return [near.value, far.value]
        chosen = list(current)
        if len({c.value for c in chosen}) > 1:
            chosen = [c for c in chosen if c.is_exact] or chosen
        if len({c.value for c in chosen}) > 1:
            chosen = [c for c in chosen if self._is_beside(c)] or chosen
        if len({c.value for c in chosen}) > 1:
            chosen = [c for c in chosen if self._text[: c.start].rstrip(" *_\"'“")[-1:] in (":", "=")] or chosen
        return list(dict.fromkeys(c.value for c in chosen))

    def _is_beside(self, candidate: Candidate) -> bool:
        start, end = self._mark
        if candidate.start >= end:
            return bool(cues.LEVEL.fullmatch(self._text, end, candidate.start))
        return not self._text[candidate.end : start].strip(" *_")

    def _clause(self, index: int) -> tuple[int, int]:
        start, end = 0, len(self._text)
        for border in self._borders:
            if border[1] <= index:
                start = border[1]
            elif border[0] >= index:
                return start, border[0]
        return start, end

    def _is_home(self, candidate: Candidate) -> bool:
        return self._clause(candidate.start) == self._home

    def _state(self, candidate: Candidate, previous_end: int, is_last: bool) -> str:
        start, end = self._clause(candidate.start)
        left = self._text[max(start, previous_end) : candidate.start]
        right = self._text[candidate.end : end] if is_last else ""
        between = self._text[self._mark[1] : candidate.start]
        opening = re.match(r"\s*[(\[]([^)\]]*)[)\]]", between)
        whole_left = self._text[start : candidate.start]
        if cues.QUALIFIED.match(self._text, candidate.end):
            return FORMER
        if cues.IS_NOW.search(left):
            return "now"
        if cues.FORMER.search(left) or re.match(r"\W*(?:\w+ )?(?:before|previously|earlier)\b(?! than)", right):
            return FORMER
        if cues.OTHER.search(left) or (is_last and cues.OTHER.search(right)):
            return "other"
        if opening and cues.OTHER.search(opening[1]):
            return "other"
        if cues.BEHIND.search(whole_left):
            return "other"
        if cues.WAS.search(left):
            return "was"
        return "now" if cues.NOW.search(left) else "plain"
