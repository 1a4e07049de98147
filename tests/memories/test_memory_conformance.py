"""Every memory passes the conformance check, and the check sees what breaks it."""

import importlib.util
from collections.abc import Mapping

import pytest

from memorygym.core.budget import BudgetTracker
from memorygym.core.types import JSON, Budget, Entry, Memory
from memorygym.memories.markdown import Markdown
from memorygym.testing import check_memory
from tests.memories.parts import EXTRAS, UNLIKE, every, maker

BY_DESIGN = {
    "none": "The memory forgets everything: without any limit, compose() returned no fact",
    "full": "A limit was hit at event 3: 2 of 7 composed messages were beyond the view",
}
"""The rules that the lower bound breaks, as it keeps nothing, and the upper bound, as it heeds no
budget of the view."""


def opened(memory: Memory, *entries: str) -> Memory:
    memory.open(BudgetTracker(Budget()))
    for entry in entries:
        memory.call("Write", {"content": entry})
    return memory


def search(memory: Memory, query: str, k: int = 5) -> list[str]:
    return memory.call("memory_search", {"query": query, "top_k": k}).split("\n")


@every(*BY_DESIGN, quick=UNLIKE[:1])
def test_a_memory_keeps_every_rule(name: str) -> None:
    if name in EXTRAS and importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    assert check_memory(maker(name)) == []


@every(of=BY_DESIGN, quick=("full",))
def test_the_check_says_what_the_lower_and_the_upper_bound_break(name: str) -> None:
    (sentence,) = check_memory(maker(name))
    assert sentence.startswith(BY_DESIGN[name])


SAME = ("Cedar Quay b 2", "Cedar Quay b 3", "Cedar Quay b 1")


def test_ties_go_by_the_order_of_the_entries_after_edits_and_a_restore() -> None:
    memory = opened(Markdown(), *SAME)
    search(memory, "Cedar")
    memory.call("Edit", {"old_text": "b 2", "new_text": "b 7"})
    again = opened(Markdown())
    again.restore(memory.dump())
    assert search(again, "Cedar") == search(memory, "Cedar") == ["Cedar Quay b 7", *SAME[1:]]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("What does the record of Oak Pier give for beds?", "Oak Pier | beds 12"),
        ("what is the name", "the record is what you give it for"),
        ("OAK pier", "Oak Pier | beds 12"),
        ('"oak" AND NOT (pier) *', "Oak Pier | beds 12"),
        ("?!", "(nothing found)"),
        ("häuser", "Häuser 家"),
    ],
)
def test_a_search_ignores_stop_words_and_operators(query: str, best: str) -> None:
    memory = opened(
        Markdown(), "the record is what you give it for", "Oak Pier | beds 12", "Häuser 家"
    )
    assert search(memory, query)[0] == best


def test_a_query_of_stop_words_alone_still_looks_for_them() -> None:
    assert search(opened(Markdown(), "this is it"), "is it") == ["this is it"]


def test_what_was_edited_away_is_not_found() -> None:
    memory = opened(Markdown(), "alpha bravo", "delta")
    search(memory, "alpha")
    memory.call("Edit", {"old_text": "alpha bravo", "new_text": ""})
    assert search(memory, "alpha") == ["(nothing found)"]


def test_a_new_entry_after_a_removal_has_an_id_of_its_own() -> None:
    memory = opened(Markdown(), "one", "two")
    memory.call("Edit", {"old_text": "one", "new_text": ""})
    memory.call("Write", {"content": "three"})
    assert memory.dump() == [Entry("2", "two"), Entry("3", "three")]


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        ({}, "a\nb\nc"),
        ({"start_line": 2}, "b\nc"),
        ({"num_lines": 1}, "a"),
        ({"start_line": 2, "num_lines": 1}, "b"),
        ({"start_line": 9}, "(memory is empty)"),
    ],
)
def test_lines_are_read_by_number(arguments: Mapping[str, JSON], lines: str) -> None:
    assert opened(Markdown(), "a", "b\nc").call("Read", arguments) == lines
