"""Recorded trajectories replayed past memories: which values of later calls a memory still shows.

A turn is a reply of the recorded agent with what it got back. Every turn is one event of an
episode, as in every track: the memory observes it, and before the next call its context is judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.core.redaction import MASK, masked
from memorygym.core.tokens import count, shown_tokens
from memorygym.core.types import Budget, Env, Message, Step, Task
from memorygym.datasets.trajectories.formats import Trajectory
from memorygym.memories.stores.message_entries import to_text
from memorygym.runs.comparison.memory_specs import MemorySpec, plug, plug_all, plug_given
from memorygym.runs.comparison.system_specs import ComparisonLimits, SystemSpec, budget_of, systems
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import GivenMemory
from memorygym.scoring.argument_values import Conversation, Use, is_stale
from memorygym.scoring.value_forms import states

ORACLE = "oracle"
"""A reference of comparisons that a log cannot have, because nobody marked what it needs."""
END = Message("assistant", "")
"""The reply that ends a turn; the recorded reply is the first message of the next one."""
BATCH = 16_000_000
"""Characters of the trajectories that are in memory at a time."""
LOSSES = 3
"""Most losses of a trajectory that are kept for every system."""
SHOWN = 80
"""Most characters of a value that are kept."""
AROUND = 4_000
"""Characters before and after a value that are searched for secrets."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A value that a memory no longer showed when a call needed it."""

    system: str
    budget: int | None
    place: str
    """The file, and the line or member."""
    message: int
    """The index of the message that makes the call, in the list of the file."""
    call: int
    """The number of the call in the trajectory, from 1."""
    tool: str
    argument: str
    value: str
    """With secrets masked, unless told otherwise."""
    kind: str
    said: int
    """The index of the newest earlier message that states it."""
    by: str
    """The role of that message."""
    distance: int
    """Tokens between the two."""
    times: int
    """Number of calls of this trajectory in which the memory lacked this value."""
    stale: bool
    """Whether it showed the older value instead."""


@dataclass(frozen=True, slots=True)
class SystemReplay:
    """What one system showed of the values that a trajectory's calls use."""

    survived: bytes = b""
    """By use: 1 if the context showed the value."""
    stale: bytes = b""
    """By use: 1 if it showed the older value instead."""
    tokens: float = 0.0
    """Tokens of the context, mean over the replies with a use."""
    error: str = ""
    """Why the replay failed; "" if it did not."""
    provider: bool = False
    """Whether a model's provider failed, not the memory."""


@dataclass(frozen=True, slots=True)
class TrajectoryReplay:
    """One trajectory past all systems."""

    place: str
    format: str
    cluster: str
    """Trajectories of one file with the same task are alike, and count as one cluster."""
    success: bool | None
    calls: int
    uses: Sequence[tuple[str, int]]
    """The kind and the distance of each use."""
    roles: Sequence[str]
    """Who said it, by use."""
    replaced: bytes
    """By use: 1 if the value had replaced another one."""
    by_system: Mapping[tuple[str, int | None], SystemReplay] = field(default_factory=dict)
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class SurvivalJob:
    """Which memories are compared, and how."""

    memories: Mapping[str, MemorySpec]
    limits: Sequence[ComparisonLimits]
    """One for each budget."""
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    redact: bool = True
    """Whether secrets are masked in what is kept."""

    def systems(self) -> list[SystemSpec]:
        """The references and the memories at every budget, each once."""
        return list({
            (system.name, system.budget): system
            for limits in self.limits
            for system in systems(list(self.memories), (), limits)
            if system.role != "unlimited" and system.name != ORACLE
        }.values())  # fmt: skip


def memories_of(specs: Sequence[str], objects: Sequence[GivenMemory] = ()) -> dict[str, MemorySpec]:
    """The references and the memories of a replay, by spec; without any, the built-in ones that a
    log can drive. Raises as `plug_all`, and BadSettings for a memory that a log cannot drive."""
    if ORACLE in specs:
        raise BadSettings(f"--memory {ORACLE}: a log does not say which facts a call needs")
    plugged = plug_all(specs if specs or objects else _built_in())
    plugged |= {part.name: plug_given(part) for part in objects}
    for spec, memory in plugged.items():
        if memory.tools:
            raise BadSettings(
                f"--memory {spec}: an agent writes into it through tools, and a recorded one had"
                " other tools; leave it out"
            )
    return plugged


def _built_in() -> Iterator[str]:
    """The built-in memories without tools that are installed."""
    for name in registry.names("memory"):
        if registry.is_built_in("memory", name):
            with suppress(BadSettings):  # It needs an extra.
                if not plug(name).tools:
                    yield name


class RecordedTurns(Env):
    """The turns of a recorded conversation, each an event that needs no reply."""

    tools = ()

    def __init__(self, task: Task, turns: Sequence[Sequence[Message]]) -> None:
        self.task, self._turns, self._number = task, turns, 0

    def reset(self) -> Step:
        return Step(tuple(self._turns[0]), evict=True)

    def step(self, reply: Message) -> Step:
        self._number += 1
        if self._number == len(self._turns):
            return Step(done=True)
        return Step(tuple(self._turns[self._number]), evict=True)


def replay_all(
    job: SurvivalJob, trajectories: Iterable[Trajectory], workers: int, *, quiet: bool
) -> Iterator[TrajectoryReplay]:
    """The replays in the order of the trajectories, which are read as they are needed."""
    function = partial(replay, job)
    over = over_threads if job.model_roles.waits else over_processes
    for batch in _batches(trajectories):
        results = ([result] for result in over(function, batch, workers))
        yield from watched(results, len(batch), quiet=quiet)


def _batches(trajectories: Iterable[Trajectory]) -> Iterator[list[Trajectory]]:
    batch: list[Trajectory] = []
    size = 0
    for trajectory in trajectories:
        batch.append(trajectory)
        size += sum(len(message.content) for message in trajectory.messages)
        if size > BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def replay(job: SurvivalJob, trajectory: Trajectory) -> TrajectoryReplay:
    """One trajectory past all systems."""
    always = "\n".join((trajectory.system, trajectory.tools))
    conversation = Conversation(trajectory.messages, always)
    uses = conversation.uses
    file = trajectory.place.rpartition(", ")[0]
    result = TrajectoryReplay(
        trajectory.place,
        trajectory.format,
        f"{file}, task {trajectory.task}" if trajectory.task else trajectory.place,
        trajectory.success,
        sum(len(message.calls) for message in trajectory.messages),
        [(use.kind, use.distance) for use in uses],
        [trajectory.messages[use.source].role for use in uses],
        bytes(use.older is not None for use in uses),
    )
    if not uses:
        return result
    by_system, losses = {}, list[Loss]()
    for system in job.systems():
        played = _played(job, system, trajectory, conversation)
        by_system[system.name, system.budget] = played
        if not played.error and system.role == "memory":
            losses += _losses(system, played, trajectory, conversation, redact=job.redact)
    return replace(result, by_system=by_system, losses=tuple(losses))


def _played(
    job: SurvivalJob, system: SystemSpec, trajectory: Trajectory, conversation: Conversation
) -> SystemReplay:
    """What one system showed, up to the last turn before a call with a use."""
    by_turn: dict[int, list[int]] = {}
    for index, use in enumerate(uses := conversation.uses):
        by_turn.setdefault(use.turn, []).append(index)
    survived, stale, tokens = bytearray(len(uses)), bytearray(len(uses)), list[int]()
    turns = [[trajectory.messages[i] for i in t] for t in conversation.turns[: max(by_turn) + 1]]
    task = Task("", "trajectories", {}, trajectory.system, (), Budget(), None)
    make, budget = job.memories[system.spec].make, budget_of(system, task, tools=False)
    try:
        episode = Episode(RecordedTurns(task, turns), make, budget, job.model_roles.writer)
        for number, turn in enumerate(turns):
            view = episode.view()
            context = view[1 : len(view) - len(turn)]
            texts = [conversation.text(m) for m in reversed(context) if number in by_turn]
            for index in by_turn.get(number, ()):
                survived[index] = any(states(text, uses[index].key) for text in texts)
                stale[index] = not survived[index] and is_stale(texts, uses[index])
            if number in by_turn:
                tokens.append(sum(shown_tokens(message, count) for message in context))
            episode.step(END)
    except BadKey:
        raise
    except (MemoryFault, ProviderFailure) as error:
        text = masked(str(error)) if job.redact else str(error)
        return SystemReplay(error=text, provider=isinstance(error, ProviderFailure))
    return SystemReplay(bytes(survived), bytes(stale), sum(tokens) / len(tokens))


def _losses(
    system: SystemSpec,
    played: SystemReplay,
    trajectory: Trajectory,
    conversation: Conversation,
    *,
    redact: bool,
) -> list[Loss]:
    """The worst losses: of values that most calls lack, then those said most recently."""
    lost: dict[str, list[int]] = {}
    for index, use in enumerate(conversation.uses):
        if not played.survived[index]:
            lost.setdefault(use.key, []).append(index)
    uses = conversation.uses
    worst = sorted(lost.values(), key=lambda own: (-len(own), uses[own[0]].distance, own[0]))

    def loss(own: Sequence[int]) -> Loss:
        use: Use = uses[own[0]]
        caller = conversation.turns[use.turn + 1].start
        source = to_text(trajectory.messages[use.source])
        value = _masked(use, source) if redact else use.value
        return Loss(
            system.name, system.budget, trajectory.place, trajectory.numbers[caller], use.call,
            use.tool, use.argument, value if len(value) <= SHOWN else value[: SHOWN - 1] + "…",
            use.kind, trajectory.numbers[use.source], trajectory.messages[use.source].role,
            use.distance, len(own), bool(played.stale[own[0]]),
        )  # fmt: skip

    return [loss(own) for own in worst[:LOSSES]]


def _masked(use: Use, source: str) -> str:
    """The value with secrets masked, also one that only what stands around it shows to be one."""
    for text, name in ((use.within, use.argument), (source, "")):
        at = text.find(use.value)
        near = text[max(0, at - AROUND) : at + AROUND]
        if at >= 0 and use.value not in masked(near, name):
            return MASK
    return masked(use.value, use.argument)
