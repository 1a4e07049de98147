"""Markdown: tables of cells that cannot break the page, and prose of 80 columns."""

from collections.abc import Iterable, Sequence
from functools import partial

from memorygym.core.text import replace_controls
from memorygym.reports import terminal

wrapped = partial(terminal.wrapped, columns=terminal.WIDTH)
"""A file has lines of 80 columns, however wide the terminal is."""


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(safe(cell) for cell in line)} |" for line in lines)


def safe(cell: str) -> str:
    """The text of a cell, escaped: a name comes from outside and must not break the page."""
    clean = replace_controls(cell)
    for mark in "\\|<>`[]":
        clean = clean.replace(mark, f"\\{mark}")
    return clean
