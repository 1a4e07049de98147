"""The memory `files`: the commands of the file-based memory tool, and their refusals."""

import re
from typing import Any

import pytest

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import Refused
from memorygym.core.types import Budget, Memory
from memorygym.memories.files import NEEDS, Files
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memories.stores.notebook import TOOLS
from memorygym.runs.comparison.memory_specs import as_written
from tests.memories.parts import opened

NOTES, HARBOR = "/memories/notes.md", "/memories/ports/harbor.md"


def call(memory: Memory, command: str, path: str = "", **arguments: Any) -> str:
    given = {"path": path} if path else {}
    return memory.call("memory", {"command": command, **given, **arguments})


@pytest.fixture
def files() -> Memory:
    memory = opened("files")
    call(memory, "create", HARBOR, file_text="Acme Harbor has 40 beds.")
    call(memory, "create", NOTES, file_text="one\ntwo\nthree")
    return memory


def texts(memory: Memory) -> list[str]:
    return [entry.text for entry in memory.dump()]


def test_a_folder_shows_its_files_and_a_file_its_numbered_lines(files: Memory) -> None:
    listed = call(files, "view", "/memories").splitlines()[1:]
    assert [line.split("\t")[1] for line in listed] == [NOTES, HARBOR]
    lines = ["     1\tone", "     2\ttwo", "     3\tthree"]
    assert call(files, "view", NOTES).splitlines()[1:] == lines
    assert call(files, "view", NOTES, view_range=[2, -1]).splitlines()[1:] == lines[1:]


def test_the_sizes_that_a_folder_shows_are_what_its_files_take_of_the_capacity() -> None:
    memory, tracker = Files(), BudgetTracker(Budget())
    memory.open(tracker.context())
    call(memory, "create", HARBOR, file_text="Acme Harbor has 40 beds.")
    taken = tracker.dump_tokens({entry.id: entry.text for entry in memory.dump()})
    assert call(memory, "view", "/memories").splitlines()[1:] == [f"{taken}\t{HARBOR}"]


@pytest.mark.parametrize(
    "lines", [[0, 1], [2, 1], [4, -1], [4, 9], [1, 4], [-1, -1], [1, -2], [1, 0], [10**30, -1]]
)
def test_lines_that_a_file_has_not_are_refused_with_those_it_has(
    files: Memory, lines: list[int]
) -> None:
    with pytest.raises(Refused, match=rf"{re.escape(str(lines))}: .*between 1 and 3, .* or is -1"):
        call(files, "view", NOTES, view_range=lines)
    with pytest.raises(Refused, match="insert_line -1: it lies between 0 and 3"):
        call(files, "insert", NOTES, insert_line=-1, insert_text="a")


@pytest.mark.parametrize("command", NEEDS)
def test_a_command_without_its_arguments_says_what_it_needs(files: Memory, command: str) -> None:
    with pytest.raises(Refused, match=f"{command} needs {NEEDS[command]}"):
        call(files, command)


@pytest.mark.parametrize(
    ("command", "arguments", "left"),
    [
        ("create", {"file_text": "new"}, "new"),
        ("str_replace", {"old_str": "two", "new_str": "2"}, "one\n2\nthree"),
        ("str_replace", {"old_str": "two\n"}, "one\nthree"),
        ("insert", {"insert_line": 0, "insert_text": "0\n"}, "0\none\ntwo\nthree"),
        ("insert", {"insert_line": 3, "insert_text": "4"}, "one\ntwo\nthree\n4"),
    ],
)
def test_a_command_changes_the_file_alone(
    files: Memory, command: str, arguments: Any, left: str
) -> None:
    call(files, command, NOTES, **arguments)
    assert texts(files) == [f"{HARBOR}\nAcme Harbor has 40 beds.", f"{NOTES}\n{left}"]


def test_a_file_is_renamed_and_deleted(files: Memory) -> None:
    call(files, "rename", old_path=NOTES, new_path="/memories/b")
    assert texts(files)[1:] == ["/memories/b\none\ntwo\nthree"]
    call(files, "delete", "/memories/b")
    assert len(texts(files)) == 1


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("rename", {"old_path": "/memories/ports", "new_path": "/memories/old"}),
        ("delete", {"path": "/memories/ports"}),
    ],
)
def test_a_folder_is_changed_file_by_file_so_that_no_refusal_leaves_half_of_it(
    command: str, arguments: dict[str, str], files: Memory
) -> None:
    before = texts(files)
    with pytest.raises(Refused, match="is no file"):
        call(files, command, **arguments)
    assert texts(files) == before


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        *(("view", {"path": path}) for path in (
            "/etc/passwd", "/memories/../etc", "/memories/./a", "/memories//a", "memories/a",
            "/memoriesx", "../memories", "/memories/nothing.md", "/", "",
        )),
        ("create", {"path": "/memories/../x", "file_text": "a"}),
        ("create", {"path": "/memories", "file_text": "a"}),
        ("create", {"path": "/memories/ports", "file_text": "a"}),
        ("create", {"path": f"{NOTES}/a", "file_text": "a"}),
        ("create", {"path": NOTES}),
        ("str_replace", {"path": NOTES, "old_str": "four", "new_str": "4"}),
        ("str_replace", {"path": NOTES, "old_str": "o", "new_str": "0"}),
        ("str_replace", {"path": NOTES, "old_str": "", "new_str": "0"}),
        ("insert", {"path": NOTES, "insert_line": 4, "insert_text": "a"}),
        ("insert", {"path": NOTES, "insert_line": 1}),
        ("delete", {"path": "/memories"}),
        ("delete", {"path": "/memories/x"}),
        ("rename", {"old_path": NOTES, "new_path": HARBOR}),
        ("rename", {"old_path": NOTES, "new_path": "/tmp/notes.md"}),
        ("rename", {"old_path": NOTES, "new_path": f"{HARBOR}/a"}),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    files: Memory, command: str, arguments: Any
) -> None:
    before = files.dump()
    with pytest.raises(Refused):
        files.call("memory", {"command": command, **arguments})
    assert files.dump() == before


def test_a_restored_directory_is_the_same_and_goes_on_alike(files: Memory) -> None:
    other = opened("files")
    other.restore(files.dump())
    for memory in (files, other):
        call(memory, "delete", HARBOR)
        call(memory, "create", "/memories/empty.md", file_text="")
    assert other.dump() == files.dump()
    assert call(other, "view", "/memories") == call(files, "view", "/memories")


def test_a_change_costs_a_write_and_keeps_within_slot_and_capacity() -> None:
    memory, tracker = Files(), BudgetTracker(Budget(capacity=30, slot=20, writes=2))
    memory.open(tracker.context())
    tracker.in_tool_call = True
    for text in (" ".join(["word"] * 40), "a\n" * 25):
        with pytest.raises(Refused):
            call(memory, "create", NOTES, file_text=text)
    call(memory, "create", NOTES, file_text="one")
    call(memory, "delete", NOTES)
    assert tracker.writes == 2
    assert not tracker.dump_tokens({entry.id: entry.text for entry in memory.dump()})
    with pytest.raises(Refused, match="writes"):
        call(memory, "create", NOTES, file_text="one")


def test_it_is_a_memory_of_the_registry() -> None:
    assert [tool.name for tool in memory_factory("files")().tools] == ["memory"]


def test_a_scripted_writer_finds_its_notes_as_files_and_files_as_notes(files: Memory) -> None:
    files.call("Write", {"content": "Oak Pier has 7 beds."})
    assert call(files, "view", "/memories/3.md").endswith("1\tOak Pier has 7 beds.")
    assert "Acme Harbor has 40" in files.call("memory_search", {"query": "Acme"})
    assert as_written(files).tools == TOOLS
