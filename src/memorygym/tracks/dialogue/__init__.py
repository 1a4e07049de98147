"""dialogue: an agent serves a customer, whose wishes and limits were told long before they count.

A customer reveals goals and constraints early, changes some midway, and makes requests late; the
agent acts by tools on the records of a house, under rules that supervisors told it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym.core import registry
from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe, Track, lazily
from memorygym.scoring.episode_scores import accuracies
from memorygym.tracks._qa.defaults import session_recipes, sub_task_fields
from memorygym.tracks._qa.self_test import self_test
from memorygym.tracks.dialogue.agents import AGENTS, LEAST_OF_NOTES, note_taker, reasoner
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv, tools_of
from memorygym.tracks.dialogue.generator import DialogueRecipe

KINDS = ("named", "never named", "both")
"""What a request needs: facts on what it names, on nothing that it names, or both."""
CHAIN = ("chain 1", "chain 2", "chain 3")
"""Shares of the chains whose first, first two and all three requests were granted."""


_lazy = lazily(__name__)


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """The recipes of the desks that the parameters name. Raises UnknownPart or BadSettings."""
    parameters = dict(options.parameters)
    chosen = parameters.pop("template", "") or ",".join(registry.names("desks"))
    desks = [desk_named(name).name for name in chosen.split(",")]
    return session_recipes("dialogue", DialogueRecipe, desks, options, parameters)


def score(trace: Trace, outcomes: Sequence[Outcome]) -> Score:
    """The composite (share of requests granted), by kind, and by depth in a chain."""
    whole = accuracies(trace, outcomes)
    kinds = {kind: whole.axes.get(kind) for kind in KINDS}
    return replace(whole, axes={**kinds, **_chains(outcomes)})


def _chains(outcomes: Sequence[Outcome]) -> Mapping[str, float | None]:
    """By depth: the share of chains that were granted so far."""
    chains: dict[str, list[bool]] = {}
    for outcome in outcomes:
        if "(link" in outcome.goal.question_type:
            person = outcome.goal.needs[0].subject  # Facts about the person come first.
            chains.setdefault(person, []).append(outcome.correct)
    return {
        name: sum(all(links[: depth + 1]) for links in chains.values()) / len(chains)
        if chains
        else None
        for depth, name in enumerate(CHAIN)
    }


BUILT_IN = [desk_named(d) for d in registry.names("desks") if registry.is_built_in("desks", d)]
TRACK = Track(
    name="dialogue",
    version="dialogue-v3",
    tasks=tasks,
    env=DialogueEnv,
    **sub_task_fields(__name__, reasoner),
    note_taker=note_taker,
    # Desks of this package that share a name of a tool share the tool.
    tools=tuple({tool.name: tool for desk in BUILT_IN for tool in tools_of(desk)}.values()),
    reader=_lazy("fact_reader:DialogueTraceReader"),
    score=score,
    axes=(*KINDS, *CHAIN),
    agents=AGENTS,
    self_test=self_test("dialogue", LEAST_OF_NOTES),
    parameters=lambda: {
        "template": "a desk, or several with commas between (default: all)",
        "chains": "chains of requests about one order; each brings seven requests (2)",
        "distractors": "turns without a request before each request (2)",
        "tokens": "length of all that is said, in tokens (default: as it comes)",
        "prefix": "live, or fixed: all memories see the same texts (live)",
    },
)
