"""Every memory passes the conformance check, and the check says what is broken in one."""

import importlib.util
from collections.abc import Mapping

import pytest

from memorygym.core.types import JSON, Entry, Memory
from memorygym.memories.recency import Recency
from memorygym.testing import check_memory
from tests.memories import attackers, broken
from tests.memories.parts import EXTRAS, UNLIKE, every, maker, opened
from tests.slow import mostly_slow

BY_DESIGN = {
    "none": "The memory forgets everything: without any limit, compose() returned no fact",
    "full": "A limit was hit at event 3: 2 of 7 composed messages were beyond the view",
}
"""The rules that the lower bound breaks, as it keeps nothing, and the upper bound, as it heeds no
budget of the view."""


@every(*BY_DESIGN, quick=UNLIKE[:1])
def test_a_memory_keeps_every_rule(name: str) -> None:
    if name in EXTRAS and importlib.util.find_spec(name) is None:
        pytest.skip(f"{name} is not installed")
    assert check_memory(maker(name)) == []


@every(of=BY_DESIGN, quick=("full",))
def test_the_check_says_what_the_lower_and_the_upper_bound_break(name: str) -> None:
    (sentence,) = check_memory(maker(name))
    assert sentence.startswith(BY_DESIGN[name])


RESTORED, MUTED = "After restore(dump())", "When its model writes nothing"


@mostly_slow(
    ("memory", "sentence"),
    [
        (broken.Scrap, "The memory forgets everything: no text given to call('Write') came back"),
        (broken.Gossip, "compose() returned text of another episode (1"),
        (broken.Unpriced, "tokens. Let compose(live, budget) return at most `budget` tokens"),
        (broken.Understating, "but dump() does not hold it. Keep all state in dump()"),
        (broken.Counting, f"{RESTORED}, compose() returned another context: message "),
        (broken.Splitting, "compose() separated a tool call from its result at event"),
        (broken.Echo, "compose() repeated a message of the running event 1: '[Harbor ledger"),
        (broken.Meddling, "The memory altered a message that it was given"),
        (broken.Batching, "observe() with several messages leaves another state than"),
        (broken.Resummarising, "The memory's model read the same message in"),
        (broken.Amnesiac, f"{RESTORED}, call('Read') returned"),
        (broken.Shared, "The same task played twice differs from event"),
        (broken.Shared, "Two episodes played in turns differ from the same episodes played alone"),
        (attackers.OnTheMeter, "memory OnTheMeter: open() raised"),
        (attackers.InAModule, f"{RESTORED} in a fresh process, the memory differs at event"),
        (attackers.InIds, "memory beyond its capacity was undone. Keep only what store() returns"),
        (attackers.InBlanks, f"{RESTORED} before every event, the episode differs from event"),
        (attackers.InEntries, "InEntries: dump() returned [Fat("),
        (broken.Trusting, f"{MUTED}: memory Trusting: compose() raised IndexError"),
    ],
    quick=2,
)
def test_the_check_says_what_is_broken(memory: type[Memory], sentence: str) -> None:
    assert any(sentence in problem for problem in check_memory(memory))


def test_the_memory_that_the_others_break_keeps_every_rule() -> None:
    assert check_memory(Recency) == []


notebook = every(of=("markdown", "chromadb"))
"""The memories whose entries an agent writes, under different indexes."""
FACTS = ("Acme Harbor | beds 40", "Cedar Quay | beds 12", "Oak Pier | beds 7", "Häuser 家")
SAME = ("beds 40 Acme", "Acme 40 beds", "Acme beds 40")


def written(name: str, *entries: str) -> Memory:
    memory = opened(name)
    for entry in entries:
        memory.call("Write", {"content": entry})
    return memory


def search(memory: Memory, query: str, k: int = 5) -> list[str]:
    return memory.call("memory_search", {"query": query, "top_k": k}).split("\n")


def edit(memory: Memory, old: str, new: str) -> None:
    search(memory, "beds")  # Now an index stands, which must follow.
    memory.call("Edit", {"old_text": old, "new_text": new})


@notebook
def test_ties_go_by_the_order_of_the_entries_after_edits_and_a_restore(name: str) -> None:
    memory, again = written(name, *SAME), opened(name)
    edit(memory, SAME[0], "40 beds Acme")
    again.restore(memory.dump())
    assert again.dump() == memory.dump()
    assert search(again, "Acme") == search(memory, "Acme") == ["40 beds Acme", *SAME[1:]]


@notebook
@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("What does the record of Oak Pier give for beds?", FACTS[2]),
        ("OAK pier", FACTS[2]),
        ('"oak" AND NOT (pier) *', FACTS[2]),
        ("?!", "(nothing found)"),
        ("häuser", FACTS[3]),
    ],
)
def test_a_search_finds_words_whatever_stands_around_them(name: str, query: str, best: str) -> None:
    assert search(written(name, *FACTS), query)[0] == best


def test_stop_words_are_looked_for_where_nothing_else_is_asked() -> None:
    memory = written("markdown", "the record is what you give it for", *FACTS)
    assert search(memory, "what is the name") == ["the record is what you give it for"]


@notebook
def test_what_was_edited_is_found_and_what_was_edited_away_is_not(name: str) -> None:
    memory = written(name, *FACTS)
    edit(memory, "Oak Pier", "Elm Dock")
    edit(memory, FACTS[1], "")
    assert search(memory, "Elm Dock")[0] == "Elm Dock | beds 7"
    assert FACTS[1] not in search(memory, "Cedar Quay beds", 9)


@notebook
def test_a_new_entry_after_a_removal_has_an_id_of_its_own(name: str) -> None:
    memory = written(name, "one", "two")
    edit(memory, "two", "")
    memory.call("Write", {"content": "three"})
    assert memory.dump() == [Entry("1", "one"), Entry("3", "three")]


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
    assert written("markdown", "a", "b\nc").call("Read", arguments) == lines
