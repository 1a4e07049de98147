"""The scripted agents that every track has: its reasoners, each wrapped in a note taker."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial

from memorygym.agents.calls import END, calls, search, write
from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.statements import FactReader
from memorygym.core.track import Agent, Track
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.memories.stores.notebook import TOOLS

MEMORY_TOOLS = frozenset(tool.name for tool in TOOLS)
"""The names of the tools that memories with tools have."""
STATUS = "[memory: "
"""The start of the status message, with which an event begins if the memory has tools."""


class NoteTaker(Policy):
    """Writes down each fact of an event, searches the memory for its last text, then decides.

    The decision is that of its reasoner, which also sees the results of the memory's tools.
    """

    def __init__(self, reasoner: Policy, facts: FactReader) -> None:
        self._reasoner, self._facts = reasoner, facts

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        memory_tools = MEMORY_TOOLS & {tool.name for tool in tools}
        # The messages of the running event; without memory tools all but the system message.
        starts = (i for i in reversed(range(len(view))) if view[i].content.startswith(STATUS))
        live = view[next(starts, 0) + 1 :]
        texts = list(_environment_texts(live)) if memory_tools else []
        facts = (
            (fact for text in texts for fact in self._facts.read(text))
            if "Write" in memory_tools
            else ()
        )
        planned = list(map(write, dict.fromkeys(map(self._facts.render, facts))))
        if "memory_search" in memory_tools and texts:
            planned += map(search, self.queries(live, texts))
        earlier = [(call.name, call.arguments) for message in live for call in message.calls]
        new = [call for call in planned if call not in earlier]
        return calls(*new) if new else self._reasoner.act(view, tools)

    def queries(self, live: Sequence[Message], texts: Sequence[str]) -> Iterator[str]:
        """What to look up in an event: `texts` are those of the environment."""
        yield texts[-1]


class Silent(Policy):
    """A policy that ends every event without a call."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return END


def note_taker(track: Track, reasoner: Policy, task: Task) -> Policy:
    """A reasoner that uses a memory's tools: by the track's own note taker, or NoteTaker."""
    if track.note_taker:
        return track.note_taker(reasoner, task)
    return NoteTaker(reasoner, track.facts(task.system))


def agents_of(track: Track) -> Mapping[str, Agent]:
    """The scripted agents of a track, by name; those that `bench` plays without a model."""
    if track.agents:
        return track.agents
    about = "decides as that reasoner does, and keeps notes"
    agents = {
        name: Agent(make=partial(_noting_reasoner, track, name), about=about)
        for name in track.reasoners
    }
    return {**agents, "silent": Agent(make=lambda _: Silent(), about="does nothing")}


def check_agent(name: str, known: Collection[str]) -> None:
    """Raises UnknownPart or BadSettings for a name that is neither known nor another's agent."""
    if name in known:
        return
    try:
        registry.check_spec("agents", name)
    except UnknownPart as error:
        raise UnknownPart("agents", name, {*known, *registry.names("agents")}) from error


def _noting_reasoner(track: Track, name: str, task: Task) -> Policy:
    known = track.reasoner_task(task)
    return note_taker(track, track.reasoners[name](known), known)


def _environment_texts(live: Sequence[Message]) -> Iterator[str]:
    """The environment's texts in an event: all but replies and results of memory tools."""
    call_names: Mapping[str, str] = {}
    for message in live:
        if message.role == "assistant":
            call_names = {call.id: call.name for call in message.calls}
        elif call_names.get(message.call_id) not in MEMORY_TOOLS:
            yield message.content
