"""What an episode comes to: a result that follows from its trace alone, or a failure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

from memorygym.core.json_types import from_json
from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import TaskRecipe
from memorygym.core.types import JSON
from memorygym.runs.metrics import Measurement, measure
from memorygym.runs.store import episode_name
from memorygym.runs.systems import System
from memorygym.runs.tasks import MissingTask
from memorygym.scoring.attribution import Attribution, store_precision
from memorygym.scoring.episode_scores import accuracies, outcomes, score
from memorygym.scoring.judge.agreement import Agreement, agreement
from memorygym.scoring.usage import Usage, usage_of

ALL = "all"
"""The budget of a system that knows none, in the names of its episodes."""
Kind = Literal["provider", "memory"]
"""Whose failure it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeKey:
    """Which episode of a run: its task, and who played it with which memory."""

    episode: str
    """Its name."""
    track: str
    template: str
    seed: int
    repeat: int = 0
    agent: str
    memory: str
    budget: int | None = None
    """Tokens of the view, where a comparison sets them."""
    who: str
    """What its row is summed up under: the agent, or of a comparison reasoner and system."""

    @property
    def compared(self) -> bool:
        """Whether it is of a comparison."""
        return self.who != self.agent

    def to_json(self) -> dict[str, JSON]:
        """As results store it."""
        return {name: getattr(self, name) for name in EpisodeKey.__slots__}


def place_of(track: str, recipe: TaskRecipe, repeat: int, player: System) -> EpisodeKey:
    """The episode of a seat on a task."""
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
    """The episode that a trace is of. Raises ValueError if its header cannot tell."""
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


def score_of(trace: Trace, went: Sequence[Outcome]) -> Score:
    """What a trace scored. A comparison sets budgets of its own, which no track's headline knows:
    there it is plain accuracy."""
    return accuracies(trace, went) if "budget" in trace.labels else score(trace)


@dataclass(frozen=True, slots=True)
class Failure:
    """An episode without a score, which is never a score of 0."""

    place: EpisodeKey
    kind: Kind
    error: str

    def to_json(self) -> dict[str, JSON]:
        """As results store it."""
        return {**self.place.to_json(), "kind": self.kind, "error": self.error}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One episode, scored."""

    place: EpisodeKey
    task: str
    """The task's content-hash id."""
    version_hash: str
    score: Score
    right: tuple[bool, ...]
    """Of each goal, in order."""
    repaired: int
    """Answers that only a judge accepted."""
    judged: Agreement | None
    """Of the judge with the grader; None where there was no judge."""
    stuck: int
    """Events that ended because the same calls kept failing."""
    causes: Mapping[str, int]
    """Misses by cause."""
    precision: Mapping[str, float]
    usage: Mapping[str, Usage]
    """Of a model's replies at ingest and at query; empty for a scripted agent."""
    measured: Measurement | None = None
    """What the trace tells of the memory, where that is asked for."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """What the track's self-test took from the trace."""
    trace: Trace | None = None

    @property
    def agent(self) -> str:
        """Who played."""
        return self.place.agent

    @property
    def template(self) -> str:
        """Of the task."""
        return self.place.template

    @property
    def seed(self) -> int:
        """Of the task."""
        return self.place.seed

    def to_json(self) -> dict[str, JSON]:
        """As results store it; seconds are kept elsewhere."""
        return {
            **self.place.to_json(), "task": self.task, "version_hash": self.version_hash,
            **self.score.to_json(), "right": [int(right) for right in self.right],
            "repaired": self.repaired, "judge": asdict(self.judged) if self.judged else None,
            "stuck": self.stuck, "causes": dict(self.causes),
            "store_precision": {name: round(share, 6) for name, share in self.precision.items()},
            "usage": {name: usage.to_json() for name, usage in self.usage.items()} or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What is taken from a trace beside its score."""

    causes: bool = True
    """Why each miss was missed, and what the entries are worth."""
    measured: bool = False
    """What a comparison needs of the memory."""
    traced: bool = False
    """The trace itself."""
    inspect: Callable[[str, Trace], Mapping[str, float]] | None = None
    """Further figures of an agent's trace, in the process that played it."""


def result_of(place: EpisodeKey, trace: Trace, wanted: ResultOptions) -> Result:
    """The result of a trace. Raises BadTrace without a gold table."""
    went = outcomes(trace)
    labels = trace.labels
    return Result(
        place=place,
        task=trace.task,
        version_hash=str(labels.get("version_hash", "unknown")),
        score=score_of(trace, went),
        right=tuple(outcome.correct for outcome in went),
        repaired=sum(outcome.repaired for outcome in went),
        judged=next(iter(agreement([trace]).values()), None) if "judge" in labels else None,
        stuck=len(trace.stuck_events),
        causes=Attribution(trace).counts if wanted.causes else {},
        precision=store_precision(trace) if wanted.causes else {},
        usage=usage_of(trace) if "usage" in labels else {},
        measured=measure(trace) if wanted.measured else None,
        measures=wanted.inspect(place.agent, trace) if wanted.inspect else {},
        trace=trace if wanted.traced else None,
    )
