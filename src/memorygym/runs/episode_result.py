"""The result of an episode, computed from its trace alone, or its failure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from memorygym.core.json_types import from_json
from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import TaskRecipe
from memorygym.runs.metrics import Measurement, measure
from memorygym.runs.store import episode_name
from memorygym.runs.systems import System
from memorygym.runs.tasks import MissingTask
from memorygym.scoring.agreement import Agreement, agreement_in
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import accuracies, outcomes, score
from memorygym.scoring.usage import Usage, usage_of

ALL = "all"
"""Stands for the budget of a system without one, in the names of its episodes."""
Kind = Literal["provider", "memory", "agent"]
"""What failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeKey:
    """The key of an episode within a run: its task, agent, memory and budget."""

    episode: str
    """The name of the episode and of its files."""
    track: str
    template: str
    seed: int
    repeat: int = 0
    agent: str
    memory: str
    budget: int | None = None
    """Most tokens of the context, if a comparison sets them."""
    who: str
    """Its row in summaries: the agent, or for a comparison reasoner, system and budget."""

    @property
    def compared(self) -> bool:
        return self.who != self.agent

    @property
    def task(self) -> tuple[str, int]:
        """Template and seed: the unit of every statistic."""
        return self.template, self.seed


def place_of(track: str, recipe: TaskRecipe, repeat: int, player: System) -> EpisodeKey:
    """The key of a system's episode on a task."""
    system = (player.agent, player.memory, ALL if player.budget is None else player.budget)
    parts = system if player.compared else (player.agent, repeat)
    return EpisodeKey(
        episode=episode_name(recipe.template, recipe.seed, *parts),
        track=track,
        template=recipe.template,
        seed=recipe.seed,
        repeat=repeat,
        agent=player.agent,
        memory=player.memory,
        budget=player.budget,
        who=episode_name(*system) if player.compared else player.agent,
    )


def place_in(trace: Trace) -> EpisodeKey:
    """The key of a trace's episode. Raises ValueError if its header lacks it."""
    labels, recipe, budget = trace.labels, trace.recipe, trace.labels.get("budget")
    player = System(
        from_json(str, labels.get("agent", "unknown"), "labels.agent"),
        from_json(str, labels.get("memory", "unknown"), "labels.memory"),
        None if budget is None else from_json(int, budget, "labels.budget"),
        compared="budget" in labels,
    )
    task = MissingTask(
        from_json(str, recipe.get("template"), "recipe.template"),
        from_json(int, recipe.get("seed"), "recipe.seed"),
    )
    repeat = from_json(int, labels.get("repeat", 0), "labels.repeat")
    return place_of(trace.track, task, repeat, player)


def score_of(trace: Trace, graded: Sequence[Outcome]) -> Score:
    """The score of a trace. For a comparison it is plain accuracy: its budgets are not the track's,
    for which the track's headline is defined."""
    scored = accuracies(trace, graded) if "budget" in trace.labels else score(trace, graded)
    axes = {name: None if axis is None else float(axis) for name, axis in scored.axes.items()}
    return replace(scored, composite=float(scored.composite), axes=axes)  # A bool is no number.


@dataclass(frozen=True, slots=True)
class Failure:
    """An episode that failed: it has no score, which is not a score of 0."""

    place: EpisodeKey
    kind: Kind
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured of one episode, as a run keeps it."""

    place: EpisodeKey
    task: str
    """The task's content-hash id."""
    score: Score
    right: tuple[bool, ...]
    """Whether each goal was reached, in order."""
    repaired: int
    """Answers that only a judge accepted."""
    judged: Agreement | None
    """Agreement of judge and grader; None without a judge."""
    stuck: int
    """Events that ended because the same calls kept failing."""
    causes: Mapping[str, int]
    """Misses by cause."""
    precision: Mapping[str, float]
    """Shares of the facts that the final entries state."""
    usage: Mapping[str, Usage]
    """Usage of a model, at ingest and at query; empty for a scripted agent."""
    measured: Measurement | None = None
    """Measurements of the memory, of a comparison."""


@dataclass(frozen=True, slots=True)
class Played:
    """An episode that was just played or read: its result, and what a run does not keep of it."""

    result: Result
    measures: Mapping[str, float] = field(default_factory=dict)
    """Figures of the track's self-test."""
    trace: Trace | None = None
    """If it was asked for."""

    @property
    def place(self) -> EpisodeKey:
        return self.result.place


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What a result holds beside its score."""

    causes: bool = True
    """The causes of misses, and the shares of true and false entries."""
    measured: bool = False
    """The measurements that a comparison needs."""
    traced: bool = False
    """The trace itself."""
    inspect: Callable[[str, Trace, Sequence[Outcome]], Mapping[str, float]] | None = None
    """A function for further figures of an agent's trace, called in the process that played it."""


def played_result(place: EpisodeKey, trace: Trace, wanted: ResultOptions) -> Played:
    """The result of a trace, with what is asked for beside it. Raises BadTrace without gold."""
    graded = outcomes(trace)
    measures = wanted.inspect(place.agent, trace, graded) if wanted.inspect else {}
    result = result_of(place, trace, wanted, graded)
    return Played(result, measures, trace if wanted.traced else None)


def result_of(
    place: EpisodeKey,
    trace: Trace,
    wanted: ResultOptions,
    graded: Sequence[Outcome] | None = None,
) -> Result:
    """The result of a trace, graded here unless its outcomes are given. Raises BadTrace without a
    gold table."""
    graded = outcomes(trace) if graded is None else graded
    labels, attribution = trace.labels, Attribution(trace)
    causes = Counter(attribution.cause(o) for o in graded if wanted.causes and not o.correct)
    return Result(
        place=place,
        task=trace.task,
        score=score_of(trace, graded),
        right=tuple(outcome.correct for outcome in graded),
        repaired=sum(outcome.repaired for outcome in graded),
        judged=agreement_in(trace, graded) if "judge" in labels else None,
        stuck=len(trace.stuck_events),
        causes=dict(causes),
        precision=attribution.store_precision if wanted.causes else {},
        usage=usage_of(trace) if "usage" in labels else {},
        measured=measure(trace, graded, attribution) if wanted.measured else None,
    )
