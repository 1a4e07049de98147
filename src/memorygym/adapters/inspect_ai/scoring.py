"""The scorer of what agents played: the track's own score of a trace as Inspect's."""

from math import nan

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from memorygym import scoring
from memorygym.adapters.inspect_ai.explaining import explanation
from memorygym.adapters.inspect_ai.playing import TRACE
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.attribution import Attribution, store_precision
from memorygym.core import JSON
from memorygym.errors import BadTrace
from memorygym.trace import Trace, read_trace
from memorygym.track import Track, table, track_of

# One sample is one task, so Inspect's standard error over samples is clustered by task.
METRICS = {"*": [mean(), stderr()]}


def axes() -> Scorer:
    """Composite, axes and abstention; what nothing was asked about is NaN, which no mean counts."""

    async def score(state: TaskState, _: Target) -> Score:
        trace = trace_of(state.store.get(TRACE), str(state.sample_id))
        found, attribution = scoring.score(trace), Attribution(trace)
        figures = {**found.axes, "composite": found.composite, "abstention": found.abstention}
        named = {name: figures.get(name) for name in shown(track_of(trace))}
        metadata: dict[str, JSON] = {
            "contract": trace.labels["contract"], "task": trace.task, "axes": dict(found.axes),
            "writes": found.writes, "peak_tokens": found.peak, "accuracy": found.accuracy,
            "causes": dict(attribution.counts), "store_precision": dict(store_precision(trace)),
        }  # fmt: skip
        return Score(
            value={name: nan if value is None else value for name, value in named.items()},
            answer=f"{found.correct} of {found.answerable} answerable right",
            explanation=explanation(trace, attribution),
            metadata=metadata,
        )

    return score


def shown(track: Track) -> tuple[str, ...]:
    """What every score of the track has; where it names no axes, the metadata tell the kinds."""
    return ("composite", *track.axes, "abstention")


def trace_of(lines: list[str] | None, name: str) -> Trace:
    """The trace of a sample, from its store in memory or in a log. Raises BadTrace."""
    if lines is None:
        raise BadTrace(f"sample {name} holds no trace: it was not played by memorygym/play")
    trace, damage = read_trace(lines, f"sample {name}")
    if damage:
        raise BadTrace(damage)
    trace.gold = table(trace)  # Read once here, not once a use.
    return trace


AXES = registered(lambda name: scorer(metrics=METRICS, name=name), axes, "axes")
