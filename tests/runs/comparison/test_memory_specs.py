"""Memories by their specs, and the hashes of their code."""

from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.runs.comparison.memory_specs import plug, plug_all
from memorygym.runs.systems import source_of

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


def test_the_source_of_a_built_in_memory_is_its_code_and_not_its_parameters() -> None:
    assert source_of("bm25:top_k=3") == source_of("bm25") != source_of("hybrid")


@pytest.mark.parametrize("spec", ["notes:Notes", "add_search:notes:Notes"])
def test_the_source_of_another_packages_memory_changes_with_its_files_but_not_with_a_comment(
    outside: Path, spec: str
) -> None:
    helper = outside.with_name("helper.py")
    for path, text in ((outside, f"import helper\n{NOTES}"), (helper, "a = 1"), (helper, "a = 2")):
        before = source_of(spec)
        path.write_text(text)
        assert source_of(spec) != before
    before = source_of(spec)
    helper.write_text("a = 2  # changed")
    assert source_of(spec) == before


def test_a_memory_of_another_package_is_made_in_its_own_process(outside: Path) -> None:
    plugged = plug("notes:Notes")
    assert plugged.foreign and not plugged.tools
    assert type(plugged.make()).__name__ == "Remote"
    assert not plug("bm25").foreign
