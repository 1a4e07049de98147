"""The scripted agents that every track has: its reasoners, each with the user of memory tools."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from memorygym.agents.calls import END, calls, search, write
from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.statements import FactReader
from memorygym.core.track import Agent, Track
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.memories.stores.notebook import TOOLS

OWN = frozenset(tool.name for tool in TOOLS)
"""The tools of a memory that has some."""
STATUS = "[memory: "
"""What the referee begins an event with, where a memory has tools."""


class NoteTaker(Policy):
    """Writes down every fact as it is told, searches for the newest message, then decides.

    What its reasoner decides is passed on as it is; the reasoner sees what the tools answered.
    """

    def __init__(self, reasoner: Policy, facts: FactReader) -> None:
        self._reasoner, self._facts = reasoner, facts

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        own = OWN & {tool.name for tool in tools}
        # The running event alone; all but the pinned message for a memory without tools.
        starts = (i for i in reversed(range(len(view))) if view[i].content.startswith(STATUS))
        live = view[next(starts, 0) + 1 :]
        told = list(_told(live)) if own else []
        facts = (fact for text in told for fact in self._facts.read(text)) if "Write" in own else ()
        wanted = list(map(write, dict.fromkeys(map(self._facts.render, facts))))
        if "memory_search" in own and told:
            wanted.append(search(told[-1]))
        made = [(call.name, call.arguments) for said in live for call in said.calls]
        new = [one for one in wanted if one not in made]
        return calls(*new) if new else self._reasoner.act(view, tools)


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
    about = "decides as that reasoner does, and keeps notes"
    made = {n: Agent(make=partial(_noting, track, n), about=about) for n in track.reasoners}
    return {**made, "silent": Agent(make=lambda _: Silent(), about="does nothing")}


def check_agent(name: str, known: Collection[str]) -> None:
    """Raises UnknownPart or BadSettings for what is neither known nor an agent of elsewhere."""
    if name in known:
        return
    try:
        registry.check_spec("agents", name)
    except UnknownPart as error:
        raise UnknownPart("agents", name, {*known, *registry.names("agents")}) from error


def _noting(track: Track, name: str, task: Task) -> Policy:
    known = track.reasoner_task(task)
    return note_taker(track, track.reasoners[name](known), known)


def _told(live: Sequence[Message]) -> Iterator[str]:
    """What the environment said in an event: all but replies and what tools of memory answered."""
    made: Mapping[str, str] = {}
    for message in live:
        if message.role == "assistant":
            made = {call.id: call.name for call in message.calls}
        elif made.get(message.call_id) not in OWN:
            yield message.content
