"""The figures of a leaderboard: as flat rows and as JSON."""

from collections.abc import Iterable, Iterator, Mapping

from memorygym.core import registry
from memorygym.core.track import find
from memorygym.core.types import JSON
from memorygym.reports.checks import Evidence
from memorygym.reports.entrant import Entrant, Set
from memorygym.reports.leaderboard import AdversaryBound, Leaderboard, PrivateGap, Ranking
from memorygym.scoring.usage import Price, Usage, cost_of
from memorygym.stats import Estimate

FORMAT = "memorygym-leaderboard-2"
Prices = Mapping[str, Price]


def axes_of(entrants: Iterable[Entrant]) -> list[str]:
    """The names of the parts of the composites, in the order of the tracks."""
    axes: dict[str, None] = {}
    for entrant in entrants:
        known = entrant.set.track in registry.names("tracks")
        own = find(entrant.set.track).axes if known else ()
        axes |= dict.fromkeys([*own, *(axis for axis in entrant.summary.axes if axis not in own)])
    return list(axes)


def tokens(entrant: Entrant, part: str) -> float | None:
    """Tokens of a mean episode; None if a reply came without its figures."""
    usage = entrant.summary.usage.get(part, Usage(0, None, None, None))
    if usage.prompt is None or usage.completion is None:
        return None
    return (usage.prompt + usage.completion) / entrant.summary.episodes


def dollars(entrant: Entrant, prices: Prices) -> float | None:
    """The cost of the whole run."""
    return cost_of(entrant.agent, entrant.summary.usage.values(), prices)


def flat_rows(board: Leaderboard, prices: Prices) -> list[dict[str, JSON]]:
    """One row per ranking, ranked or not; all have the same columns."""
    rows = [
        *_agents(board, prices),
        *(row for ranking in board.rankings for row in _memories(ranking)),
    ]
    columns = dict.fromkeys(column for row in rows for column in row)
    return [{column: row.get(column) for column in columns} for row in rows]


def _agents(board: Leaderboard, prices: Prices) -> Iterator[dict[str, JSON]]:
    for table in board.tables:
        held = {id(row.entrant): row for row in table.adversaries}
        placed = {id(entrant): rank for rank, entrant in table.ranked}
        for entrant in table.entrants:
            yield _flat(entrant, placed.get(id(entrant)), prices, held.get(id(entrant)))
    others = [(entrant, "another version") for group in board.earlier.values() for entrant in group]
    for entrant, why in [*((entrant, "") for entrant in board.reported), *board.apart, *others]:
        row = _flat(entrant, None, prices)
        yield {**row, "why": why or row["why"]}


def _flat(
    entrant: Entrant, rank: int | None, prices: Prices, held: AdversaryBound | None = None
) -> dict[str, JSON]:
    summary, cost = entrant.summary, dollars(entrant, prices)
    axes = {axis: _share(summary.axes.get(axis)) for axis in axes_of([entrant])}
    whole, bound = summary.composite.to_json(), held.bound if held else None
    return {
        **_set_json(entrant.set), "rank": rank, "agent": entrant.agent, "kind": entrant.kind,
        "memory": entrant.memory, "composite": whole["mean"], "low": whole["low"],
        "high": whole["high"], **axes,
        "correct_refusals": _share(summary.correct_refusals), "tasks": summary.tasks,
        "repeats": entrant.recipe["repeats"], "ingest_tokens": tokens(entrant, "ingest"),
        "query_tokens": tokens(entrant, "query"), "cost_usd": cost, "repaired": summary.repaired,
        "bound": bound.most if bound else None, "bound_over": bound.over or None if bound else None,
        **_shown(entrant.evidence),
    }  # fmt: skip


def _memories(ranking: Ranking) -> Iterator[dict[str, JSON]]:
    """The memories and references of a comparison: `agent` is the reasoner."""
    for row in (*ranking.report.of("memory"), *ranking.report.of("reference")):
        accuracy, gain = row["accuracy"], row["normalised"]
        whole = accuracy.to_json() if accuracy else {}
        yield {
            **_set_json(ranking.set), "rank": row.rank, "agent": ranking.report.reasoner,
            "kind": row.role, "memory": row.system, "budget": ranking.report.budget,
            "composite": whole.get("mean"), "low": whole.get("low"), "high": whole.get("high"),
            "normalised_gain": _share(gain), "tasks": len(row.scores), **_shown(ranking.evidence),
        }  # fmt: skip


def _shown(evidence: Evidence) -> dict[str, JSON]:
    return {
        "status": evidence.standing, "submitters_word": evidence.word or None,
        "why": "; ".join(evidence.limits) or None,
    }  # fmt: skip


def _share(estimate: Estimate | None) -> float | None:
    return None if estimate is None else round(estimate.mean, 6)


def as_json(board: Leaderboard, prices: Prices) -> dict[str, JSON]:
    """The board with all its figures."""
    return {
        "format": FORMAT,
        "versions": list(board.versions),
        "rows": flat_rows(board, prices),
        "detectable": [
            {**_set_json(table.set), "difference": round(effect, 6)}
            for table in board.tables
            if (effect := max((e.summary.detectable or 0.0 for _, e in table.ranked), default=0))
        ],
        "gaps": list(map(_gap_json, board.gaps)),
        "not_ranked": [{"run": name, "why": why} for name, _, why in board.unshown],
        "notes": list(board.notes),
    }  # fmt: skip


def _gap_json(gap: PrivateGap) -> dict[str, JSON]:
    difference, entrant = gap.difference.estimate.to_json(), gap.entrant
    return {
        **_set_json(gap.private.set), "agent": entrant.agent, "memory": entrant.memory,
        "difference": difference["mean"], "low": difference["low"], "high": difference["high"],
    }  # fmt: skip


def _set_json(key: Set) -> dict[str, JSON]:
    return {
        "version": key.version, "track": key.track, "parameters": key.parameters,
        "salt": key.salt or None, "judged": key.judge != "null",
    }  # fmt: skip
