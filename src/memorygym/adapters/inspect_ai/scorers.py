"""The scorers: the track's own score for agents, and a comparison's figures for reasoners."""

from collections.abc import Callable
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
from memorygym.runs.metrics import measure
from memorygym.scoring import episode_scores
from memorygym.scoring.attribution import Attribution

Figures = dict[str, float | None]
Judgement = tuple[Figures, str, dict[str, Any]]
"""The figures of a trace, a summary in words, and the metadata of its score."""
ANSWER_FIGURES = {
    "accuracy": mean_of("score"),
    "em": mean_of("exact"),
    "f1": mean_of("f1"),
    "evidence_recall": share_of("present", "needs"),
}
"""The figures of one task; None where no question has one."""
CASE_FIELDS = ("number", "kind", "hops", "score", "exact", "f1", "needs", "present", "tokens")
"""The fields of every question that a score keeps."""


def shown(track: Track) -> tuple[str, ...]:
    """The figures of every score of the track; without axes, the metadata hold the kinds."""
    return ("composite", *track.axes, "correct_refusals")


def shown_of_answers(track: Track) -> tuple[str, ...]:
    """The figures of every score of a comparison's tasks on the track: those in words, which only
    published results of data sets are compared with, only there."""
    return tuple(name for name in ANSWER_FIGURES if track.files or name not in ("em", "f1"))


def _axes(trace: Trace) -> Judgement:
    score = episode_scores.score(trace)
    figures = {"composite": score.composite, **score.axes}
    figures["correct_refusals"] = score.correct_refusals
    more = {"axes": dict(score.axes), "accuracy": score.accuracy}
    more |= {"writes": score.writes, "peak_tokens": score.peak}
    right = f"{score.correct} of {score.answerable} answerable right"
    return {name: figures.get(name) for name in shown(track_of(trace))}, right, more


def _answers(trace: Trace) -> Judgement:
    measured, left = measure(trace), trace.labels["left_out"]
    assert isinstance(left, list)
    cases = judged(measured, {measured.task: frozenset(map(int, map(str, left)))})
    more = {
        "left_out": left,
        "writes": measured.writes,
        "peak_tokens": measured.peak,
        "cuts": measured.cuts,
        "cases": [{name: getattr(case, name) for name in CASE_FIELDS} for case in cases],
    }
    right = f"{sum(case.score == 1 for case in cases)} of {len(cases)} right"
    figures = {name: ANSWER_FIGURES[name](cases) for name in shown_of_answers(track_of(trace))}
    return figures, right, more


def _scorer(judge: Callable[[Trace], Judgement]) -> Scorer:
    """A figure; NaN, which means do not count, if nothing was asked about it."""

    async def score(state: TaskState, _: Target) -> Score:
        trace = trace_of(state.store.get(TRACE), str(state.sample_id))
        attribution = Attribution(trace)
        figures, answer, more = judge(trace)
        about = {
            "version": trace.labels["version"],
            "task": trace.task,
            "causes": dict(attribution.counts),
            "store_precision": attribution.store_precision,
        }
        return Score(
            value={name: nan if value is None else value for name, value in figures.items()},
            answer=answer,
            explanation=explanation(trace, attribution),
            metadata=about | more,
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
        question = f"*event {asked.event + 1}, {group}:* {asked.text}"
        answer = "(none)" if outcome.answer is None else outcome.answer
        verdict = f"**{missed}**: {outcome.reason}" if missed else "right"
        cells = (question, asked.truth, answer, verdict)
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
