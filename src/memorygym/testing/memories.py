"""What every memory must keep to: its dump, its own episode, its budget.

State that a memory keeps outside its dump is found by rebuilding it: in this process before every
event, and in a fresh one at the end of every event, where classes and modules hold nothing. Not
found is what it leaves on the disk or the network, and what it never uses in the task played here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from memorygym.core.episode import Episode, Snapshot, play
from memorygym.core.errors import MemoryFault
from memorygym.core.trace import Action, Observation, ToolResult, Trace, first_difference
from memorygym.core.types import JSON, Call, Memory, Message, Policy, Task
from memorygym.runs.systems import start_episode
from memorygym.testing import views
from memorygym.testing.fixed_episodes import story
from memorygym.testing.policies import PartFactory
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.reasoners import Strong

Make = Callable[[], Memory]
PROBES = ("the", "What is it?", "zzzz")
"""Queries beside the names of entities: stop words, and a word that nothing holds."""


def check_memory(make: Make) -> list[str]:
    """Every rule that the memory breaks in a world and in a story of fixed messages; [] if none.

    In the world `strategic` plays with its tools; one without tools is read from. A model that it
    asks is the offline one.
    """
    fresh = PartFactory(make)
    try:
        start_episode(_dealt("lite", 0), make)  # What cannot be made or opened is told, too.
        _played(_task(make), make)
    except MemoryFault as fault:
        return [str(fault)]
    found: list[str] = []
    for rule in (_tools, _repeats, _rebuilt, _restored, _apart, _bounded, _stores, *views.RULES):
        try:
            found += rule(make)
        except MemoryFault as fault:
            found.append(str(fault))
    return [*dict.fromkeys(found), *_afresh(make, fresh)]


def _task(make: Make, seed: int = 0) -> Task:
    return _dealt("multi" if make().tools else "lite", seed)


@cache
def _dealt(tier: str, seed: int) -> Task:
    return replace(generate("company", seed, tier), gold=None)


def _policy(episode: Episode) -> Policy:
    return Strategist() if len(episode.tools) > len(episode.env.tools) else Strong()


def _played(task: Task, make: Make) -> Trace:
    episode = start_episode(task, make)
    return play(episode, _policy(episode))


def _tools(make: Make) -> Iterator[str]:
    tools = make().tools
    names = [tool.name for tool in tools]
    if len(set(names)) < len(names) or "submit_answer" in names:
        yield f"the names of its tools are taken or not distinct: {', '.join(names)}"
    for tool in tools:
        properties, required = (tool.parameters.get(key) for key in ("properties", "required"))
        if not isinstance(properties, Mapping) or not isinstance(required, (list, tuple)):
            yield f"the schema of {tool.name} lacks properties or required"
        elif not set(required) <= set(properties):
            yield f"the schema of {tool.name} requires an argument that it does not state"


def _repeats(make: Make) -> Iterator[str]:
    if _played(_task(make), make).first_difference(_played(_task(make), make)) is not None:
        yield "the same task played twice gives two traces"


def _rebuilt(make: Make) -> Iterator[str]:
    """As if the session broke before every event."""
    task = _task(make)
    broken = replace(task, events=tuple(replace(event, session=True) for event in task.events))
    kept, rebuilt = (
        [
            replace(r, session=False) if isinstance(r, Observation) else r
            for r in _played(t, make).records
        ]
        for t in (task, broken)
    )
    if (at := first_difference(kept, rebuilt)) is not None:
        event = kept[at].event if at < len(kept) else len(task.events)
        yield f"rebuilt from its dump before every event it acts otherwise in event {event + 1}"


def _ends(make: Make) -> Iterator[Episode]:
    """The episode at the end of each event, before the reply that ends it."""
    episode = start_episode(_task(make), make)
    policy = _policy(episode)
    while not episode.done:
        reply = policy.act(episode.view(), episode.tools)
        if all(call.name == "submit_answer" for call in reply.calls):
            yield episode
        episode.step(reply)


def _restored(make: Make) -> Iterator[str]:
    """At the end of every event, the dump restored in a new object reads and finds the same."""
    for episode in _ends(make):
        other = episode.fork()
        if other.view() != episode.view():
            yield "restored from its dump it composes another view"
            return
        for probe in _probes(episode):
            if _heard(episode, probe) != _heard(other, probe):
                yield f"restored from its dump it answers {probe.calls[0].name} otherwise"
                return


def _afresh(make: Make, fresh: PartFactory) -> Iterator[str]:
    """At the end of every event, the dump restored in a fresh process reads and finds the same."""
    moments: list[tuple[Snapshot, list[Message]]] = []
    here: list[list[str]] = []
    for episode in _ends(make):
        moments.append((episode.snapshot(), list(_probes(episode))))
        here.append(_told(episode, moments[-1][1]))
    there = fresh.ask(_answers, moments)
    if isinstance(there, str):
        yield there
    elif there is not None and (event := first_difference(here, there)) is not None:
        yield f"restored in a fresh process it acts otherwise in event {event + 1}"


def _answers(make: Make, moments: Sequence[tuple[Snapshot, list[Message]]]) -> list[list[str]]:
    """Asks the last moment first: what one leaves behind tells nothing of those before it."""
    episode = start_episode(_task(make), make)
    return [_told(episode.fork(moment), probes) for moment, probes in reversed(moments)][::-1]


def _told(episode: Episode, probes: Sequence[Message]) -> list[str]:
    view = [repr(message) for message in episode.view()]
    return view + [_heard(episode, probe) for probe in probes]


def _probes(episode: Episode) -> Iterator[Message]:
    """Calls of every tool that needs nothing or one text."""
    words = " ".join(message.content for message in episode.view()[-1:]).split()
    for tool in episode.tools:
        required = tool.parameters["required"]
        assert isinstance(required, (list, tuple))
        if tool.name == "submit_answer" or len(required) > 1 or tool.name == "Write":
            continue
        for text in (*PROBES, " ".join(words[-9:])) if required else ("",):
            arguments: dict[str, JSON] = dict.fromkeys(required, text)
            yield Message("assistant", "", (Call(tool.name, arguments),))


def _heard(episode: Episode, probe: Message) -> str:
    episode.step(probe)
    heard = [record for record in episode.trace.records if isinstance(record, ToolResult)]
    return heard[-1].messages[-1].content


def _apart(make: Make) -> Iterator[str]:
    """Two episodes that are played in turns are the two that are played alone."""
    tasks = (_task(make, 1), _task(make, 2))
    episodes = [start_episode(task, make) for task in tasks]
    policy = _policy(episodes[0])
    while not all(episode.done for episode in episodes):
        for episode in episodes:
            if not episode.done:
                episode.step(policy.act(episode.view(), episode.tools))
    for task, episode in zip(tasks, episodes, strict=True):
        if episode.trace.first_difference(_played(task, make)) is not None:
            yield "an episode beside another differs from the same episode alone"
            return


def _bounded(make: Make) -> Iterator[str]:
    """The first step of the referee; that in the world, if there is one."""
    ends = (_played(_task(make), make), views.watched(make, story(0), views.TIGHT)[-1].trace)
    yield from [cut for trace in ends for cut in views.stepped_in(trace)][:1]


def _stores(make: Make) -> Iterator[str]:
    """What was written with `Write` is read or found in a later event, be it once."""
    if not make().tools:
        return
    written: dict[str, int] = {}
    for record in _played(_task(make), make).records:
        if isinstance(record, Action):
            for call in record.message.calls:
                if call.name == "Write" and isinstance(call.arguments, Mapping):
                    written.setdefault(str(call.arguments["content"]), record.event)
        elif isinstance(record, ToolResult):
            read = "\n".join(message.content for message in record.messages)
            if any(text in read for text, event in written.items() if event < record.event):
                return
    if written:
        yield "it forgets everything: nothing that was written is ever read or found again"
