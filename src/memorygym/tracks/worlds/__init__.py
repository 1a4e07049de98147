"""worlds: documents stream past a budgeted memory, some are corrected, then asked about."""

from collections.abc import Iterator, Mapping
from functools import partial

from memorygym.core import Policy, Task
from memorygym.core.track import Agent, Headline, SelfTest, Track
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.deferred import deferred
from memorygym.tracks.worlds.env import SUBMIT, WorldsEnv

_own = partial(deferred, __name__)


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.worlds.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """Keeps notes as `brief_reader` does, searches them, and answers as that reasoner does."""
    from memorygym.tracks.worlds.reasoners import Clerk

    return Clerk(reasoner)


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
    tasks=_own("settings:settings_of"),
    env=WorldsEnv,
    outcomes=defaults.outcomes,
    facts=_own("fact_reader:reader"),
    reasoners={name: partial(reasoner, name) for name in ("strong", "weak")},
    oracle=_own("trace_facts:sentences"),
    tools=(SUBMIT,),
    score=_own("axes:score"),
    agents=_Agents(),
    axes=("breadth", "maintenance", "reasoning", "efficiency"),
    reader=_own("trace_facts:WorldsReader.of"),
    gold=_own("generator.gold:WorldGold.from_json"),
    asks=defaults.asks,
    note_taker=note_taker,
    references={
        # What guessing reaches, what the budget allows, and what the best strategy without the
        # truth reaches that stores plain text.
        "floor": "smart_guesser",
        "ceiling": "clairvoyant",
        "best scripted": "template_expert",
    },
    headline=Headline(_own("axes:composite"), _own("axes:problems")),
    official={"tier": "standard"},
    self_test=SelfTest(_own("self_test:inspect"), _own("self_test:validate")),
    verify=_own("verifier:verify_all"),
    knobs=lambda: {
        "template": "a domain, or several with commas between (default: all ten)",
        "tier": "lite, standard, hard or multi (default: standard)",
        "entities": "instead of the tier's entities",
        "tokens": "length of the stream, in tokens",
        "questions": "instead of the tier's questions",
        "corrections": "instead of the tier's corrections",
        "writes": "instead of the tier's writes",
    },
)
