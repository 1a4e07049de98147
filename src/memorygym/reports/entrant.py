"""An agent with a memory in one run, as leaderboards place it: with whom, as what, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.json_values import canonical
from memorygym.core.track import Agent, TaskOptions, find
from memorygym.reports.evidence import REPRODUCED, Evidence
from memorygym.runs.evaluation import OFFICIAL_SEEDS
from memorygym.runs.results.results_file import Document, composites
from memorygym.runs.results.summary import Summary, TaskKey
from memorygym.runs.tasks import Limits
from memorygym.runs.version import version_hash


class Set(NamedTuple):
    """What must be alike in all that is ranked together."""

    version_hash: str
    track: str
    parameters: str
    """What was set of the track, in words; "" if nothing was."""
    salt: str
    """The hash of a sealed set's salt; "" for the public set."""
    judge: str
    """How answers were judged, as canonical JSON; "null" where none were."""


def set_of(document: Document) -> Set:
    """The set that a run played."""
    recipe = document["recipe"]
    parameters = ", ".join(
        f"{value} {name}" for name, value in sorted(recipe["parameters"].items())
    )
    if recipe["data"]:
        parameters = f"file {str(recipe['data'].get('sha256'))[:12]}…"
    judge = canonical(recipe["judge"])
    return Set(document["version_hash"], recipe["track"], parameters, recipe["salt"] or "", judge)


def is_current(document: Document) -> bool:
    """Whether the code here makes the run's scores."""
    track = document["recipe"]["track"]
    return track in registry.names("tracks") and document["version_hash"] == version_hash(track)


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
        return self.summary.who

    @property
    def recipe(self) -> Mapping[str, Any]:
        """What was played."""
        recipe: Mapping[str, Any] = self.evidence.document["recipe"]
        return recipe

    @property
    def memory(self) -> str:
        """With which memory."""
        return str(self.recipe["memory"])

    @property
    def model(self) -> Mapping[str, Any] | None:
        """How it was asked, if it is a model."""
        asked: Mapping[str, Any] | None = self.recipe["models"].get(self.agent)
        return asked

    @cached_property
    def identity(self) -> str:
        """Who it is: two of them in one set would be the same entrant twice."""
        return canonical([self.agent, self.memory, dict(self.model) if self.model else None])

    @cached_property
    def set(self) -> Set:
        """With whom it may be compared."""
        return set_of(self.evidence.document)

    @cached_property
    def scripted(self) -> Agent | None:
        """What its track says of it; None for a model and for one that is not known here."""
        if self.model or self.set.track not in registry.names("tracks"):
            return None
        return agents_of(find(self.set.track)).get(self.agent)

    @property
    def kind(self) -> Literal["model", "scripted", "adversary", "truth"]:
        """`truth` is one that sees it or has no budget."""
        if self.model:
            return "model"
        known = self.scripted
        if known is None or (known.kind == "honest" and not known.unbounded):
            return "scripted"
        return "adversary" if known.kind == "adversary" else "truth"

    @cached_property
    def worlds(self) -> Mapping[TaskKey, float]:
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
    track = find(recipe["track"])
    if recipe["data"]:
        return "tasks of a file"
    every = TaskOptions(range(OFFICIAL_SEEDS), parameters=track.official)
    templates = sorted({task.template for task in track.tasks(every)})
    if lacking := len(set(templates) - set(recipe["templates"])):
        return f"{len(templates) - lacking} of {len(templates)} templates"
    if recipe["templates"] != templates:
        return "templates of its own"
    # A parameter that the official set has may have another value, which makes another set.
    otherwise = sorted(recipe["parameters"].keys() ^ track.official.keys())
    otherwise += [name for name in Limits.__slots__ if recipe[name] is not None]
    if otherwise:
        return f"{', '.join(otherwise)} not as in the official set"
    if recipe["seeds"] != [*every.seeds]:
        return f"not the seeds 0 to {OFFICIAL_SEEDS - 1}"
    failed = sum(row["agent"] == one.agent for row in document["failures"])
    if failed:
        return f"{failed} of {one.summary.episodes + failed} episodes failed"
    return _unknown(one)


def _unknown(one: Entrant) -> str:
    """Why a scripted agent may be another than its name says; "" if it is known or a model."""
    if one.model:
        return ""
    if one.scripted is None:
        return f"agent {one.agent} is not installed here: any trace could bear its name"
    kind, name = "agents", one.agent
    if name not in registry.names(kind):
        kind, name = "tracks", one.set.track  # It is one of the track's own.
    if registry.is_built_in(kind, name) or one.evidence.standing == REPRODUCED:
        return ""
    return f"agent {one.agent} is not of this package, and was not played again"
