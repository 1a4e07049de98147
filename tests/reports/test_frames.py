"""Results as DataFrames."""

import pytest

import memorygym


@pytest.mark.data
@pytest.mark.parametrize("table", ["rows", "summary", "questions"])
def test_a_frame_has_the_columns_and_rows_of_the_table(table: str) -> None:
    results = memorygym.compare("bm25", template="company", tier="lite", seeds=2)
    rows = getattr(results, table)()
    frame = results.to_pandas(table)
    assert ([*frame.columns], len(frame)) == ([*rows[0]], len(rows))
