"""Evidence recall as a table and as JSON."""

from collections.abc import Sequence
from math import inf

from memorygym.core import JSON
from memorygym.datasets._recall import PLACES, Measured, Searched, figures, shares
from memorygym.page import fit
from memorygym.stats import Estimate


def to_json(found: Measured, ks: Sequence[int]) -> dict[str, JSON]:
    """All figures: shares from 0 to 1 by k, overall and by published category."""
    return {
        **figures(found.searched, ks),
        "intervals": {str(k): _intervals(found.searched, k) for k in ks if found.searched},
        "categories": {
            category: figures(searched, ks) for category, searched in found.by_category().items()
        },
        "samples": len(found.sizes),
        "units": sum(found.sizes),
        "skipped": dict(found.skipped),
        "unknown_evidence": found.unknown,
        "records_left_out": [one.index for one in found.left_out],
    }


def _intervals(searched: Sequence[Searched], k: int) -> dict[str, JSON]:
    """The 95 % intervals at k; null where a single sample gives none."""
    return {
        name: None if one.high == inf else [round(one.low, PLACES), round(one.high, PLACES)]
        for name, one in shares(searched, k).items()
    }


def first_line(what: str, found: Measured) -> str:
    """How many records and questions count, and why the others do not."""
    records = len(found.sizes) + len(found.left_out)
    asked = len(found.searched) + sum(found.skipped.values())
    reasons = [f"{n} {reason.replace('_', ' ')}" for reason, n in found.skipped.items()]
    if found.unknown:
        reasons.append(f"{found.unknown} pieces of evidence name no unit")
    why = f" ({', '.join(reasons)})" if reasons else ""
    return (
        f"{what}: {len(found.sizes)} of {records} records read;"
        f" {len(found.searched)} of {asked} questions count{why}"
    )


def recall_text(what: str, memory: str, unit: str, found: Measured, ks: Sequence[int]) -> str:
    """One row a k, first over all questions that count and then by category."""
    least, most = min(found.sizes), max(found.sizes)
    sizes = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    lines = fit(first_line(what, found))
    lines += fit(
        f"{memory} over {sum(found.sizes):,} {unit}s of {len(found.sizes):,} samples"
        f" ({sizes} each); shares in % with 95 % intervals, clustered by sample"
    )
    lines.append(f"\n{'category':<22}{'n':>6}{'k':>4}" + "".join(f"{head:>16}" for head in _HEADS))
    lines += _rows("all of them", found.searched, ks)
    for category, searched in found.by_category().items():
        lines += _rows(category, searched, ks)
    return "\n".join(lines)


_HEADS = ("fraction", "any", "all")


def _rows(name: str, searched: Sequence[Searched], ks: Sequence[int]) -> list[str]:
    rows = []
    for k in ks:
        cells = "".join(f"{_cell(one):>16}" for one in shares(searched, k).values())
        head = f"{name[:21]:<22}{len(searched):>6}" if k == ks[0] else " " * 28
        rows.append(f"{head}{k:>4}{cells}")
    return rows


def _cell(share: Estimate) -> str:
    """A share and its interval in percent; none of a single sample.

    >>> _cell(Estimate(0.5, 0.4, 0.6, 10)), _cell(Estimate(1.0, -inf, inf, 1))
    ('50.0 (40-60)', '100.0')
    """
    if share.high == inf:
        return f"{100 * share.mean:.1f}"
    return f"{100 * share.mean:.1f} ({100 * share.low:.0f}-{100 * share.high:.0f})"
