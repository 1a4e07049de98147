"""The chromadb memory: exact, and apart from every other memory of the process."""

import sys

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.registry import make
from memorygym.memories.stores.search.vectors import embed
from tests.memories.test_memory_conformance import search, written

chroma = pytest.mark.chroma


@chroma
def test_two_memories_do_not_see_each_other() -> None:
    first, second = written("chromadb", "Oak Pier | 7"), written("chromadb", "Elm Dock | 8")
    assert search(first, "Elm Dock", 9) != ["Elm Dock | 8"]
    assert search(second, "Acme Harbor", 9) == ["Elm Dock | 8"]


@chroma
def test_beyond_the_exact_size_the_nearest_is_still_found() -> None:
    facts = [f"Name{n} Quay | beds {n}" for n in range(2500)]
    memory = written("chromadb", *facts)
    for n in (0, 1234, 2499):
        assert search(memory, f"Name{n} Quay", 1) == [facts[n]]


@chroma
def test_a_dropped_memory_leaves_no_collection() -> None:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    before = client.count_collections()
    memory = written("chromadb", "beds 40")
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
