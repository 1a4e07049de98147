"""SQL statements as tables: an insert pairs its values with columns, an update its changes."""

import re
from collections.abc import Iterator, Mapping, Sequence

from memorygym.scoring.fact_reader.lines import Line

_START = re.compile(
    r"^[ \t]*(CREATE TABLE|INSERT (?:OR \w+ )?INTO|REPLACE INTO|UPDATE) (?:IF NOT EXISTS )?(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
LITERAL = r"\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'"
"""A text in SQL. A quotation mark in it stands twice; behind an E there are escapes."""
_TOKEN = re.compile(rf"{LITERAL}|\"[^\"]*\"|`[^`]*`|--[^\n]*|[\w.$+-]+|\S", re.DOTALL | re.I)
Items = list[list[str]]
"""What commas part: the tokens of each item."""


def sql_parts(text: str) -> Iterator[str | list[Line]]:
    """The parts of a text: its SQL statements as tables, and what stands around them."""
    columns: dict[str, list[str]] = {}
    """By table, as far as statements before told them."""
    starts = list(_START.finditer(text))
    start = 0
    for number, match in enumerate(starts):
        limit = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        tokens, end = _statement(text, match.end(), limit)
        rows = _rows(match[1].split()[0].upper(), tokens, columns)
        if rows is None:
            continue
        yield text[start : match.start()].strip("\n")
        yield [*(Line(" | ".join(row), cells=tuple(row)) for row in rows), Line("")]
        start = end
    yield text[start:]


def text_of(literal: str) -> str:
    r"""The text of a literal.

    >>> text_of("'it''s'"), text_of(r"E'a\nb'")
    ("it's", 'a\nb')
    """
    if literal[:1] in "Ee":
        return re.sub(
            r"\\(.)|''",
            lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]) if m[1] else "'",
            literal[2:-1],
        )
    return literal[1:-1].replace("''", "'")


def _statement(text: str, start: int, limit: int) -> tuple[list[str], int]:
    """The tokens up to a semicolon, and where it ends."""
    tokens: list[str] = []
    for match in _TOKEN.finditer(text, start, limit):
        if match[0] == ";":
            return tokens, match.end()
        if not match[0].startswith("--"):
            tokens.append(match[0])
    return tokens, limit


def _rows(
    verb: str, tokens: Sequence[str], columns: dict[str, list[str]]
) -> list[list[str]] | None:
    """The head and the rows of a statement's table; None if it is no statement of that kind."""
    if verb == "UPDATE":
        return _updated(tokens)
    table, items, at = tokens[0] if tokens else "", *_group(tokens, 1)
    head = [item[0].strip('"`') for item in items if item]
    if verb == "CREATE":
        columns[table] = head
        return [] if head else None
    return _inserted(head or columns.get(table, []), tokens[at:])


def _inserted(head: list[str], tokens: Sequence[str]) -> list[list[str]] | None:
    if not head or not tokens or tokens[0].upper() != "VALUES":
        return None
    rows, at = [head], 1
    while at < len(tokens) and tokens[at] == "(":
        items, at = _group(tokens, at)
        if not items:
            return None
        rows.append([_value(item) for item in items])
        at += tokens[at : at + 1] == [","]
    return rows if len({len(row) for row in rows}) == 1 else None


def _updated(tokens: Sequence[str]) -> list[list[str]] | None:
    """A row of what an update changes, and of which rows."""
    words = [token.upper() for token in tokens]
    if words[1:2] != ["SET"]:
        return None
    where = words.index("WHERE") if "WHERE" in words else len(words)
    if {"OR", "NOT", "!", "<", ">"} & {*words[where:]}:
        return []  # Of rows that it does not name.
    change, rows = _pairs(tokens[2:where]), _pairs(tokens[where + 1 :])
    cells = {**rows, **change}
    return [list(cells), list(cells.values())]


def _pairs(tokens: Sequence[str]) -> Mapping[str, str]:
    """The values of columns in "a = 1, b = 2" and "a = 1 AND b = 2"."""
    signs = [n for n, token in enumerate(tokens) if token == "="]
    ends = [*(n - 2 for n in signs[1:]), len(tokens)]
    return {
        tokens[sign - 1].strip('"`'): _value(tokens[sign + 1 : end])
        for sign, end in zip(signs, ends, strict=False)
        if sign
    }


def _group(tokens: Sequence[str], start: int) -> tuple[Items, int]:
    """The items in the brackets that open at an index, and the index behind them; else none."""
    items: Items = []
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at] == "(":
            depth += 1
        if depth == 0:
            break
        if tokens[at] == ")":
            depth -= 1
        if depth == 0:
            return items, at + 1
        if depth == 1 and tokens[at] in "(,":
            items.append([])
        elif items:
            items[-1].append(tokens[at])
    return [], start


def _value(tokens: Sequence[str]) -> str:
    """A value as a table shows it; nothing for NULL."""
    if len(tokens) == 1 and tokens[0].endswith("'"):
        return text_of(tokens[0])
    text = " ".join(tokens)
    return "" if text.upper() == "NULL" else text
