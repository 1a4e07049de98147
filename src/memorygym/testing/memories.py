"""The rules for a memory: its dump is complete, episodes stay apart, budgets are kept.

The check rebuilds the memory from its dump to find state outside it: in this process before every
event, and in a fresh process at the end of every event, where classes and modules hold nothing. It
does not find what a memory leaves on the disk or the network, nor what this task does not use.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from memorygym.core.episode import Episode, Snapshot, play
from memorygym.core.errors import MemoryFault
from memorygym.core.trace import Action, Observation, Record, ToolResult, Trace, first_difference
from memorygym.core.types import JSON, Call, Memory, Message, Policy, Task
from memorygym.memories.sandbox.server import make_memory
from memorygym.runs.comparison.replay_check import KEEP_IN_DUMP, cause, unlike
from memorygym.runs.systems import start_episode
from memorygym.testing import views
from memorygym.testing.fixed_episodes import story
from memorygym.testing.policies import PartFactory, is_second_run
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.reasoners import Strong

Make = Callable[[], Memory]
PROBES = ("the", "What is it?", "zzzz")
"""Queries beside the names of entities: stop words, and a word that no text holds."""


def check_memory(memory: Make | str) -> list[str]:
    """Every rule that a memory breaks, in a task of worlds and in fixed messages; [] if none.

    Give the factory of the memory, or a name as `--memory` takes it: "my_memory:MyMemory". The
    agent `strategic` uses its tools; a memory without tools is only read. Its model is the offline
    one.
    """
    if is_second_run("check_memory"):
        return []
    make = partial(make_memory, memory) if isinstance(memory, str) else memory
    fresh = PartFactory(make)
    try:
        start_episode(_generated("lite", 0), make)  # Faults of its factory and of open() are found.
        _played(_task(make), make)
    except MemoryFault as fault:
        return [str(fault)]
    sentences: list[str] = []
    for rule in (_tools, _repeats, _rebuilt, _restored, _apart, _bounded, _stores, *views.RULES):
        try:
            sentences += rule(make)
        except MemoryFault as fault:
            sentences.append(str(fault))
    if not any(sentence.startswith("After restore") for sentence in sentences):
        sentences += _rebuilt_elsewhere(make, fresh)
    return [*dict.fromkeys(sentences)]


def _task(make: Make, seed: int = 0) -> Task:
    return _generated("multi" if make().tools else "lite", seed)


@cache
def _generated(tier: str, seed: int) -> Task:
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
        yield (
            f"`tools` has the names {', '.join(names)}. Give each tool a name of its own, other"
            " than submit_answer."
        )
    for tool in tools:
        properties, required = (tool.parameters.get(key) for key in ("properties", "required"))
        if not isinstance(properties, Mapping) or not isinstance(required, (list, tuple)):
            yield (
                f"The schema of the tool {tool.name} lacks `properties` or `required`. Give both;"
                " memorygym.core.types.tool(...) does."
            )
        elif not set(required) <= set(properties):
            missing = ", ".join(sorted(map(str, set(required) - set(properties))))
            yield (
                f"The schema of the tool {tool.name} requires {missing}, which its `properties`"
                " lack. Add them."
            )


def _repeats(make: Make) -> Iterator[str]:
    first, second = (_played(_task(make), make).records for _ in range(2))
    if (index := first_difference(first, second)) is not None:
        yield (
            f"The same task played twice differs from event {_event(first, index)} on. Use no"
            " randomness, no clock and no hash(), and keep nothing in the class or the module."
        )


def _event(records: Sequence[Record], index: int) -> int:
    """The event of a record, counted from 1; of the last one where the index is beyond it."""
    return records[min(index, len(records) - 1)].event + 1


def _rebuilt(make: Make) -> Iterator[str]:
    """A session break before every event changes nothing."""
    task = _task(make)
    broken = replace(task, events=tuple(replace(event, session=True) for event in task.events))
    whole, rebuilt = (
        [
            replace(r, session=False) if isinstance(r, Observation) else r
            for r in _played(t, make).records
        ]
        for t in (task, broken)
    )
    if (index := first_difference(whole, rebuilt)) is not None:
        yield (
            "After restore(dump()) before every event, the episode differs from event"
            f" {_event(whole, index)} on. {KEEP_IN_DUMP}"
        )


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
    """At the end of every event, a copy restored from the dump composes and answers the same."""
    for episode in _ends(make):
        copy, event = episode.fork(), episode.event + 1
        view, rebuilt_view = episode.view(), copy.view()
        if rebuilt_view != view:
            moment = episode.snapshot()
            yield (
                f"After restore(dump()), compose() returned {unlike(view[1:], rebuilt_view[1:])}"
                f"{cause(moment.entries, moment.tracker.prices)} at event {event}. {KEEP_IN_DUMP}"
            )
            return
        for probe in _probes(episode):
            answer, rebuilt_answer = _answer(episode, probe), _answer(copy, probe)
            if answer != rebuilt_answer:
                yield (
                    f"After restore(dump()), call({probe.calls[0].name!r}) returned"
                    f" {rebuilt_answer!r:.60} instead of {answer!r:.60} at event {event}."
                    f" {KEEP_IN_DUMP}"
                )
                return


def _rebuilt_elsewhere(make: Make, fresh: PartFactory) -> Iterator[str]:
    """At the end of every event, a copy restored in a fresh process composes and answers alike."""
    moments: list[tuple[Snapshot, list[Message]]] = []
    here: list[list[str]] = []
    for episode in _ends(make):
        moments.append((episode.snapshot(), list(_probes(episode))))
        here.append(_texts(episode, moments[-1][1]))
    there = fresh.ask(_answers, moments)
    if isinstance(there, str):
        yield there
    elif there is not None and (event := first_difference(here, there)) is not None:
        yield (
            f"After restore(dump()) in a fresh process, the memory differs at event {event + 1}."
            " Keep no state in the class, the module or a global."
        )


def _answers(make: Make, moments: Sequence[tuple[Snapshot, list[Message]]]) -> list[list[str]]:
    """The texts of every moment, the last moment first, so that none can know of a later one."""
    episode = start_episode(_task(make), make)
    return [_texts(episode.fork(moment), probes) for moment, probes in reversed(moments)][::-1]


def _texts(episode: Episode, probes: Sequence[Message]) -> list[str]:
    view = [repr(message) for message in episode.view()]
    return view + [_answer(episode, probe) for probe in probes]


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


def _answer(episode: Episode, probe: Message) -> str:
    episode.step(probe)
    results = [record for record in episode.trace.records if isinstance(record, ToolResult)]
    return results[-1].messages[-1].content


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
            yield (
                "Two episodes played in turns differ from the same episodes played alone. Keep"
                " state on the object (self), not in the class, the module or a global."
            )
            return


def _bounded(make: Make) -> Iterator[str]:
    """The first limit that was hit; the one in the task of worlds, if there is one."""
    ends = (_played(_task(make), make), views.watched(make, story(0), views.TIGHT)[-1].trace)
    yield from [sentence for trace in ends for sentence in views.limit_hit(trace)][:1]


def _stores(make: Make) -> Iterator[str]:
    """A text written with `Write` is read or found in a later event, at least once."""
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
        yield (
            "The memory forgets everything: no text given to call('Write') came back from another"
            " call in a later event. Store the text, and return it when the agent looks for it."
        )
