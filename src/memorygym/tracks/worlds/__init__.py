"""worlds: documents pass a memory with a budget; some facts are corrected, then asked about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import (
    Agent,
    Invariant,
    MapFunction,
    PlayAgain,
    PlayedEpisode,
    SelfTest,
    TaskOptions,
    TaskRecipe,
    Track,
    Verification,
)
from memorygym.core.types import Policy, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks.worlds.env import SUBMIT, WorldsEnv

if TYPE_CHECKING:
    from memorygym.core.statements import FactReader
    from memorygym.tracks.worlds.generator.gold import WorldsGold
    from memorygym.tracks.worlds.trace_facts import WorldsTraceReader


# The imports stand inside the functions, so that reading a trace imports no generator, and
# generating a task imports no agent.


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """The tasks of the templates, tier and sizes that the parameters name."""
    from memorygym.tracks.worlds import settings

    return settings.settings_of(options)


def gold(raw: Mapping[str, Any]) -> "WorldsGold":
    """The gold table from JSON. Raises ValueError if the JSON is damaged."""
    from memorygym.tracks.worlds.generator.gold import read_gold

    return read_gold(raw)


def trace_reader(trace: Trace) -> "WorldsTraceReader":
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    from memorygym.tracks.worlds.trace_facts import WorldsTraceReader

    return WorldsTraceReader(trace)


def score(trace: Trace, outcomes: Sequence[Outcome]) -> Score:
    """The composite and its four axes."""
    from memorygym.tracks.worlds import axes

    return axes.score(trace, outcomes)


def fact_reader(system: str) -> "FactReader":
    """The strong reader for a system message."""
    from memorygym.tracks.worlds.fact_reader import strong_reader

    return strong_reader(system)


def oracle(task: Task) -> Mapping[int, str]:
    """By question event: the needed facts as sentences."""
    from memorygym.tracks.worlds.trace_facts import gold_evidence

    return gold_evidence(task)


def inspect(agent: str, trace: Trace, outcomes: Sequence[Outcome]) -> Mapping[str, float]:
    """The measures of a trace that the self-test needs."""
    from memorygym.tracks.worlds import trace_measures

    return trace_measures.inspect(agent, trace, outcomes)


def validate(
    recipes: Sequence[TaskRecipe], results: Sequence[PlayedEpisode], play: PlayAgain
) -> Sequence[Invariant]:
    """The self-test, over results that hold the measures of `inspect`."""
    from memorygym.tracks.worlds import self_test

    return self_test.validate(recipes, results, play)


def verify(recipes: Sequence[TaskRecipe], parallel_map: MapFunction) -> Verification:
    """The verification of generated tasks: whether every question can be answered fairly."""
    from memorygym.tracks._qa.verification import verified
    from memorygym.tracks.worlds.verifier import together, verification

    return verified(verification, recipes, parallel_map, together)


def reasoner(name: str, task: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.worlds import reasoners

    return reasoners.reasoner(name, task.texts)


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The scripted writer: keeps notes as `brief_reader` does, and answers as the reasoner does."""
    from memorygym.tracks.worlds.reasoners import ReasonerWithNotes

    return ReasonerWithNotes(reasoner)


class _Agents(Mapping[str, Agent]):
    """The built-in agents, then plugged-in ones; no agent is imported before one is needed."""

    @property
    def _all(self) -> Mapping[str, Agent]:
        from memorygym.core import registry
        from memorygym.tracks.worlds.agents import AGENTS

        return {**AGENTS, **{name: _plugged_in(name) for name in registry.names("agents")}}

    def __getitem__(self, name: str) -> Agent:
        from memorygym.tracks.worlds.agents import AGENTS

        return AGENTS[name] if name in AGENTS else self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __bool__(self) -> bool:
        return True  # Otherwise a truth test would import all agents.


def _plugged_in(name: str) -> Agent:
    """An agent of another package."""
    from memorygym.core import registry

    return Agent(make=lambda task: registry.make("agents", name, replace(task, gold=None)))


TRACK = Track(
    name="worlds",
    version="worlds-v4",
    tasks=tasks,
    env=WorldsEnv,
    outcomes=defaults.outcomes,
    facts=fact_reader,
    reasoners={name: partial(reasoner, name) for name in ("strong", "weak")},
    oracle=oracle,
    tools=(SUBMIT,),
    score=score,
    agents=_Agents(),
    axes=("breadth", "maintenance", "reasoning", "efficiency"),
    reader=trace_reader,
    gold=gold,
    asks=defaults.asks,
    note_taker=note_taker,
    references={
        # The chance level, the upper bound within the budget, and the best agent that stores
        # plain text without knowing the truth.
        "lower bound": "smart_guesser",
        "upper bound": "clairvoyant",
        "best scripted": "positional_expert",
    },
    official={"tier": "standard"},
    self_test=SelfTest(inspect, validate),
    verify=verify,
    parameters=lambda: {
        "template": "a template, or several with commas between (default: all ten)",
        "tier": "lite, standard, hard or multi (default: standard)",
        "entities": "instead of the tier's entities",
        "tokens": "length of all events, in tokens",
        "questions": "instead of the tier's questions",
        "corrections": "instead of the tier's corrections",
        "writes": "instead of the tier's writes",
    },
)
