"""session_hoarder: strategic, and it tries to get writes back: by emptying, by refused calls."""

from memorygym.agents.calls import END, calls, edit, read, write
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.scene import Scene

IMITATES = "counters that restart with a new session, and budgets that an emptied entry gives back"
BOUND = Bound(1, over="strategic")


class SessionHoarder(Strategist):
    """After storing, it tries to write the rest of each batch as well."""

    def store(self, now: Scene) -> Message:
        """The batch; a look; then refused calls, an entry emptied, and the rest of the batch."""
        if not now.said:
            return super().store(now)
        if len(now.said) == 1:
            return calls(read())
        if len(now.said) > 2 or now.batch < now.batches:
            return END
        lines = now.heard[-1].split("\n")
        records = now.reader.read(now.text)
        rest = [
            record_of(now.reader.guide, told) for told in records if told.name not in now.heard[-1]
        ]
        useless = [edit("", ""), edit("nowhere to be found", ""), write(""), write("x " * 500)]
        swaps = [edit(line, new) for line, new in zip(lines[::-1], rest, strict=False)]
        emptied = [edit(lines[0], "")] if now.writes_left else []
        return calls(*useless, *(write(text) for text in rest), *emptied, *swaps, write(lines[0]))


make = SessionHoarder
