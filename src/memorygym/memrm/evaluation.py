"""The tables of a judge: figures, intervals, baselines, ceiling and strata of a scored split."""

from collections.abc import Mapping, Sequence
from math import isfinite

import numpy as np

from memorygym.core.rng import named_rng
from memorygym.core.types import JSON
from memorygym.memrm.baselines import EITHER
from memorygym.memrm.calibration import fit_platt, logit
from memorygym.memrm.metrics import (
    COVERAGES,
    Bootstrap,
    Predictions,
    accuracy,
    auroc,
    beyond,
    covered,
    ece,
    figures,
    most_confident,
    reweighted,
    risk_coverage,
)
from memorygym.memrm.scored_rows import RowJudge, ScoredRow, ScoredSplit

PLACES = 4
"""Decimal places of the figures."""
LABELLED, REPEATS = 100, 20
"""Labelled rows of a new domain to which a judge is recalibrated, and how often they are drawn."""
CARD: Mapping[str, float] = {
    "auroc": 0.985,
    "ece": 0.009,
    "accuracy": 0.973,
    "harmful_f1": 0.985,
    "safe_f1": 0.849,
}
"""The published figures of MemRM 1.7B, checkpoint 500, on its 3,007 held-out rows."""
DIFFERENCES = (
    "data: the card's rows are coding trajectories (SWE-Gym, 7 held-out repositories); ours are"
    " played tasks of this package, or the rows of your file",
    "label: the card's is one step (does the proposed action give the recorded observation?); ours"
    " is a replay to the end of the task, with the full context as control",
    "prevalence: 87.8 % of the card's rows are HARMFUL; compare with `reweighted`",
    "input: the card's model reads both actions, of which its label is a function; so does this"
    " mode, and no other",
)
CAVEAT = (
    "thresholds and calibration come from the calibration split; on data unlike it more than 10 %"
    " of the verdicts may be wrong"
)


def evaluation(judge: RowJudge, split: ScoredSplit, name: str) -> dict[str, JSON]:
    """All figures of a scored split as JSON; a figure that is not defined is null."""
    rows = predictions(split.rows)
    bootstrap = Bootstrap(rows.groups, name)
    body: dict[str, JSON] = {
        **_rounded(figures(rows)),
        "groups": bootstrap.groups,
        "intervals": _rounded(bootstrap.intervals(rows)),
        "baselines": _baselines(split.rows, rows, bootstrap),
    }
    if split.mode == "needs":
        needs = Bootstrap([row.need for row in split.rows], name)
        body["needs"] = needs.groups
        body["intervals_by_need"] = _rounded(needs.intervals(rows))
    else:
        body |= _event_figures(judge, split.rows, rows, bootstrap)
    body["by"] = {
        label: _strata(split.rows, label)
        for label in ("strategy", "track", "reason")
        if any(row.labels.get(label) for row in split.rows)
    }
    if split.mode == "pair":
        body["card"] = _card(rows)
    whole = {"needs": body} if split.mode == "needs" else body
    left_out = dict(split.left_out)
    return {"mode": split.mode, "data": split.data, "left_out": left_out, **whole}


def predictions(rows: Sequence[ScoredRow]) -> Predictions:
    """Labels and the judge's probabilities."""
    return Predictions.of(
        [row.harmful for row in rows], [row.p for row in rows], [row.group for row in rows]
    )


def _event_figures(
    judge: RowJudge, scored: Sequence[ScoredRow], rows: Predictions, bootstrap: Bootstrap
) -> dict[str, JSON]:
    low, high = judge.thresholds
    verdicts = covered(rows, beyond(rows, low, high))
    heavy = reweighted(rows)
    body: dict[str, JSON] = {
        "covered": {"thresholds": [low, high], **_rounded(verdicts), "caveat": CAVEAT},
        "covered_at": {
            str(share): _rounded(covered(rows, most_confident(rows, share))) for share in COVERAGES
        },
        "risk_coverage": [[_round(value) for value in point] for point in risk_coverage(rows)],
        "reweighted": {
            **_rounded(figures(heavy)),
            "intervals": _rounded(bootstrap.intervals(heavy)),
        },
    }
    if len(rows.p) > 2 * LABELLED:
        body[f"after_{LABELLED}_labels"] = _rounded(_recalibrated(rows))
    if known := [at for at, row in enumerate(scored) if row.ceiling is not None]:
        body["ceiling"] = _ceiling([scored[at] for at in known])
    return body


def _ceiling(scored: Sequence[ScoredRow]) -> dict[str, JSON]:
    """The same model given the true future needs, and how far the judge stays below it."""
    rows = predictions(scored)
    told = np.array([row.ceiling for row in scored], float)
    best = Predictions(rows.harmful, told, rows.groups, rows.weights)
    bootstrap = Bootstrap(rows.groups, "ceiling")
    return {
        **_rounded(figures(best)),
        **_rounded({"gap": auroc(best) - auroc(rows)}),
        **_rounded({"gap_interval": bootstrap.against(best, rows.p)[1]}),
    }


def _baselines(
    scored: Sequence[ScoredRow], rows: Predictions, bootstrap: Bootstrap
) -> dict[str, JSON]:
    """Of each baseline that every row has: its figures, and the judge's lead in AUROC."""
    names = [name for name in scored[0].baselines if all(name in x.baselines for x in scored)]
    table: dict[str, JSON] = {}
    for name in names:
        values = np.array([row.baselines[name] for row in scored], float)
        baseline = Predictions(rows.harmful, values, rows.groups, rows.weights)
        if name in EITHER and auroc(baseline) < 0.5:
            values = 1 - values
            baseline = Predictions(rows.harmful, values, rows.groups, rows.weights)
        interval, lead = bootstrap.against(rows, values)
        table[name] = {
            **_rounded(figures(baseline)),
            **_rounded({"interval": interval, "lead": auroc(rows) - auroc(baseline)}),
            **_rounded({"lead_interval": lead}),
        }
    return table


def _strata(scored: Sequence[ScoredRow], label: str) -> dict[str, JSON]:
    """The rows by strategy, track or reason. Of a reason, its rows and all SAFE ones."""
    names = sorted({row.labels.get(label, "") for row in scored} - {""})
    table: dict[str, JSON] = {}
    for name in names:
        own = [row for row in scored if row.labels.get(label) == name]
        others = [row for row in scored if not row.harmful] if label == "reason" else []
        rows = predictions([*[row for row in own if row.harmful or not others], *others])
        of_own = predictions(own)
        table[name] = _rounded(
            {
                "n": len(own),
                "harmful": float(of_own.harmful.mean()),
                "mean_p": float(of_own.p.mean()),
                "auroc": auroc(rows),
                "accuracy": accuracy(of_own),
            }
        )
    return table


def _recalibrated(rows: Predictions) -> dict[str, float]:
    """ECE and accuracy after Platt scaling on 100 labelled rows, measured on the others.

    Mean over draws; the rows of a drawn group are left out of the measurement, labelled or not.
    """
    found = []
    for repeat in range(REPEATS):
        order = list(range(len(rows.p)))
        named_rng("memrm", "labels", repeat).shuffle(order)
        drawn = order[:LABELLED]
        known = {rows.groups[at] for at in drawn}
        rest = rows.where(np.array([group not in known for group in rows.groups]))
        if not len(rest.p) or len({bool(rows.harmful[at]) for at in drawn}) < 2:
            continue
        labels = [bool(rows.harmful[at]) for at in drawn]
        scaling = fit_platt([float(rows.p[at]) for at in drawn], labels, [""] * LABELLED)
        scaled = np.array([scaling.p([logit(float(p))]) for p in rest.p])
        result = Predictions(rest.harmful, scaled, rest.groups, rest.weights)
        found.append((ece(result), accuracy(result)))
    if not found:
        return {}
    errors, shares = zip(*found, strict=True)
    return {"ece": sum(errors) / len(found), "accuracy": sum(shares) / len(found)}


def _card(rows: Predictions) -> dict[str, JSON]:
    """The published figures beside ours at the same prevalence, and what differs."""
    ours = figures(reweighted(rows))
    return {
        "published": dict(CARD),
        "ours_reweighted": _rounded({name: ours[name] for name in CARD}),
        "differences": list(DIFFERENCES),
    }


def _rounded(values: Mapping[str, float | Sequence[float]]) -> dict[str, JSON]:
    return {
        name: _round(value) if isinstance(value, (int, float)) else [*map(_round, value)]
        for name, value in values.items()
    }


def _round(value: float) -> JSON:
    if isinstance(value, int):
        return value
    return round(float(value), PLACES) if isfinite(value) else None
