"""An agent with a memory in one run, as leaderboards place it: with whom, as what, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from memorygym import registry
from memorygym.bench import OFFICIAL_SEEDS
from memorygym.publishing.evidence import REPRODUCED, Evidence
from memorygym.results.comparisons import World, composites
from memorygym.results.summary import Summary
from memorygym.runner import needs_gold
from memorygym.tokens import canonical
from memorygym.tracks.worlds.settings import LIMITS


class Set(NamedTuple):
    """What must be alike in all that is ranked together."""

    contract: str
    tier: str
    salt: str
    """The hash of a sealed set's salt; "" for the public set."""
    judge: str
    """How answers were judged, as canonical JSON; "null" where none were."""


@dataclass(frozen=True)
class Entrant:
    """An agent with a memory in one run."""

    source: str
    """Which run, as it was given."""
    evidence: Evidence
    summary: Summary

    @property
    def agent(self) -> str:
        """Its name."""
        return self.summary.agent

    @property
    def recipe(self) -> Mapping[str, Any]:
        """What was played."""
        recipe: Mapping[str, Any] = self.evidence.document["recipe"]
        return recipe

    @property
    def memory(self) -> str:
        """With which memory."""
        return str(self.recipe["memory"])

    @cached_property
    def identity(self) -> str:
        """Who it is: two of them in one set would be the same entrant twice."""
        return canonical([self.agent, self.memory, self.recipe["model"]])

    @cached_property
    def set(self) -> Set:
        """With whom it may be compared."""
        recipe, played = self.recipe, self.evidence.document["contract"]
        return Set(played, recipe["tier"], recipe["salt"] or "", canonical(recipe["judge"]))

    @cached_property
    def kind(self) -> Literal["model", "scripted", "adversary", "truth"]:
        """`truth` is one that sees it or has no budget."""
        if self.recipe["model"]:
            return "model"
        if self.agent not in registry.names("agents"):
            return "scripted"
        if ".adversaries." in registry.load_module("agents", self.agent).__name__:
            return "adversary"
        if needs_gold(self.agent):
            return "truth"
        free = getattr(registry.make("agents", self.agent), "lifts_budget", False)
        return "truth" if free else "scripted"

    @cached_property
    def worlds(self) -> Mapping[World, float]:
        """The composite of each world."""
        return composites(self.evidence.document)[self.agent]

    @property
    def order(self) -> tuple[float, str]:
        """Best first, and the same whatever the order of the runs."""
        return -self.summary.composite.mean, self.identity


def unranked(one: Entrant) -> str:
    """Why an entrant has no rank; "" if it may have one."""
    recipe, document = one.recipe, one.evidence.document
    if one.evidence.problems:
        return f"a check of {one.source} failed: {one.evidence.problems[0]}"
    set_sizes = [name for name, size in recipe["sizes"].items() if size is not None]
    set_sizes += [name for name in LIMITS if recipe[name] is not None]
    if set_sizes:
        return f"{', '.join(set_sizes)} not as in the tier"
    templates = registry.names("worlds")
    if lacking := len(set(templates) - set(recipe["templates"])):
        return f"{len(templates) - lacking} of {len(templates)} templates"
    if recipe["templates"] != templates:
        return "templates of its own"
    if recipe["seeds"] != list(range(OFFICIAL_SEEDS)):
        return f"not the seeds 0 to {OFFICIAL_SEEDS - 1}"
    failed = sum(row["agent"] == one.agent for row in document["failures"])
    if failed:
        return f"{failed} of {one.summary.episodes + failed} episodes failed"
    return _unknown(one)


def _unknown(one: Entrant) -> str:
    """Why a scripted agent may be another than its name says; "" if it is known or a model."""
    if one.recipe["model"]:
        return ""
    if one.agent not in registry.names("agents"):
        return f"agent {one.agent} is not installed here: any trace could bear its name"
    module = registry.load_module("agents", one.agent).__name__
    if module.startswith("memorygym.") or one.evidence.standing == REPRODUCED:
        return ""
    return f"agent {one.agent} is not of this package, and was not played again"
