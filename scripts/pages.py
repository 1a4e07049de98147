"""What the scripts share: their options, where pages stand, and how tables read."""

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from memorygym.reports.table import Table, plain
from memorygym.stats import Estimate

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs/results"
OUT = ROOT / "out"


def options(name: str, page: str | None) -> argparse.ArgumentParser:
    """The parser of a script, from its docstring, with the folder that keeps what was played."""
    parser = argparse.ArgumentParser(description=(page or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=OUT / name)
    return parser


def write(name: str, lines: Iterable[str]) -> None:
    """Writes a page of docs/results."""
    (PAGES / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def markdown(table: Table[Any]) -> str:
    """A table whose numbers stand at the right."""
    head, _, *rows = table.markdown().split("\n")
    lines = [head, f"|---|{'--:|' * (len(table.columns) - 1)}", *rows]
    return "\n".join(lines).replace(r"\<", "<")  # Before a number it begins no tag.


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same of cells."""
    return markdown(plain(heads, rows))


def percent(figure: Estimate | None) -> str:
    """A share in percent with half the width of its interval, with an uneven one, or with none."""
    if figure is None:
        return ""
    mean, low, high = (100 * bound for bound in (figure.mean, figure.low, figure.high))
    if not figure.has_interval:
        return f"{mean:.1f}"
    if abs((high - mean) - (mean - low)) < 0.05:
        return f"{mean:.1f} ± {high - mean:.1f}"
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"
