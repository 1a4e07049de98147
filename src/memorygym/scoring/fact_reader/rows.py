"""Rows without a head of their own: a legend names their columns, or other rows show the order."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memorygym.scoring.fact_reader.claims import Mark, Sense
from memorygym.scoring.fact_reader.lines import Line
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.tables import EMPTY, column_of
from memorygym.scoring.fact_reader.values import candidates
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_LIST = re.compile(
    r"\s?[(\[](?P<inside>[^()\[\]]+)[)\]]|(?:\s?[:=—]|\s-)\s+(?P<after>[^:=—()]+?)(?:\.\s|[.:*_\s]*$)"
)
_SIGNS = ("/", "|", ";", ",", "·")
_DASH = " — "
_APART = r"(?![^()]*\))"
"""Not within brackets."""
_BORDERS = [
    re.compile(border + _APART)
    for border in (r"\s*\|\s*", r"\s+/\s+", r"\s*;\s+", r"\s*·\s*", r",\s+", r"\s+", r"/")
]
"""What may separate the values of a row; "/" without blanks only if it separates the labels."""
_GROUP = re.compile(r"[\"'`*_\]]*(?:\s?[(\[][^()\[\]]+[)\]])?(?=[\s:=|—,;/*_-])")
"""What may stand between the name of a row and its values."""


class _Legend(NamedTuple):
    """The labels whose values the rows below a line give in that order."""

    sign: str
    """What separates the labels."""
    columns: Sequence[tuple[str, Mark]]
    title: str
    """The line without them."""


def headed(
    lines: Sequence[Line], vocabulary: Vocabulary, statements: StatementReader
) -> Sequence[Line]:
    """The lines; rows below a legend with their labels: below "PLACES (population / mayor)" the row
    "Orm Ford: 300 / Ann Lee" as "Orm Ford: population: 300; mayor: Ann Lee"."""
    found = list(lines)
    for index, line in enumerate(lines[:-1]):
        legend = _legend(line, vocabulary, statements)
        rows = [*_rows(lines, index + 1, legend, vocabulary)] if legend else []
        for number, text in rows:
            found[number] = lines[number]._replace(text=text)
        if legend:
            is_title = not statements.read(legend.title).mark
            found[index] = line._replace(text=legend.title if is_title else "")
    return found


def _legend(line: Line, vocabulary: Vocabulary, statements: StatementReader) -> _Legend | None:
    """What a line says of the order of values below it; None if it says nothing."""
    text = line.text
    if len(text) > 200 or line.cells or not any(sign in text for sign in _SIGNS):
        return None
    for match in _LIST.finditer(text) if not re.search(r"\d", text) else ():
        listed = match["inside"] or match["after"]
        sign = next((sign for sign in _SIGNS if sign in listed), "")
        heads = [head.strip() for head in listed.split(sign)] if sign else []
        columns = [column_of(head, vocabulary, statements) for head in heads]
        if columns and columns[0].role in ("subject", "key"):
            columns, heads = columns[1:], heads[1:]
        marks = [column.mark for column in columns if column.role == "label" and column.mark]
        if not len(columns) == len(marks) > 1 or len({mark.keys for mark in marks}) < len(marks):
            continue
        if vocabulary.find_names(text):
            return None
        labels = [
            mark.keys[0].labels[0] if mark.keys[0].labels and not mark.parameter else head
            for head, mark in zip(heads, marks, strict=True)
        ]
        return _Legend(sign, [*zip(labels, marks, strict=True)], text[: match.start()])
    return None


def _rows(
    lines: Sequence[Line], start: int, legend: _Legend, vocabulary: Vocabulary
) -> Iterator[tuple[int, str]]:
    """The rows below a legend with their labels, by number; those with another number of values, or
    with one that cannot be of its column, are left out."""
    for number in range(start, len(lines)):
        text = lines[number].text
        names = vocabulary.find_names(text) if text.strip() else []
        if lines[number].cells or (text.strip() and not names):
            return
        if not names:
            continue
        if re.search(r"[^\W\d]", text[: names[0][0]]):
            return
        match = _GROUP.match(text, names[0][1])
        place = match.end() if match else names[0][1]
        values = text[place:].lstrip(" \t:|,;/=—–*_-")
        if stated := _labelled(values, legend, vocabulary):
            yield number, f"{text[:place]}: {stated}"


def _labelled(values: str, legend: _Legend, vocabulary: Vocabulary) -> str:
    """The values of a row with their labels; "" if they are not as many, or of other forms."""
    size = len(legend.columns)
    for border in _BORDERS if legend.sign == "/" else _BORDERS[:-1]:
        cells = border.split(values, maxsplit=size - 1)
        if len(cells) < size:
            continue
        end = re.search(r"[.;]\s+(?=\S)" + _APART + r"|[.;]?\s*$", cells[-1])
        assert end
        cells, tail = [*cells[:-1], cells[-1][: end.start()]], cells[-1][end.start() :]
        pairs = [*zip(legend.columns, cells, strict=True)]
        if all(_is_value(cell, mark, vocabulary) for (_, mark), cell in pairs):
            stated = (f"{label}: {cell}" for (label, _), cell in pairs if not _is_empty(cell))
            return "; ".join(stated) + tail
    return ""


def _is_empty(cell: str) -> bool:
    return cell.strip().lower() in EMPTY


def _is_value(cell: str, mark: Mark, vocabulary: Vocabulary) -> bool:
    """Whether a cell holds one value of a label, and beside it only a remark in brackets."""
    bare = re.sub(r"\s*\([^()]*\)", "", cell).strip(" \"'`*_~≈")
    if _is_empty(cell):
        return True
    if mark.is_link:
        return [bare] == [name for _, _, name in vocabulary.find_names(bare)]
    found = [c for key in mark.keys if key.kind != "entity" for c in candidates(key, bare)]
    return any(not re.search(r"\w", bare[: c.start] + bare[c.end :]) for c in found)


def ordered(lines: Sequence[Line], statements: StatementReader) -> Sequence[Line]:
    """The lines; rows that could be read either way in the order of all other rows, if they agree.

    In "300 — delivery vans — Ann Lee" the owner stands last.
    """
    rows = {n: line.text.split(_DASH) for n, line in enumerate(lines) if _is_row(line)}
    if len(rows) < 3:
        return lines
    senses = {number: statements.read(lines[number].text) for number in rows}
    places = [_place(senses[number], cells) for number, cells in rows.items()]
    votes = [place for place in places if place is not None]
    if len(votes) < 2 or len(set(votes)) > 1:
        return lines
    found = list(lines)
    for number, (first, label, last) in rows.items():
        if senses[number].unread and not senses[number].claims:
            owner, value = (first, last) if votes[0] == 0 else (last, first)
            text = f"{owner}: {label}: {value}"
            found[number] = lines[number]._replace(text=text)
    return found


def _is_row(line: Line) -> bool:
    return line.text.count(_DASH) == 2


def _place(sense: Sense, cells: Sequence[str]) -> int | None:
    """The cell of the owner; None if the row does not tell."""
    owners = {claim.subject for claim in sense.claims}
    owner = owners.pop() if len(owners) == 1 else ""
    inside = [number for number, cell in enumerate(cells) if owner and owner in cell]
    return inside[0] if len(inside) == 1 else None
