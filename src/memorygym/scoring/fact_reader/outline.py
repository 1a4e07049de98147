"""Lines under headings: whose facts a line states that names nobody.

A line without a name belongs to the nearest heading, entry or row above it that has names, if that
has exactly one. If it has two, the line is unread: nothing further up is asked.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from memorygym.core.statements import CURRENT, FORMER, Statement
from memorygym.scoring.fact_reader import titles
from memorygym.scoring.fact_reader.aliases import without_aliases
from memorygym.scoring.fact_reader.case import with_capitals
from memorygym.scoring.fact_reader.claims import IT, Reading, Sense
from memorygym.scoring.fact_reader.fields import plain_fields
from memorygym.scoring.fact_reader.frames import Frame, Frames, OpenItem
from memorygym.scoring.fact_reader.lines import BULLET, TURN, Line, cleaned, unwrapped
from memorygym.scoring.fact_reader.markup import lines_of
from memorygym.scoring.fact_reader.rows import headed, ordered
from memorygym.scoring.fact_reader.stamps import day_of
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.tables import Table
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_RULE = re.compile(r"\s*([=~-])\1{2,}\s*$")
_UNTITLED = re.compile(r"\s{4}|.*:\s*\S")
"""A line that a rule below it makes no heading: it stands deep, or states something."""


class Outline:
    """Reads texts with one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._statements = StatementReader(vocabulary)
        self._titles = titles.Titles(vocabulary, self._statements)
        self.read = lru_cache(maxsize=4_000)(self._read)
        """What a text states, in its order."""

    def _read(self, text: str) -> Reading:
        text = with_capitals(self._vocabulary.spell_out_text(text), self._vocabulary)
        text = without_aliases(text, self._vocabulary)
        lines = [*unwrapped([cleaned(line) for line in lines_of(text, self._vocabulary.heads)])]
        spell_out = self._spelled_out
        lines = [
            line._replace(text=spell_out(line.text), cells=tuple(map(spell_out, line.cells)))
            for line in lines
        ]
        rows = headed(lines, self._vocabulary, self._statements)
        rows = ordered(rows, self._statements)
        return _Pass(self._vocabulary, self._statements, self._titles, rows).read()

    def _spelled_out(self, line: str) -> str:
        """A line with labels for names of fields and for the shorthand of the track."""
        if "_" in line:
            line = plain_fields(line, self._vocabulary)
        return self._vocabulary.spell_out(line) if self._vocabulary.spell_out else line


class _Pass:
    """One reading of the lines of a text."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        statements: StatementReader,
        titles: titles.Titles,
        lines: Sequence[Line],
    ) -> None:
        self._vocabulary, self._statements = vocabulary, statements
        self._titles, self._lines = titles, lines
        self._frames = Frames()
        self._facts: list[Statement] = []
        self._unread = 0
        self._last = ""
        """The entity that a pronoun means."""
        self._opening: tuple[str, str, str] | None = None
        """The entity, the date and the source of the line that opened a paragraph."""
        self._waiting: Sense | None = None
        """A line with a label and no value, which the next line may give."""
        self._item = OpenItem()
        self._table_before: Table | None = None
        """The table that lines without head may continue."""
        self._given: set[Statement] = set()
        """What headings state of the entities below."""
        self._shared = {key.code for key in vocabulary.keys if key.is_shared}

    def read(self) -> Reading:
        index = 0
        while index < len(self._lines):
            index += self._next(index)
        return Reading(tuple(self._facts), self._unread)

    def _next(self, index: int) -> int:
        """Reads what begins at a line; returns the number of its lines."""
        line = self._lines[index]
        text = line.text.strip()
        if not line.cells and not text:
            self._blank()
        elif table := self._table_at(index):
            self._table_before = table
            self._table(table)
            return table.size
        elif not text.startswith("```") and not _RULE.match(text):
            below = self._lines[index + 1].text if index + 1 < len(self._lines) else ""
            self._line(line, below)
        return 1

    def _table_at(self, index: int) -> Table | None:
        known = (self._lines, index, self._vocabulary, self._statements)
        return Table.at(*known, self._table_before)

    def _blank(self) -> None:
        self._last, self._waiting, self._opening = "", None, None
        self._item.close()
        self._table_before = None
        self._frames.close_for_blank()

    def _line(self, line: Line, below: str) -> None:
        text, body = line.text, line.text.lstrip()
        depth = line.depth if line.depth >= 0 else 2 * (len(text) - len(body))
        bullet = BULLET.match(body)
        if bullet and bullet.end() < len(body):
            body, depth = body[bullet.end() :], depth + 1
            self._opening = None
        sign = text.lstrip()[:1]
        is_end = sign == ")" or (sign == "—" and (not below.strip() or _RULE.match(below)))
        if is_end and self._signed(body):
            return
        is_underlined = bool(_RULE.match(below)) and not _UNTITLED.match(text)
        title, level = titles.marked_title(body.rstrip(), line.title, is_underlined=is_underlined)
        if level:
            is_soft = level == titles.AT_ITS_DEPTH
            self._heading(title, depth if is_soft else level - 10, is_soft=is_soft)
            return
        self._frames.close(depth)
        has_owner = bool(self._frames.owner())
        body = titles.EMPHASIS.sub("", body) if "*" in body or "_" in body else body
        body = self._titles.untitled(body.rstrip(), has_owner=has_owner)
        is_answer = self._answer(body) is not None
        mark = self._frames.mark()
        if not self._waiting and not mark and titles.is_day(body):
            self._heading(body, titles.DAY, is_soft=False)
            return
        if mark and not has_owner and self._titles.is_kind(body, mark):
            is_answer, mark = False, None
        sense = self._statements.read(body, mark)
        is_turn = bool(TURN.match(text.lstrip())) and self._frames.owner() not in sense.names
        is_title = self._titles.is_title(body, sense, has_owner=has_owner, is_turn=is_turn)
        if is_title and not is_answer:
            self._heading(body, depth, is_soft=True)
        else:
            self._statement(body, depth, is_bullet=bullet is not None)

    def _heading(self, text: str, depth: int, *, is_soft: bool) -> None:
        self._item.close()
        if is_soft and titles.is_part(text) and self._frames.owner():
            self._frames.close_for_part(depth)
            depth += 1  # A part of the entry above: "Facts:".
        ended = self._frames.close_for_heading(depth)
        sense = self._statements.read(text)
        stated = day_of(text)
        source = self._vocabulary.source_of(text)
        is_open = ended and not ended.names and not ended.has_content
        if ended and (is_open or tuple(ended.names) == sense.names):
            stated, source = stated or ended.date, source or ended.source
        mark = sense.mark and sense.mark.unplaced
        frame = Frame(depth, sense.names, mark, stated, source, is_title=True, is_soft=is_soft)
        shared = {c: None for c in sense.claims if not c.subject and c.code in self._shared}
        frame.shared = tuple(shared) if len(shared) == 1 else ()
        sense = sense._replace(claims=tuple(c for c in sense.claims if c not in shared))
        frame.cue = titles.cue_of(text, sense)
        self._frames.add(frame)
        self._last = sense.names[0] if len(sense.names) == 1 else ""
        self._waiting = None
        self._emit(sense, text)
        self._share(self._last)

    def _share(self, name: str) -> None:
        """Adds what the headings state of every entity below, if a line is about one."""
        shared = {c.code: c for f in self._frames for c in f.shared} if name else {}
        for claim in shared.values():  # The innermost of each code.
            if (fact := Statement(name, claim.code, claim.value)) not in self._given:
                self._given.add(fact)
                self._facts.append(fact)

    def _statement(self, text: str, depth: int, *, is_bullet: bool) -> None:
        is_governed = any(frame.names for frame in self._frames)
        sense = self._statements.read(text, self._frames.mark_of_entry())
        if not sense.asks and not any(claim.subject for claim in sense.claims):
            sense = self._answer(text) or sense
        self._waiting = None
        is_owned = sense.mark and all(key.owner for key in sense.mark.keys)
        is_about = sense.head or self._frames.owner() or is_owned or not sense.asks
        if sense.mark and is_about and (sense.asks or not sense.claims):
            self._waiting = sense._replace(source=self._vocabulary.source_of(text))
        if not is_bullet:
            self._item.close()
        elif not is_governed:
            sense = self._item.read(sense, text, depth)
        if not (sense.claims or sense.names or sense.mark) and self._dated(text, depth):
            return
        self._emit(self._of_paragraph(sense, text), text)
        if sense.last != IT:
            self._last = sense.last
        for frame in self._frames:
            frame.has_content = True
        self._share(sense.head)
        if not is_governed or sense.names or sense.mark:
            self._entry(sense, depth)

    def _of_paragraph(self, sense: Sense, text: str) -> Sense:
        """The line; if it has no date, with that of the line that opened its paragraph and is about
        the same entity."""
        subject = sense.claims[0].subject if sense.claims else ""
        if sense.date and subject:
            self._opening = (subject, sense.date, sense.source or self._vocabulary.source_of(text))
        elif self._opening and not sense.date and subject == self._opening[0]:
            _, date, source = self._opening
            return sense._replace(date=date, source=source or sense.source)
        return sense

    def _dated(self, text: str, depth: int) -> bool:
        """Whether a line that states nothing has a date, which then holds for the lines below."""
        day = day_of(text)
        if day and not self._frames.last:
            self._frames.add(Frame(depth, is_title=True, is_soft=True))
        if frame := self._frames.last:
            frame.date = day or frame.date
            frame.source = self._vocabulary.source_of(text) or frame.source
        return bool(day)

    def _signed(self, text: str) -> bool:
        """Whether a line is a signature, or the end of a call: it dates the facts above it."""
        day, source = day_of(text), self._vocabulary.source_of(text)
        sense = self._statements.read(text)
        if not (day or source) or sense.claims or sense.names or sense.mark:
            return False
        facts = self._facts
        start = len(facts)
        while start and not facts[start - 1].date and facts[start - 1].subject == facts[-1].subject:
            start -= 1
        is_signed = start < len(facts)
        facts[start:] = [f._replace(date=day, source=f.source or source) for f in facts[start:]]
        return is_signed

    def _entry(self, sense: Sense, depth: int) -> None:
        """Opens the frame of a line, which governs the lines that stand deeper."""
        self._frames.close_for_entry(depth, sense.head)
        if sense.names and not sense.head:
            self._frames.add(Frame(depth, ("", "")))
            return
        mark = sense.mark.unplaced if sense.mark and not sense.claims else None
        names = (sense.head,) if sense.head else ()
        self._frames.add(Frame(depth, names, mark, sense.date))

    def _answer(self, text: str) -> Sense | None:
        """What a line states as the answer to the line before; None if it is none."""
        waiting = self._waiting
        if not waiting or not (mark := waiting.mark):
            return None
        answer = self._statements.read(text, mark.unplaced)
        own = {key.code.format(mark.parameter) for key in mark.keys}
        claims = tuple(
            claim._replace(subject=claim.subject or waiting.head)
            for claim in answer.claims
            if {claim.code, claim.code.partition(" ")[0]} & own
        )
        date = answer.date or waiting.date
        return answer._replace(claims=claims, date=date, source=waiting.source) if claims else None

    def _emit(self, sense: Sense, text: str, cue: str = "") -> None:
        cue = cue or self._frames.cue()
        if cue == "other":
            return
        self._unread += sense.unread
        date = sense.date or self._frames.date()
        source = sense.source or self._vocabulary.source_of(text) or self._frames.source()
        for claim in sense.claims:
            value = self._frames.owner() or self._last if claim.value == IT else claim.value
            above = (self._last if claim.subject == IT else "") or self._frames.owner()
            key = self._vocabulary.by_code.get(claim.code)
            subject = claim.subject if claim.subject not in ("", IT) else above
            subject = (key and key.owner) or subject
            if not subject:
                self._unread += not (key and key.names_kind)
                continue
            role = FORMER if cue == FORMER and claim.role == CURRENT else claim.role
            fact = Statement(subject, claim.code, value, role, date=date, source=source)
            if value != "" and self._vocabulary.fits(subject, claim.code, value):
                self._facts.append(fact)

    def _table(self, table: Table) -> None:
        self._frames.close(table.depth)
        owner = self._frames.owner()
        for row in table.rows(owner):
            self._share(row.subject)
            for sense, cue in row.senses:
                claims = tuple(c._replace(subject=c.subject or row.subject) for c in sense.claims)
                date = row.date or sense.date
                self._emit(sense._replace(claims=claims, date=date), row.source, cue)
