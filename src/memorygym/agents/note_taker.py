"""The scripted agents that every track has: its reasoners, each with the user of memory tools."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from memorygym.agents.calls import END, calls, search, write
from memorygym.core import Message, Policy, Task, Tool
from memorygym.statements import FactReader
from memorygym.track import Agent, Track

SILENT = "silent"
"""The agent that does nothing: the floor."""
STATUS = "[memory: "
"""What the referee begins an event with, where a memory has tools."""


class NoteTaker(Policy):
    """Writes down every fact as it is told, searches for what the event says, then decides.

    What its reasoner decides is passed on as it is; the reasoner sees what the tools answered.
    """

    def __init__(self, reasoner: Policy, facts: FactReader) -> None:
        self._reasoner, self._facts = reasoner, facts

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        names = {tool.name for tool in tools}
        live = _live(view)
        noted = {str(c.arguments) for said in live for c in said.calls if c.name == "Write"}
        new = [write(note) for note in self._notes(live) if str(write(note)[1]) not in noted]
        wanted = new if "Write" in names else []
        searched = any(call.name == "memory_search" for said in live for call in said.calls)
        if "memory_search" in names and not searched and live:
            wanted.append(search(next(m.content for m in reversed(live) if m.role == "user")))
        return calls(*wanted) if wanted else self._reasoner.act(view, tools)

    def _notes(self, live: Sequence[Message]) -> Iterator[str]:
        """The canonical sentences of what was shown and heard in the event."""
        own = {c.id for said in live for c in said.calls if c.name in ("Write", "memory_search")}
        for message in live:
            if message.role in ("user", "tool") and message.call_id not in own - {""}:
                facts = self._facts.read(message.content)
                yield from dict.fromkeys(map(self._facts.tell, facts))


class Silent(Policy):
    """Ends every event."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return END


def note_taker(track: Track, reasoner: Policy, task: Task) -> Policy:
    """That reasoner as a user of memories with tools: the track's own note taker, or ours."""
    if track.note_taker:
        return track.note_taker(reasoner, task)
    return NoteTaker(reasoner, track.facts(task.system))


def agents_of(track: Track) -> Mapping[str, Agent]:
    """What `bench` plays on a track without a model."""
    if track.agents:
        return track.agents
    made = {name: Agent(make=partial(_noting, track, name)) for name in track.reasoners}
    return {**made, SILENT: Agent(make=lambda _: Silent())}


def _noting(track: Track, name: str, task: Task) -> Policy:
    known = track.known(task)
    return note_taker(track, track.reasoners[name](known), known)


def _live(view: Sequence[Message]) -> Sequence[Message]:
    """The messages of the running event; all but the pinned one for a memory without tools."""
    at = (i for i in reversed(range(len(view))) if view[i].content.startswith(STATUS))
    return view[next(at, 0) + 1 :]
