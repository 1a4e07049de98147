"""The scorer of tracks that ask about texts: what a comparison measures of the same trace."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from math import nan, sqrt
from statistics import fmean, stdev
from typing import Any

from inspect_ai.scorer import (
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    Value,
    mean,
    metric,
    scorer,
    stderr,
)
from inspect_ai.solver import TaskState

from memorygym.adapters.inspect_ai.explaining import explanation
from memorygym.adapters.inspect_ai.playing import TRACE
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.adapters.inspect_ai.scoring import trace_of
from memorygym.attribution import Attribution
from memorygym.core import JSON
from memorygym.isolation.figures import judged
from memorygym.runs.measures import Case, Measured, measure
from memorygym.trace import Trace

SHOWN = ("accuracy", "em", "f1", "survival")
TOLD = ("number", "kind", "hops", "score", "exact", "f1", "needs", "present", "tokens")
"""What a score keeps of every question."""


def answers() -> Scorer:
    """Shares of the questions that count; NaN, which no mean counts, where none does."""

    async def score(state: TaskState, _: Target) -> Score:
        trace = trace_of(state.store.get(TRACE), str(state.sample_id))
        measured, attribution = measure(trace), Attribution(trace)
        left = trace.labels["left_out"]
        assert isinstance(left, list)
        cases = judged(measured, {measured.world: frozenset(map(int, map(str, left)))})
        return Score(
            value=value_of(cases),
            answer=f"{sum(case.score == 1 for case in cases)} of {len(cases)} right",
            explanation=explanation(trace, attribution),
            metadata={
                **_metadata(trace, measured),
                "causes": dict(attribution.counts),
                "cases": _told(cases),
            },
        )

    return score


def value_of(cases: Sequence[Case]) -> dict[str, float]:
    """The figures of one task."""
    needs = sum(case.needs for case in cases)
    if not cases:
        return dict.fromkeys(SHOWN, nan)
    figures = (
        fmean(case.score for case in cases),
        fmean(case.exact for case in cases),
        fmean(case.f1 for case in cases),
        sum(case.present for case in cases) / needs if needs else nan,
    )
    return dict(zip(SHOWN, figures, strict=True))


def _told(cases: Sequence[Case]) -> list[dict[str, Any]]:
    return [{name: asdict(case)[name] for name in TOLD} for case in cases]


def _metadata(trace: Trace, measured: Measured) -> dict[str, JSON]:
    """What a score stands for and what it cost."""
    return {
        "contract": trace.labels["contract"],
        "task": trace.task,
        "left_out": trace.labels["left_out"],
        "writes": measured.writes,
        "peak_tokens": measured.peak,
        "cuts": measured.cuts,
        "store_precision": dict(measured.precision),
    }


def shares(part: str) -> Metric:
    """Accuracy by what cases have there: one value a task, as everywhere, and then the mean and its
    standard error over tasks."""

    def metric(given: list[SampleScore]) -> Value:
        tasks: dict[Any, dict[str, list[float]]] = {}
        for one in given:
            for case in (one.score.metadata or {})["cases"]:
                mine = tasks.setdefault(case[part], {}).setdefault(str(one.sample_id), [])
                mine.append(case["score"])
        found: dict[str, float] = {}
        for group in sorted(tasks):
            values = [fmean(scores) for scores in tasks[group].values()]
            error = stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
            found |= {str(group): fmean(values), f"{group} stderr": error}
        return found

    return metric


def _by(part: str) -> Any:
    """The metric of that name."""

    def register(name: str) -> Any:
        # What is averaged over epochs has no questions any more.
        return metric(name=name, scores="unreduced")

    return registered(register, partial(shares, part), part)()


# One sample is one task, so Inspect's standard error over samples is clustered by task.
METRICS = {"*": [mean(), stderr()], "accuracy": [_by("hops"), _by("kind")]}
ANSWERS = registered(lambda name: scorer(metrics=METRICS, name=name), answers, "answers")
