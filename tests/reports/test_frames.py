"""Results as DataFrames."""

import pytest

import memorygym


@pytest.mark.data
def test_a_frame_has_the_columns_and_rows_of_its_table() -> None:
    results = memorygym.compare("bm25", template="company", tier="lite", seeds=2)
    for table in ("rows", "summary", "questions"):
        rows, frame = getattr(results, table)(), results.to_pandas(table)
        assert ([*frame.columns], len(frame)) == ([*rows[0]], len(rows))
