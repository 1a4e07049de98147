"""From scores to probabilities, and the thresholds beyond which a judge gives a verdict.

Everything here is fitted on the calibration split, never on a final one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

from memorygym.core.types import JSON

EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 before their logarithm is taken."""
ERROR = 0.1
"""Most wrong verdicts of a kind in any group of the calibration split."""
FEWEST_ROWS = 100
"""Rows below which a group is too small for a threshold of its own; such groups are pooled."""


def logit(p: float) -> float:
    """The logarithm of the odds of p.

    >>> logit(0.5), round(logit(0.9), 3)
    (0.0, 2.197)
    """
    p = min(max(p, EDGE), 1 - EDGE)
    return log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression: P = 1 / (1 + exp(−bias − Σ weight × feature))."""

    weights: tuple[float, ...]
    bias: float

    def p(self, features: Sequence[float]) -> float:
        """The probability of a row with these features."""
        terms = zip(self.weights, features, strict=True)
        score = self.bias + sum(weight * value for weight, value in terms)
        return 1 / (1 + exp(-score)) if score >= 0 else (e := exp(score)) / (1 + e)

    def to_json(self) -> dict[str, JSON]:
        """Bias and weights, rounded so that every machine writes the same text."""
        return {
            "bias": round(self.bias, 6),
            "weights": [round(weight, 6) for weight in self.weights],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, JSON]) -> "Logistic":
        """Reads what `to_json` made."""
        bias, weights = raw["bias"], raw["weights"]
        assert isinstance(bias, (int, float)) and isinstance(weights, Sequence)
        return cls(tuple(float(str(weight)) for weight in weights), float(bias))


def fit_logistic(
    features: Sequence[Sequence[float]],
    harmful: Sequence[bool],
    weights: Sequence[float] | None = None,
    penalty: float = 1e-3,
) -> Logistic:
    """The weighted maximum-likelihood fit by Newton's method; `penalty` × Σ weight² / 2 a row."""
    import numpy as np

    x = np.column_stack([np.asarray(features, float), np.ones(len(harmful))])
    y = np.asarray(harmful, float)
    mass = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    ridge = np.diag([penalty * mass.sum()] * (x.shape[1] - 1) + [1e-9])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (mass * (p - y)) + ridge @ beta
        curvature = (x * (mass * np.maximum(p * (1 - p), 1e-6))[:, None]).T @ x + ridge
        step = np.linalg.solve(curvature, gradient)
        # A long step overshoots where the classes are almost separated.
        beta -= step * min(1.0, 5 / max(float(np.abs(step).max()), EDGE))
        if float(np.abs(step).max()) < 1e-10:
            break
    return Logistic(tuple(float(weight) for weight in beta[:-1]), float(beta[-1]))


def fit_platt(p: Sequence[float], harmful: Sequence[bool], groups: Sequence[str]) -> Logistic:
    """Platt scaling: calibrated P = σ(a × logit(p) + b), in which every group counts alike.

    `p` must come from models that did not see the row's group (leave-group-out), so that the scale
    is that of a domain or strategy that the judge has not met.
    """
    return fit_logistic([[logit(value)] for value in p], harmful, equal_weights(groups), 1e-6)


def equal_weights(groups: Sequence[str]) -> list[float]:
    """Weights with which every group counts alike, 1 a row on average."""
    sizes = {name: groups.count(name) for name in set(groups)}
    return [len(groups) / len(sizes) / sizes[group] for group in groups]


def thresholds(
    p: Sequence[float], harmful: Sequence[bool], groups: Sequence[str], error: float = ERROR
) -> tuple[float, float]:
    """(low, high): verdict safe for p ≤ low, harmful for p ≥ high, unsure between.

    Worst group: each is the strictest of those that the groups would choose by themselves, with
    which at most a share `error` of a group's verdicts of that kind are wrong: (wrong + 1) /
    (verdicts + 1) ≤ error, the bound of conformal risk control (Angelopoulos et al. 2024). Where
    a group allows no such verdict, low is -1 or high 2. It holds for groups such as these; on a
    domain unlike all of them more verdicts may be wrong.
    """
    small = {name for name in set(groups) if groups.count(name) < FEWEST_ROWS}
    pooled = ["" if group in small else group for group in groups]
    if pooled.count("") < FEWEST_ROWS and set(pooled) != {""}:
        pooled = [group if group else sorted(set(pooled) - {""})[0] for group in pooled]
    lows, highs = [], []
    for name in sorted(set(pooled)):
        rows = [(p[at], harmful[at]) for at, group in enumerate(pooled) if group == name]
        lows.append(_furthest([(value, wrong) for value, wrong in rows], error))
        highs.append(1 - _furthest([(1 - value, not label) for value, label in rows], error))
    low, high = min(lows), max(highs)
    return (low, high) if low < high else (min(low, 0.5 - EDGE), max(high, 0.5))


def _furthest(rows: Sequence[tuple[float, bool]], error: float) -> float:
    """The largest value up to which at most that share of rows is wrong; -1 if there is none."""
    ordered, wrong, furthest = sorted(rows), 0, -1.0
    for many, (value, is_wrong) in enumerate(ordered, 1):
        wrong += is_wrong
        is_last_of_its_value = many == len(ordered) or ordered[many][0] > value
        if is_last_of_its_value and (wrong + 1) / (many + 1) <= error:
            furthest = value
    return furthest
