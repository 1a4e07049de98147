"""free_editor: plays as strategic does, and makes far more of each free Edit than one change."""

from memorygym.agents.bound import Bound
from memorygym.agents.scene import END, Scene, calls, edit, read
from memorygym.agents.scribe import Scribe, at_random, changed_line, whole_records
from memorygym.core import Message
from memorygym.worlds.dealing.notes import note_of

IMITATES = "the earlier project's free edits, which were unlimited in number and content"
BOUND = Bound(1, over="strategic")


class FreeEditor(Scribe):
    """In a correction it edits the right line, then writes what it sees into every other one."""

    def change(self, now: Scene) -> Message:
        told = now.reader.read(now.text)
        if not told or len(now.said) > 1:
            return END
        if not now.said:
            return calls(read())
        lines = now.heard[0].split("\n")
        edits = []
        for line in lines:
            kept = now.reader.read(line)
            if kept and kept[0].name == told[0].name:
                new = changed_line(now.reader, kept[0], told[0], ())
                edits += [edit(line, new)] if new else []
        if now.title == "CORRECTION":
            note = note_of(now.reader.guide, told[0])
            edits += [edit(line, f"{line}\n{note}\n{now.text}") for line in lines]
            edits += [edit(line, f"{line}\n{note}") for line in lines] * 3
        return calls(*edits)


def make() -> FreeEditor:
    """The agent."""
    return FreeEditor(whole_records(1.0, at_random))
