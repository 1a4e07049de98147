"""Accuracy by how far back the needed facts were told, how much was shown, how many are needed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from memorygym.isolation.columns import NAME, named, paragraph
from memorygym.isolation.contests import World
from memorygym.isolation.figures import judged, left_out
from memorygym.isolation.report import Report
from memorygym.page import WIDTH
from memorygym.runs.measures import Case, Measured
from memorygym.stats import NOTHING, Estimate, clustered_share

FIRST = 1_000
"""Tokens below which a span is in the first bin; every further bin is twice as wide."""
NOTE = (
    "Accuracy in %; under it the 95 % interval of a share (Wilson), of as many questions as remain"
    " when those of a task count as alike (design effect)."
)
COLUMN = 10
ACROSS = (WIDTH - NAME) // COLUMN
"""Bins that stand side by side."""
Bins = dict[int, dict[World, list[float]]]
"""By bin and task: how the questions went."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions of an arm that are alike in span or rewrites."""

    arm: str
    place: int
    """Among the bins."""
    name: str
    questions: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Kind:
    """What questions are sorted by."""

    title: str
    place: Callable[[Case], int]
    """The number of a case's bin."""
    name: Callable[[int], str]
    """What a bin is called."""


def place_of(tokens: int) -> int:
    """0 below FIRST tokens, 1 below twice as many, and so on."""
    return (tokens // FIRST).bit_length()


def span_name(place: int) -> str:
    """
    >>> span_name(0), span_name(1), span_name(5), span_name(12)
    ('<1k', '1–2k', '16–32k', '2–4M')
    """
    if place == 0:
        return "<1k"
    unit, letter = (1 << 10, "M") if place > 10 else (1, "k")
    low = max(1, (1 << place - 1) // unit)
    return f"{low}–{2 * low}{letter}"


CURVES: Mapping[str, Kind] = {
    "retention": Kind(
        "tokens between the first telling of the oldest needed fact and the question",
        lambda case: place_of(case.span), span_name,
    ),
    "length": Kind(
        "tokens shown before the question was asked",
        lambda case: place_of(case.length), span_name,
    ),
    "hops": Kind("lookups that the question combines", lambda case: case.hops, str),
    "rewrite": Kind(
        "times that the most rewritten needed fact had been changed",
        lambda case: case.rewrites, str,
    ),
}  # fmt: skip


def curve(measured: Sequence[Measured], report: Report, kind: str) -> list[Bin]:
    """The bins that hold questions, by arm in the order of the report; not of what was held."""
    of, left = CURVES[kind], left_out(measured)
    sorted_by_arm: dict[str, Bins] = {}
    for one in sorted(measured, key=lambda one: one.world):
        bins = sorted_by_arm.setdefault(one.arm, {})
        for case in judged(one, left):
            tasks = bins.setdefault(of.place(case), {})
            tasks.setdefault(one.world, []).append(case.score)
    return [
        Bin(
            row.arm, place, of.name(place), sum(map(len, tasks.values())),
            clustered_share([*tasks.values()]),
        )
        for row in [*report.of("memory"), *report.of("reference")]
        for place, tasks in sorted(sorted_by_arm.get(row.arm, {}).items())
    ]  # fmt: skip


def curve_text(bins: Sequence[Bin], kind: str) -> str:
    """A row an arm and a column a bin: accuracy, and under it the interval."""
    if not bins:
        return "no questions to sort"
    places = sorted({one.place for one in bins})
    blocks = [
        "\n".join(_block(bins, places[i : i + ACROSS])) for i in range(0, len(places), ACROSS)
    ]
    return "\n\n".join([CURVES[kind].title, *blocks, "\n".join(paragraph(NOTE))])


def _block(bins: Sequence[Bin], places: Sequence[int]) -> list[str]:
    """Some of the columns, side by side."""
    found = {(one.arm, one.place): one for one in bins}
    names = {one.place: one.name for one in bins}
    most = {p: max(one.questions for one in bins if one.place == p) for p in places}
    lines = [
        *named("", _cells(names[place] for place in places)),
        *named("questions", _cells(str(most[place]) for place in places)),
    ]
    for arm in dict.fromkeys(one.arm for one in bins):
        mine = [found.get((arm, place)) for place in places]
        lines += named(arm, _cells(f"{100 * b.accuracy.mean:.1f}" if b else NOTHING for b in mine))
        lines += named("", _cells(_interval(b) if b else "" for b in mine))
    return lines


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"{text:>{COLUMN}}" for text in texts)


def _interval(one: Bin) -> str:
    low, high = one.accuracy.low, one.accuracy.high
    return NOTHING if high == inf else f"{100 * low:.0f}–{100 * high:.0f}"
