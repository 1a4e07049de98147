"""Rows without a head of their own: a heading names their columns, or other rows show the order."""

import re
from collections.abc import Sequence

from memorygym.scoring.fact_reader.claims import Sense
from memorygym.scoring.fact_reader.lines import Line
from memorygym.scoring.fact_reader.statement import StatementReader
from memorygym.scoring.fact_reader.tables import Column, Table, column_of
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

_HEAD = re.compile(
    r"[#*_\s]*[\w ]{0,40}?[*_]*(?:\((?P<inside>[^()]+)\)|\s?[:—-]\s(?P<after>.+?))[:*_\s]*"
)
_SIGNS = ("/", "|", ";", ",", "·")
_BETWEEN = " \t:|,;/=—–*_-"
_DASH = " — "


def headed_list(
    lines: Sequence[Line], index: int, vocabulary: Vocabulary, statements: StatementReader
) -> Table | None:
    """The list whose heading is that line, as a table: "PLACES (population / mayor)"; else None."""
    match = _HEAD.fullmatch(lines[index].text) if len(lines[index].text) < 120 else None
    if match is None or index + 1 == len(lines):
        return None
    text = match["inside"] or match["after"]
    sign = next((sign for sign in _SIGNS if sign in text), "")
    heads = [head.strip() for head in text.split(sign)] if sign else []
    if len(heads) < 2 or vocabulary.find_names(lines[index].text):
        return None
    columns = [column_of(head, vocabulary, statements) for head in heads]
    if columns[0].role in ("subject", "key"):
        columns = columns[1:]
    if not columns or any(column.role != "label" for column in columns):
        return None
    body = []
    for line in lines[index + 1 :]:
        cells = _cells(line.text, sign, vocabulary)
        if len(cells) != len(columns) + 1:
            break
        body.append(cells)
    columns = [Column("subject"), *columns]
    return Table(columns, body, len(body) + 1, 0, sign, statements) if body else None


def _cells(text: str, sign: str, vocabulary: Vocabulary) -> list[str]:
    """The name that opens a line, and what the sign separates behind it."""
    names = vocabulary.find_names(text)
    if not names or re.search(r"\w", text[: names[0][0]]):
        return []
    rest = text[names[0][1] :].strip(_BETWEEN)
    border = r",\s+" if sign == "," else rf"\s*{re.escape(sign)}\s*"
    return [names[0][2], *re.split(border, rest)]


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
