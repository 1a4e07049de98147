"""Figures of a judge against fixed vectors, brute force and their definitions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.rng import named_rng
from memorygym.memrm.calibration import (
    ERROR,
    Logistic,
    fit_logistic,
    fit_platt,
    logit,
    thresholds,
)
from memorygym.memrm.metrics import (
    METRICS,
    Bootstrap,
    Predictions,
    accuracy,
    auprc,
    auroc,
    beyond,
    brier,
    covered,
    ece,
    figures,
    harmful_f1,
    most_confident,
    reweighted,
    risk_coverage,
    safe_f1,
)

pytestmark = pytest.mark.rm
ROWS = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.1, 0.3, 0.5, 0.8])), min_size=2, max_size=30
)
FIXED = Predictions.of(
    [True, True, True, False, True, False, False, True],
    [0.9, 0.8, 0.7, 0.7, 0.6, 0.4, 0.2, 0.1],
    "aabbccdd",
)


def of(rows: list[tuple[bool, float]]) -> Predictions:
    labels, p = zip(*rows, strict=True)
    return Predictions.of(labels, p, [str(at) for at in range(len(p))])


def random_rows(n: int = 300, name: str = "rows") -> Predictions:
    """Labels drawn with the probabilities themselves, so that these are calibrated."""
    rng = named_rng("test", name)
    p = [rng.uniform() for _ in range(n)]
    return Predictions.of([rng.bernoulli(x) for x in p], p, [str(at // 3) for at in range(n)])


@given(ROWS)
def test_auroc_is_the_share_of_ordered_pairs_ties_counting_half(
    rows: list[tuple[bool, float]],
) -> None:
    harmful, safe = ([p for label, p in rows if label is kind] for kind in (True, False))
    pairs = [(a > b) + (a == b) / 2 for a, b in product(harmful, safe)]

    assert auroc(of(rows)) == pytest.approx(
        sum(pairs) / len(pairs) if pairs else float("nan"), nan_ok=True
    )


@given(ROWS)
def test_no_figure_depends_on_the_order_of_rows_or_on_repeating_all_of_them(
    rows: list[tuple[bool, float]],
) -> None:
    for metric in METRICS.values():
        expected = pytest.approx(metric(of(rows)), nan_ok=True)
        assert metric(of(rows[::-1])) == expected
        assert metric(of(rows + rows)) == expected


def test_figures_of_a_fixed_vector() -> None:
    # By hand: 15 pairs, 10.5 of them in order; flagged from .5 on: 4 right, 1 wrong; 1 missed.
    assert auroc(FIXED) == pytest.approx(10.5 / 15)
    assert auprc(FIXED) == pytest.approx((1 + 1 + 3 / 4 + 4 / 5 + 5 / 8) / 5)
    assert accuracy(FIXED) == 6 / 8
    assert harmful_f1(FIXED) == pytest.approx(8 / 10)
    assert safe_f1(FIXED) == pytest.approx(4 / 6)
    assert brier(FIXED) == pytest.approx(
        (0.01 + 0.04 + 0.09 + 0.49 + 0.16 + 0.16 + 0.04 + 0.81) / 8
    )


def test_ece_is_that_of_the_original_on_bins_of_equal_size() -> None:
    rows = random_rows(15 * 20)
    order = np.argsort(np.maximum(rows.p, 1 - rows.p))
    confidence = np.maximum(rows.p, 1 - rows.p)[order]
    right = ((rows.p >= 0.5) == rows.harmful)[order]
    bins = zip(np.array_split(confidence, 15), np.array_split(right, 15), strict=True)

    assert ece(rows) == pytest.approx(sum(abs(c.mean() - r.mean()) * 20 for c, r in bins) / 300)


def test_ece_of_a_fixed_vector_with_fewer_rows_than_bins() -> None:
    rows = Predictions.of([True, False, True], [0.9, 0.8, 0.6], "abc")

    assert ece(rows) == pytest.approx((0.1 + 0.8 + 0.4) / 3)


def test_a_constant_that_states_the_prevalence_is_calibrated_whatever_the_order() -> None:
    assert ece(Predictions.of([True] * 30 + [False] * 10, [0.75] * 40, "x" * 40)) < 1e-12


def test_reweighting_gives_the_wanted_share_of_harmful_rows_and_keeps_the_auroc() -> None:
    rows = random_rows()

    heavy = reweighted(rows)

    assert figures(heavy)["harmful"] == pytest.approx(0.878)
    assert auroc(heavy) == pytest.approx(auroc(rows))
    assert accuracy(heavy) != accuracy(rows)


def test_weights_count_as_repeated_rows() -> None:
    weighted = Predictions(FIXED.harmful, FIXED.p, FIXED.groups, np.array([3.0] + [1.0] * 7))
    labels, p = [True] * 2 + list(FIXED.harmful), [0.9] * 2 + list(FIXED.p)
    repeated = Predictions.of(labels, p, "aa" + "aabbccdd")

    for metric in METRICS.values():
        assert metric(weighted) == pytest.approx(metric(repeated))


def test_covered_figures_are_those_of_the_rows_beyond_the_thresholds() -> None:
    result = covered(FIXED, beyond(FIXED, 0.2, 0.8))

    assert (result["n"], result["coverage"]) == (4, 0.5)
    assert result["accuracy"] == 3 / 4


def test_coverage_takes_the_most_confident_rows() -> None:
    assert sorted(FIXED.p[most_confident(FIXED, 0.5)]) == [0.1, 0.2, 0.8, 0.9]


def test_the_risk_of_calibrated_rows_falls_with_the_coverage() -> None:
    curve = risk_coverage(random_rows(3000))

    assert curve[-1][0] == 1.0 and len(curve) == 20
    assert curve[1][1] < curve[9][1] < curve[-1][1]


def test_a_bootstrap_is_clustered_repeatable_and_holds_the_figure() -> None:
    rows = random_rows()
    labels, p = [True, True, True, False, True, False] * 3, [0.9, 0.4, 0.6, 0.5, 0.8, 0.1] * 3
    tripled = Predictions.of(labels, p, "abcdef" * 3)

    first = Bootstrap(rows.groups, "one").intervals(rows)

    assert first == Bootstrap(rows.groups, "one").intervals(rows)
    assert first != Bootstrap(rows.groups, "two").intervals(rows)
    assert all(low <= METRICS[name](rows) <= high for name, (low, high) in first.items())
    # Repeats of a group's rows add no information.
    apart = Predictions.of(tripled.harmful, tripled.p, [str(at) for at in range(18)])
    wide, narrow = (Bootstrap(r.groups, "one").intervals(r)["brier"] for r in (tripled, apart))
    assert wide[1] - wide[0] > 1.3 * (narrow[1] - narrow[0])


def test_fewer_than_five_groups_give_no_interval() -> None:
    assert Bootstrap(FIXED.groups, "few").intervals(FIXED)["auroc"] == []


def test_the_lead_over_oneself_is_0_and_over_noise_is_above_0() -> None:
    rows = random_rows()
    noise = random_rows(name="noise").p
    bootstrap = Bootstrap(rows.groups, "lead")

    assert bootstrap.against(rows, rows.p) == (bootstrap.intervals(rows)["auroc"], [0, 0])
    assert bootstrap.against(rows, noise)[1][0] > 0.1


def test_platt_scaling_mends_a_wrong_scale_and_reads_back() -> None:
    rows = random_rows(3000)
    steep = [1 / (1 + float(np.exp(-3 * logit(p) - 1))) for p in rows.p]

    scaling = fit_platt(steep, list(rows.harmful), list(rows.groups))

    assert Logistic.from_json(scaling.to_json()).p([0.7]) == pytest.approx(scaling.p([0.7]), 1e-4)
    mended = [scaling.p([logit(p)]) for p in steep]
    assert ece(Predictions.of(rows.harmful, mended, rows.groups)) < 0.03
    assert ece(Predictions.of(rows.harmful, steep, rows.groups)) > 0.08


def test_a_logistic_fit_of_separated_classes_stays_finite() -> None:
    fit = fit_logistic([[-1.0], [-0.5], [0.5], [1.0]], [False, False, True, True])

    assert 0.5 < fit.p([0.5]) < 1 and fit.p([1e6]) <= 1


def test_thresholds_keep_the_error_of_the_worst_group_below_the_bound() -> None:
    rows = random_rows(4000)
    groups = [str(at % 4) for at in range(4000)]
    low, high = thresholds(list(rows.p), list(rows.harmful), groups)

    assert 0 < low < 0.5 < high < 1
    for name in "0123":
        of_group = rows.where(np.array([group == name for group in groups]))
        safe, harmful = of_group.p <= low, of_group.p >= high
        assert of_group.harmful[safe].mean() <= ERROR
        assert (~of_group.harmful)[harmful].mean() <= ERROR


def test_a_group_that_cannot_be_judged_leaves_no_verdict() -> None:
    rows = random_rows(400)
    labels = [*list(rows.harmful), *[at % 2 == 0 for at in range(400)]]

    low, high = thresholds([*rows.p, *rows.p], labels, ["known"] * 400 + ["noise"] * 400)

    assert not beyond(rows, low, high).mean() > 0.2


def test_a_feature_that_says_nothing_gets_no_weight() -> None:
    fit = fit_logistic([[0.0], [1.0], [0.0], [1.0]], [False, True, True, False])

    assert fit.p([0.3]) == pytest.approx(0.5)
