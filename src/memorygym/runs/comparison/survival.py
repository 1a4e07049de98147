"""Recorded trajectories replayed past memories: which values of later calls a memory still shows.

A turn is a reply of the recorded agent with what it got back. Every turn is one event of an
episode, as in every track: the memory observes it, and before the next call its context is judged.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import nsmallest
from itertools import groupby
from operator import attrgetter
from statistics import fmean

from memorygym.core import registry
from memorygym.core.episode import Episode
from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.core.redaction import MASK, masked
from memorygym.core.tokens import count, shown_tokens
from memorygym.core.types import Budget, Step, Task
from memorygym.datasets._logs import LoggedTrajectory
from memorygym.memories.stores.message_entries import to_text
from memorygym.runs.comparison.memory_specs import plug, plug_all
from memorygym.runs.comparison.sanity_checks import END, FixedSteps
from memorygym.runs.comparison.system_specs import (
    ComparisonLimits,
    MemorySpec,
    Role,
    SystemSpec,
    budget_of,
    role_of,
    systems,
)
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.jobs import OF_A_MODEL, Models, memory_writer, specs_of
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import GivenMemory
from memorygym.runs.settings import OF_TASKS, CompareSettings
from memorygym.scoring.argument_values import Conversation, Use, is_stale
from memorygym.scoring.value_forms import states
from memorygym.stats import Estimate, bootstrap, clustered_share, estimate

ORACLE = "oracle"
"""A reference of comparisons that a log cannot have, because nobody marked what it needs."""
BATCH = 16_000_000
"""Characters of the trajectories that are in memory at a time."""
LOSSES, MOST_LOSSES = 3, 10
"""Most losses that are kept for every system: of a trajectory, and in all."""
SHOWN = 80
"""Most characters of a value that are kept."""
AROUND = 4_000
"""Characters before and after a value that are searched for secrets."""
FIRST = 250
"""Tokens below which a distance is in the first bin; every further bin is twice as wide."""
OUTCOMES = {True: "success", False: "failure", None: "unknown"}
Key = tuple[str, int | None]
"""A system and its budget."""


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

    shown: bytes = b""
    """By use: CURRENT if the context showed the value, OLDER if only the value it replaced."""
    tokens: float = 0.0
    """Tokens of the context, mean over the replies with a use."""
    error: str = ""
    """Why the replay failed; "" if it did not."""
    provider: bool = False
    """Whether a model's provider failed, not the memory."""
    losses: Sequence[Loss] = ()
    """The worst losses of a memory; none of a reference."""


LOST, CURRENT, OLDER = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrajectoryReplay:
    """One trajectory past all systems."""

    place: str
    format: str
    cluster: str
    """Trajectories of one file with the same task are alike, and count as one cluster."""
    outcome: str
    """One of OUTCOMES."""
    calls: int
    uses: Sequence[Use]
    """Without the arguments that they are a part of, which may be long."""
    by_system: Mapping[Key, SystemReplay]


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
        rows = systems(self.memories, *self.limits)
        return [row for row in rows if row.role != "unlimited" and row.name != ORACLE]


def memories_of(specs: Sequence[str], objects: Sequence[GivenMemory] = ()) -> dict[str, MemorySpec]:
    """The references and the memories of a replay, by spec; without any, the built-in ones that a
    log can drive. Raises as `plug_all`, and BadSettings for a memory that a log cannot drive."""
    if ORACLE in specs:
        raise BadSettings(f"--memory {ORACLE}: a log does not say which facts a call needs")
    plugged = plug_all([*specs, *objects] or _built_in())
    for spec, memory in plugged.items():
        if memory.tools:
            raise BadSettings(
                f"--memory {spec}: an agent writes into it through tools, and a recorded one had"
                " other tools; leave it out"
            )
    return plugged


def survival_of(
    settings: CompareSettings, stack: ExitStack, memories: Sequence[GivenMemory] = ()
) -> SurvivalJob:
    """The replay of recorded logs that the settings describe."""
    settings.refuse(OF_TASKS, f"tasks; leave it out beside {settings.spelled('trajectories')}")
    writer = memory_writer(settings)
    if not isinstance(writer, str):
        settings.refuse(OF_A_MODEL, f"a {settings.spelled('memory_model')} that is named")
    models = Models(settings, stack)
    return SurvivalJob(
        memories_of(specs_of(settings), memories),
        [ComparisonLimits(view, settings.capacity or None) for view in settings.budgets],
        ModelRoles(writing=None if writer is None else models.of(writer)[1]),
        settings.redact,
    )


def _built_in() -> Iterator[str]:
    """The built-in memories without tools that are installed."""
    for name in registry.names("memory"):
        if registry.is_built_in("memory", name):
            with suppress(BadSettings):  # It needs an extra.
                if not plug(name).tools:
                    yield name


def replay_all(
    job: SurvivalJob, trajectories: Iterable[LoggedTrajectory], workers: int, *, quiet: bool
) -> Iterator[TrajectoryReplay]:
    """The replays in the order of the trajectories, which are read as they are needed."""
    over = over_threads if job.model_roles.waits else over_processes
    for batch in _batches(trajectories):
        results = ([result] for result in over(partial(replay, job), batch, workers))
        yield from watched(results, len(batch), quiet=quiet)


def _batches(trajectories: Iterable[LoggedTrajectory]) -> Iterator[list[LoggedTrajectory]]:
    batch, size = list[LoggedTrajectory](), 0
    for trajectory in trajectories:
        batch.append(trajectory)
        size += sum(len(message.content) for message in trajectory.messages)
        if size > BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def replay(job: SurvivalJob, trajectory: LoggedTrajectory) -> TrajectoryReplay:
    """One trajectory past all systems."""
    messages = trajectory.messages
    conversation = Conversation(messages, f"{trajectory.system}\n{trajectory.tools}")
    file = trajectory.place.rpartition(", ")[0]
    systems = job.systems() if conversation.uses else []
    return TrajectoryReplay(
        place=trajectory.place,
        format=trajectory.format,
        cluster=f"{file}, task {trajectory.task}" if trajectory.task else trajectory.place,
        outcome=OUTCOMES[trajectory.success],
        calls=sum(len(message.calls) for message in messages),
        uses=[replace(use, within="") for use in conversation.uses],
        by_system={
            (system.name, system.budget): _played(job, system, trajectory, conversation)
            for system in systems
        },
    )


def _played(
    job: SurvivalJob, system: SystemSpec, trajectory: LoggedTrajectory, conversation: Conversation
) -> SystemReplay:
    """What one system showed, up to the last turn before a call with a use."""
    by_turn = {turn: [*uses] for turn, uses in groupby(conversation.uses, attrgetter("turn"))}
    shown, tokens = list[int](), list[int]()
    turns = [[trajectory.messages[i] for i in t] for t in conversation.turns[: max(by_turn) + 1]]
    task = Task("", "trajectories", {}, trajectory.system, (), Budget(), None)
    try:
        steps = [Step(tuple(turn), evict=True) for turn in turns]
        make, budget = system.memory.make, budget_of(system, task)
        episode = Episode(FixedSteps(task, steps), make, budget, job.model_roles.writer)
        for number, turn in enumerate(turns):
            view = episode.view()
            if uses := by_turn.get(number):
                context = view[1 : len(view) - len(turn)]
                texts = [conversation.text(message) for message in reversed(context)]
                tokens.append(sum(shown_tokens(message, count) for message in context))
                shown += [_state(texts, use) for use in uses]
            episode.step(END)  # The recorded reply is the first message of the next turn.
    except BadKey:
        raise
    except (MemoryFault, ProviderFailure) as error:
        text = masked(str(error)) if job.redact else str(error)
        return SystemReplay(error=text, provider=isinstance(error, ProviderFailure))
    losses = _losses(job, system, shown, trajectory, conversation)
    return SystemReplay(
        bytes(shown),
        sum(tokens) / len(tokens),
        losses=[*losses] if system.role == "memory" else (),
    )


def _state(texts: Sequence[str], use: Use) -> int:
    """Whether normalised texts show the current value, an older one or neither."""
    if any(states(text, use.key) for text in texts):
        return CURRENT
    return OLDER if is_stale(texts, use) else LOST


def _losses(
    job: SurvivalJob,
    system: SystemSpec,
    shown: Sequence[int],
    trajectory: LoggedTrajectory,
    conversation: Conversation,
) -> Iterator[Loss]:
    """The worst losses: of values that most calls lack, then those said most recently."""
    lost: dict[str, list[tuple[Use, int]]] = {}
    for use, state in zip(conversation.uses, shown, strict=True):
        if state != CURRENT:
            lost.setdefault(use.key, []).append((use, state))
    for cases in nsmallest(LOSSES, lost.values(), lambda own: (-len(own), own[0][0].distance)):
        use, state = cases[0]
        source = trajectory.messages[use.source]
        value = _masked(use, to_text(source)) if job.redact else use.value
        yield Loss(
            system=system.name,
            budget=system.budget,
            place=trajectory.place,
            message=trajectory.numbers[conversation.turns[use.turn + 1].start],
            call=use.call,
            tool=use.tool,
            argument=use.argument,
            value=value if len(value) <= SHOWN else value[: SHOWN - 1] + "…",
            kind=use.kind,
            said=trajectory.numbers[use.source],
            by=use.by,
            distance=use.distance,
            times=len(cases),
            stale=state == OLDER,
        )


def _masked(use: Use, source: str) -> str:
    """The value with secrets masked, also one that only what stands around it shows to be one."""
    for text, name in ((use.within, use.argument), (source, "")):
        at = text.find(use.value)
        near = text[max(0, at - AROUND) : at + AROUND]
        if at >= 0 and use.value not in masked(near, name):
            return MASK
    return masked(use.value, use.argument)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of uses with its interval."""

    uses: int
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalRow:
    """The figures of one system at one budget."""

    system: str
    role: Role
    budget: int | None
    """None for a reference without a budget."""
    failed: int
    """Trajectories that it did not finish."""
    survival: Share | None
    """The uses whose value the context showed; None without a finished trajectory."""
    stale: Share | None
    """Of the uses of values that replaced another one, those for which the context showed only the
    older value."""
    tokens: Estimate | None
    """Tokens of the context, mean over the replies with a use, the trajectories of a
    cluster and the clusters."""
    by_kind: Mapping[str, Share]
    by_distance: Mapping[str, Share]
    """By tokens between the message that said the value and the call."""
    by_source: Mapping[str, Share]
    """By the role of that message."""
    by_outcome: Mapping[str, Share]
    """By whether the trajectory succeeded, if logs say so."""
    difference: Estimate | None
    """Survival in trajectories that succeeded minus in those that failed (cluster bootstrap)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalFigures:
    """All figures of a replay."""

    trajectories: int
    trajectories_with_uses: int
    """Only these count in the rows."""
    clusters: int
    calls: int
    uses: Mapping[str, int]
    """By kind."""
    formats: Mapping[str, int]
    """Trajectories by format."""
    outcomes: Mapping[str, int]
    """Trajectories with a use, by whether they succeeded."""
    distance_by_outcome: Mapping[str, Estimate]
    """The distance of a use in tokens, mean over the uses, trajectories and clusters."""
    rows: Sequence[SurvivalRow]
    losses: Sequence[Loss]
    errors: Sequence[tuple[str, SystemReplay]]
    """Each replay that failed, with its system and place."""


def figures(replays: Sequence[TrajectoryReplay]) -> SurvivalFigures:
    """The figures of trajectories, in their order; those without a use count only as numbers."""
    used = [replay for replay in replays if replay.uses]
    keys = list(dict.fromkeys(key for replay in used for key in replay.by_system))
    distances = {
        name: _amount(
            (r.cluster, fmean(use.distance for use in r.uses)) for r in used if r.outcome == name
        )
        for name in OUTCOMES.values()
    }
    worst: list[Loss] = []
    for key in keys:
        own = (loss for replay in used for loss in replay.by_system[key].losses)
        worst += nsmallest(MOST_LOSSES, own, key=lambda loss: (-loss.times, loss.distance))
    return SurvivalFigures(
        trajectories=len(replays),
        trajectories_with_uses=len(used),
        clusters=len({replay.cluster for replay in used}),
        calls=sum(replay.calls for replay in replays),
        uses=Counter(use.kind for replay in used for use in replay.uses),
        formats=Counter(replay.format for replay in replays),
        outcomes=Counter(replay.outcome for replay in used),
        distance_by_outcome={name: mean for name, mean in distances.items() if mean},
        rows=[_row(key, used) for key in keys],
        losses=worst,
        errors=[
            (f"{name}, {replay.place}", played)
            for replay in used
            for (name, _), played in replay.by_system.items()
            if played.error
        ],
    )


def distance_name(tokens: int) -> str:
    """
    >>> [distance_name(tokens) for tokens in (0, 250, 999, 1000, 70_000)]
    ['<250', '250–500', '500–1k', '1k–2k', '64k–128k']
    """
    place = (tokens // FIRST).bit_length()
    ends = (FIRST << place >> 1, FIRST << place)
    low, high = (f"{end // 1000}k" if end >= 1000 else str(end) for end in ends)
    return f"{low}–{high}" if place else f"<{high}"


Case = tuple[TrajectoryReplay, Use, int]
"""A use, and what a system showed of it."""


def _row(key: Key, replays: Sequence[TrajectoryReplay]) -> SurvivalRow:
    whole = [(r, played) for r in replays if not (played := r.by_system[key]).error]
    cases = [(r, *case) for r, played in whole for case in zip(r.uses, played.shown, strict=True)]

    def split(name: Callable[[Case], str], among: Sequence[Case] = cases) -> dict[str, Share]:
        groups: dict[str, list[Case]] = {}
        for case in among:
            groups.setdefault(name(case), []).append(case)
        return {name: share for name, own in groups.items() if (share := _share(own))}

    near_first = sorted(cases, key=lambda case: case[1].distance)
    by_outcome = split(lambda case: case[0].outcome)
    return SurvivalRow(
        system=key[0],
        role=role_of(key[0]),
        budget=key[1],
        failed=len(replays) - len(whole),
        survival=_share(cases),
        stale=_share([case for case in cases if case[1].older], OLDER),
        tokens=_amount((replay.cluster, played.tokens) for replay, played in whole),
        by_kind=split(lambda case: case[1].kind),
        by_distance=split(lambda case: distance_name(case[1].distance), near_first),
        by_source=split(lambda case: case[1].by),
        by_outcome=by_outcome if by_outcome.keys() != {OUTCOMES[None]} else {},
        difference=_difference(key, cases) if {"success", "failure"} <= by_outcome.keys() else None,
    )


def _by_cluster(values: Iterable[tuple[str, float]]) -> list[list[float]]:
    clusters: dict[str, list[float]] = {}
    for cluster, value in values:
        clusters.setdefault(cluster, []).append(value)
    return [*clusters.values()]


def _share(cases: Sequence[Case], state: int = CURRENT) -> Share | None:
    """The share of the uses in a state, clustered; None without any."""
    flags = _by_cluster((replay.cluster, float(shown == state)) for replay, _, shown in cases)
    return Share(len(cases), clustered_share(flags)) if cases else None


def _amount(values: Iterable[tuple[str, float]]) -> Estimate | None:
    """The mean over clusters of the mean of each; None without any."""
    clusters = _by_cluster(values)
    return estimate([*map(fmean, clusters)]) if clusters else None


def _difference(key: Key, cases: Sequence[Case]) -> Estimate:
    """Survival where the trajectory succeeded minus where it failed; clusters are resampled."""
    clusters: dict[str, list[int]] = {}
    for replay, _, shown in cases:
        sums = clusters.setdefault(replay.cluster, [0, 0, 0, 0])
        if replay.outcome in ("success", "failure"):
            start = 0 if replay.outcome == "success" else 2
            sums[start] += shown == CURRENT
            sums[start + 1] += 1

    def statistic(chosen: Sequence[Sequence[int]]) -> float:
        a, n, b, m = (sum(sums[i] for sums in chosen) for i in range(4))
        return a / max(n, 1) - b / max(m, 1)

    return bootstrap([*clusters.values()], statistic, f"survival {key[0]} {key[1]}")
