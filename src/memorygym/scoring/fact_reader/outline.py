"""Lines under headings: whose facts a line states that names nobody.

A line without a name belongs to the nearest heading, entry or row above it that has names, if that
has exactly one. If it has two, the line is unread: nothing further up is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.case import with_capitals
from memorygym.scoring.fact_reader.claims import (
    CURRENT,
    FORMER,
    IT,
    Claim,
    Mark,
    Sense,
)
from memorygym.scoring.fact_reader.fields import role_of
from memorygym.scoring.fact_reader.lines import BRACKETED, BULLET, Line, cleaned, unwrapped
from memorygym.scoring.fact_reader.markup import lines_of
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.tables import Table
from memorygym.scoring.fact_reader.values import Parsed, stamps
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import GENERIC, LINKS


class ReadFact(NamedTuple):
    """A value that a text states for a key of an entity."""

    subject: str
    code: str
    value: Parsed
    role: str = CURRENT
    date: str = ""
    """The ISO date on which it was stated; "" is unknown."""
    source: str = ""


@dataclass
class _Frame:
    """A heading, or an entry, that governs the lines below it."""

    depth: int
    names: Sequence[str] = ()
    mark: Mark | None = None
    date: str = ""
    source: str = ""
    cue: str = ""
    shared: tuple[Claim, ...] = ()
    """What holds for every entity below."""
    is_title: bool = False
    """Whether it governs lines of its own depth, too."""
    is_soft: bool = False
    """Whether a blank line ends it, once it has content."""
    has_content: bool = False


class Reading(NamedTuple):
    """What a text states."""

    facts: tuple[ReadFact, ...]
    unread: int
    """Number of statements with a known key and a value that belong to nothing."""


_HASHES = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_FRAMED = re.compile(r"(?:={2,}|-{2,}|\*{3,}|~{2,})\s*(\S.*?)\s*(?:={2,}|-{2,}|\*{3,}|~{2,})$")
_BOLD = re.compile(r"(?:\*\*|__)([^*_]+?):?(?:\*\*|__):?$")
_RULE = re.compile(r"\s*([=~-])\1{2,}\s*$")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)")
_ENTITLED = re.compile(r"(\w+)\s*[:=]+\s*[\"']?([^\"']+?)[\"']?")
"""A line such as "title: Ann Lee"."""
_META = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|·[^·]*")
_CUE_WORDS = re.compile(
    r"\W*(?:forecasts?|guidance|projections?|projected|preliminary|provisional|estimates?|medians?"
    r"|averages?|rumou?rs?|(?:last|prior|next) years?|outlook|competitors?|sector|benchmarks?|targets?"
    r"|previous(?:ly)?|former(?:ly)?|old|superseded|outdated|history|before)(?: (?:values?|figures?|data|entries|facts|numbers))?\W*",
    re.IGNORECASE,
)


class Outline:
    """Reads texts with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._statements = StatementReader(vocabulary)
        self.read = lru_cache(maxsize=4_000)(self._read)
        """What a text states, in its order."""

    def _read(self, text: str) -> Reading:
        text = with_capitals(text, self._vocabulary)
        lines = [cleaned(line) for line in lines_of(text, self._vocabulary.heads)]
        spell_out = self._vocabulary.spell_out
        lines = [
            line._replace(text=spell_out(line.text), cells=tuple(map(spell_out, line.cells)))
            for line in unwrapped(lines)
        ]
        return _Pass(self._vocabulary, self._statements, lines).read()


class _Pass:
    """One reading of the lines of a text."""

    def __init__(
        self, vocabulary: Vocabulary, statements: StatementReader, lines: Sequence[Line]
    ) -> None:
        self._vocabulary, self._statements, self._lines = vocabulary, statements, lines
        self._frames: list[_Frame] = []
        self._facts: list[ReadFact] = []
        self._unread = 0
        self._last = ""
        """The entity that a pronoun means."""
        self._waiting: tuple[str, Mark, str, str] | None = None
        """A label without value; before it its entity, after it the date and the source."""
        self._was_blank = False
        self._table_before: Table | None = None
        """The table that lines without head may continue."""
        self._given: set[ReadFact] = set()
        """What headings state of the entities below."""

    def read(self) -> Reading:
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            if not line.cells and not line.text.strip():
                self._blank()
                index += 1
                continue
            table = Table.at(
                self._lines, index, self._vocabulary, self._statements, self._table_before
            )
            if table:
                self._table_before = table
                self._table(table)
                index += table.size
            elif line.text.strip().startswith("```") or _RULE.match(line.text):
                index += 1
            else:
                below = self._lines[index + 1].text if index + 1 < len(self._lines) else ""
                is_underlined = _RULE.match(below) and not re.search(r":\s*\S", line.text)
                self._line(line, is_underlined=bool(is_underlined))
                index += 1
            self._was_blank = False
        return Reading(tuple(self._facts), self._unread)

    def _blank(self) -> None:
        self._last, self._waiting, self._was_blank = "", None, True
        self._table_before = None
        self._frames = [f for f in self._frames if not (f.is_soft and f.has_content)]

    def _line(self, line: Line, *, is_underlined: bool) -> None:
        text, depth = line.text, line.depth
        body = text.lstrip()
        if depth < 0:
            depth = 2 * (len(text) - len(body))
        bullet = BULLET.match(body)
        if bullet and bullet.end() < len(body):
            body, depth = body[bullet.end() :], depth + 1
        title, level = _title(body.rstrip(), line.title, is_underlined=is_underlined)
        if level:
            self._heading(title, level - 10 if level < 10 else depth, is_soft=level == 10)
            return
        body = _EMPHASIS.sub("", body).rstrip()
        if match := _ENTITLED.fullmatch(body):
            if (
                role_of(match[1], self._vocabulary.heads) == "subject"
                and self._statements.read(match[2]).names
            ):
                body = match[2]
        self._close(depth)
        is_answer = self._waiting is not None and self._answer(body, self._waiting) is not None
        if self._is_day(body):
            self._heading(body, _DAY, is_soft=False)
            return
        if not is_answer and self._is_title(body):
            self._heading(body, depth, is_soft=True)
            return
        self._statement(body, depth)

    def _close(self, depth: int) -> None:
        """Ends the frames that do not govern a line of that depth."""
        self._frames = [
            f for f in self._frames if f.depth < depth or (f.is_title and f.depth == depth)
        ]

    def _is_day(self, text: str) -> bool:
        """Whether a line is a date and nothing else, and no label waits for one."""
        if len(text) > 40 or self._waiting or any(frame.mark for frame in self._frames):
            return False
        return any(
            not re.search(r"\w", text[:start] + text[end:]) for start, end, _ in stamps(text)
        )

    def _is_title(self, text: str) -> bool:
        """Whether a line without marks is a heading: it says who or what, and nothing of them."""
        mark = next((f.mark for f in reversed(self._frames) if f.mark), None)
        sense = self._statements.read(text, mark)
        if (
            any(claim.code not in self._alone for claim in sense.claims)
            or sense.unread
            or sense.asks
        ):
            return False
        bare = _META.sub(" ", text) if sense.names else text
        words = re.findall(r"[^\W\d_]+", _without(bare, sense.names))
        known = self._vocabulary.nouns | self._vocabulary.words | GENERIC | LINKS
        if text.endswith(":"):
            return len(words) <= 6
        rest = [
            word for word in words if word.lower() not in known and word[:3].lower() not in _MONTHS
        ]
        if len(sense.names) != 1 or sense.mark is not None:
            return bool(sense.names) and not rest and sense.mark is None and len(words) <= 8
        name = rf"(?:[Tt]he )?{re.escape(sense.names[0])}"
        is_apart = re.match(rf"\W*{name}\s*[^\w\s,.;:!?'\"]", text) and text[-1] not in ".!?"
        return (
            bool(is_apart or re.search(rf"\b(?:name|title|subject)\W{{1,4}}{name}", text))
            or (not rest and len(words) <= 8)
            if len(rest) < 5
            else False
        )

    @property
    def _alone(self) -> set[str]:
        return {key.code for key in self._vocabulary.keys if key.stands_alone}

    def _heading(self, text: str, depth: int, *, is_soft: bool) -> None:
        ended = [f for f in self._frames if f.depth >= depth]
        self._frames = [f for f in self._frames if f.depth < depth]
        sense = self._statements.read(text)
        stated = next((iso for _, _, iso in stamps(text)), "")
        source = self._source(text)
        if ended and not ended[-1].names and not ended[-1].has_content:
            stated, source = stated or ended[-1].date, source or ended[-1].source
        mark = sense.mark and sense.mark._replace(start=0, end=0)
        frame = _Frame(depth, sense.names, mark, stated, source, is_title=True, is_soft=is_soft)
        frame.shared = tuple(claim for claim in sense.claims if self._is_shared(claim))
        sense = sense._replace(claims=tuple(c for c in sense.claims if c not in frame.shared))
        if _CUE_WORDS.fullmatch(_without_label(text, sense)):
            frame.cue = FORMER if cues.FORMER.search(text) or "history" in text.lower() else "other"
        if mark and mark.role == FORMER:
            frame.cue = FORMER
        self._frames.append(frame)
        self._last = sense.names[0] if len(sense.names) == 1 else ""
        self._waiting = None
        self._emit(sense, text)
        self._share(frame.names)

    def _is_shared(self, claim: Claim) -> bool:
        key = self._vocabulary.by_code.get(claim.code)
        return not claim.subject and key is not None and key.is_shared

    def _share(self, names: Sequence[str]) -> None:
        """Adds what the headings state of every entity below, if a line is about exactly one."""
        for claim in (c for f in self._frames for c in f.shared if len(names) == 1 and names[0]):
            if (fact := ReadFact(names[0], claim.code, claim.value)) not in self._given:
                self._given.add(fact)
                self._facts.append(fact)

    def _source(self, text: str) -> str:
        match = self._vocabulary.source_pattern.search(text) if self._vocabulary.sources else None
        return match[1].lower().replace("_", " ") if match else ""

    def _statement(self, text: str, depth: int) -> None:
        names = [frame.names for frame in self._frames if frame.names]
        mark = next(
            (f.mark for f in reversed(self._frames) if f.mark or (f.names and not f.is_title)), None
        )
        waiting = self._waiting
        self._waiting = None
        sense = self._statements.read(text, mark)
        source = ""
        if waiting and not sense.asks and not any(claim.subject for claim in sense.claims):
            answer = self._answer(text, waiting)
            sense, source = (answer, waiting[3]) if answer else (sense, "")
        if sense.asks or (sense.mark and not sense.claims):
            if sense.mark:
                self._waiting = (sense.head or "", sense.mark, sense.date, self._source(text))
            if sense.asks and not sense.head:
                self._waiting = None
        if not sense.claims and not sense.names and not sense.mark:
            day = sense.date or next((iso for _, _, iso in stamps(text)), "")
            if not self._frames and day:
                self._frames.append(_Frame(depth, is_title=True, is_soft=True))
            if self._frames:
                self._frames[-1].date = day or self._frames[-1].date
                self._frames[-1].source = self._source(text) or self._frames[-1].source
            if day:
                return
        self._emit(sense, text, source)
        self._last = (
            sense.last
            if sense.last and sense.last != IT
            else self._last
            if sense.last == IT
            else ""
        )
        for frame in self._frames:
            frame.has_content = True
        owner = sense.head
        self._share((owner,))
        if names and not owner and not sense.names and not sense.mark:
            return
        others = [name for name in sense.names if name != owner]
        self._frames = [
            f
            for f in self._frames
            if not (
                f.is_title
                and f.is_soft
                and f.depth == depth
                and owner
                and f.names
                and owner not in f.names
            )
        ]
        if owner or not others:
            self._frames.append(
                _Frame(
                    depth,
                    (owner,) if owner else (),
                    date=sense.date,
                    mark=None
                    if sense.claims or not sense.mark
                    else sense.mark._replace(start=0, end=0),
                )
            )
        else:
            self._frames.append(_Frame(depth, ("", "")))

    def _answer(self, text: str, waiting: tuple[str, Mark, str, str]) -> Sense | None:
        """What a line states as the answer to the line before; None if it is none."""
        subject, mark, date, _ = waiting
        answer = self._statements.read(text, mark._replace(start=0, end=0))
        own = {key.code.format(mark.parameter) for key in mark.keys}
        claims = [
            claim for claim in answer.claims if {claim.code, claim.code.partition(" ")[0]} & own
        ]
        if not claims:
            return None
        owned = tuple(claim._replace(subject=claim.subject or subject) for claim in claims)
        return answer._replace(claims=owned, date=answer.date or date)

    def _emit(
        self, sense: Sense, text: str, source: str = "", date: str = "", cue: str = ""
    ) -> None:
        cue = cue or next((f.cue for f in reversed(self._frames) if f.cue), "")
        if cue == "other":
            return
        self._unread += sense.unread
        date = date or sense.date or next((f.date for f in reversed(self._frames) if f.date), "")
        source = source or (self._source(text) if self._vocabulary.sources else "")
        source = source or next((f.source for f in reversed(self._frames) if f.source), "")
        for claim in sense.claims:
            subject = self._subject(claim)
            if not subject:
                self._unread += 1
                continue
            if not self._fits(subject, claim):
                continue
            role = FORMER if cue == FORMER and claim.role == CURRENT else claim.role
            self._facts.append(ReadFact(subject, claim.code, claim.value, role, date, source))

    def _fits(self, subject: str, claim: Claim) -> bool:
        """Whether the types of a relation's entities are those of its key."""
        key = self._vocabulary.by_code.get(
            claim.code.partition(" ")[0]
        ) or self._vocabulary.by_code.get(claim.code)
        if key is None or not key.subject:
            return subject != claim.value
        if self._vocabulary.type_of(subject) != key.subject or subject == claim.value:
            return False
        return not key.value or self._vocabulary.type_of(str(claim.value)) == key.value

    def _subject(self, claim: Claim) -> str:
        if claim.subject == IT:
            return self._last or self._owner()
        return claim.subject or self._owner()

    def _owner(self) -> str:
        """The only name of the nearest frame with names."""
        names = next((f.names for f in reversed(self._frames) if f.names), ())
        return names[0] if len(names) == 1 else ""

    def _table(self, table: Table) -> None:
        self._close(table.depth)
        owner = self._owner()
        for row in table.rows(owner):
            self._share((row.subject,))
            for sense, cue in row.senses:
                claims = tuple(c._replace(subject=c.subject or row.subject) for c in sense.claims)
                self._emit(sense._replace(claims=claims), row.source, date=row.date, cue=cue)


_DAY = -4
"""The depth of a line that is only a date: below all marked headings."""
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec".split())


def _title(text: str, level: int, *, is_underlined: bool) -> tuple[str, int]:
    """The text of a marked heading, and its level (1–6 is hard, 10 is at the line's depth)."""
    if level:
        return text, level
    if match := _HASHES.match(text):
        return _EMPHASIS.sub("", match[2]), len(match[1])
    if match := _FRAMED.fullmatch(text):
        return match[1], 2
    for pattern in (BRACKETED, _BOLD):
        if match := pattern.fullmatch(text):
            return match[1], 10
    return (text, 2) if is_underlined and len(text) < 100 else ("", 0)


def _without(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def _without_label(text: str, sense: Sense) -> str:
    if sense.mark and not sense.names:
        return text[: sense.mark.start] + text[sense.mark.end :]
    return text
