"""The scorers: the track's own score for agents, and a comparison's figures for reasoners."""

from collections.abc import Callable, Sequence
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

from memorygym.adapters.inspect_ai.registry_names import registered
from memorygym.adapters.inspect_ai.solver import TRACE
from memorygym.core.errors import BadTrace
from memorygym.core.trace import Trace, read_trace
from memorygym.core.track import Track, gold_table, track_of
from memorygym.runs.comparison.figures import judged, mean_of, share_of
from memorygym.runs.metrics import QuestionCase, measure
from memorygym.scoring import episode_scores
from memorygym.scoring.attribution import Attribution, store_precision

Figures = dict[str, float | None]
Judgement = tuple[Figures, str, dict[str, Any]]
"""The figures of a trace, a summary in words, and the metadata of its score."""
WORDS = ("em", "f1")
"""Exact match and F1, which only published results of data sets are compared with."""
CASE_FIELDS = ("number", "kind", "hops", "score", "exact", "f1", "needs", "present", "tokens")
"""The fields of every question that a score keeps."""


def shown(track: Track) -> tuple[str, ...]:
    """The figures of every score of the track; without axes, the metadata hold the kinds."""
    return ("composite", *track.axes, "correct_refusals")


def shown_of_answers(track: Track) -> tuple[str, ...]:
    """The figures of every score of a comparison's tasks on the track."""
    return ("accuracy", *(WORDS if track.files else ()), "evidence_recall")


def _axes(trace: Trace) -> Judgement:
    score = episode_scores.score(trace)
    figures = {
        **score.axes,
        "composite": score.composite,
        "correct_refusals": score.correct_refusals,
    }
    more = {
        "axes": dict(score.axes), "writes": score.writes, "peak_tokens": score.peak,
        "accuracy": score.accuracy, "store_precision": store_precision(trace),
    }  # fmt: skip
    right = f"{score.correct} of {score.answerable} answerable right"
    return {name: figures.get(name) for name in shown(track_of(trace))}, right, more


def _answers(trace: Trace) -> Judgement:
    measured, left = measure(trace), trace.labels["left_out"]
    assert isinstance(left, list)
    cases = judged(measured, {measured.task: frozenset(map(int, map(str, left)))})
    more = {
        "left_out": left, "writes": measured.writes, "peak_tokens": measured.peak,
        "cuts": measured.cuts, "store_precision": store_precision(trace),
        "cases": [{name: getattr(case, name) for name in CASE_FIELDS} for case in cases],
    }  # fmt: skip
    right = f"{sum(case.score == 1 for case in cases)} of {len(cases)} right"
    figures = value_of(cases)
    return {name: figures[name] for name in shown_of_answers(track_of(trace))}, right, more


def value_of(cases: Sequence[QuestionCase]) -> Figures:
    """The figures of one task; None where no question has one."""
    return {
        "accuracy": mean_of("score")(cases),
        "em": mean_of("exact")(cases),
        "f1": mean_of("f1")(cases),
        "evidence_recall": share_of("present", "needs")(cases),
    }


def _scorer(judge: Callable[[Trace], Judgement]) -> Scorer:
    """A figure; NaN, which means do not count, if nothing was asked about it."""

    async def score(state: TaskState, _: Target) -> Score:
        trace = trace_of(state.store.get(TRACE), str(state.sample_id))
        attribution = Attribution(trace)
        figures, answer, more = judge(trace)
        about = {"version": trace.labels["version"], "task": trace.task}
        return Score(
            value={name: nan if value is None else value for name, value in figures.items()},
            answer=answer,
            explanation=explanation(trace, attribution),
            metadata={**about, "causes": dict(attribution.counts), **more},
        )

    return score


def trace_of(lines: list[str] | None, name: str) -> Trace:
    """The trace of a sample, from its store in memory or in a log. Raises BadTrace."""
    if lines is None:
        raise BadTrace(f"sample {name} holds no trace: give a log of the solver memorygym/play")
    trace, damage = read_trace(lines, f"sample {name}")
    if damage:
        raise BadTrace(damage)
    trace.gold = gold_table(trace)  # Parsed once here, for all that read it.
    return trace


def explanation(trace: Trace, attribution: Attribution) -> str:
    """A Markdown table of the questions, each with its verdict, and the misses by cause."""
    rows = ["| question | truth | answer | verdict |", "|---|---|---|---|"]
    for outcome in episode_scores.outcomes(trace):
        asked = outcome.goal
        missed = attribution.cause(outcome)
        group = asked.question_type or asked.kind
        cells = (
            f"*event {asked.event + 1}, {group}:* {asked.text}", asked.truth,
            "(none)" if outcome.answer is None else outcome.answer,
            f"**{missed}**: {outcome.reason}" if missed else "right",
        )  # fmt: skip
        texts = (" ".join(cell.replace("|", "\\|").split()) for cell in cells)
        rows.append(f"| {' | '.join(texts)} |")
    causes = ", ".join(f"{cause} {n}" for cause, n in sorted(attribution.counts.items()))
    return "\n".join([*rows, f"\nMisses by cause: {causes or 'none'}."])


def shares(part: str) -> Metric:
    """Accuracy by a field of the cases: the mean over tasks, and its standard error."""

    def metric(sample_scores: list[SampleScore]) -> Value:
        tasks: dict[Any, dict[str, list[float]]] = {}
        for sample in sample_scores:
            for case in (sample.score.metadata or {})["cases"]:
                own_scores = tasks.setdefault(case[part], {}).setdefault(str(sample.sample_id), [])
                own_scores.append(case["score"])
        figures: dict[str, float] = {}
        for group in sorted(tasks):
            values = [fmean(scores) for scores in tasks[group].values()]
            error = stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0
            figures |= {str(group): fmean(values), f"{group} stderr": error}
        return figures

    return metric


def _by(part: str) -> Any:
    """The metric of that name; scores averaged over epochs hold no questions."""
    return registered(partial(metric, scores="unreduced"), partial(shares, part), part)()


# One sample is one task, so Inspect's standard error over samples is clustered by task.
MEANS = {"*": [mean(), stderr()]}
SHARES = {**MEANS, "accuracy": [_by("hops"), _by("kind")]}
AXES = registered(partial(scorer, metrics=MEANS), lambda: _scorer(_axes), "axes")
ANSWERS = registered(partial(scorer, metrics=SHARES), lambda: _scorer(_answers), "answers")
