"""worlds: documents pass a memory with a budget; some facts are corrected, then asked about."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from memorygym.core import registry
from memorygym.core.track import Agent, SelfTest, Track, lazily
from memorygym.core.types import Policy, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks.worlds.env import SUBMIT, WorldsEnv

_lazy = lazily(__name__)


class _Agents(Mapping[str, Agent]):
    """The built-in agents, then plugged-in ones; no agent is imported before one is needed."""

    @property
    def _all(self) -> Mapping[str, Agent]:
        from memorygym.tracks.worlds.agents import built_in

        plugged = {
            name: Agent(make=partial(_plugged_in, name)) for name in registry.names("agents")
        }
        return {**built_in(), **plugged}

    def __getitem__(self, name: str) -> Agent:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _plugged_in(name: str, task: Task) -> Policy:
    """An agent of another package."""
    policy: Policy = registry.make("agents", name, replace(task, gold=None))
    return policy


TRACK = Track(
    name="worlds",
    version="worlds-v5",
    tasks=_lazy("settings:settings_of"),
    env=WorldsEnv,
    outcomes=defaults.outcomes,
    facts=_lazy("fact_reader:strong_reader"),
    reasoners={name: _lazy(f"reasoners:{name}") for name in ("strong", "weak")},
    oracle=_lazy("trace_facts:gold_evidence"),
    tools=(SUBMIT,),
    score=_lazy("axes:score"),
    agents=_Agents(),
    axes=("breadth", "maintenance", "reasoning", "efficiency"),
    reader=_lazy("trace_facts:WorldsTraceReader"),
    gold=_lazy("generator.gold:read_gold"),
    asks=defaults.asks,
    note_taker=_lazy("reasoners:note_taker"),
    references={
        # The chance level, the upper bound within the budget, and the best agent that stores
        # plain text without knowing the truth.
        "lower bound": "smart_guesser",
        "upper bound": "clairvoyant",
        "best scripted": "positional_expert",
    },
    official={"tier": "standard"},
    compared={"tier": "scattered"},
    capacity=16_000,
    self_test=SelfTest(_lazy("trace_measures:inspect"), _lazy("self_test:validate")),
    verify=_lazy("verifier:verify"),
    parameters=lambda: {
        "template": "a template, or several with commas between (default: all ten)",
        "tier": "lite, standard, hard, multi or scattered (default: standard; compare: scattered)",
        "entities": "instead of the tier's entities",
        "tokens": "length of all events, in tokens",
        "questions": "instead of the tier's questions",
        "corrections": "instead of the tier's corrections",
        "writes": "instead of the tier's writes",
    },
)
