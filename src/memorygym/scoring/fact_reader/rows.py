"""Rows without a head: what "Ann Lee — mentor — Bob Ray" means is as other rows have it."""

from collections.abc import Sequence

from memorygym.scoring.fact_reader.claims import Sense
from memorygym.scoring.fact_reader.lines import BULLET, Line
from memorygym.scoring.fact_reader.statement import StatementReader

_DASH = " — "


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
            bullet = BULLET.match(first.lstrip())
            start = first.index(first.lstrip()) + (bullet.end() if bullet else 0)
            owner, value = (first[start:], last) if votes[0] == 0 else (last, first[start:])
            text = f"{first[:start]}{owner}: {label}: {value}"
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
