"""Figures of a comparison, worked out by hand."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memorygym.runs.comparison.figures import Report, SystemRow, figures
from memorygym.runs.metrics import ModelCost
from memorygym.scoring.attribution import Coverage
from memorygym.stats import Estimate
from tests.runs.comparison.measurements import FACTS, FIVE, THREE, all_played, played, reported


def row_of(report: Report, system: str) -> SystemRow:
    row = report.row(system)
    assert row
    return row


def figure(report: Report, system: str, name: str) -> Estimate | None:
    return row_of(report, system)[name]


def mean(report: Report, system: str, name: str) -> float:
    estimate = figure(report, system, name)
    assert estimate
    return estimate.mean


BY_HAND = {
    "accuracy": 4 / 6, "gain": 0.5, "degradation": -1 / 6, "advantage": 1 / 3,
    "wins": 1 / 6 + 1 / 6, "regressions": 0, "both": 1 / 3, "neither": 1 / 3,
    "write_loss": 1 / 6, "retrieval_loss": 1 / 6, "evidence_recall": 4 / 6, "precision": 0.5,
    "irrelevant": 0.25, "context": 100, "peak": 800,
}  # fmt: skip


def test_a_memory_has_the_figures_worked_out_by_hand() -> None:
    report = reported(THREE)
    assert {name: mean(report, "m", name) for name in BY_HAND} == pytest.approx(BY_HAND)
    assert {own.tasks for name in BY_HAND if (own := figure(report, "m", name))} == {3}


OF_THE_MODEL = ("model_calls", "model_tokens", "ingest_calls", "total", "embedding_calls")
ONE_CALL = ModelCost(1, 30)


@pytest.mark.parametrize(
    ("system", "costs", "means"),
    [
        ("bm25", {}, [0, 0, 0, 200, 0]),
        ("m", {}, [None] * 5),
        ("m", {"ingest": ONE_CALL}, [1, 30, 1, 230, 0]),
        ("held:m", {"embeddings": ONE_CALL}, [0, 0, 0, 200, 1]),
        ("m", {"ingest": ModelCost(1, None)}, [1, None, 1, None, 0]),
    ],
)
def test_what_a_memory_from_outside_asks_is_unknown_until_a_call_is_seen(
    system: str, costs: dict[str, ModelCost], means: list[float | None]
) -> None:
    measured = [*all_played(THREE), *played(system, THREE["m"], **costs)]
    report = figures(measured, {}, "test")
    estimates = [figure(report, system, name) for name in OF_THE_MODEL]
    assert [estimate and estimate.mean for estimate in estimates] == means


def test_the_tokens_of_calls_are_unknown_if_they_are_in_one_task() -> None:
    first, *others = played("m", THREE["m"], ingest=ONE_CALL)
    first = replace(first, ingest=ModelCost(40, None))
    report = figures([*all_played({"none": THREE["none"]}), first, *others], {}, "test")
    assert figure(report, "m", "model_tokens") is figure(report, "m", "total") is None
    assert mean(report, "m", "model_calls") == 14


@pytest.mark.parametrize(
    ("name", "middle", "half"),
    [
        # Differences of 1, 0.5, 0, 0.5 and 0: standard error 0.1871; t of 4 degrees is 2.7764.
        ("gain", 0.4, 0.51942),
        # A ratio: residuals of 0.5, 0, -0.25, 0 and -0.25 of 4 possible: standard error 0.1712.
        ("normalised", 0.5, 0.47522),
    ],
)
def test_an_interval_is_over_tasks(name: str, middle: float, half: float) -> None:
    estimate = figure(reported(FIVE), "m", name)
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx((middle - half, middle + half), abs=1e-4)
    if name == "normalised":  # It is undefined where oracle is hardly better than none.
        assert figure(reported({**FIVE, "oracle": "10 00 10 00 10"}), "m", name) is None


def test_no_figure_of_fewer_than_five_tasks_has_an_interval() -> None:
    four = {name: " ".join(tasks.split()[:4]) for name, tasks in FIVE.items()}
    few = row_of(reported({**FIVE, "n": "11 - 11 11 11"}, n=1), "n")
    for row in (*reported(four).rows, few):
        assert not any(estimate.has_interval for estimate in row.figures.values() if estimate)
    assert few["normalised"] is None


MATCHED = {"exact": True, "f1": 0.5, "replaced": 1}
SHARES = (
    "accuracy", "exact", "f1", "evidence_recall", "stale_evidence_rate", "unread_context",
    "unread_store", "precision", "stale", "wrong", "duplicate", "irrelevant",
)  # fmt: skip


def test_shares_of_few_tasks_lie_between_0_and_1_and_have_a_width() -> None:
    read = Coverage(read=9)
    measured = all_played({**FIVE, "n": "00 " * 5}, MATCHED, shown=read, held=read)
    for row in figures(measured, {}, "test").rows:
        for name in SHARES:
            estimate = row[name]
            assert estimate and 0 <= estimate.low < estimate.high <= 1


@given(st.lists(st.sampled_from(["11", "10", "00"]), min_size=2, max_size=8))
@settings(max_examples=20)
def test_a_memory_like_none_gains_nothing_and_one_like_oracle_everything(tasks: list[str]) -> None:
    low, high = " ".join(tasks), " ".join(["11"] * len(tasks))
    report = reported(
        {"none": low, "oracle": high, "recency": low, "as none": low, "as oracle": high}
    )
    for system, share in (("as none", 0), ("as oracle", 1), ("oracle", 1)):
        gain, estimate = (figure(report, system, name) for name in ("gain", "normalised"))
        assert gain and (share or gain.mean == 0) and gain.low < gain.high
        assert estimate is None or estimate.mean == pytest.approx(share)
        assert estimate is None or estimate.low < estimate.mean + 1e-9 < estimate.high + 2e-9


@pytest.mark.slow
@given(st.permutations(all_played({**THREE, "n": "01 - 11", "held:n": "11 - 11"})))
@settings(max_examples=20)
def test_the_order_in_which_tasks_were_played_changes_nothing(measured: list) -> None:  # type: ignore[type-arg]
    first = figures(all_played({**THREE, "n": "01 - 11", "held:n": "11 - 11"}), {"n": 1}, "test")
    assert figures(measured, {"n": 1}, "test") == first


def test_questions_whose_facts_exceed_the_budget_count_for_no_system() -> None:
    oracle = played("oracle", "11 11 11")
    cases = oracle[0].cases
    # The first needs nothing, so that nothing of it is too large.
    nothing = replace(cases[0], needs=0, tokens=0)
    oracle[0] = replace(oracle[0], cases=(nothing, replace(cases[1], score=0, tokens=0)))
    others = [m for m in all_played({**THREE, "m": "10 11 11"}) if m.system != "oracle"]
    report = figures([*others, *oracle], {}, "test")
    assert (report.left_out, report.questions) == (1, 5)
    assert [mean(report, system, "accuracy") for system in ("m", "oracle")] == [1, 1]


def test_a_memory_that_failed_somewhere_has_figures_of_the_rest_and_no_rank() -> None:
    report = reported({**THREE, "n": "11 - 11"}, n=1)
    row = row_of(report, "n")
    assert (len(row.scores), row.failed, row.rank) == (2, 1, None)
    assert mean(report, "n", "gain") == 0.75
    assert report.significance.ranks == {"m": 1}
    assert [row.system for row in report.of("memory")] == ["m", "n"]  # Below those that did not.


@pytest.mark.parametrize("system", ["none", "full", "recency", "oracle"])
def test_a_reference_that_finished_nothing_leaves_the_rest_standing(system: str) -> None:
    report = reported({name: THREE[name] for name in THREE if name != system}, **{system: 3})
    assert figure(report, "m", "accuracy") is not None
    assert figure(report, system, "accuracy") is None


def test_evidence_recall_is_averaged_a_question_however_many_facts_it_needs() -> None:
    measured = played("m", "11 11 11", {"needs": 4, "present": 1, "replaced": 2, "stale": 1})
    two = [replace(c, needs=1, present=1, replaced=0, stale=0) for c in measured[0].cases]
    measured[0] = replace(measured[0], cases=(measured[0].cases[0], two[1]))
    report, recall = figures(measured, {}, "test"), ((1 / 4 + 1) / 2 + 1 / 4 + 1 / 4) / 3
    assert mean(report, "m", "evidence_recall") == pytest.approx(recall)
    assert figure(report, "m", "stale_evidence_rate") == Estimate(0.5, -inf, inf, 3)


@pytest.mark.parametrize("part", ["shown", "held"])
@pytest.mark.parametrize(("unread", "withheld"), [(0, False), (5, False), (6, True)])
def test_accuracy_rank_and_losses_are_withheld_if_more_than_5_percent_is_unread(
    part: str, unread: int, withheld: bool
) -> None:
    coverage = {part: Coverage(100 - unread, unread)}
    systems = {name: tasks for name, tasks in THREE.items() if name != "m"}
    measured = [*all_played(systems), *played("m", THREE["m"], **coverage)]
    row = row_of(figures(measured, {}, "test"), "m")
    assert (row.unread, row.withheld) == (pytest.approx(unread / 100), withheld)
    for name in ("accuracy", "advantage", "write_loss", "evidence_recall", "precision"):
        assert (row[name] is None) == withheld
    assert (row.rank is None) == withheld
    by_model = [replace(m, scripted=False, strongest=False) for m in measured]
    row = row_of(figures(by_model, {}, "test"), "m")
    assert row["accuracy"] and row.rank and (row["write_loss"] is None) == withheld


ABOVE = {**FIVE, "n": "11 11 11 11 11", "held:n": "10 10 10 10 10"}


def test_a_memory_above_all_that_it_held_is_a_fault_of_the_set_up_without_a_rank() -> None:
    report = reported(ABOVE)
    assert {row.system: (row.rank, row.fault) for row in report.of("memory")} == {
        "m": (1, False), "n": (None, True),
    }  # fmt: skip
    tests = report.significance
    assert not tests.pairs and tests.verdict is None and set(tests.over_recency) == {"m"}
    within = reported({**ABOVE, "held:n": "11 11 10 11 11"})  # By less than the interval.
    assert {row.system: row.rank for row in within.of("memory")} == {"n": 1, "m": 2}


def test_a_reasoner_that_more_context_confuses_finds_no_fault() -> None:
    measured = [replace(m, strongest=False) for m in all_played(ABOVE)]
    assert not any(row.fault for row in figures(measured, {}, "test").rows)


def test_a_memory_at_the_floor_or_the_ceiling_whatever_a_question_needs_is_not_measured() -> None:
    systems = {"none": "10 00", "oracle": "11 11", "a": "10 00", "b": "11 11", "c": "01 00"}
    measured = [
        replace(m, cases=(m.cases[0], replace(m.cases[1], needs=4))) for m in all_played(systems)
    ]
    bounds = {row.system: row.bound for row in figures(measured, {}, "test").rows}
    assert bounds == {"none": "", "oracle": "", "a": "floor", "b": "ceiling", "c": ""}


def test_a_figure_of_nothing_is_none() -> None:
    empty = figures(played("m", "11 11", facts=dict.fromkeys(FACTS, 0)), {}, "test")
    assert figure(empty, "m", "stale_evidence_rate") is figure(empty, "m", "precision") is None


def test_costs_are_means_over_tasks() -> None:
    spent = {"ingest": ModelCost(3, 900), "query": ModelCost(1, 50)}
    report = figures(played("m", "11 11", cache_breaks=4, cuts=2, **spent), {}, "test")
    costs = {
        "ingest_calls": 3, "ingest_tokens": 900, "query_tokens": 50, "model_calls": 4,
        "model_tokens": 950, "cache_breaks": 4, "cuts": 2, "total": 2 * 100 + 950,
    }  # fmt: skip
    assert {name: mean(report, "m", name) for name in costs} == costs


def test_a_report_takes_its_budget_from_the_systems_that_have_one() -> None:
    measured = [*played("full", "11", budget=None), *played("none", "00")]
    assert figures(measured, {}, "test").budget == 1000


def test_what_a_model_adds_is_the_lead_over_the_muted_memory() -> None:
    report = reported({**FIVE, "muted:m": "00 10 10 00 10"})
    assert report.row("muted:m").role == "control"  # type: ignore[union-attr]  # It was played.
    assert report.row("muted:m").rank is None  # type: ignore[union-attr]
    assert mean(report, "m", "model_adds") == pytest.approx(
        mean(report, "m", "accuracy") - mean(report, "muted:m", "accuracy")
    )
    assert figure(report, "full", "model_adds") is None


def test_what_a_memory_delivers_is_passages_and_a_share_of_the_budget() -> None:
    report = figures(played("m", "11 11", {"passages": 7}), {}, "test")
    assert mean(report, "m", "passages") == 7
    assert mean(report, "m", "budget_used") == pytest.approx(0.1)
