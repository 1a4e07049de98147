"""worlds: documents stream past a budgeted memory, some are corrected, then asked about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from memorygym.core.outcome import Score
from memorygym.core.trace import Trace
from memorygym.core.track import (
    Agent,
    Headline,
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
    from memorygym.tracks.worlds.generator.gold import WorldGold
    from memorygym.tracks.worlds.trace_facts import WorldsReader


# Who only reads a trace imports no generator, and who only generates no agent.


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """Worlds of the domains, tier and sizes that the knobs name."""
    from memorygym.tracks.worlds import settings

    return settings.settings_of(options)


def gold(raw: Mapping[str, Any]) -> "WorldGold":
    """The gold table from JSON. Raises ValueError with what is wrong."""
    from memorygym.tracks.worlds.generator.gold import WorldGold

    return WorldGold.from_json(raw)


def trace_reader(trace: Trace) -> "WorldsReader":
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks.worlds.trace_facts import WorldsReader

    return WorldsReader.of(trace)


def score(trace: Trace) -> Score:
    """The composite and its four axes."""
    from memorygym.tracks.worlds import axes

    return axes.score(trace)


def fact_reader(system: str) -> "FactReader":
    """The strong reader, by the pinned message."""
    from memorygym.tracks.worlds.fact_reader import reader as strong

    return strong(system)


def oracle(task: Task) -> Mapping[int, str]:
    """By event: what its question needs."""
    from memorygym.tracks.worlds.trace_facts import sentences

    return sentences(task)


def composite(axes: Mapping[str, float | None]) -> float:
    """The weighted mean of the axes that were asked about."""
    from memorygym.tracks.worlds.axes import composite as weighted

    return weighted(axes)


def problems(row: Mapping[str, Any]) -> Iterable[str]:
    """Whether the axes of a row can be those of its competencies."""
    from memorygym.tracks.worlds import axes

    return axes.problems(row)


def inspect(agent: str, trace: Trace) -> Mapping[str, float]:
    """What the self-test needs of a trace."""
    from memorygym.tracks.worlds import self_test

    return self_test.inspect(agent, trace)


def validate(
    recipes: Sequence[TaskRecipe], results: Sequence[PlayedEpisode], play: PlayAgain
) -> Sequence[Invariant]:
    """The self-test over results that were played with `inspect`."""
    from memorygym.tracks.worlds import self_test

    return self_test.validate(recipes, results, play)


def verify(recipes: Sequence[TaskRecipe], spread: MapFunction) -> Verification:
    """Whether worlds are fair."""
    from memorygym.tracks.worlds import verifier

    return verifier.verify_all(recipes, spread)


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.worlds.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """Keeps notes as `brief_reader` does, searches them, and answers as that reasoner does."""
    from memorygym.tracks.worlds.reasoners import LookupNoteTaker

    return LookupNoteTaker(reasoner)


class _Agents(Mapping[str, Agent]):
    """Our agents, then those plugged in; none is imported before one is asked for."""

    @property
    def _all(self) -> Mapping[str, Agent]:
        from memorygym.core import registry
        from memorygym.tracks.worlds.agents import AGENTS

        return {**AGENTS, **{name: _outside(name) for name in registry.names("agents")}}

    def __getitem__(self, name: str) -> Agent:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __bool__(self) -> bool:
        return True  # To know that there are some none is imported.


def _outside(name: str) -> Agent:
    """An agent that another package plugs in."""
    from memorygym.core import registry

    return Agent(make=lambda _: registry.make("agents", name))


TRACK = Track(
    name="worlds",
    version="worlds-v2",
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
        # What guessing reaches, what the budget allows, and what the best strategy without the
        # truth reaches that stores plain text.
        "floor": "smart_guesser",
        "ceiling": "clairvoyant",
        "best scripted": "template_expert",
    },
    headline=Headline(composite, problems),
    official={"tier": "standard"},
    self_test=SelfTest(inspect, validate),
    verify=verify,
    parameters=lambda: {
        "template": "a domain, or several with commas between (default: all ten)",
        "tier": "lite, standard, hard or multi (default: standard)",
        "entities": "instead of the tier's entities",
        "tokens": "length of the stream, in tokens",
        "questions": "instead of the tier's questions",
        "corrections": "instead of the tier's corrections",
        "writes": "instead of the tier's writes",
    },
)
