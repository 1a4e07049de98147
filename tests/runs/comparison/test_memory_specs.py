"""Memories by their specs, and the hashes of their code."""

from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.runs.comparison.memory_specs import plug, plug_all
from memorygym.runs.objects import SOURCES, sources_of

NOTES = """
from memorygym.core.types import Memory

class Notes(Memory):
    pass
"""


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of somebody else's memory `notes:Notes`."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "notes.py"
    path.write_text(NOTES)
    return path


def test_the_references_are_always_there_and_each_spec_once() -> None:
    plugged_specs = plug_all(["bm25", "full", "bm25", "markdown"])
    assert [*plugged_specs] == ["none", "full", "recency", "oracle", "bm25", "markdown"]
    assert [spec for spec, plugged in plugged_specs.items() if plugged.tools] == ["markdown"]


def test_parameters_are_set_in_every_memory_that_is_made() -> None:
    make = plug("bm25:top_k=3").make
    first, second = make(), make()
    assert first is not second and vars(first)["top_k"] == vars(second)["top_k"] == 3


@pytest.mark.parametrize(
    ("spec", "error", "message"),
    [
        ("bm52", UnknownPart, "did you mean bm25"),
        ("bm25:top_k=0", BadSettings, "top_k 0"),
        ("bm25:top_k=many", BadSettings, "give a whole number"),
        ("no_such.mod:make", BadSettings, "no_such"),
    ],
)
def test_what_cannot_be_made_is_named(spec: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plug_all([spec])


def test_a_part_that_ships_has_no_identity() -> None:
    assert sources_of([("tracks", "worlds"), ("memory", "bm25:top_k=3")]) == {}


@pytest.mark.parametrize("spec", ["notes:Notes", "add_search:notes:Notes"])
def test_the_identity_of_another_packages_memory_is_its_file(outside: Path, spec: str) -> None:
    before = sources_of([("memory", spec)])
    assert [*before[SOURCES]] == [spec]
    outside.write_text(f"{NOTES}# changed")
    assert sources_of([("memory", spec)]) != before


def test_a_memory_of_another_package_is_made_in_its_own_process(outside: Path) -> None:
    plugged = plug("notes:Notes")
    assert plugged.foreign and not plugged.tools
    assert type(plugged.make()).__name__ == "Remote"
    assert not plug("bm25").foreign
