"""The scorer of worlds: the axes of a trace as Inspect's score."""

from math import nan

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from memorygym.adapters.inspect_ai.explaining import explanation
from memorygym.adapters.inspect_ai.playing import TRACE
from memorygym.adapters.inspect_ai.recipes import Recipe
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.core import JSON
from memorygym.errors import BadTrace
from memorygym.runner import Plan, Result, judged
from memorygym.trace import Trace, read_trace
from memorygym.track import table
from memorygym.tracks.worlds.axes import WEIGHTS

# One sample is one world, so Inspect's standard error over samples is clustered by world.
METRICS = {"*": [mean(), stderr()]}
SHOWN = ("composite", *WEIGHTS, "abstention")


def axes() -> Scorer:
    """Composite, axes and abstention; what nothing was asked about is NaN, which no mean counts."""

    async def score(state: TaskState, _: Target) -> Score:
        trace = trace_of(state.store.get(TRACE), str(state.sample_id))
        settings = Recipe.from_json(state.metadata).settings
        result = judged(settings, str(trace.labels["agent"]), trace, Plan())
        return Score(
            value=value_of(result),
            answer=f"{result.score.correct} of {result.score.answerable} answerable right",
            explanation=explanation(trace),
            metadata=metadata_of(trace, result),
        )

    return score


def trace_of(lines: list[str] | None, name: str) -> Trace:
    """The trace of a sample, from its store in memory or in a log. Raises BadTrace."""
    if lines is None:
        raise BadTrace(f"sample {name} holds no trace: it was not played by memorygym/play")
    trace, damage = read_trace(lines, f"sample {name}")
    if damage:
        raise BadTrace(damage)
    trace.gold = table(trace)  # Read once here, not once a use.
    return trace


def value_of(result: Result) -> dict[str, float]:
    """One value an axis."""
    score = result.score
    named = {"composite": score.composite, **score.axes, "abstention": score.abstention}
    return {name: nan if value is None else value for name, value in named.items()}


def metadata_of(trace: Trace, result: Result) -> dict[str, JSON]:
    """What a score stands for and what it cost."""
    return {
        "contract": trace.labels["contract"],
        "task": trace.task,
        "writes": result.score.writes,
        "peak_tokens": result.score.peak,
        "accuracy": result.score.accuracy,
        "causes": dict(result.causes),
        "store_precision": dict(result.precision),
    }


AXES = registered(lambda name: scorer(metrics=METRICS, name=name), axes, "axes")
