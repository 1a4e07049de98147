"""The leaderboard: which runs are ranked together, which have no rank, and all of it as records.

Runs are ranked together if they played the whole official set with the same version, secret,
judge and parameters, and their traces verify them. Scripted agents that see the truth are
references; adversaries have a table with their bounds; self-reported runs have a table of their
own; every other run is listed with the reason why it has no rank.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Literal, NamedTuple

from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.track import Agent, Bound, TaskOptions, find, version_of
from memorygym.core.types import JSON
from memorygym.reports.checks import REPORTED, REPRODUCED, STANDINGS, Evidence
from memorygym.runs.comparison.figures import Report
from memorygym.runs.results import RunResults, measurement_lines, source_note
from memorygym.runs.settings import OFFICIAL_SEEDS
from memorygym.runs.summary import Summary
from memorygym.runs.tasks import Limits
from memorygym.scoring.usage import Price, Usage, cost_of
from memorygym.stats import Difference, Estimate, paired, ranks, unpaired

FORMAT = "memorygym-leaderboard-2"
Prices = Mapping[str, Price]
Record = dict[str, JSON]
Kind = Literal["model", "scripted", "adversary", "truth"]
"""The kind of agent; `truth` is one that sees the truth or has no budget."""
GROUPS: Mapping[Kind, int] = {"model": 0, "scripted": 0, "adversary": 1, "truth": 2}
"""The order of the kinds in a table; those that come first are ranked."""


class Set(NamedTuple):
    """A set of tasks: entrants of one set are ranked together."""

    version: str
    track: str
    parameters: str
    """The parameters of the track, in words; "" without any."""
    salt: str
    """The hash of the secret of a private test set; "" for the public one."""
    judge: str
    """The judge as canonical JSON; "" without one."""

    @property
    def record(self) -> Record:
        """Its columns in files."""
        return {
            "version": self.version,
            "track": self.track,
            "parameters": self.parameters,
            "salt": self.salt or None,
            "judged": bool(self.judge),
        }


def set_of(run: RunResults) -> Set:
    """The set of tasks that a run played."""
    recipe = run.recipe
    stated = sorted(recipe["parameters"].items())
    parameters = ", ".join(f"{value} {name}" for name, value in stated)
    if recipe["data"]:
        parameters = f"file {str(recipe['data'].get('sha256'))[:12]}…"
    judge = canonical(recipe["judge"]) if recipe["judge"] else ""
    return Set(run.version, run.track, parameters, recipe["salt"] or "", judge)


def _barred(source: str, evidence: Evidence) -> str:
    """Why nothing of a run is ranked; "" if something may be."""
    if evidence.problems:
        return f"a check of {source} failed: {evidence.problems[0]}"
    return "another version" if other_version(evidence) else ""


def other_version(evidence: Evidence) -> str:
    """The version of a run if it is not this code's, whose scores are never compared with it."""
    run = evidence.run
    return "" if run.version == version_of(run.track) else run.version


@dataclass(frozen=True)
class Entrant:
    """An agent with a memory in one run."""

    source: str
    """The run, as the command names it."""
    evidence: Evidence
    summary: Summary
    rank: int | None = None
    """Its rank in its set, if it has one."""

    @property
    def agent(self) -> str:
        return self.summary.who

    @property
    def recipe(self) -> Mapping[str, Any]:
        return self.evidence.run.recipe

    @property
    def memory(self) -> str:
        return str(self.recipe["memory"])

    @property
    def model(self) -> Mapping[str, Any]:
        """The options of the model; none for a scripted agent."""
        asked: Mapping[str, Any] = self.recipe["models"].get(self.agent) or {}
        return asked

    @cached_property
    def identity(self) -> str:
        """Two entrants of one set with the same identity are one entrant."""
        return canonical([self.agent, self.memory, dict(self.model) or None])

    @cached_property
    def set(self) -> Set:
        """The set that it is ranked in."""
        return set_of(self.evidence.run)

    @property
    def order(self) -> tuple[float, str]:
        """The sort key, best first; it does not depend on the order of the runs."""
        return -self.summary.composite.mean, self.identity

    @cached_property
    def scripted(self) -> Agent | None:
        """The track's agent of that name; None for a model or an unknown agent."""
        return None if self.model else agents_of(find(self.set.track)).get(self.agent)

    @property
    def bound(self) -> Bound | None:
        """What an adversary may reach at most."""
        return self.scripted.bound if self.scripted else None

    @property
    def kind(self) -> Kind:
        known = self.scripted
        if known is None or (known.kind == "honest" and not known.unbounded):
            return "model" if self.model else "scripted"
        return "adversary" if known.kind == "adversary" else "truth"

    @cached_property
    def why_unranked(self) -> str:
        """Why it has no rank; "" if it may have one."""
        barred = _barred(self.source, self.evidence)
        return barred or _unlike_official(self) or _unknown_agent(self)

    def tokens(self, part: str) -> float | None:
        """Tokens of a mean episode; None if a reply came without its figures."""
        usage = self.summary.usage.get(part, Usage(0, None, None, None))
        if usage.prompt is None or usage.completion is None:
            return None
        return (usage.prompt + usage.completion) / self.summary.episodes

    def dollars(self, prices: Prices) -> float | None:
        """The cost of the whole run."""
        return cost_of(self.agent, self.summary.usage.values(), prices)


def _unlike_official(entrant: Entrant) -> str:
    """How the run of an entrant differs from one of the official set."""
    recipe, track = entrant.recipe, find(entrant.set.track)
    if recipe["data"]:
        return "tasks of a file"
    every = TaskOptions(range(OFFICIAL_SEEDS), parameters=track.official)
    templates = sorted({task.template for task in track.tasks(every)})
    if lacking := len(set(templates) - set(recipe["templates"])):
        return f"{len(templates) - lacking} of {len(templates)} templates"
    if recipe["templates"] != templates:
        return "other templates than the official set"
    # A parameter that the official set has may have another value, which makes another set.
    otherwise = sorted(recipe["parameters"].keys() ^ track.official.keys())
    otherwise += [name for name in Limits.__slots__ if recipe[name] is not None]
    if otherwise:
        return f"{', '.join(otherwise)} differ from the official set"
    if recipe["seeds"] != [*every.seeds]:
        return f"not the seeds 0 to {OFFICIAL_SEEDS - 1}"
    failed = sum(failure.place.agent == entrant.agent for failure in entrant.evidence.run.failures)
    return f"{failed} of {entrant.summary.episodes + failed} episodes failed" if failed else ""


def _unknown_agent(entrant: Entrant) -> str:
    """Why a scripted agent may differ from the one of its name; "" if it is known, or a model."""
    if entrant.model:
        return ""
    agent = f"agent {entrant.agent}"
    if entrant.scripted is None:
        return f"{agent} is not installed here, so its traces cannot be attributed to it"
    kind, name = "agents", entrant.agent
    if name not in registry.names(kind):
        kind, name = "tracks", entrant.set.track  # It is one of the track's own.
    if registry.is_built_in(kind, name) or entrant.evidence.standing == REPRODUCED:
        return ""
    return f"{agent} is from another package and was not played again"


class RankedTable(NamedTuple):
    """Entrants of one set, those with a rank first."""

    set: Set
    entrants: Sequence[Entrant]

    def of(self, *kinds: Kind) -> list[Entrant]:
        """Those of these kinds, best first."""
        return [entrant for entrant in self.entrants if entrant.kind in kinds]

    @property
    def ranked(self) -> list[Entrant]:
        return self.of("model", "scripted")

    @property
    def detectable(self) -> float:
        """The smallest difference that the tasks can show between two ranked entrants."""
        return max((entrant.summary.detectable or 0.0 for entrant in self.ranked), default=0.0)

    def reached(self, adversary: Entrant) -> float | None:
        """Its bounded figure in points; None if what it is measured against did not play."""
        if not adversary.bound or not adversary.bound.over:
            return 100 * adversary.summary.composite.mean
        for other in self.ranked:
            if (other.agent, other.memory) == (adversary.bound.over, adversary.memory):
                gain = paired(adversary.summary.composites, other.summary.composites)
                return 100 * gain.estimate.mean
        return None


class Ranking(NamedTuple):
    """The memories of one comparison under one reasoner, at one budget."""

    source: str
    """The comparison, as the command names it."""
    evidence: Evidence
    report: Report

    @property
    def set(self) -> Set:
        return set_of(self.evidence.run)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The tables and lists of a leaderboard."""

    tables: Sequence[RankedTable]
    gaps: Sequence[tuple[Entrant, Difference]]
    """Entrants of a private test set, and what the public one gives them more."""
    reported: Sequence[Entrant]
    """Self-reported runs of a whole set, which are never ranked."""
    apart: Sequence[Entrant]
    """Entrants without a rank: those of this version, then by version those of others."""
    notes: Sequence[str]
    rankings: Sequence[Ranking]
    """Rankings of memories, one for each report of a comparison."""
    unshown: Sequence[tuple[str, Evidence, str]]
    """Comparisons without a rank, each with its name and the reason."""
    versions: Sequence[str]
    """The versions of this code, for the tracks of the runs."""

    @property
    def entrants(self) -> list[Entrant]:
        """All entrants of runs of agents."""
        ranked = chain.from_iterable(table.entrants for table in self.tables)
        return [*ranked, *self.reported, *self.apart]


def leaderboard_of(runs: Iterable[tuple[str, Evidence]]) -> Leaderboard:
    """The leaderboard of some runs; equal runs give an equal board in any order.

    Of two equal entrants the better verified one counts. Raises BadSettings if both are verified
    equally far and differ.
    """
    ordered = sorted(runs, key=itemgetter(0))
    everyone = [
        Entrant(source, evidence, summary)
        for source, evidence in ordered
        for summary in (() if evidence.run.compared else evidence.run.summaries)
    ]
    everyone.sort(key=attrgetter("order", "source"))
    notes: list[str] = []
    entered: dict[tuple[Set, str], Entrant] = {}
    for entrant in sorted(everyone, key=lambda e: STANDINGS.index(e.evidence.standing)):
        if not entrant.why_unranked:
            notes += _enter(entered, entrant)
    sets: dict[Set, list[Entrant]] = {}
    for entrant in entered.values():
        if entrant.evidence.standing != REPORTED:
            sets.setdefault(entrant.set, []).append(entrant)
    tables = [_table(key, sets[key]) for key in sorted(sets)]
    apart = [entrant for entrant in everyone if entrant.why_unranked]
    compared = [(name, e, _unshown(name, e)) for name, e in ordered if e.run.compared]
    rankings = _rankings([(name, e) for name, e, why in compared if not why], notes)
    for version in {evidence.run.version for _, evidence in ordered}:
        notes.append(source_note([e.run for _, e in ordered if e.run.version == version]))
    return Leaderboard(
        tables=tables,
        gaps=_gaps(tables),
        reported=[e for e in entered.values() if e.evidence.standing == REPORTED],
        apart=sorted(apart, key=lambda entrant: other_version(entrant.evidence)),
        notes=sorted(filter(None, notes)),
        rankings=rankings,
        unshown=[each for each in compared if each[-1]],
        versions=sorted({version_of(evidence.run.track) for _, evidence in ordered}),
    )


def _enter(entered: dict[tuple[Set, str], Entrant], new: Entrant) -> list[str]:
    """Enters an entrant unless an equal one is at least as well verified; returns the note."""
    old = entered.setdefault((new.set, new.identity), new)
    if old is new:
        return []
    first, second = (
        [result for result in entrant.evidence.run.results if result.place.agent == new.agent]
        for entrant in (old, new)
    )
    if first == second:
        return [f"{new.source} repeats {old.source}: {new.agent} is counted once"]
    if old.evidence.standing != new.evidence.standing:
        return [
            f"{new.source} ({new.evidence.standing}) contradicts {old.source}"
            f" ({old.evidence.standing}): {new.agent} with {new.memory} is counted by the latter"
        ]
    raise BadSettings(
        f"{old.source} and {new.source} hold different scores of {new.agent} with"
        f" {new.memory} on the same tasks: give one of them, or play it with --repeats"
    )


def _table(key: Set, entrants: Sequence[Entrant]) -> RankedTable:
    fair = {e.identity: e.summary.composites for e in entrants if GROUPS[e.kind] == 0}
    placed = ranks(fair) if fair else {}
    ranked = (replace(entrant, rank=placed.get(entrant.identity)) for entrant in entrants)
    return RankedTable(key, sorted(ranked, key=lambda e: (GROUPS[e.kind], e.rank or 0, e.order)))


def _gaps(tables: Sequence[RankedTable]) -> list[tuple[Entrant, Difference]]:
    """The gaps of all entrants that are ranked in the public and in a private test set."""
    everyone = [entrant for table in tables for entrant in table.entrants]
    public = {(e.set, e.identity): e for e in everyone if not e.set.salt}
    gaps = []
    for private in sorted(everyone, key=attrgetter("set", "order")):
        ours = public.get((private.set._replace(salt=""), private.identity))
        if private.set.salt and ours:
            scores = ([*entrant.summary.composites.values()] for entrant in (ours, private))
            gaps.append((private, unpaired(*scores)))
    return gaps


def _rankings(runs: Iterable[tuple[str, Evidence]], notes: list[str]) -> list[Ranking]:
    """The rankings of comparisons; one that was given twice counts once, with a note."""
    rankings: list[Ranking] = []
    first: dict[bytes, str] = {}
    for name, evidence in runs:
        content = b"".join(measurement_lines(evidence.run))
        if first.setdefault(content, name) != name:
            notes.append(f"{name} repeats {first[content]}: it is counted once")
        else:
            rankings += [Ranking(name, evidence, report) for report in evidence.run.reports]
    rankings.sort(key=lambda r: (r.set, r.report.reasoner, r.report.budget or 0, r.source))
    return rankings


def _unshown(name: str, evidence: Evidence) -> str:
    """Why the memories of a comparison have no rank; "" if they have one."""
    if barred := _barred(name, evidence):
        return barred
    if evidence.standing == REPORTED:
        return "; ".join(evidence.limits)
    return "" if evidence.run.valid else "a sanity check failed"


def axes_of(entrants: Iterable[Entrant]) -> list[str]:
    """The names of the parts of the composites, in the order of the tracks."""
    axes = ((*find(entrant.set.track).axes, *entrant.summary.axes) for entrant in entrants)
    return list(dict.fromkeys(chain.from_iterable(axes)))


def flat_rows(board: Leaderboard, prices: Prices) -> list[Record]:
    """One row per entrant and memory, ranked or not; all have the same columns."""
    rows = [_entrant_row(entrant, prices) for entrant in board.entrants]
    rows += chain.from_iterable(map(_memory_rows, board.rankings))
    columns = dict.fromkeys(chain.from_iterable(rows))
    return [{column: row.get(column) for column in columns} for row in rows]


def _entrant_row(entrant: Entrant, prices: Prices) -> Record:
    summary, in_table = entrant.summary, entrant.evidence.standing != REPORTED
    bound = entrant.bound if in_table and not entrant.why_unranked else None
    return {
        **entrant.set.record,
        "rank": entrant.rank,
        "agent": entrant.agent,
        "kind": entrant.kind,
        "memory": entrant.memory,
        **_interval(summary.composite, "composite"),
        **{axis: _share(summary.axes.get(axis)) for axis in axes_of([entrant])},
        "correct_refusals": _share(summary.correct_refusals),
        "tasks": summary.tasks,
        "repeats": entrant.recipe["repeats"],
        "ingest_tokens": entrant.tokens("ingest"),
        "query_tokens": entrant.tokens("query"),
        "cost_usd": entrant.dollars(prices),
        "repaired": summary.repaired,
        "bound": bound.most if bound else None,
        "bound_over": bound.over or None if bound else None,
        **_status(entrant.evidence, entrant.why_unranked),
    }


def _memory_rows(ranking: Ranking) -> Iterator[Record]:
    """The memories and references of a comparison: `agent` is the reasoner."""
    report = ranking.report
    for row in (*report.of("memory"), *report.of("reference")):
        yield {
            **ranking.set.record,
            "rank": row.rank,
            "agent": report.reasoner,
            "kind": row.role,
            "memory": row.system,
            "budget": report.budget,
            **_interval(row["accuracy"], "composite"),
            "normalised_gain": _share(row["normalised"]),
            "tasks": len(row.scores),
            **_status(ranking.evidence),
        }


def _status(evidence: Evidence, why: str = "") -> Record:
    return {
        "status": evidence.standing,
        "submitters_word": evidence.word or None,
        "why": why or "; ".join(evidence.limits) or None,
    }


def _interval(estimate: Estimate | None, name: str) -> Record:
    """Mean, low and high, the mean by this name."""
    figures = estimate.to_json() if estimate else {}
    return {name: figures.get("mean"), "low": figures.get("low"), "high": figures.get("high")}


def _share(estimate: Estimate | None) -> float | None:
    return None if estimate is None else round(estimate.mean, 6)


def as_json(board: Leaderboard, prices: Prices) -> Record:
    """The board with all its figures."""
    effects = [(table.set, table.detectable) for table in board.tables]
    return {
        "format": FORMAT,
        "versions": list(board.versions),
        "rows": [*flat_rows(board, prices)],
        "detectable": [{**key.record, "difference": round(e, 6)} for key, e in effects if e],
        "gaps": [
            {
                **private.set.record,
                "agent": private.agent,
                "memory": private.memory,
                **_interval(gap.estimate, "difference"),
            }
            for private, gap in board.gaps
        ],
        "not_ranked": [{"run": name, "why": why} for name, _, why in board.unshown],
        "notes": list(board.notes),
    }
