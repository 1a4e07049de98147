"""The figures of a leaderboard: as flat rows and as JSON."""

from collections.abc import Iterable, Iterator, Mapping

from memorygym.core import registry
from memorygym.core.track import find
from memorygym.core.types import JSON
from memorygym.reports.entrant import Entrant, Set
from memorygym.reports.evidence import Evidence
from memorygym.reports.leaderboard import AdversaryBound, Leaderboard, PrivateGap, Ranking
from memorygym.scoring.usage import Price, Usage, cost_of
from memorygym.stats import Estimate

FORMAT = "memorygym-leaderboard-2"
Prices = Mapping[str, Price]


def axes_of(entrants: Iterable[Entrant]) -> list[str]:
    """The named parts of their composites, in the order of their tracks."""
    found: dict[str, None] = {}
    for one in entrants:
        known = one.set.track in registry.names("tracks")
        own = find(one.set.track).axes if known else ()
        found |= dict.fromkeys([*own, *(axis for axis in one.summary.axes if axis not in own)])
    return list(found)


def tokens(one: Entrant, part: str) -> float | None:
    """Of a mean episode; None if a reply came without its figures."""
    usage = one.summary.usage.get(part, Usage(0, None, None, None))
    if usage.prompt is None or usage.completion is None:
        return None
    return (usage.prompt + usage.completion) / one.summary.episodes


def dollars(one: Entrant, prices: Prices) -> float | None:
    """Of the whole run."""
    return cost_of(one.agent, one.summary.usage.values(), prices)


def flat_rows(found: Leaderboard, prices: Prices) -> list[dict[str, JSON]]:
    """One row per entrant, ranked or not; all have the same columns."""
    rows = [*_agents(found, prices), *(row for one in found.rankings for row in _memories(one))]
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column) for column in columns} for row in rows]


def _agents(found: Leaderboard, prices: Prices) -> Iterator[dict[str, JSON]]:
    for table in found.tables:
        held = {id(row.entrant): row for row in table.adversaries}
        placed = {id(one): rank for rank, one in table.ranked}
        for one in table.entrants:
            yield _flat(one, placed.get(id(one)), prices, held.get(id(one)))
    others = [(one, "another version") for group in found.earlier.values() for one in group]
    for one, why in [*((one, "") for one in found.reported), *found.apart, *others]:
        row = _flat(one, None, prices)
        yield {**row, "why": why or row["why"]}


def _flat(
    one: Entrant, rank: int | None, prices: Prices, held: AdversaryBound | None = None
) -> dict[str, JSON]:
    summary, cost = one.summary, dollars(one, prices)
    axes = {axis: _share(summary.axes.get(axis)) for axis in axes_of([one])}
    whole, bound = summary.composite.to_json(), held.bound if held else None
    return {
        **_set_json(one.set), "rank": rank, "agent": one.agent, "kind": one.kind,
        "memory": one.memory, "composite": whole["mean"], "low": whole["low"],
        "high": whole["high"], **axes,
        "correct_refusals": _share(summary.correct_refusals), "worlds": summary.worlds,
        "repeats": one.recipe["repeats"], "ingest_tokens": tokens(one, "ingest"),
        "query_tokens": tokens(one, "query"), "cost_usd": cost, "repaired": summary.repaired,
        "bound": bound.most if bound else None, "bound_over": bound.over or None if bound else None,
        **_shown(one.evidence),
    }  # fmt: skip


def _memories(one: Ranking) -> Iterator[dict[str, JSON]]:
    """The memories and references of a comparison: `agent` is the reasoner."""
    for row in (*one.report.of("memory"), *one.report.of("reference")):
        accuracy, gain = row["accuracy"], row["normalised"]
        whole = accuracy.to_json() if accuracy else {}
        yield {
            **_set_json(one.set), "rank": row.rank, "agent": one.report.reasoner,
            "kind": row.role, "memory": row.system, "budget": one.report.budget,
            "composite": whole.get("mean"), "low": whole.get("low"), "high": whole.get("high"),
            "normalised_gain": _share(gain), "worlds": len(row.scores), **_shown(one.evidence),
        }  # fmt: skip


def _shown(evidence: Evidence) -> dict[str, JSON]:
    return {
        "status": evidence.standing, "submitters_word": evidence.word or None,
        "why": "; ".join(evidence.limits) or None,
    }  # fmt: skip


def _share(found: Estimate | None) -> float | None:
    return None if found is None else round(found.mean, 6)


def as_json(found: Leaderboard, prices: Prices) -> dict[str, JSON]:
    """The board with all its figures."""
    return {
        "format": FORMAT,
        "version_hashes": list(found.version_hashes),
        "rows": flat_rows(found, prices),
        "detectable": [
            {**_set_json(table.set), "difference": round(least, 6)}
            for table in found.tables
            if (least := max((one.summary.detectable or 0.0 for _, one in table.ranked), default=0))
        ],
        "gaps": list(map(_gap_json, found.gaps)),
        "not_ranked": [{"run": name, "why": why} for name, _, why in found.unshown],
        "notes": list(found.notes),
    }  # fmt: skip


def _gap_json(gap: PrivateGap) -> dict[str, JSON]:
    found, one = gap.difference.estimate.to_json(), gap.entrant
    return {
        **_set_json(gap.sealed.set), "agent": one.agent, "memory": one.memory,
        "difference": found["mean"], "low": found["low"], "high": found["high"],
    }  # fmt: skip


def _set_json(key: Set) -> dict[str, JSON]:
    return {
        "version_hash": key.version_hash, "track": key.track, "parameters": key.parameters,
        "salt": key.salt or None, "judged": key.judge != "null",
    }  # fmt: skip
