"""Tables: rows of cells under a head, in Markdown, CSV, TSV or HTML."""

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from memorygym.core.statements import FORMER
from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark, Sense
from memorygym.scoring.fact_reader.fields import role_of
from memorygym.scoring.fact_reader.lines import Line
from memorygym.scoring.fact_reader.stamps import day_of
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import lowered

_SEPARATOR = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_VALUE = re.compile(r"^\W*(?!(?:19|20)\d\d\W*$)\d[\d.,]*\w{0,2}\W*$|:\s*\S{0,2}\d")
"""A cell that is a number or ends with one behind a colon, as no head of a column does."""
_DITTO = frozenset(('"', "''", "〃", "″", "ditto", "same", "same as above", "as above", "(same)"))
"""Cells that repeat the one above."""
EMPTY = frozenset(("", "-", "—", "–", "n/a", "na", "none", "null", "?", "unknown", "…", "..."))
_STAMPS = frozenset("as of|date|dated|stated on|according to|source|stated by|updated".split("|"))
"""Heads of rows that tell when and by whom the columns were stated."""


class Column(NamedTuple):
    """What the head of a table says of a column."""

    role: str
    """subject, kind, key, value, date, former, source, label, name, other, or "" for unknown."""
    mark: Mark | None = None
    name: str = ""
    cue: str = ""


class Row(NamedTuple):
    """What a row states."""

    subject: str
    senses: Sequence[tuple[Sense, str]]
    """What each cell states, and the cue of its column."""
    date: str
    source: str
    mark: Mark | None = None
    """The label of values whose columns have none."""


@dataclass(frozen=True)
class Table:
    """A head with rows below it."""

    columns: Sequence[Column]
    body: Sequence[Sequence[str]]
    size: int
    """Number of lines, the head and its rule included."""
    depth: int
    delimiter: str
    statements: StatementReader

    @classmethod
    def at(
        cls,
        lines: Sequence[Line],
        index: int,
        vocabulary: Vocabulary,
        statements: StatementReader,
        before: "Table | None" = None,
    ) -> "Table | None":
        """The table whose head is that line, or the rest of `before`; None if it is none."""
        line = lines[index]
        delimiter = "" if line.cells else _delimiter(line.text)
        if not line.cells and not delimiter:
            return None
        head = line.cells or row_cells(line.text, delimiter)
        columns: Sequence[Column] | None = _columns(head, vocabulary, statements)
        end = index + 1
        heads = [c for c in columns or () if c.role in ("subject", "key", "value", "label")]
        if len(heads) < 2 and before and before.fits(delimiter, len(head)):
            columns, end = before.columns, index
        if columns is None or _states(line.text, vocabulary, statements):
            return None
        if end < len(lines) and _SEPARATOR.match(lines[end].text):
            end += 1
        body: list[Sequence[str]] = []
        while end < len(lines):
            cells = _cells(lines[end], delimiter)
            if len(cells) < 2 or abs(len(cells) - len(columns)) > 1:
                break
            body.append(cells)
            end += 1
        if not body and len(heads) < 3:
            return None
        depth = 2 * (len(line.text) - len(line.text.lstrip()))
        return cls(columns, body, end - index, depth, delimiter, statements)

    def fits(self, delimiter: str, size: int) -> bool:
        """Whether a row of so many cells may continue the table."""
        return delimiter == self.delimiter and len(self.columns) == max(size, 3)

    def rows(self, owner: str) -> Iterator[Row]:
        """What the rows state; `owner` is the entity of rows that name none."""
        by_column: dict[str, tuple[str, str]] = {}
        above: Sequence[str] = ()
        is_long = any(column.role == "key" for column in self.columns)
        merged = [
            is_long and column.role in ("subject", "date", "source") for column in self.columns
        ]
        merged += [False] * max(len(row) for row in [*self.body, ()])
        for row_below in self.body:
            triples = zip(row_below, [*above, *[""] * len(row_below)], merged, strict=False)
            cells = above = [
                old if cell.strip().lower() in _DITTO or (is_merged and not cell.strip()) else cell
                for cell, old, is_merged in triples
            ]
            head = cells[0].strip(" ()*_:").lower()
            if head in _STAMPS and any(column.role == "name" for column in self.columns):
                for column, cell in zip(self.columns[1:], cells[1:], strict=False):
                    day = day_of(cell)
                    date, source = by_column.get(column.name, ("", ""))
                    by_column[column.name] = (date or day, source or ("" if day else cell.lower()))
                continue
            row = self._row(cells, owner)
            yield row._replace(senses=[*_stamped(row.senses, by_column)]) if by_column else row

    def _row(self, cells: Sequence[str], owner: str) -> Row:
        pairs = [(column, cell.strip()) for column, cell in zip(self.columns, cells, strict=False)]
        about = self._about(pairs, owner)
        extra = [cell for column, cell in pairs if not column.role and self._is_extra(cell)]
        senses = [
            (sense, column.cue)
            for column, cell in pairs
            if cell.lower() not in EMPTY
            for sense in self._cell(column, cell, about, " ".join(extra))
        ]
        former = {c[:3] for sense, _ in senses for c in sense.claims if c.role == FORMER}
        return about._replace(
            senses=[(_without(sense, former), cue) for sense, cue in senses],
            source=about.source or " ".join(extra),
        )

    def _about(self, pairs: Sequence[tuple[Column, str]], owner: str) -> Row:
        """The row without what its cells state."""
        subject, mark, date, source = owner, None, "", ""
        named = False
        for column, cell in pairs:
            if column.role == "date":
                date = day_of(cell)
            elif column.role == "source":
                source = cell
            elif column.role in ("subject", "key", ""):
                sense = self.statements.read(cell)
                if sense.claims:
                    continue
                if sense.names and not named:
                    subject, named = sense.names[0] if len(sense.names) == 1 else "", True
                mark = mark or sense.mark
        if not any(column.role == "key" for column in self.columns):
            mark = mark or next((c.mark for c, _ in pairs if c.role == "value"), None)
        return Row(subject, (), date, source, mark)

    def _is_extra(self, cell: str) -> bool:
        """Whether a cell states nothing alone, but may say of what time the others are."""
        if cell.lower() in EMPTY:
            return False
        sense = self.statements.read(cell)
        return not (sense.names or sense.mark or sense.claims)

    def _cell(self, column: Column, cell: str, about: Row, extra: str) -> Iterator[Sense]:
        mark = about.mark
        if extra and column.role in ("label", "value", "name"):
            cell = f"{cell} ({extra})"
        match column.role:
            case "label":
                sense = self.statements.read(cell, column.mark)
            case "value" | "former" | "name" | "" | "subject" if mark and (
                column.role in ("value", "former", "name") or mark.keys[0].owner
            ):
                sense = self.statements.read(cell, mark.unplaced)
            case "" | "subject" | "key" | "value":
                sense = self.statements.read(cell)
                if not sense.claims:
                    return
            case _:
                return
        if column.role == "former":
            sense = sense._replace(claims=tuple(c._replace(role=FORMER) for c in sense.claims))
        if column.role == "name":
            claims = tuple(c._replace(subject=column.name) for c in sense.claims)
            sense = sense._replace(claims=claims)
        if not about.subject and column.role != "name":
            claims = tuple(c for c in sense.claims if c.subject)
            lost = len(sense.claims) - len(claims)
            sense = sense._replace(claims=claims, unread=sense.unread + lost)
        yield sense


def _cells(line: Line, delimiter: str) -> Sequence[str]:
    """The cells of a line; none if it has no delimiter."""
    if line.cells or not delimiter or delimiter not in line.text:
        return line.cells
    return row_cells(line.text, delimiter)


def _without(sense: Sense, former: Collection[tuple[object, ...]]) -> Sense:
    """The sense without the values that another cell of its row calls former."""
    if not former:
        return sense
    kept = (c for c in sense.claims if c.role == FORMER or c[:3] not in former)
    return sense._replace(claims=tuple(kept))


def _stamped(
    senses: Iterable[tuple[Sense, str]], stamps: Mapping[str, tuple[str, str]]
) -> Iterator[tuple[Sense, str]]:
    """The senses with the dates and the sources of their entities' columns."""
    for sense, cue in senses:
        subject = sense.claims[0].subject if sense.claims else ""
        date, source = stamps.get(subject, ("", ""))
        yield sense._replace(date=sense.date or date, source=source), cue


def _states(text: str, vocabulary: Vocabulary, statements: StatementReader) -> bool:
    """Whether a line states what needs no name, so that it is no head."""
    if not any(key.owner for key in vocabulary.keys):
        return False
    keys = (vocabulary.by_code.get(claim.code) for claim in statements.read(text).claims)
    return any(key and key.owner for key in keys)


def _columns(
    head: Sequence[str], vocabulary: Vocabulary, statements: StatementReader
) -> list[Column] | None:
    """The columns, if the line is the head of a table: two cells or more name columns."""
    if len(head) < 2 or any(len(cell.split()) > 8 or _VALUE.search(cell) for cell in head):
        return None
    columns = []
    for cell in head:
        columns.append(column_of(cell, vocabulary, statements))
        if columns[-1].role == "stated":
            return None
    if head[0].strip().lower() in vocabulary.nouns and {c.role for c in columns[1:]} == {"name"}:
        columns[0] = Column("subject")  # The kind of the entities, whether or not it is a label.
    taken = {key for column in columns if column.mark for key in column.mark.keys}
    for n, cell in enumerate(head if taken else ()):  # Of two labels the one without a column.
        rest = [key for key in vocabulary.short.keys_of(cell.strip(" *_")) if key not in taken]
        if not columns[n].role and len(rest) == 1:
            columns[n] = Column("label", Mark(0, 0, (*rest,)))
    labels, names = ([c for c in columns if c.role == role] for role in ("label", "name"))
    roles = {c.role for c in columns} - {"label", "name", "kind", ""}
    if names:
        is_head = not labels and (len(names) > 1 or columns[0].role in ("subject", "key"))
    else:
        is_head = len(labels) > 1 or len(roles) > 1 or bool(labels and roles)
    return columns if is_head else None


@lru_cache(maxsize=20_000)
def column_of(cell: str, vocabulary: Vocabulary, statements: StatementReader) -> Column:
    """What the head of a column says of it."""
    text = cell.strip(' *_`"')
    role, year = role_of(text, vocabulary.heads), _YEAR.search(text)
    sense = statements.read(_YEAR.sub("", text))
    if role:
        return Column(role, sense.mark.unplaced if sense.mark and role == "value" else None)
    if sense.claims or sense.unread:
        return Column("stated")
    if sense.mark and not sense.names:
        left = lowered(text[: sense.mark.start] + text[sense.mark.end :])
        if len(re.findall(r"\w+", left)) > 3:
            return Column("stated")
        if cues.FORMER.search(left):
            return Column("former")
        is_other = year or cues.OTHER.search(left)
        return Column("other" if is_other else "label", sense.mark.unplaced)
    if len(sense.names) == 1 and text.casefold().removeprefix("the ") == sense.names[0].casefold():
        return Column("name", name=sense.names[0])
    if sense.names:
        return Column("stated")
    if keys := vocabulary.short.beginning(text):
        return Column("label", Mark(0, 0, keys))
    if not sense.cue or re.search(r"\d", text):  # A figure is a value, whatever is said of it.
        return Column("")
    return Column("former" if sense.cue == FORMER else "other")


def _delimiter(text: str) -> str:
    """The delimiter of a line's cells; "" if it has none."""
    return next((mark for mark in "|\t,;" if mark in text), "")


def row_cells(text: str, delimiter: str = "|") -> tuple[str, ...]:
    """The cells of a row."""
    if delimiter == "|":
        text = text.strip().removeprefix("|").removesuffix("|")
        cells = re.split(r"(?<!\\)\|", text) if "\\" in text else text.split("|")
        return tuple(cell.strip() for cell in cells)
    try:
        return tuple(cell.strip() for cell in next(csv.reader([text], delimiter=delimiter), []))
    except csv.Error:
        return ()
