"""Results as tables that fit 80 columns."""

from collections.abc import Iterable, Sequence

from memorygym.attribution import Attribution
from memorygym.invariants import Invariant
from memorygym.runner import Result
from memorygym.scoring import WEIGHTS, Estimate, estimate, outcomes
from memorygym.trace import Trace


def by_agent(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Results grouped by agent, in the order of first appearance."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(result.agent, []).append(result)
    return groups


def axis_estimate(results: Sequence[Result], axis: str) -> Estimate | None:
    """Mean and interval of an axis, one value a world; None if no world asks about it."""
    values = [v for r in results if (v := r.score.axes[axis]) is not None]
    return estimate(values) if values else None


def agents_table(results: Sequence[Result]) -> str:
    """One row an agent, best composite first."""
    groups = by_agent(results)
    worlds = len({(r.template, r.seed) for r in results})
    rows = [
        f"{'agent':<20}{'composite':>16}"
        + "".join(f"{name:>6}" for name in ("B", "M", "R", "E", "acc", "abst"))
        + f"{'writes':>8}"
    ]
    order = sorted(
        groups, key=lambda a: -sum(r.score.composite for r in groups[a]) / len(groups[a])
    )
    for agent in order:
        rows.append(_row(agent, groups[agent]))
    rows.append(
        f"{worlds} {'world' if worlds == 1 else 'worlds'}; composite in % with its 95 % interval,"
        " clustered by world; B breadth,\nM maintenance, R reasoning, E efficiency, acc all"
        " questions, abst refusals."
    )
    return "\n".join(rows)


def _row(agent: str, results: Sequence[Result]) -> str:
    whole = estimate([100 * r.score.composite for r in results])
    spread = f"{whole.mean:6.1f}" + (
        f" ±{whole.high - whole.mean:5.1f}" if whole.worlds > 1 else ""
    )
    cells = []
    for axis in WEIGHTS:
        found = axis_estimate(results, axis)
        cells.append(f"{100 * found.mean:6.1f}" if found else f"{'–':>6}")
    refusals = [r.score.abstention for r in results if r.score.abstention is not None]
    cells.append(f"{100 * sum(r.score.accuracy for r in results) / len(results):6.1f}")
    cells.append(f"{100 * sum(refusals) / len(refusals):6.1f}" if refusals else f"{'–':>6}")
    writes = sum(r.score.writes for r in results) / len(results)
    return f"{agent[:19]:<20}{spread:>16}{''.join(cells)}{writes:8.1f}"


def causes_table(results: Sequence[Result]) -> str:
    """Why misses were missed, in shares of each agent's misses."""
    rows = []
    for agent, group in by_agent(results).items():
        total: dict[str, int] = {}
        for result in group:
            for cause, n in result.causes.items():
                total[cause] = total.get(cause, 0) + n
        if total:
            said = ", ".join(f"{c} {n}" for c, n in sorted(total.items(), key=lambda p: -p[1]))
            rows.append(f"{agent[:19]:<20}{said}")
    return "\n".join(["misses by cause", *rows]) if rows else ""


def invariants_table(rows: Sequence[Invariant]) -> str:
    """Name, value, bound, margin, verdict."""
    lines = [f"{'invariant':<40}{'value':>10}{'bound':>9}{'margin':>9}  verdict"]
    for row in rows:
        verdict = "holds" if row.holds else "FAILS"
        lines.append(
            f"{row.name[:39]:<40}{row.value:10.2f}{row.bound:9.2f}{row.margin:9.2f}  {verdict}"
        )
    failed = sum(not row.holds for row in rows)
    lines.append(
        f"{len(rows)} invariants, {failed} fail" if failed else f"{len(rows)} invariants, all hold"
    )
    return "\n".join(lines)


def questions_text(trace: Trace) -> str:
    """Each question with truth, answer, verdict and, if missed, the cause."""
    attribution = Attribution(trace)
    lines = []
    for outcome in outcomes(trace):
        q = outcome.question
        mark = "right" if outcome.correct else f"WRONG ({attribution.cause(outcome)})"
        lines += [
            f"[event {q.event + 1}] {q.competency}: {q.text}",
            f"    truth {q.truth} | answer {outcome.answer} | {mark}: {outcome.reason}",
        ]
    return "\n".join(lines)
