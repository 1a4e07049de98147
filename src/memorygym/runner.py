"""Plays episodes of scripted agents, and scores those of all; clocks live here.

An episode that ended is kept at once in the folder of its run, and is never played again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, partial
from inspect import signature
from pathlib import Path
from time import perf_counter
from typing import Literal

from memorygym import registry
from memorygym.agents.accounting import Usage, usage_of
from memorygym.attribution import Attribution, store_precision
from memorygym.contract import contract
from memorygym.core import JSON, Budget, Env, Memory, Policy, Task
from memorygym.episode import Episode, play
from memorygym.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.executors import over_processes
from memorygym.journal import Run, append_episode
from memorygym.judge.agreement import Agreement, agreement
from memorygym.lens import table
from memorygym.models import extractive
from memorygym.scoring import Score, outcomes, score
from memorygym.settings import Dealt, Settings
from memorygym.trace import Trace

LIFTED = Budget()
"""No limits: for `perfect` alone."""
LONGEST_NAME = 220
"""Characters of an episode's name; file systems take 255, its endings included."""


def check_names(folder: Path, names: Iterable[str]) -> None:
    """Raises BadSettings if an episode's name is too long for a file of the folder."""
    longest = max(names, key=len)
    if len(longest) > LONGEST_NAME:
        raise BadSettings(
            f"{folder}: the name of an episode is too long for files of {LONGEST_NAME} characters:"
            f" {longest[:60]}…"
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One episode, scored."""

    settings: Settings
    agent: str
    task: str
    """The task's content-hash id."""
    contract: str
    score: Score
    right: tuple[bool, ...]
    """Of each question, in the order of the stream."""
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
    measures: Mapping[str, float] = field(default_factory=dict)
    """What `inspect` took from the trace."""
    trace: Trace | None = None

    @property
    def template(self) -> str:
        """The world's domain."""
        return self.settings.template

    @property
    def seed(self) -> int:
        """The world's seed."""
        return self.settings.seed

    def to_json(self) -> dict[str, JSON]:
        """As results store it; seconds are kept elsewhere."""
        return {
            "episode": self.settings.episode(self.agent), "template": self.template,
            "seed": self.seed, "repeat": self.settings.repeat, "agent": self.agent,
            "tier": self.settings.tier, "memory": self.settings.memory, "task": self.task,
            "contract": self.contract, **self.score.to_json(),
            "right": [int(right) for right in self.right], "repaired": self.repaired,
            "judge": asdict(self.judged) if self.judged else None,
            "stuck": self.stuck,
            "causes": dict(self.causes),
            "store_precision": {name: round(share, 6) for name, share in self.precision.items()},
            "usage": {name: usage.to_json() for name, usage in self.usage.items()} or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """An episode without a score, which is never a score of 0."""

    settings: Settings
    agent: str
    kind: Literal["provider", "memory"]
    error: str

    def to_json(self) -> dict[str, JSON]:
        """As results store it."""
        return {
            "episode": self.settings.episode(self.agent), "template": self.settings.template,
            "seed": self.settings.seed, "repeat": self.settings.repeat, "agent": self.agent,
            "kind": self.kind, "error": self.error,
        }  # fmt: skip


def policy_for(agent: str, task: Task) -> Policy:
    """The agent; only one that is marked `needs_gold` is given the side table."""
    knobs = {"gold": task.gold} if needs_gold(agent) else {}
    policy: Policy = registry.make("agents", agent, **knobs)
    return policy


@cache
def needs_gold(agent: str) -> bool:
    """Whether an agent may see the side table: a shipped one whose factory takes `gold`."""
    factory = registry.load("agents", agent)
    return callable(factory) and _shipped(factory) and "gold" in signature(factory).parameters


def _shipped(part: object) -> bool:
    """Only our own agents may see the truth or lift the budget."""
    return str(getattr(part, "__module__", "")).startswith("memorygym.")


def play_one(
    task: Task, policy: Policy, memory: Callable[[], Memory], labels: Mapping[str, JSON]
) -> Trace:
    """One episode; the agent never meets the side table of the task."""
    trace = play(episode_for(task, policy, memory), policy)
    trace.gold = task.gold
    trace.labels.update(labels)
    return trace


def episode_for(task: Task, policy: Policy, memory: Callable[[], Memory]) -> Episode:
    """The episode that the agent plays: without the side table, and for some without budget.

    A memory that asks a model asks the offline one.
    """
    lifted = LIFTED if getattr(policy, "lifts_budget", False) and _shipped(type(policy)) else None
    env: Callable[[Task], Env] = registry.load("tracks", task.track, "env")
    return Episode(env(replace(task, gold=None)), memory, lifted, extractive.write)


Inspect = Callable[[str, Trace], Mapping[str, float]]
"""Takes further figures from an agent's trace, in the process that played it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is kept of every episode, and where."""

    agents: tuple[str, ...] = ()
    attributed: bool = True
    traced: bool = False
    inspect: Inspect | None = None
    run: Run | None = None
    """The folder of the run, if there is one."""


def labels_of(settings: Settings, agent: str) -> dict[str, JSON]:
    """Who plays, as the trace says it."""
    return {
        "agent": agent,
        "memory": settings.memory,
        "repeat": settings.repeat,
        "contract": contract(),
    }


def play_task(settings: Settings, plan: Plan) -> list[Result | Failure]:
    """All agents on one task, which is dealt and parsed once."""
    dealt = cache(settings.deal)

    def trace_by(agent: str) -> Trace:
        policy, labels = policy_for(agent, dealt()), labels_of(settings, agent)
        return play_one(dealt(), policy, settings.make_memory, labels)

    return [result_of(settings, agent, plan, partial(trace_by, agent)) for agent in plan.agents]


def play_all(
    tasks: Sequence[Settings], plan: Plan, workers: int
) -> Iterator[list[Result | Failure]]:
    """All agents on all tasks, in the order of the tasks."""
    return over_processes(partial(play_task, plan=plan), tasks, workers)


def result_of(
    settings: Settings, agent: str, plan: Plan, make: Callable[[], Trace]
) -> Result | Failure:
    """The result of an episode, which is played unless the run has kept it."""
    name = settings.episode(agent)
    trace = kept_trace(plan.run, name, settings, labels_of(settings, agent))
    if trace is None:
        start = perf_counter()
        try:
            trace = make()
        except BadKey:
            raise
        except ProviderFailure as error:
            return Failure(settings, agent, "provider", str(error))
        except MemoryFault as error:
            return Failure(settings, agent, "memory", str(error))
        if plan.run:
            append_episode(plan.run, name, trace, perf_counter() - start)
    return judged(settings, agent, trace, plan)


def kept_trace(
    run: Run | None, name: str, settings: Dealt, labels: Mapping[str, JSON]
) -> Trace | None:
    """The trace of that episode, if the run has kept it, whatever the name of its file."""
    trace = run.trace(name) if run else None
    if trace is None:
        return None
    played = trace.recipe.get("template"), trace.recipe.get("seed")
    same = {label: trace.labels.get(label) for label in labels} == labels
    if not same or played != (settings.template, settings.seed):
        return None
    trace.gold = table(trace)  # All that looks into the table would read it again.
    return trace


def judged(settings: Settings, agent: str, trace: Trace, plan: Plan) -> Result:
    """The result of a trace."""
    found = outcomes(trace)
    missed = Attribution(trace).causes if plan.attributed else ()
    labels = trace.labels
    return Result(
        settings=settings,
        agent=agent,
        task=trace.task,
        contract=str(labels.get("contract", "unknown")),
        score=score(trace),
        right=tuple(outcome.correct for outcome in found),
        repaired=sum(outcome.repaired for outcome in found),
        judged=next(iter(agreement([trace]).values()), None) if "judge" in labels else None,
        stuck=len(trace.stuck),
        causes=Counter(cause for _, cause in missed),
        precision=store_precision(trace) if plan.attributed else {},
        usage=usage_of(trace) if "usage" in labels else {},
        measures=plan.inspect(agent, trace) if plan.inspect else {},
        trace=trace if plan.traced else None,
    )
