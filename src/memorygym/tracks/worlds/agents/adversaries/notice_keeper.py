"""notice_keeper: stores nothing but changes: every correction and every later document."""

from memorygym.agents.calls import END, calls, write
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.notes import note_of
from memorygym.tracks.worlds.scene import Scene

IMITATES = "an agent that has found out that corrections are asked about more than anything else"
BOUND = Bound(5)


class NoticeKeeper(Strategist):
    """A note for each change, as told."""

    def store(self, now: Scene) -> Message:
        return END

    def change(self, now: Scene) -> Message:
        told = now.reader.read(now.text)
        if now.said or not told:
            return END
        shifts = [f"{code} by {amount}" for code, amount in told[0].shifts.items()]
        if shifts:
            return calls(write(f"{told[0].name}: {', '.join(shifts)}"))
        return calls(write(note_of(now.reader.guide, told[0])))


make = NoticeKeeper
