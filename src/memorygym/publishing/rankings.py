"""Memories side by side: each comparison ranks its own, under every reasoner and budget."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from memorygym.frozen import canonical
from memorygym.isolation.report import Report
from memorygym.publishing.entrant import Set, is_current, set_of
from memorygym.publishing.evidence import Evidence


class Ranking(NamedTuple):
    """The memories of one comparison under one reasoner, at one budget."""

    source: str
    """Which comparison, as it was given."""
    evidence: Evidence
    report: Report

    @property
    def set(self) -> Set:
        """What was played."""
        return set_of(self.evidence.document)

    @property
    def recipe(self) -> Any:
        """The same in full."""
        return self.evidence.document["recipe"]


class Rankings(NamedTuple):
    """What some comparisons come to."""

    found: Sequence[Ranking]
    unshown: Sequence[tuple[str, Evidence, str]]
    """Comparisons without a rank, by name, and why."""
    notes: Sequence[str]


def rankings(runs: Iterable[tuple[str, Evidence]]) -> Rankings:
    """All of them, by what was played; one that came twice counts once."""
    found: list[Ranking] = []
    unshown, notes = [], []
    first: dict[str, str] = {}
    for name, evidence in runs:
        if why := _unranked(name, evidence):
            unshown.append((name, evidence, why))
            continue
        content = canonical({**evidence.document, "standing": evidence.standing})
        if first.setdefault(content, name) != name:
            notes.append(f"{name} repeats {first[content]}: it is counted once")
            continue
        assert evidence.outcome
        found += [Ranking(name, evidence, report) for report in evidence.outcome.told]
    return Rankings(sorted(found, key=_order), unshown, notes)


def _unranked(name: str, evidence: Evidence) -> str:
    """Why its memories have no rank; "" if they have."""
    if evidence.problems:
        return f"a check of {name} failed: {evidence.problems[0]}"
    if not is_current(evidence.document):
        return "another contract"
    if evidence.outcome is None:
        return "; ".join(evidence.limits)
    return "" if evidence.outcome.valid else "its set-up is invalid"


def _order(one: Ranking) -> tuple[Set, str, int, str]:
    return one.set, one.report.reasoner, one.report.budget or 0, one.source
