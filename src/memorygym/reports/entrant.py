"""Entrants of a leaderboard: the set in which each is ranked, or why it has no rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.json_values import canonical
from memorygym.core.track import Agent, TaskOptions, find, version_of
from memorygym.reports.checks import REPRODUCED, Evidence
from memorygym.runs.results import RunResults
from memorygym.runs.settings import OFFICIAL_SEEDS
from memorygym.runs.summary import Summary, TaskKey
from memorygym.runs.tasks import Limits


class Set(NamedTuple):
    """A set of tasks: entrants of one set are ranked together."""

    version: str
    track: str
    parameters: str
    """The parameters of the track, in words; "" without any."""
    salt: str
    """The hash of the secret of a private test set; "" for the public one."""
    judge: str
    """The judge as canonical JSON; "null" without one."""


def set_of(run: RunResults) -> Set:
    """The set of tasks that a run played."""
    recipe = run.recipe
    parameters = ", ".join(
        f"{value} {name}" for name, value in sorted(recipe["parameters"].items())
    )
    if recipe["data"]:
        parameters = f"file {str(recipe['data'].get('sha256'))[:12]}…"
    judge = canonical(recipe["judge"])
    return Set(run.version, run.track, parameters, recipe["salt"] or "", judge)


def is_current(run: RunResults) -> bool:
    """Whether this version of the track makes the run's scores."""
    return run.track in registry.names("tracks") and run.version == version_of(run.track)


@dataclass(frozen=True)
class Entrant:
    """An agent with a memory in one run."""

    source: str
    """The run, as the command names it."""
    evidence: Evidence
    summary: Summary

    @property
    def agent(self) -> str:
        """The agent's name."""
        return self.summary.who

    @property
    def recipe(self) -> Mapping[str, Any]:
        """The recipe of the run."""
        return self.evidence.run.recipe

    @property
    def memory(self) -> str:
        """The name of its memory."""
        return str(self.recipe["memory"])

    @property
    def model(self) -> Mapping[str, Any] | None:
        """The options of the model; None for a scripted agent."""
        asked: Mapping[str, Any] | None = self.recipe["models"].get(self.agent)
        return asked

    @cached_property
    def identity(self) -> str:
        """Its identity: two entrants of one set with the same identity are one entrant."""
        return canonical([self.agent, self.memory, dict(self.model) if self.model else None])

    @cached_property
    def set(self) -> Set:
        """The set that it is ranked in."""
        return set_of(self.evidence.run)

    @cached_property
    def scripted(self) -> Agent | None:
        """The track's agent of that name; None for a model or an unknown agent."""
        if self.model or self.set.track not in registry.names("tracks"):
            return None
        return agents_of(find(self.set.track)).get(self.agent)

    @property
    def kind(self) -> Literal["model", "scripted", "adversary", "truth"]:
        """The kind of agent; `truth` is one that sees the truth or has no budget."""
        if self.model:
            return "model"
        known = self.scripted
        if known is None or (known.kind == "honest" and not known.unbounded):
            return "scripted"
        return "adversary" if known.kind == "adversary" else "truth"

    @cached_property
    def composites(self) -> Mapping[TaskKey, float]:
        """The composite of each task."""
        return self.summary.composites

    @property
    def order(self) -> tuple[float, str]:
        """The sort key, best first; it does not depend on the order of the runs."""
        return -self.summary.composite.mean, self.identity


def unranked(entrant: Entrant) -> str:
    """Why an entrant has no rank; "" if it may have one."""
    recipe = entrant.recipe
    if entrant.evidence.problems:
        return f"a check of {entrant.source} failed: {entrant.evidence.problems[0]}"
    track = find(recipe["track"])
    if recipe["data"]:
        return "tasks of a file"
    every = TaskOptions(range(OFFICIAL_SEEDS), parameters=track.official)
    templates = sorted({task.template for task in track.tasks(every)})
    if lacking := len(set(templates) - set(recipe["templates"])):
        return f"{len(templates) - lacking} of {len(templates)} domains"
    if recipe["templates"] != templates:
        return "other domains than the official set"
    # A parameter that the official set has may have another value, which makes another set.
    otherwise = sorted(recipe["parameters"].keys() ^ track.official.keys())
    otherwise += [name for name in Limits.__slots__ if recipe[name] is not None]
    if otherwise:
        return f"{', '.join(otherwise)} differ from the official set"
    if recipe["seeds"] != [*every.seeds]:
        return f"not the seeds 0 to {OFFICIAL_SEEDS - 1}"
    failed = sum(f.place.agent == entrant.agent for f in entrant.evidence.run.failures)
    if failed:
        return f"{failed} of {entrant.summary.episodes + failed} episodes failed"
    return _unknown(entrant)


def _unknown(entrant: Entrant) -> str:
    """Why a scripted agent may differ from the one of its name; "" if it is known, or a model."""
    if entrant.model:
        return ""
    if entrant.scripted is None:
        return (
            f"agent {entrant.agent} is not installed here, so its traces cannot be attributed to it"
        )
    kind, name = "agents", entrant.agent
    if name not in registry.names(kind):
        kind, name = "tracks", entrant.set.track  # It is one of the track's own.
    if registry.is_built_in(kind, name) or entrant.evidence.standing == REPRODUCED:
        return ""
    return f"agent {entrant.agent} is from another package and was not played again"
