"""The score of a session: the share of its requests that were granted, and by what they needed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorygym.core.outcome import Outcome, Score
from memorygym.core.trace import Trace
from memorygym.scoring.episode_scores import accuracies

KINDS = ("named", "never named", "both")
"""What a request needs: facts on what it names, on nothing that it names, or both."""
CHAIN = ("chain 1", "chain 2", "chain 3")
"""Shares of the chains whose first, first two and all three requests were granted."""


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
