"""A table renders the same cells in every form."""

import csv
from io import StringIO
from math import inf
from operator import itemgetter

import pytest

from memorygym.reports.table import Column, Table, beside, plain
from memorygym.stats import Estimate

MEAN = Estimate(0.5, 0.4, 0.6000000001, 9)
COLUMNS = [
    Column("name", itemgetter(0), "a <b>"),
    Column("share", itemgetter(1), "two\nlines", "share", "()", is_mean=True),
    Column("p", itemgetter(2), unit="p value"),
]
ROWS = beside([("x|y\x1b", MEAN, 0.0123)], "references", [("none", None, None)])
TABLE = Table(COLUMNS, ROWS, caption="what & why", notes=["one note"])


def test_text_has_caption_rules_and_notes_and_no_control_characters() -> None:
    assert TABLE.text().split("\n") == [
        "what & why",
        "",
        "                two",
        "a <b>         lines     p",
        "─────────────────────────",
        "x|y    50.0 (40–60)  .012",
        "─ references ────────────",
        "none              –     –",
        "one note",
    ]


def test_records_and_csv_hold_plain_numbers_with_both_ends() -> None:
    first, second = TABLE.records()
    assert first == {
        "name": "x|y\x1b", "share": 0.5, "share_low": 0.4, "share_high": 0.6, "p": 0.0123,
    }  # fmt: skip
    assert {*second.values()} == {"none", None}
    rows = [*csv.DictReader(StringIO(TABLE.csv()))]
    assert [row["share_high"] for row in rows] == ["0.6", ""]
    assert Table(COLUMNS, []).csv() == "name,share,share_low,share_high,p\n"


def test_an_interval_of_too_few_tasks_is_an_empty_cell() -> None:
    (row,) = Table(COLUMNS, [("m", Estimate(0.5, -inf, inf, 4), 1)]).records()
    assert (row["share"], row["share_low"], row["share_high"]) == (0.5, None, None)


def test_a_cell_breaks_neither_a_page_of_markdown_nor_of_html() -> None:
    assert TABLE.markdown().split("\n")[2] == "| x\\|y  | 50.0 (40–60) | .012 |"
    html = TABLE.html()
    for part in ("<caption>what &amp; why</caption>", "<th>a &lt;b&gt;</th>", "<p>one note</p>"):
        assert part in html
    assert '<th colspan="3">references</th>' in html


@pytest.mark.parametrize("columns", [40, 80])
def test_columns_that_do_not_fit_follow_below(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = plain([f"column {n}" for n in range(9)], [["x" * 30, *range(8)]]).lines()
    assert max(map(len, lines)) <= columns and len(lines) > 3
