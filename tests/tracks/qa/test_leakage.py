"""A fact that is hidden is hidden from every way of looking it up."""

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.leakage import WatchedIndex


def test_a_hidden_fact_is_found_by_no_lookup_and_the_names_are_noted() -> None:
    statements = [
        Statement("Orm Ford", "mayor", "Ann Lee"),
        Statement("Elm Ford", "mayor", "Bo Ray"),
    ]
    index = WatchedIndex(StatementIndex(statements), statements[:1])
    assert (
        index.get("Orm Ford", "mayor") is None and index.get("Elm Ford", "mayor") == statements[1]
    )
    assert not index.about("Orm Ford") and index.about("Elm Ford") == {"mayor": statements[1]}
    assert not index.whose("mayor", "Ann Lee") and index.whose("mayor", "Bo Ray") == [statements[1]]
    assert index.names == {"Orm Ford", "Elm Ford", "Ann Lee", "Bo Ray"}
