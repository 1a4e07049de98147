"""The rules for a memory: its dump is complete, episodes stay apart, budgets are kept.

It plays a task of worlds and episodes of fixed messages. The check rebuilds it from its dump to
find state outside it: in this process as it plays, and in a fresh process, where classes and
modules hold nothing. It does not find what a memory leaves on the disk or the network, nor what
these episodes do not use.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain, islice
from typing import Any

from memorygym.core.budget import BudgetTracker
from memorygym.core.episode import Episode, Snapshot, play
from memorygym.core.errors import MemoryFault
from memorygym.core.guard import MemoryGuard
from memorygym.core.trace import Action, LimitHit, Observation, Record, ToolResult
from memorygym.core.types import JSON, Budget, Call, Memory, Message, Policy, Task, Writer
from memorygym.memories.none import Nothing
from memorygym.memories.sandbox.server import make_memory
from memorygym.models.extractive import write
from memorygym.runs.comparison.replay_check import KEEP_IN_DUMP, cause, unlike
from memorygym.runs.systems import start_episode
from memorygym.testing.fixed_episodes import FIGURE, LOOK, Act, fixed_env, story, texts
from memorygym.testing.fresh_process import FreshProcess, differing_event, is_second_run
from memorygym.tracks._qa.reasoners import Strong
from memorygym.tracks.worlds.agents.note_taker import Strategist
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.task import generate

Make = Callable[[], Memory]
_generated = cache(generate)
AMPLE, TIGHT, STORED = Budget(), Budget(capacity=500, view=200), Budget(capacity=500)
PROBES = ("the", "What is it?", "zzzz")
"""Queries beside the names of entities: stop words, and a word that no text holds."""
WORDS = 8
"""Words of a text from which on it is not said twice by chance."""
ASKED = 6
"""Most calls in which a model may read the same message: one for each thing it is asked for."""
REPLY = 20
"""Tokens of a reply too short to repeat a whole message."""
MUCH = 5_000
"""Words of a reply that is far longer than the limit it was given."""
WITHIN = {
    "view's": "Let compose(live, budget) return at most `budget` tokens; a message takes"
    " memorygym.core.tokens.shown_tokens(message, context.count).",
    "capacity": "Keep only what store() returns; it refuses what the capacity cannot hold.",
}
"""What to do, by a word of the reason why a limit was hit."""


def check_memory(memory: Make | str) -> list[str]:
    """Every rule that a memory breaks, in a task of worlds and in fixed messages; [] if none.

    Give the factory of the memory, or a name as `--memory` takes it: "my_memory:MyMemory". The
    agent `strategic` uses its tools; a memory without tools is only read. Its model is the offline
    one.
    """
    if is_second_run("check_memory"):
        return []
    make = partial(make_memory, memory) if isinstance(memory, str) else memory
    fresh = FreshProcess(make)
    try:
        # Faults of its factory and of open() are found before it is made without a guard.
        start_episode(_generated("company", 0, "lite"), make)
        _played(_task(make), make)
    except MemoryFault as fault:
        return [str(fault)]
    broken = [sentence for rule in RULES for sentence in _first(rule, make)]
    if not any(sentence.startswith("After restore") for sentence in broken):
        broken += _first(partial(_rebuilt_elsewhere, fresh), make)
    return [*dict.fromkeys(broken)]


def _first(rule: Callable[[Make], Iterator[str]], make: Make) -> list[str]:
    """The first sentence of a rule, or what the memory raised meanwhile."""
    try:
        return [*islice(rule(make), 1)]
    except MemoryFault as fault:
        return [str(fault)]


def _task(make: Make, seed: int = 0) -> Task:
    return _generated("company", seed, "multi" if make().tools else "lite")


def _policy(make: Make) -> Policy:
    return Strategist() if make().tools else Strong(strong_reader)


def _played(task: Task, make: Make) -> list[Record]:
    return play(start_episode(task, make), _policy(make)).records


def _ends(make: Make) -> Iterator[Episode]:
    """The episode of worlds at the end of each event, before the reply that ends it."""
    episode, policy = start_episode(_task(make), make), _policy(make)
    while not episode.done:
        reply = policy.act(episode.view(), episode.tools)
        if all(call.name == "submit_answer" for call in reply.calls):
            yield episode
        episode.step(reply)


def _turns(acts: Sequence[Act], budget: Budget, make: Make, writer: Writer) -> Iterator[Episode]:
    """An episode of fixed messages before each reply; whoever asks for it must view it."""
    env, replies = fixed_env(acts, budget)
    episode = Episode(env, make, writer=writer)
    for reply in replies:
        yield episode
        episode.step(reply)


def watched(
    make: Make, acts: Sequence[Act], budget: Budget, writer: Writer = write
) -> list[Snapshot]:
    """Snapshots of an episode: one after every view, one after the end."""
    moments = []
    for episode in _turns(acts, budget, make, writer):
        episode.view()
        moments.append(episode.snapshot())
    return [*moments, episode.snapshot()]


def limit_hit(records: Sequence[Record]) -> Iterator[str]:
    """The first limit that was hit, if any."""
    for hit in islice((record for record in records if isinstance(record, LimitHit)), 1):
        advice = "".join(f" {text}" for word, text in WITHIN.items() if word in hit.reason)
        yield f"A limit was hit at event {hit.event + 1}: {hit.reason}.{advice}"


def _tools(make: Make) -> Iterator[str]:
    names = [tool.name for tool in make().tools]
    if len(set(names)) < len(names) or "submit_answer" in names:
        yield (
            f"`tools` has the names {', '.join(names)}. Give each tool a name of its own, other"
            " than submit_answer."
        )


def _repeats(make: Make) -> Iterator[str]:
    if event := differing_event(_played(_task(make), make), _played(_task(make), make)):
        yield (
            f"The same task played twice differs from event {event} on. Use no randomness, no clock"
            " and no hash(), and keep nothing in the class or the module."
        )


def _rebuilt(make: Make) -> Iterator[str]:
    """A session break before every event changes nothing."""
    task = _task(make)
    broken = replace(task, events=tuple(replace(event, session=True) for event in task.events))
    whole, rebuilt = (
        [replace(r, session=False) if isinstance(r, Observation) else r for r in _played(t, make)]
        for t in (task, broken)
    )
    if event := differing_event(whole, rebuilt):
        yield (
            f"After restore(dump()) before every event, the episode differs from event {event} on."
            f" {KEEP_IN_DUMP}"
        )


def _restored(make: Make) -> Iterator[str]:
    """A copy restored from the dump composes and answers the same, at every end of an event in
    worlds and, within tight budgets, before every view of fixed messages."""
    ends = ((episode, _probes(episode)) for episode in _ends(make))
    turns = ((episode, iter(())) for episode in _turns(story(0), TIGHT, make, write))
    for episode, probes in chain(ends, turns):
        moment, event = episode.snapshot(), f"event {episode.event + 1}. {KEEP_IN_DUMP}"
        copy = episode.fork(moment)
        view, rebuilt_view = episode.view(), copy.view()
        if rebuilt_view != view:
            yield (
                f"After restore(dump()), compose() returned {unlike(view[1:], rebuilt_view[1:])}"
                f"{cause(moment.entries, moment.tracker.prices)} at {event}"
            )
        for probe in probes:
            answer, rebuilt_answer = _answer(episode, probe), _answer(copy, probe)
            if answer != rebuilt_answer:
                yield (
                    f"After restore(dump()), call({probe.calls[0].name!r}) returned"
                    f" {rebuilt_answer!r:.60} instead of {answer!r:.60} at {event}"
                )


def _rebuilt_elsewhere(fresh: FreshProcess, make: Make) -> Iterator[str]:
    """At the end of every event, a copy restored in a fresh process composes and answers alike."""
    moments: list[tuple[Snapshot, list[Message]]] = []
    here: list[list[str]] = []
    for episode in _ends(make):
        moments.append((episode.snapshot(), list(_probes(episode))))
        here.append(_texts(episode, moments[-1][1]))
    yield from fresh.compare(
        "After restore(dump()) in a fresh process, the memory differs at event {event}. Keep no"
        " state in the class, the module or a global.",
        here,
        _answers,
        moments,
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
        required: Any = tool.parameters.get("required", ())
        if tool.name in ("submit_answer", "Write") or len(required) > 1:
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
    policy = _policy(make)
    while running := [episode for episode in episodes if not episode.done]:
        for episode in running:
            episode.step(policy.act(episode.view(), episode.tools))
    for task, episode in zip(tasks, episodes, strict=True):
        if differing_event(episode.trace.records, _played(task, make)):
            yield (
                "Two episodes played in turns differ from the same episodes played alone. Keep"
                " state on the object (self), not in the class, the module or a global."
            )


def _bounded(make: Make) -> Iterator[str]:
    """No limit is hit in the task of worlds, and none in fixed messages within tight budgets."""
    yield from limit_hit(_played(_task(make), make))
    yield from limit_hit(watched(make, story(0), TIGHT)[-1].trace.records)


def _stores(make: Make) -> Iterator[str]:
    """A text written with `Write` is read or found in a later event, at least once."""
    notes = any(tool.name == "Write" for tool in make().tools)
    records = _played(_task(make), make) if notes else ()
    written = {
        str(call.arguments["content"]): record.event
        for record in reversed(records)  # The first time counts.
        if isinstance(record, Action)
        for call in record.message.calls
        if call.name == "Write" and isinstance(call.arguments, Mapping)
    }
    for record in records:
        if isinstance(record, ToolResult):
            read = "\n".join(message.content for message in record.messages)
            if any(text in read for text, event in written.items() if event < record.event):
                return
    if written:
        yield (
            "The memory forgets everything: no text given to call('Write') came back from another"
            " call in a later event. Store the text, and return it when the agent looks for it."
        )


def _forgets(make: Make) -> Iterator[str]:
    """A memory with tools is exempt: its texts come back through tools."""
    moments = watched(make, story(0), AMPLE)
    if not make().tools and not any(map(_recalled, moments)):
        yield (
            "The memory forgets everything: without any limit, compose() returned no fact of an"
            " earlier event. Store texts in observe() and return them in compose()."
        )


def _mixes(make: Make) -> Iterator[str]:
    watched(make, story(0), AMPLE)
    others = {figure for text in texts(story(0)) for figure in FIGURE.findall(text)}
    for moment in watched(make, story(1), AMPLE):
        if mixed := others & _figures(moment.context):
            yield (
                f"compose() returned text of another episode ({min(mixed)}) at event"
                f" {moment.event + 1}. Keep state on the object (self), not in class or module."
            )


def _repeats_live(make: Make) -> Iterator[str]:
    for moment in (*watched(make, story(0), AMPLE), *watched(make, story(0), TIGHT)):
        context = _plain("\n".join(message.content for message in moment.context))
        for text in (_plain(message.content) for message in moment.live):
            if len(text.split()) >= WORDS and text in context:
                yield (
                    f"compose() repeated a message of the running event {moment.event + 1}:"
                    f" {text[:60]!r}. Leave out what is in `live`."
                )


def _alters(make: Make) -> Iterator[str]:
    *_, end = watched(make, story(0), TIGHT)
    shown = (text for _, text in end.trace.environment_texts({LOOK.name}))
    if [text for text in shown if not text.startswith("[memory:")] != texts(story(0)):
        yield "The memory altered a message that it was given. Make new messages instead."


def _splits(make: Make) -> Iterator[str]:
    """No call is separated from its result; a context that was cut at a limit is not checked."""
    for budget in (AMPLE, TIGHT, STORED):
        moments = watched(make, story(0), budget)
        split = [moment.event + 1 for moment in moments if splits_call(moment.context)]
        if split and not any(limit_hit(moments[-1].trace.records)):
            yield (
                f"compose() separated a tool call from its result at event {split[0]}. Return both"
                " or neither, one after the other; memories.stores.message_entries.groups helps."
            )


def splits_call(messages: Sequence[Message]) -> bool:
    """Whether a call is not followed by its results, or a result does not follow its call."""
    waiting: list[str] = []
    for message in messages:
        is_result = message.role == "tool"
        if is_result and message.call_id in waiting:
            waiting.remove(message.call_id)
        elif is_result or waiting:
            return True
        waiting += [call.id for call in message.calls]
    return bool(waiting)


def _undumped(make: Make) -> Iterator[str]:
    for moment in watched(make, story(0), TIGHT):
        dumped = " ".join((*moment.entries, *moment.entries.values()))
        if hidden := _recalled(moment) - set(FIGURE.findall(dumped)):
            yield (
                f"compose() returned {min(hidden)} of an earlier event at event {moment.event + 1},"
                f" but dump() does not hold it. {KEEP_IN_DUMP}"
            )


def batched(
    make: Make, messages: Sequence[Message], size: int, budget: Budget
) -> tuple[Sequence[Message], Mapping[str, str]]:
    """The context and the dump of a memory that observed these messages, `size` at a time."""
    memory = MemoryGuard(make, BudgetTracker(budget), {}, write)
    for start in range(0, len(messages), size):
        memory.observe(tuple(messages[start : start + size]))
    return memory.compose((), budget.view), memory.dump()


def _batches(make: Make) -> Iterator[str]:
    _, *messages = watched(Nothing, story(0), TIGHT)[-1].trace.messages()
    if batched(make, messages, 1, TIGHT) != batched(make, messages, len(messages), TIGHT):
        yield (
            "observe() with several messages leaves another state than observe() with one at a"
            " time. Treat each message alone."
        )


def _asks_again(make: Make) -> Iterator[str]:
    prompts: list[str] = []

    def writer(task: str, text: str, most: int) -> str:
        prompts.append(_plain(text))
        return write(task, text, min(most, REPLY))

    watched(make, story(0), Budget(view=TIGHT.view), writer)
    long = (text for text in texts(story(0)) if len(text.split()) >= WORDS)
    most = max(sum(_plain(text) in prompt for prompt in prompts) for text in long)
    if most > ASKED:
        yield (
            f"The memory's model read the same message in {most} calls; {ASKED} are allowed. Have"
            " each message read once, and keep what was written."
        )


def _unhelped(amount: str, written: str, make: Make) -> Iterator[str]:
    """Whatever its model writes, the memory raises nothing, and hits no limit that it would not."""
    usual = any(limit_hit(watched(make, story(0), TIGHT)[-1].trace.records))
    try:
        *_, end = watched(make, story(0), TIGHT, lambda *_: written)
    except MemoryFault as fault:
        yield f"When its model writes {amount}: {fault}"
    else:
        for hit in limit_hit(() if usual else end.trace.records):
            yield f"When its model writes {amount}: {hit}"


def _recalled(moment: Snapshot) -> set[str]:
    """The figures of earlier events that are in the context."""
    return _figures(moment.context) - _figures(moment.live)


def _figures(messages: Sequence[Message]) -> set[str]:
    return {figure for message in messages for figure in FIGURE.findall(message.content)}


def _plain(text: str) -> str:
    return " ".join(text.split())


RULES: tuple[Callable[[Make], Iterator[str]], ...] = (
    _tools,
    _repeats,
    _rebuilt,
    _restored,
    _apart,
    _bounded,
    _stores,
    _forgets,
    _mixes,
    _repeats_live,
    _alters,
    _splits,
    _undumped,
    _batches,
    _asks_again,
    partial(_unhelped, "nothing", ""),
    partial(_unhelped, "far more than asked", "lamps " * MUCH),
)
"""Each rule takes the memory's factory, and says where the memory breaks it."""
