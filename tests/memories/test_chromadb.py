"""The chromadb memory: exact, repeatable, and apart from every other memory of the process."""

import sys
from typing import Any

import pytest

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings, Refused
from memorygym.core.registry import make
from memorygym.core.types import Budget, Memory
from memorygym.memories.stores.notebook import NOTHING, TOOLS
from memorygym.memories.stores.search.vectors import embed

chroma = pytest.mark.chroma
FACTS = [
    "Acme Harbor | beds 40",
    "Cedar Quay | beds 12",
    "Cedar Quay | opened 1999",
    "Oak Pier | 7",
]


def opened(*facts: str) -> Memory:
    memory: Memory = make("memory", "chromadb")
    memory.open(BudgetTracker(Budget()))
    for fact in facts:
        memory.call("Write", {"content": fact})
    return memory


def search(memory: Memory, query: str, **arguments: Any) -> list[str]:
    return memory.call("memory_search", {"query": query, **arguments}).split("\n")


@chroma
def test_it_has_the_tools_of_markdown_and_finds_the_nearest() -> None:
    memory = opened(*FACTS)
    assert memory.tools == TOOLS
    assert search(memory, "How many beds has Cedar Quay?", top_k=2) == FACTS[1:3]
    assert memory.call("Read", {}) == "\n".join(FACTS)


@chroma
def test_an_edit_is_found_and_a_removed_entry_is_not() -> None:
    memory = opened(*FACTS)
    search(memory, "beds")
    memory.call("Edit", {"old_text": "Oak Pier | 7", "new_text": "Elm Dock | 8"})
    memory.call("Edit", {"old_text": FACTS[1], "new_text": ""})
    assert search(memory, "Elm Dock", top_k=1) == ["Elm Dock | 8"]
    assert FACTS[1] not in search(memory, "Cedar Quay beds", top_k=9)
    with pytest.raises(Refused, match="occurs 5 times"):
        memory.call("Edit", {"old_text": "e", "new_text": ""})


@chroma
def test_two_memories_do_not_see_each_other() -> None:
    first, second = opened(*FACTS), opened("Elm Dock | 8")
    assert search(first, "Elm Dock", top_k=9) != ["Elm Dock | 8"]
    assert search(second, "Acme Harbor", top_k=9) == ["Elm Dock | 8"]


@chroma
def test_a_restored_memory_finds_the_same() -> None:
    memory = opened(*FACTS)
    search(memory, "beds")
    memory.call("Edit", {"old_text": "beds 40", "new_text": "beds 41"})
    other = opened()
    other.restore(memory.dump())
    assert other.dump() == memory.dump()
    for query in ("beds", "Cedar", "opened in 1999", "Oak"):
        assert search(other, query, top_k=9) == search(memory, query, top_k=9)


@chroma
def test_ties_go_to_the_earlier_entry() -> None:
    memory = opened("beds 40 Acme", "Acme 40 beds", "Acme beds 40")
    assert search(memory, "Acme") == ["beds 40 Acme", "Acme 40 beds", "Acme beds 40"]


@chroma
def test_beyond_the_exact_size_the_nearest_is_still_found() -> None:
    facts = [f"Name{n} Quay | beds {n}" for n in range(2500)]
    memory = opened(*facts)
    for n in (0, 1234, 2499):
        assert search(memory, f"Name{n} Quay", top_k=1) == [facts[n]]


@chroma
def test_nothing_is_found_in_an_empty_memory_or_for_no_words() -> None:
    memory = opened()
    assert memory.call("memory_search", {"query": "beds"}) == NOTHING
    memory.call("Write", {"content": "beds 40"})
    assert memory.call("memory_search", {"query": "?"}) == NOTHING


@chroma
def test_a_dropped_memory_leaves_no_collection() -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    before = client.count_collections()
    memory = opened("beds 40")
    search(memory, "beds")
    assert client.count_collections() == before + 1
    del memory
    assert client.count_collections() == before


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "chromadb", None)
    with pytest.raises(BadSettings, match=r'pip install "agent-memorygym\[chroma\]"'):
        make("memory", "chromadb")


def test_vectors_are_the_same_everywhere_and_of_length_one() -> None:
    vector = embed("Cedar Quay | beds 40")
    assert sum(value * value for value in vector) == pytest.approx(1)
    places = [place for place, value in enumerate(vector) if value]
    assert places[:6] == [12, 90, 105, 107, 133, 141]
    assert embed(" | ") == [0.0] * 384
