"""The terminal: its width and colours, and text and tables that fit it."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from shutil import get_terminal_size
from textwrap import wrap
from unicodedata import combining, east_asian_width

from memorygym.core.text import replace_controls

WIDTH, NARROWEST, PROSE = 80, 40, 100
"""Columns of a file or a pipe, of the narrowest terminal, and of the longest line of prose."""
NAME = 20
"""Fewest columns of a line of prose beside its margin, or of a shortened name or question."""
SHORT_NAME = 12
"""Columns of names in a table where all are longer; a longer name has its own line."""
BOLD, DIM, RED, GREEN = "1", "2", "31", "32"


def width() -> int:
    """The columns of the terminal, at least 40. A set COLUMNS counts first; a file has 80."""
    return max(NARROWEST, get_terminal_size((WIDTH, 0)).columns)


def paint(text: str, code: str) -> str:
    """The text in a colour, where the terminal shows colours and NO_COLOR is not set."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    if plain or not sys.stdout.isatty():
        return text
    # Line by line, because a pager resets colours at line ends.
    return "\n".join(f"\033[{code}m{line}\033[0m" if line else "" for line in text.split("\n"))


def uncoloured(text: str) -> str:
    """The text without the signs that colour it, for a text that may be kept."""
    return re.sub("\033\\[[0-9]*m", "", text)


def fit(text: str, indent: str = "", columns: int | None = None) -> list[str]:
    """The lines of a text, wrapped; indents are kept, control characters become blanks.

    >>> fit("a  b", "> ")
    ['> a  b']
    """
    columns = columns or min(width(), PROSE)
    lines: list[str] = []
    for line in text.split("\n"):
        clean = replace_controls(line).rstrip()
        margin = indent + clean[: len(clean) - len(clean.lstrip())]
        lines += wrap(
            clean.lstrip(),
            max(columns, len(margin) + NAME),
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
        ) or [indent.rstrip()]
    return lines


def paragraph(text: str) -> list[str]:
    """The lines of a text without line breaks of its own."""
    return fit(" ".join(text.split()))


def listed(words: Iterable[str]) -> str:
    """
    >>> listed("a"), listed("ab"), listed("abc")
    ('a', 'a and b', 'a, b and c')
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def count(n: int, noun: str, plural: str = "") -> str:
    """
    >>> count(1, "task"), count(1200, "task"), count(0, "memory", "memories")
    ('1 task', '1,200 tasks', '0 memories')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def wrapped(text: str, indent: str = "", columns: int | None = None) -> str:
    """The same as one text."""
    return "\n".join(fit(text, indent, columns))


def short(text: str, most: int, indent: str = "") -> list[str]:
    """The first lines of a text, and how many more there are."""
    lines = fit(text, indent)
    rest = len(lines) - most
    return [*lines[:most], f"{indent}… {rest} more lines"] if rest > 1 else lines


def columns_of(text: str) -> int:
    """The columns that a text takes: East Asian signs take two, combining marks none.

    >>> columns_of("bm25"), columns_of("記憶")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(1 + (east_asian_width(c) in "WF") for c in text if not combining(c))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text with blanks up to so many columns; at its left if it stands at the right."""
    blanks = " " * (columns - columns_of(text))
    return blanks + text if right else text + blanks


def clip_middle(text: str, most: int) -> str:
    """The text with an ellipsis for its middle, if it is longer than that.

    >>> clip_middle("bm25", 6), clip_middle("sliding_window", 6)
    ('bm25', 'sli…ow')
    """
    head = most // 2
    return text if len(text) <= most else f"{text[:head]}…{text[head + 1 - most :]}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str] | str]) -> list[str]:
    """A table with names at the left; a text among the rows is a rule with a label.

    Columns are as wide as what they hold. Those that do not fit beside the others follow below,
    with the names again. A line break in a head makes it two lines high.

    >>> table(["", "n", "share"], [("a", "1", "50 %")])
    ['   n  share', '───────────', 'a  1   50 %']
    """
    names, *columns = zip(heads, *(row for row in rows if not isinstance(row, str)), strict=True)
    widths = [
        2 + max(columns_of(part) for cell in column for part in cell.split("\n"))
        for column in columns
    ]
    room = width()
    longest = _name_width(list(map(columns_of, names)), widths, room)
    lines: list[str] = []
    for block in _blocks(widths, room - longest):
        lines += [""] * bool(lines)
        lines += _block(heads, rows, widths, block, longest)
    return lines


def _name_width(names: Sequence[int], widths: Sequence[int], room: int) -> int:
    """The columns of names with which the table has the fewest lines; a longer name has its own."""

    def lines(size: int) -> int:
        tall = len(names) + sum(name > size for name in names)
        return tall * len([*_blocks(widths, room - size)])

    longest, widest = max(names), max(widths, default=0)
    sizes = {*names, min(SHORT_NAME, longest)} - {0}
    fitting = [size for size in sizes if size + widest <= room]
    return min(fitting, key=lambda n: (lines(n), -n), default=min(longest, room // 3))


def _blocks(widths: Sequence[int], room: int) -> Iterator[range]:
    """The columns that stand side by side."""
    start, used = 0, 0
    for index, size in enumerate(widths):
        if used + size > room and index > start:
            yield range(start, index)
            start, used = index, 0
        used += size
    yield range(start, len(widths))


def _block(
    heads: Sequence[str],
    rows: Sequence[Sequence[str] | str],
    widths: Sequence[int],
    block: range,
    longest: int,
) -> Iterator[str]:
    def line(name: str, *cells: str) -> list[str]:
        beside = "".join(pad(cells[index], widths[index], right=True) for index in block)
        if columns_of(name) <= longest:
            return [f"{pad(name, longest)}{beside}".rstrip()]
        return [*wrap(name, width()), f"{'':<{longest}}{beside}".rstrip()]

    title, *cells = heads
    if columns_of(title) > longest:
        yield paint(title, BOLD)
        title = ""
    # A head of one line stands at the bottom.
    *above, last = reversed([*zip_longest(*(h.split("\n")[::-1] for h in cells), fillvalue="")])
    for level in above:
        if any(level[index] for index in block):
            yield from (paint(text, BOLD) for text in line("", *level))
    yield from (paint(text, BOLD) for text in line(title, *last))
    total = longest + sum(widths[index] for index in block)
    yield "─" * total
    for row in rows:
        if isinstance(row, str):
            yield f"{f'─ {row} ':─<{total}}".rstrip()
        else:
            yield from line(*row)
