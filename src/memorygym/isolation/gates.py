"""What must hold before any score of a comparison is believed."""

from collections.abc import Iterable
from dataclasses import dataclass

from memorygym.isolation.report import Report

CEILING = 0.95
"""What the strong reasoner reaches, at least, where it is shown just what it needs."""
STRONG = "strong"


@dataclass(frozen=True, slots=True)
class Gate:
    """A check of the set-up."""

    name: str
    holds: bool
    detail: str
    """What was found; "" if the name says it."""


def gates(report: Report) -> list[Gate]:
    """Those that figures can show, for one reasoner at one budget."""
    strong = report.reasoner == STRONG
    oracle, full, none = (_accuracy(report, arm) for arm in ("oracle", "full", "none"))
    named = "oracle is at least 95 %" if strong else "oracle is at least none"
    return [
        Gate(
            named, _at_least(oracle, CEILING if strong else none), _told(oracle=oracle, none=none)
        ),
        Gate("full is at least none", _at_least(full, none), _told(full=full, none=none)),
    ]


def invalid_text(found: Iterable[Gate]) -> str:
    """What is printed instead of any figure; "" where every gate holds.

    >>> invalid_text([Gate("full is at least none", False, "full 1.0 %, none 2.0 %")])
    'invalid set-up: it does not hold that full is at least none (full 1.0 %, none 2.0 %)'
    """
    return "\n".join(
        f"invalid set-up: it does not hold that {gate.name}"
        + (f" ({gate.detail})" if gate.detail else "")
        for gate in found
        if not gate.holds
    )


def _accuracy(report: Report, arm: str) -> float | None:
    row = report.row(arm)
    return row.standing.accuracy.mean if row and row.standing.accuracy else None


def _at_least(found: float | None, bound: float | None) -> bool:
    """An arm that finished no task holds nothing."""
    return found is not None and bound is not None and found >= bound - 1e-9


def _told(**found: float | None) -> str:
    """
    >>> _told(oracle=0.5, none=None)
    'oracle 50.0 %, none not played'
    """
    return ", ".join(
        f"{arm} {'not played' if mean is None else f'{100 * mean:.1f} %'}"
        for arm, mean in found.items()
    )
