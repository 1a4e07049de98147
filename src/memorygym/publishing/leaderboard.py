"""Runs ranked side by side: who may be ranked with whom, and who only stands beside.

Ranked together are whole official sets of one contract, tier, salt and judge. Scripted agents that
see the truth are references, adversaries stand apart under their bounds, and whatever else was
played is named with the reason why it has no rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from memorygym import registry
from memorygym.agents.bound import Bound
from memorygym.bench import OFFICIAL_SEEDS
from memorygym.contract import contract
from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.publishing.evidence import STANDINGS, Evidence
from memorygym.results.comparisons import World, composites
from memorygym.results.summary import ROLES, Summary, summaries
from memorygym.runner import needs_gold
from memorygym.stats import Difference, paired, ranks, unpaired
from memorygym.tokens import canonical


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


class Held(NamedTuple):
    """An adversary beside its bound, in points."""

    entrant: Entrant
    reached: float | None
    """What the bound is about; None where the agent that it is measured over did not play."""
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Table:
    """What is ranked together, best first."""

    set: Set
    ranked: Sequence[tuple[int, Entrant]]
    references: Mapping[str, Entrant]
    """By role and memory."""
    adversaries: Sequence[Held]

    @property
    def entrants(self) -> list[Entrant]:
        """Everyone in it, once."""
        found = [entrant for _, entrant in self.ranked]
        found += [held.entrant for held in self.adversaries]
        return found + [one for one in self.references.values() if one not in found]


class Gap(NamedTuple):
    """By how much an agent is better on the public worlds than on sealed ones."""

    entrant: Entrant
    sealed: Entrant
    difference: Difference


@dataclass(frozen=True, slots=True)
class Board:
    """All that a leaderboard says."""

    tables: Sequence[Table]
    gaps: Sequence[Gap]
    apart: Sequence[tuple[Entrant, str]]
    """Without a rank, and why."""
    earlier: Mapping[str, Sequence[Entrant]]
    """By another contract: never compared with the rest."""
    notes: Sequence[str]


def board(runs: Iterable[tuple[str, Evidence]]) -> Board:
    """The leaderboard of some runs; equal runs give an equal board in any order.

    Raises BadSettings if an entrant came twice with different scores.
    """
    everyone = sorted(
        (one for name, evidence in runs for one in _entrants(name, evidence)),
        key=lambda one: (one.order, one.source),
    )
    earlier: dict[str, list[Entrant]] = {}
    sets: dict[Set, dict[str, Entrant]] = {}
    apart, notes = [], []
    for one in everyone:
        if one.set.contract != contract():
            earlier.setdefault(one.set.contract, []).append(one)
        elif why := unranked(one):
            apart.append((one, why))
        else:
            notes += _enter(sets.setdefault(one.set, {}), one)
    tables = [_table(key, list(sets[key].values())) for key in sorted(sets)]
    by_contract = {name: earlier[name] for name in sorted(earlier)}
    return Board(tables, _gaps(tables), apart, by_contract, sorted(notes))


def _entrants(name: str, evidence: Evidence) -> list[Entrant]:
    return [Entrant(name, evidence, one) for one in summaries(evidence.document["episodes"])]


def unranked(one: Entrant) -> str:
    """Why an entrant has no rank; "" if it may have one."""
    recipe, document = one.recipe, one.evidence.document
    if one.evidence.problems:
        return f"a check of {one.source} failed: {one.evidence.problems[0]}"
    set_sizes = [name for name, size in recipe["sizes"].items() if size is not None]
    if recipe["turns"] is not None:
        set_sizes.append("turns")
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
    return ""


def _enter(entered: dict[str, Entrant], new: Entrant) -> list[str]:
    """Enters one that may be ranked; of equal ones that which is better shown."""
    old = entered.get(new.identity)
    if old is None:
        entered[new.identity] = new
        return []
    if _rows(old) != _rows(new):
        raise BadSettings(
            f"{old.source} and {new.source} hold different scores of {new.agent} with"
            f" {new.memory} on the same worlds: give one of them, or play it with --repeats"
        )
    best, other = sorted((old, new), key=lambda one: STANDINGS.index(one.evidence.standing))
    entered[new.identity] = best
    if best.source == other.source:
        return []
    return [f"{other.source} repeats {best.source}: {new.agent} is counted once"]


def _rows(one: Entrant) -> list[JSON]:
    return [dict(row) for row in one.evidence.document["episodes"] if row["agent"] == one.agent]


def _table(key: Set, entrants: Sequence[Entrant]) -> Table:
    fair = [one for one in entrants if one.kind in ("model", "scripted")]
    found = ranks({one.identity: one.worlds for one in fair}) if fair else {}
    ranked = sorted(((found[one.identity], one) for one in fair), key=lambda p: (p[0], p[1].order))
    roles = {agent: role for role, agent in ROLES.items()}
    references = {
        f"{roles.get(one.agent, 'without a budget')}, {one.memory}": one
        for one in sorted(entrants, key=lambda one: one.order)
        if one.kind in ("scripted", "truth") and (one.agent in roles or one.kind == "truth")
    }
    held = [_held(one, fair) for one in entrants if one.kind == "adversary"]
    return Table(key, ranked, references, sorted(held, key=lambda one: one.entrant.order))


def _held(one: Entrant, others: Sequence[Entrant]) -> Held:
    bound: Bound | None = getattr(registry.load_module("agents", one.agent), "BOUND", None)
    if bound is None or not bound.over:
        return Held(one, 100 * one.summary.composite.mean, bound)
    over = [other for other in others if (other.agent, other.memory) == (bound.over, one.memory)]
    gain = 100 * paired(one.worlds, over[0].worlds).estimate.mean if over else None
    return Held(one, gain, bound)


def _gaps(tables: Sequence[Table]) -> list[Gap]:
    """Of everyone who was ranked in the public set and in a sealed one."""
    public = {
        (table.set._replace(salt=""), one.identity): one
        for table in tables
        if not table.set.salt
        for one in table.entrants
    }
    return [
        Gap(ours, one, unpaired(list(ours.worlds.values()), list(one.worlds.values())))
        for table in tables
        if table.set.salt
        for one in sorted(table.entrants, key=lambda one: one.order)
        if (ours := public.get((table.set._replace(salt=""), one.identity)))
    ]


def names(entrants: Sequence[Entrant]) -> dict[str, str]:
    """By identity: the agent's name, with what was asked otherwise of a namesake."""
    found = {}
    for one in entrants:
        asked = [
            other.recipe["model"] or {}
            for other in entrants
            if (other.agent, other.memory) == (one.agent, one.memory)
        ]
        mine = one.recipe["model"] or {}
        how = ", ".join(
            f"{name} {mine.get(name)}"
            for name in sorted({*mine}.union(*asked))
            if len({canonical(other.get(name)) for other in asked}) > 1
        )
        found[one.identity] = f"{one.agent} ({how})" if how else one.agent
    return found
