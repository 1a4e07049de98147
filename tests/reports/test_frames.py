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


@pytest.mark.data
def test_an_unknown_table_is_refused_with_the_choices() -> None:
    results = memorygym.evaluate("naive", template="company", tier="lite", seeds=1)
    with pytest.raises(memorygym.MemoryGymError, match="choose from questions, rows, summary"):
        results.to_pandas("cells")
