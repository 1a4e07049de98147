"""The leaderboard: which runs are ranked together, and which have no rank.

Runs are ranked together if they played the whole official set with the same version, secret,
judge and parameters, and their traces verify them. Scripted agents that see the truth are
references; adversaries have a table with their bounds; self-reported runs have a table of their
own; every other run is listed with the reason why it has no rank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.track import Bound, find, version_of
from memorygym.reports.checks import REPORTED, STANDINGS, Evidence
from memorygym.reports.entrant import Entrant, Set, is_current, set_of, unranked
from memorygym.runs.comparison.figures import Report
from memorygym.runs.episode_result import Result
from memorygym.runs.results import RunResults, measurement_lines, source_note
from memorygym.stats import Difference, paired, ranks, unpaired

Unshown = tuple[str, Evidence, str]


class AdversaryBound(NamedTuple):
    """An adversary beside its bound, in points."""

    entrant: Entrant
    reached: float | None
    """The bounded figure; None if the agent that it is measured against did not play."""
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class RankedTable:
    """A table of entrants that are ranked together, best first."""

    set: Set
    ranked: Sequence[tuple[int, Entrant]]
    references: Mapping[str, Entrant]
    """By role and memory."""
    adversaries: Sequence[AdversaryBound]

    @property
    def entrants(self) -> list[Entrant]:
        """All entrants of the table, each once."""
        entrants = [entrant for _, entrant in self.ranked]
        entrants += [bound.entrant for bound in self.adversaries]
        return entrants + [
            entrant for entrant in self.references.values() if entrant not in entrants
        ]


class PrivateGap(NamedTuple):
    """The difference of an agent between the public and a private test set."""

    entrant: Entrant
    private: Entrant
    difference: Difference


class Ranking(NamedTuple):
    """The memories of one comparison under one reasoner, at one budget."""

    source: str
    """The comparison, as the command names it."""
    evidence: Evidence
    report: Report

    @property
    def set(self) -> Set:
        """The recipe of the comparison."""
        return set_of(self.evidence.run)

    @property
    def recipe(self) -> Any:
        """The name with reasoner and budget."""
        return self.evidence.run.recipe


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The tables and lists of a leaderboard."""

    tables: Sequence[RankedTable]
    gaps: Sequence[PrivateGap]
    reported: Sequence[Entrant]
    """Self-reported runs of a whole set, which are never ranked."""
    apart: Sequence[tuple[Entrant, str]]
    """Entrants without a rank, each with the reason."""
    earlier: Mapping[str, Sequence[Entrant]]
    """Entrants of other versions, by version; never compared with the rest."""
    notes: Sequence[str]
    rankings: Sequence[Ranking] = ()
    """Rankings of memories, one for each report of a comparison."""
    unshown: Sequence[Unshown] = ()
    """Comparisons without a rank, each with its name and the reason."""
    versions: Sequence[str] = ()
    """The versions of this code, for the tracks of the runs."""


def leaderboard_of(runs: Iterable[tuple[str, Evidence]]) -> Leaderboard:
    """The leaderboard of some runs; equal runs give an equal board in any order.

    Of two equal entrants the better verified one counts. Raises BadSettings if both are verified
    equally far and differ.
    """
    ordered = sorted(runs, key=lambda run: run[0])
    compared = [run for run in ordered if run[1].run.compared]
    everyone = sorted(
        (
            Entrant(*run, entrant)
            for run in ordered
            if run not in compared
            for entrant in run[1].run.summaries
        ),
        key=lambda entrant: (entrant.order, entrant.source),
    )
    earlier: dict[str, list[Entrant]] = {}
    entered: dict[tuple[Set, str], Entrant] = {}
    apart, notes, whole = [], [], []
    for entrant in everyone:
        if not is_current(entrant.evidence.run):
            earlier.setdefault(entrant.set.version, []).append(entrant)
        elif why := unranked(entrant):
            apart.append((entrant, why))
        else:
            whole.append(entrant)
    for entrant in sorted(whole, key=lambda entrant: STANDINGS.index(entrant.evidence.standing)):
        notes += _enter(entered, entrant)
    reported = [entrant for entrant in entered.values() if entrant.evidence.standing == REPORTED]
    shown = [entrant for entrant in entered.values() if entrant.evidence.standing != REPORTED]
    tables = [
        _table(key, [entrant for entrant in shown if entrant.set == key])
        for key in sorted({entrant.set for entrant in shown})
    ]
    by_version = {name: earlier[name] for name in sorted(earlier)}
    unshown: list[Unshown] = []
    rankings = _rankings(compared, unshown, notes)
    by_track: dict[tuple[str, str], list[RunResults]] = {}
    for _, evidence in ordered:
        by_track.setdefault((evidence.run.track, evidence.run.version), []).append(evidence.run)
    notes += filter(None, map(source_note, by_track.values()))
    tracks = {evidence.run.track for _, evidence in ordered}
    known = sorted(version_of(track) for track in tracks.intersection(registry.names("tracks")))
    return Leaderboard(
        tables, _gaps(tables), reported, apart, by_version, sorted(notes),
        rankings, unshown, known,
    )  # fmt: skip


def _enter(entered: dict[tuple[Set, str], Entrant], new: Entrant) -> list[str]:
    """Enters an entrant unless an equal one is at least as well verified; returns the note."""
    old = entered.setdefault((new.set, new.identity), new)
    if old is new:
        return []
    if _rows(old) == _rows(new):
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


def _rows(entrant: Entrant) -> list[Result]:
    return [row for row in entrant.evidence.run.results if row.place.agent == entrant.agent]


def _table(key: Set, entrants: Sequence[Entrant]) -> RankedTable:
    fair = [entrant for entrant in entrants if entrant.kind in ("model", "scripted")]
    ranks_of = ranks({entrant.identity: entrant.composites for entrant in fair}) if fair else {}
    ranked = sorted(
        ((ranks_of[entrant.identity], entrant) for entrant in fair),
        key=lambda p: (p[0], p[1].order),
    )
    roles = {agent: role for role, agent in find(key.track).references.items()}
    references = {
        f"{roles.get(entrant.agent, 'without a budget')}, {entrant.memory}": entrant
        for entrant in sorted(entrants, key=lambda entrant: entrant.order)
        if entrant.kind in ("scripted", "truth")
        and (entrant.agent in roles or entrant.kind == "truth")
    }
    held = [_held(entrant, fair) for entrant in entrants if entrant.kind == "adversary"]
    return RankedTable(key, ranked, references, sorted(held, key=lambda bound: bound.entrant.order))


def _held(entrant: Entrant, others: Sequence[Entrant]) -> AdversaryBound:
    bound = entrant.scripted.bound if entrant.scripted else None
    if bound is None or not bound.over:
        return AdversaryBound(entrant, 100 * entrant.summary.composite.mean, bound)
    over = [
        other for other in others if (other.agent, other.memory) == (bound.over, entrant.memory)
    ]
    gain = 100 * paired(entrant.composites, over[0].composites).estimate.mean if over else None
    return AdversaryBound(entrant, gain, bound)


def _gaps(tables: Sequence[RankedTable]) -> list[PrivateGap]:
    """The gaps of all entrants that are ranked in the public and in a private test set."""
    public = {
        (table.set._replace(salt=""), entrant.identity): entrant
        for table in tables
        if not table.set.salt
        for entrant in table.entrants
    }
    return [
        PrivateGap(
            ours,
            entrant,
            unpaired(list(ours.composites.values()), list(entrant.composites.values())),
        )
        for table in tables
        if table.set.salt
        for entrant in sorted(table.entrants, key=lambda entrant: entrant.order)
        if (ours := public.get((table.set._replace(salt=""), entrant.identity)))
    ]


def _rankings(
    runs: Iterable[tuple[str, Evidence]], unshown: list[Unshown], notes: list[str]
) -> list[Ranking]:
    """The rankings of the comparisons; one that was given twice counts once, with a note."""
    rankings: list[Ranking] = []
    first: dict[bytes, str] = {}
    for name, evidence in runs:
        if why := _unshown(name, evidence):
            unshown.append((name, evidence, why))
            continue
        content = b"".join(measurement_lines(evidence.run))
        if first.setdefault(content, name) != name:
            notes.append(f"{name} repeats {first[content]}: it is counted once")
            continue
        rankings += [Ranking(name, evidence, report) for report in evidence.run.reports]
    return sorted(
        rankings,
        key=lambda ranking: (
            ranking.set,
            ranking.report.reasoner,
            ranking.report.budget or 0,
            ranking.source,
        ),
    )


def _unshown(name: str, evidence: Evidence) -> str:
    """Why the memories of a comparison have no rank; "" if they have one."""
    if evidence.problems:
        return f"a check of {name} failed: {evidence.problems[0]}"
    if not is_current(evidence.run):
        return "another version"
    if evidence.standing == REPORTED:
        return "; ".join(evidence.limits)
    return "" if evidence.run.valid else "a sanity check failed"


def names(entrants: Sequence[Entrant]) -> dict[str, str]:
    """The shown name of each identity: the name, with options that differ from a namesake."""
    labels = {}
    for entrant in entrants:
        asked = [
            other.model or {}
            for other in entrants
            if (other.agent, other.memory) == (entrant.agent, entrant.memory)
        ]
        options = entrant.model or {}
        how = ", ".join(
            f"{name} {options.get(name)}"
            for name in sorted({*options}.union(*asked))
            if len({canonical(other.get(name)) for other in asked}) > 1
        )
        labels[entrant.identity] = f"{entrant.agent} ({how})" if how else entrant.agent
    return labels
