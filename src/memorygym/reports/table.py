"""A table of results: its columns and rows are stated once, and it renders as text, Markdown, HTML,
CSV and records.

A column takes its value from a row: a number, a text or an estimate. How the value reads in a cell
follows from its unit.

>>> rows = beside([("a", Estimate(0.5, 0.4, 0.6, 9))], "references", [("b", None)])
>>> columns = [Column("name", itemgetter(0)), Column("share", itemgetter(1), unit="share")]
>>> table = Table(columns, rows)
>>> print(table.text())
name      share
───────────────
a     50.0±10.0
─ references ──
b             –
>>> print(table.markdown())
| name | share |
| --- | --- |
| a | 50.0±10.0 |
| b | – |
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from html import escape
from io import StringIO
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from memorygym.core.errors import missing
from memorygym.core.text import replace_controls
from memorygym.core.types import JSON
from memorygym.reports import markdown, terminal
from memorygym.stats import NOTHING, Estimate, percent, span

if TYPE_CHECKING:
    import pandas

Value = str | float | Estimate | None
"""What a cell holds; a text stands as it is."""
Unit = Literal["plain", "share", "difference", "amount", "p value"]
Spread = Literal["±", " ± ", "()", "–", ""]
"""What of an estimate is shown: the mean with half of its interval, or with its ends in brackets;
the ends alone; the mean alone."""
SPREAD = ("", "_low", "_high")
"""Ends of the names of the three columns of an estimate in files."""
Row_contra = TypeVar("Row_contra", contravariant=True)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row_contra]):
    """A column of a table."""

    key: str
    """Its name in files and records."""
    of: Callable[[Row_contra], Value]
    """The value of a row."""
    heading: str = ""
    """What stands above it where people read it, if not the key; a line break makes it two lines
    high."""
    unit: Unit = "plain"
    spread: Spread = "±"
    meaning: str = ""
    """What docs/columns.md says of it; "" if it means the same in many tables."""
    is_mean: bool = False
    """Whether it has three columns in files: the mean and the bounds of its interval."""

    @property
    def head(self) -> str:
        """What stands above it where people read it."""
        return self.heading or self.key

    @property
    def names(self) -> list[str]:
        """Its columns in files and records."""
        return [f"{self.key}{end}" for end in SPREAD] if self.is_mean else [self.key]

    def text(self, row: Row_contra) -> str:
        """The cell of a row."""
        return cell(self.of(row), self.unit, self.spread)

    def values(self, row: Row_contra) -> list[str | float | None]:
        """The cells of a row in files and records."""
        match self.of(row):
            case Estimate(mean=mean, low=low, high=high) if self.is_mean:
                return [rounded(mean), rounded(low), rounded(high)]
            case Estimate(mean=mean):
                return [rounded(mean)]
            case value:
                return [value, *(None for _ in self.names[1:])]


@dataclass(frozen=True, slots=True)
class TableRule:
    """A line between rows, with a label; only text and HTML show it."""

    label: str


@dataclass(frozen=True, slots=True)
class Table(Generic[Item]):
    """Columns and rows, with what stands above and below them."""

    columns: Sequence[Column[Item]]
    """The first one names the rows, and stands at the left."""
    rows: Sequence[Item | TableRule] = ()
    title: str = ""
    """What stands above the names in text, if not the heading of their column."""
    caption: str = ""
    """What stands above the whole table."""
    notes: Sequence[str] = ()

    def filled(self, rows: Iterable[Item]) -> "Table[Item]":
        """The table with these rows."""
        return replace(self, rows=[*rows])

    @property
    def names(self) -> list[str]:
        """Its columns in files and records."""
        return [name for column in self.columns for name in column.names]

    @property
    def items(self) -> list[Item]:
        """The rows without the rules."""
        return [row for row in self.rows if not isinstance(row, TableRule)]

    def lines(self) -> list[str]:
        """The table as text, as wide as the terminal at most, with its caption and notes."""
        rows = [
            row.label
            if isinstance(row, TableRule)
            else [replace_controls(column.text(row)) for column in self.columns]
            for row in self.rows
        ]
        first, *heads = (column.head for column in self.columns)
        above = [*terminal.fit(self.caption), ""] if self.caption else []
        below = [line for note in self.notes for line in terminal.fit(note)]
        return [*above, *terminal.table([self.title or first, *heads], rows), *below]

    def text(self) -> str:
        """The same without colours, for a text that may be kept."""
        return "\n".join(map(terminal.uncoloured, self.lines()))

    def markdown(self) -> str:
        """The table alone as Markdown."""
        heads = [column.head.replace("\n", " ") for column in self.columns]
        return markdown.grid(
            heads, ([column.text(row) for column in self.columns] for row in self.items)
        )

    def html(self) -> str:
        """The table with its caption and notes as HTML."""
        heads = _html_row("th", [column.head for column in self.columns])
        rows = "".join(
            f'<tr><th colspan="{len(self.columns)}">{escape(row.label)}</th></tr>'
            if isinstance(row, TableRule)
            else _html_row("td", [column.text(row) for column in self.columns])
            for row in self.rows
        )
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes)
        return f"<table>{caption}<thead>{heads}</thead><tbody>{rows}</tbody></table>{notes}"

    def records(self) -> list[dict[str, JSON]]:
        """One plain dict per row: NAME, and for a mean NAME_low and NAME_high, all rounded."""
        return [dict(zip(self.names, cells, strict=True)) for cells in self._values()]

    def csv(self) -> str:
        """The same as a CSV file, where every number is rounded."""
        cells = ([to_rounded_json(value) for value in row] for row in self._values())
        return _csv(self.names, cells)

    def _values(self) -> Iterator[list[JSON]]:
        for row in self.items:
            yield [value for column in self.columns for value in column.values(row)]


def beside(rows: Iterable[Item], label: str, others: Iterable[Item]) -> list[Item | TableRule]:
    """Rows, and other rows under a rule with a label."""
    return [*rows, TableRule(label), *others]


def plain(
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    unit: Unit = "plain",
    spread: Spread = "±",
    notes: Sequence[str] = (),
) -> Table[Sequence[Value]]:
    """A table whose rows are their cells."""
    columns: list[Column[Sequence[Value]]] = [
        Column(heading, itemgetter(index), unit=unit, spread=spread)
        for index, heading in enumerate(headings)
    ]
    return Table(columns, [*rows], notes=notes)


def _html_row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(text)}</{tag}>' for text in cells)}</tr>"


def rows_csv(rows: Sequence[Mapping[str, JSON]]) -> str:
    """Records of the same columns as a CSV file."""
    return _csv([*rows[0]] if rows else [], ([*row.values()] for row in rows))


def _csv(heads: Sequence[str], rows: Iterable[Sequence[JSON]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()


def frame(rows: Sequence[Mapping[str, Any]]) -> "pandas.DataFrame":
    """Records as a DataFrame (extra `data`)."""
    try:
        import pandas
    except ImportError as error:
        raise missing("to_pandas", "pandas", "data") from error
    return pandas.DataFrame([*rows])


def rounded(number: float) -> float | None:
    """A number to six places; an infinite one becomes None, and 0 has no sign."""
    return None if abs(number) == inf else round(number, 6) + 0.0


def to_rounded_json(value: Any) -> Any:
    """Dataclasses as objects of their fields, numbers to six places. The bounds of an estimate are
    null where too few tasks give no interval."""
    match value:
        case Estimate(tasks=tasks):
            mean, low, high = map(rounded, (value.mean, value.low, value.high))
            return {"mean": mean, "low": low, "high": high, "tasks": tasks}
        case float():
            return rounded(value)
        case Mapping():
            return {name: to_rounded_json(item) for name, item in value.items()}
        case list() | tuple():
            return [to_rounded_json(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_rounded_json(getattr(value, field.name)) for field in fields(value)}
    return value


def cell(value: Value, unit: Unit = "plain", spread: Spread = "±") -> str:
    """The text of a value in a table.

    >>> cell(None), cell("bm25"), cell(3), cell(1234.5, "amount"), cell(0.012, "p value")
    ('–', 'bm25', '3', '1,234', '.012')
    >>> half = Estimate(0.5, 0.4, 0.6, 9)
    >>> cell(half, "share"), cell(half, "difference", ""), cell(half, "share", "()")
    ('50.0±10.0', '+50.0', '50.0 (40–60)')
    >>> cell(half, "share", "–"), cell(1)
    ('40.0–60.0', '1')
    """
    match value:
        case None:
            return NOTHING
        case Estimate(mean=mean):
            if unit == "amount":
                return quantity(value) if spread else amount(mean)
            return _share(value, "+" if unit == "difference" else "", spread)
        case str() | bool():
            return str(value)
    if unit == "amount":
        return amount(value)
    return p_value(value) if unit == "p value" else str(value)


def _share(share: Estimate, sign: str, spread: Spread) -> str:
    if spread == "()":
        return span(share)
    if spread != "–":
        return percent(share, sign, spread or None)
    return f"{100 * share.low:.1f}–{100 * share.high:.1f}" if share.has_interval else NOTHING


def amount(value: float) -> str:
    """A count or a mean, rounded to the digits that are worth reading.

    >>> [amount(n) for n in (0, 0.25, 12.5, 1234.5, 12345, 1234567)]
    ['0', '0.25', '12.5', '1,234', '12.3k', '1.23M']
    """
    if value >= 999_950:
        return f"{value / 1e6:.2f}M"
    if value >= 9_999.5:
        return f"{value / 1e3:.1f}k"
    if value >= 99.95 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def quantity(estimate: Estimate) -> str:
    """An amount with half of its interval, if there is one with a width, in its unit.

    >>> quantity(Estimate(12, 11, 13.26, 9)), quantity(Estimate(12, 12, 12, 9))
    ('12.0±1.3', '12')
    >>> quantity(Estimate(12345, 11000, 13690, 9)), quantity(Estimate(123, 100, 146, 9))
    ('12.3±1.3k', '123±23')
    >>> quantity(Estimate(54_100, 3_600, 104_600, 9)), quantity(Estimate(100_300, 99e3, 101_600, 9))
    ('54±50k', '100±1k')
    """
    mean, half = estimate.mean, estimate.high - estimate.mean
    if not 0 < half < inf:
        return amount(mean)
    size, unit = next(((n, u) for n, u in ((1e6, "M"), (1e3, "k")) if mean >= n), (1, ""))
    # A decimal is noise where the interval is wide or the number is long.
    digits = 1 if mean < 99.95 * size and half < 9.95 * size else 0
    return f"{mean / size:.{digits}f}±{half / size:.{digits}f}{unit}"


def p_value(p: float) -> str:
    """
    >>> p_value(1.0), p_value(0.012), p_value(0.0001)
    ('1', '.012', '<.001')
    """
    return "<.001" if p < 0.001 else "1" if p >= 0.9995 else f"{p:.3f}"[1:]
