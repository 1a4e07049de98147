"""What the self-test measures in one trace, counted anew from its texts."""

import re
from collections.abc import Sequence

from memorygym.core.outcome import Outcome
from memorygym.core.tokens import count, normalize, words
from memorygym.core.trace import Action, MemoryUpdate, Observation, ToolResult, Trace
from memorygym.core.types import Call
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.grading.verdict import grade
from memorygym.tracks.worlds.agents.codec import capacities_held
from memorygym.tracks.worlds.axes import admitted
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import gold_of

_HEADING = re.compile(r"=== [A-Z]+ · event (\d+) of (\d+) ")


def inspect(agent: str, trace: Trace, outcomes: Sequence[Outcome]) -> dict[str, float]:
    """The measures of a trace that the invariants need, counted anew from its texts."""
    measures = {"admitted": admitted(trace), **_events(trace)}
    if (breadth := _breadth(trace, outcomes)) is not None:
        measures["breadth"] = breadth
    if agent == "naive":
        measures["outdated"] = _outdated(trace, outcomes)
    if trace.budget.capacity is not None:
        measures |= usage(trace)
    if agent == "codec":
        measures["held"] = capacities_held(trace)
    return measures


def usage(trace: Trace) -> dict[str, float]:
    """The used share of every limit, the largest error of the recorded token counts, and the number
    of entries whose blanks could hide data."""
    capacity, slot, writes = trace.budget.capacity, trace.budget.slot, trace.budget.writes
    assert capacity and slot and writes
    known = set(words(trace.system))
    prices: dict[str, int] = {}
    sizes: dict[str, int] = {}
    called: tuple[Call, ...] = ()
    total, error, peak, largest, paid, free, blank = 0, 0, 0, 0, 0, 0, 0
    for record in trace.records:
        match record:
            case Observation(messages=messages):
                free = any("first successful Edit" in message.content for message in messages)
                for message in messages:
                    known |= words(message.content)
            case MemoryUpdate(entries=entries, dropped=dropped, tokens=tokens):
                for id in dropped:
                    total -= sizes.pop(id, 0)
                for entry in entries:
                    size = prices.get(entry.stored) or count(entry.stored, known)
                    total += size - sizes.get(entry.id, 0)
                    sizes[entry.id] = prices[entry.stored] = size
                    largest = max(largest, size)
                    blank += entry.stored != normalize(entry.stored)
                peak, error = max(peak, total), max(error, abs(total - tokens))
            case Action(message=message):
                called = message.calls
            case ToolResult(messages=messages):
                pairs = zip(called, messages, strict=False)
                executed = [call.name for call, m in pairs if _executed(m.content)]
                writes_made, edits_made = executed.count("Write"), executed.count("Edit")
                paid += writes_made + max(0, edits_made - free)
                free = max(0, free - edits_made)
    used = {"capacity": peak / capacity, "slot": largest / slot, "writes": paid / writes}
    return {**used, "miscounted": error, "blank": blank}


def _executed(result: str) -> bool:
    """Whether a tool result says that the call was carried out."""
    return not result.startswith(("refused", "not run", "no tool", "Write:", "Edit:"))


def _events(trace: Trace) -> dict[str, float]:
    """Whether every event was shown once and in order, and without the previous events."""
    events = [r for r in trace.records if isinstance(r, Observation) and r.evict]
    texts = [message.content for record in events for message in record.messages]
    headings = [(int(m[1]), int(m[2])) for m in map(_HEADING.match, texts) if m]
    last = headings[-1][1] if headings else 0
    missed = [n for n, _ in headings] != list(range(1, last + 1))
    questions = len(gold_of(trace).questions)
    return {
        "task": float(int(trace.task[:12], 16)),
        "questions": questions,
        "unasked": missed + abs(sum("=== QUESTION" in text for text in texts) - questions),
        "undropped": sum(not r.evict for r in trace.records if isinstance(r, Observation)),
    }


def _breadth(trace: Trace, outcomes: Sequence[Outcome]) -> float | None:
    """Breadth with the importance that the system message states: 1, plus 1 for a key attribute,
    plus 1 for a key category. None without questions."""
    gold, guide = gold_of(trace), strong_reader(trace.system).guide
    weights = {True: 0, False: 0}
    for outcome in outcomes:
        for need in outcome.goal.needs if outcome.goal.kind == "retrieval" else ():
            category = gold.known.category(need.subject)
            weights[outcome.correct] += guide.importance(category, need.key)
    total = sum(weights.values())
    return weights[True] / total if total else None


def _outdated(trace: Trace, outcomes: Sequence[Outcome]) -> int:
    """Questions answered with the value before a change whose view is said to give the new one."""
    gold, guide = gold_of(trace), strong_reader(trace.system).guide
    attribution, total = Attribution(trace), 0
    for outcome in outcomes:
        if outcome.goal.kind == "update" and not outcome.correct and outcome.answer:
            (need,) = outcome.goal.needs
            first = gold.known.stated(need.subject, need.key)[0].value
            old = guide.attribute(need.key).show(first)
            answered_old = grade("update", old, outcome.answer).correct
            total += answered_old and attribution.in_view(outcome.goal, need)
    return total
