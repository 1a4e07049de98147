"""An evaluation as a job: agents or a model play a track, and the results are summed up."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os import cpu_count
from pathlib import Path

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, find
from memorygym.core.types import Policy, Task
from memorygym.runs.engine import Job
from memorygym.runs.engine import perform as play
from memorygym.runs.episode_result import Failure, Result, ResultOptions
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, sources_of, trusted
from memorygym.runs.results.results_file import Document, document, keep
from memorygym.runs.results.summary import Summary, summaries
from memorygym.runs.systems import AgentSystem, SystemPlayer, is_foreign, played
from memorygym.runs.tasks import Limits, Tasks

OFFICIAL_SEEDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The agents, the tasks and the memory of an evaluation."""

    tasks: Tasks
    agents: tuple[str, ...]
    """Scripted agents, or the name of the one model of `model_roles`."""
    memory: str = "markdown"
    limits: Limits = field(default_factory=Limits)
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    repeats: int = 1
    validate: bool = False
    """Whether the track's self-test runs."""
    objects: Sequence[Given] = ()
    """The agents and the memory that were passed as objects."""

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        """One system for each agent."""
        foreign, objects = is_foreign(self.memory), {part.name: part for part in self.objects}
        return [
            AgentSystem(
                agent, self.memory, self.limits, model_roles, foreign=foreign, objects=objects
            )
            for agent in self.agents
        ]

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The parts by kind and spec, objects and models left out."""
        passed = {part.name for part in self.objects}.union(self.model_roles.models)
        own = agents_of(find(self.tasks.track))
        yield "tracks", self.tasks.track
        yield from [("memory", self.memory)] if self.memory not in passed else ()
        yield from (("agents", name) for name in self.agents if name not in {*own, *passed})

    def job(self, wanted: ResultOptions | None = None) -> Job:
        """The run that plays the evaluation."""
        test = find(self.tasks.track).self_test
        if self.validate and not test:
            raise BadSettings(
                f"--validate: the track {self.tasks.track} has no self-test; leave the option out"
            )
        return Job(
            tasks=self.tasks,
            players=self.players,
            model_roles=self.model_roles,
            repeats=self.repeats,
            recipe={
                "kind": "bench",
                "agents": list(self.agents),
                "memory": self.memory,
                **self.limits.to_json(),
                **sources_of(self._parts()),
                **trusted(self.objects),
            },
            wanted=replace(
                wanted or ResultOptions(), inspect=test.inspect if test and self.validate else None
            ),
        )


@dataclass(frozen=True, slots=True)
class Findings:
    """The results of an evaluation."""

    results: Sequence[Result]
    failures: Sequence[Failure]
    summaries: Sequence[Summary]
    """One for each agent, best composite first."""
    references: Mapping[str, Summary]
    """By role: the scripted references on the same tasks, beside a model."""
    invariants: Sequence[Invariant]
    document: Document
    """The results file."""


def perform(
    evaluation: Evaluation,
    folder: Path | None = None,
    workers: int = 1,
    *,
    traced: bool = False,
    quiet: bool = True,
) -> Findings:
    """Plays an evaluation, keeps it in the folder and summarises it.

    Raises BadKey at once, and BadSettings for another run's folder.
    """
    job = evaluation.job(ResultOptions(traced=traced))
    job = replace(job, folder=folder, workers=workers, quiet=quiet)
    outcomes = play(job)
    evaluated = findings(evaluation, job, outcomes)
    if folder:
        keep(folder, evaluated.document, outcomes)
    return evaluated


def findings(evaluation: Evaluation, job: Job, outcomes: Sequence[Result | Failure]) -> Findings:
    """The findings of an evaluation's episodes."""
    results = [outcome for outcome in outcomes if isinstance(outcome, Result)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    rows = invariants(evaluation, results) if evaluation.validate else []
    beside = references(evaluation) if evaluation.model_roles.models and results else {}
    content = document(job.about(), outcomes, beside, rows)
    summed = summaries(content["episodes"])
    return Findings(results, failures, summed, beside, rows, content)


def invariants(evaluation: Evaluation, results: Sequence[Result]) -> Sequence[Invariant]:
    """The invariants of the track's self-test, over results played with its `inspect`."""
    test = find(evaluation.tasks.track).self_test
    assert test

    def again(task: Task, agent: str, around: Callable[[Policy], Policy] | None) -> Trace:
        player = AgentSystem(agent, evaluation.memory, evaluation.limits)
        policy = around(player.policy(task)) if around else player.policy(task)
        return played(player.begin(task, []), policy, task, player.system.labels(task.track, 0))

    return test.validate(evaluation.tasks.recipes, results, again)


def references(evaluation: Evaluation) -> dict[str, Summary]:
    """The track's lower bound, upper bound and best scripted agent, on an evaluation's tasks."""
    roles = find(evaluation.tasks.track).references
    beside = replace(
        evaluation,
        agents=tuple(roles.values()),
        model_roles=ModelRoles(),
        repeats=1,
        validate=False,
    )
    job = replace(beside.job(ResultOptions(causes=False)), workers=cpu_count() or 1)
    by_agent = {
        summary.who: summary
        for summary in summaries(r.to_json() for r in play(job) if isinstance(r, Result))
    }
    return {role: by_agent[agent] for role, agent in roles.items() if agent in by_agent}
