"""What must hold of a task's goals: that they are due, scored, and rest on what can be read."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from memorygym.memory.full import Full
from memorygym.outcome import Outcome
from memorygym.testing.track_cases import Case
from memorygym.trace import Rewarded, Trace, read_trace
from memorygym.trace_reader import HELD


def replays(case: Case) -> Iterator[str]:
    """Reasoners keep nothing from one event to the next."""
    for name in case.track.reasoners:
        make = partial(case.reasoner, name)
        once, renewed = (case.play(make, Full, each) for each in (False, True))
        if (at := once.first_unlike(renewed)) is not None:
            event = once.records[at - 1].event if 0 < at <= len(once.records) else 0
            yield (
                f"the reasoner {name!r}, made anew in every event, acts otherwise in event"
                f" {event + 1}: it may keep nothing, only the view may inform it"
            )


def goals(case: Case) -> Iterator[str]:
    trace, told = case.full, case.outcomes
    if not told:
        yield "it has no goal: let `outcomes` give one for each thing that is asked for"
    events = {record.event for record in trace.records}
    for number, outcome in enumerate(told, start=1):
        if outcome.goal.event not in events:
            at = outcome.goal.event
            yield f"goal {number} is due in event {at + 1}, which was never played: mend its event"
    copy, damage = read_trace(trace.lines())
    assert not damage
    for what, other in (("again", trace), ("from disk", copy)):
        if (first := _unlike(told, case.track.outcomes(other))) is not None:
            yield (
                f"goal {first + 1} goes otherwise if its trace is read {what}: `outcomes` may look"
                " at the trace alone, and gold and needs must come back from JSON as they were"
            )
    yield from _rewards(trace, told)


def _unlike(some: Sequence[Outcome], others: Sequence[Outcome]) -> int | None:
    rows, rest = (list(map(_row, told)) for told in (some, others))
    if len(rows) != len(rest):
        return min(len(rows), len(rest))
    return next((at for at, row in enumerate(rows) if row != rest[at]), None)


def _row(outcome: Outcome) -> tuple[Any, ...]:
    goal = outcome.goal
    told = (goal.event, goal.kind, goal.competency, goal.text, goal.truth, repr([*goal.needs]))
    return outcome.score, outcome.reason, outcome.answer, *told


def _rewards(trace: Trace, told: Sequence[Outcome]) -> Iterator[str]:
    """Where an environment rewards at all, it does as the outcomes say."""
    earned: dict[int, float] = {}
    for record in trace.records:
        if isinstance(record, Rewarded):
            earned[record.event] = earned.get(record.event, 0.0) + record.reward
    worth: dict[int, float] = {}
    for outcome in told if earned else ():
        worth[outcome.goal.event] = worth.get(outcome.goal.event, 0.0) + outcome.score
    for event in sorted(earned.keys() | worth.keys()):
        given, score = earned.get(event, 0.0), worth.get(event, 0.0)
        if abs(given - score) > 1e-9:
            yield (
                f"event {event + 1} was rewarded with {given:g}, its goals scored {score:g}: let"
                " `Step.reward` and `outcomes` say the same"
            )


def facts(case: Case) -> Iterator[str]:
    """What goals need can be read: as it is told, where it was shown, in the oracle's text."""
    if case.track.informed:
        return
    reader, texts = case.reader, case.track.oracle(case.task)
    told = [*case.full.told(case.track.tool_names)]
    for outcome in case.outcomes:
        goal = outcome.goal
        shown = [record for at, text in told if at < goal.event for record in reader.read(text)]
        for need in goal.needs:
            fact, where = reader.required(goal, need), f"in event {goal.event + 1}"
            if not case.track.reader and [*reader.read(reader.text(fact))] != [need]:
                yield (
                    f"the fact {need!r}, needed {where}, is not read back from"
                    f" {reader.text(fact)!r}: let `facts` read what it tells"
                )
            elif fact.state(shown) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not what had been shown by then,"
                    " as `facts` reads it: mend the needs of the goal, or the reader"
                )
            elif fact.state(reader.read(texts.get(goal.event, ""))) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not in what `oracle` shows there:"
                    " give all needs of the goal, told as `facts` reads them"
                )
