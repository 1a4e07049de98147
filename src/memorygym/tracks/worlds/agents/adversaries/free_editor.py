"""free_editor: plays as strategic does, and makes far more of each free Edit than one change."""

from memorygym.agents.calls import END, calls, edit, read
from memorygym.core import Message
from memorygym.tokens import count
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import (
    Strategist,
    changed_line,
)
from memorygym.tracks.worlds.dealing.notes import note_of
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the earlier project's free edits, which were unlimited in number and content"
BOUND = Bound(4, over="strategic")
# The notice that goes into spare room answers the question about its fact.


class FreeEditor(Strategist):
    """The right line first; where there is none, the notice goes into any line that has room.

    Then the same Edits again, which would pay if more than the first one were free.
    """

    def change(self, now: Scene) -> Message:
        told = now.reader.read(now.text)
        if now.title != "CORRECTION" or not told:
            return super().change(now)
        if len(now.said) > 1:
            return END
        if not now.said:
            return calls(read())
        lines = now.heard[0].split("\n")
        note = note_of(now.reader.guide, told[0])
        kept = next((line for line in lines if line.startswith(told[0].name + " ")), "")
        if not kept:
            fitting = (line for line in lines if count(f"{line}\n{note}") <= now.slot)
            into = next(fitting, lines[0])
            return calls(*[edit(into, f"{into}\n{text}") for text in (note, now.text)] * 8)
        record = now.reader.read(kept)[0]
        new = changed_line(now.reader, record, told[0], ())
        return calls(*[edit(kept, new)] * 8) if new else END


make = FreeEditor
