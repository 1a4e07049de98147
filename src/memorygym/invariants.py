"""The self-test: what must hold of all agents on all worlds, with value, bound and margin."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from memorygym import registry
from memorygym.core import JSON
from memorygym.runner import Plan, Result, Settings, play_task
from memorygym.scoring import estimate, gold_of
from memorygym.tokens import count
from memorygym.trace import Heard, Said, Shown, Stored, Trace

ENOUGH_SEEDS = 10
"""With fewer, a margin fails only if its whole 95 % interval lies beyond the bound."""
SMALL = 1e-9


@dataclass(frozen=True, slots=True)
class Invariant:
    """One row of the self-test."""

    name: str
    value: float
    bound: float
    margin: float
    """How far the value is on the right side of the bound; negative if it is not."""
    holds: bool

    def to_json(self) -> dict[str, JSON]:
        """As results store it."""
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "bound": self.bound,
            "margin": round(self.margin, 4),
            "holds": self.holds,
        }


def inspect(agent: str, trace: Trace) -> dict[str, float]:
    """What the invariants need of a trace, counted anew and not taken from the referee."""
    measures = {"digest": float(int(digest(trace)[:12], 16)), **_events(trace)}
    if trace.budget.capacity is not None:
        measures |= _usage(trace)
    if getattr(registry.load_module("agents", agent), "RECODER", False):
        from memorygym.agents.radix import held_records

        measures["recoded"] = held_records(trace)
    return measures


def digest(trace: Trace) -> str:
    """SHA-256 over the trace's lines."""
    whole = sha256()
    for line in trace.lines():
        whole.update(line.encode())
    return whole.hexdigest()


def _usage(trace: Trace) -> dict[str, float]:
    """Shares of capacity, slot and writes that were really used, by an own count.

    Words are taken as known, so the count never exceeds the referee's.
    """
    capacity, slot, writes = trace.budget.capacity, trace.budget.slot, trace.budget.writes
    assert capacity and slot and writes
    held: dict[str, int] = {}
    total, fullest, largest, paid, free = 0, 0, 0, 0, 0
    for record in trace.records:
        match record:
            case Shown(evict=True, messages=messages):
                free = any("first successful Edit" in message.content for message in messages)
            case Stored(entries=entries, dropped=dropped):
                for id in dropped:
                    total -= held.pop(id, 0)
                for entry in entries:
                    size = count(entry.text)
                    total += size - held.get(entry.id, 0)
                    held[entry.id] = size
                    largest = max(largest, size)
                fullest = max(fullest, total)
            case Heard(messages=messages):
                stored = sum(message.content == "stored" for message in messages)
                edited = sum(message.content == "edited" for message in messages)
                paid += stored + max(0, edited - free)
                free = max(0, free - edited)
    return {"capacity": fullest / capacity, "slot": largest / slot, "writes": paid / writes}


def _events(trace: Trace) -> dict[str, float]:
    """Whether the questions of the table were all shown, and context was dropped in between."""
    shown = [r for r in trace.records if isinstance(r, Shown) and r.evict]
    questions = sum("=== QUESTION" in m.content for r in shown for m in r.messages)
    said = sum(isinstance(record, Said) for record in trace.records)
    return {
        "unasked": abs(questions - len(gold_of(trace).questions)),
        "undropped": sum(not r.evict for r in trace.records if isinstance(r, Shown)),
        "replies": said,
    }


class Check:
    """Evaluates invariants over all results."""

    def __init__(self, results: Iterable[Result], seeds: int) -> None:
        self.by_agent: dict[str, list[Result]] = {}
        for result in results:
            self.by_agent.setdefault(result.agent, []).append(result)
        self.strict = seeds >= ENOUGH_SEEDS
        self.rows: list[Invariant] = []

    def exact(self, name: str, value: float, bound: float) -> None:
        """The value must equal the bound."""
        gap = abs(value - bound)
        self.rows.append(Invariant(name, value, bound, -gap, gap <= SMALL))

    def at_most(self, name: str, values: Sequence[float], bound: float) -> None:
        """The mean over worlds may not lie above the bound."""
        found = estimate(values)
        beyond = found.mean if self.strict or len(values) < 2 else found.low
        self.rows.append(
            Invariant(name, found.mean, bound, bound - found.mean, beyond <= bound + SMALL)
        )

    def at_least(self, name: str, values: Sequence[float], bound: float) -> None:
        """The mean over worlds may not lie below the bound."""
        found = estimate(values)
        beyond = found.mean if self.strict or len(values) < 2 else found.high
        self.rows.append(
            Invariant(name, found.mean, bound, found.mean - bound, beyond >= bound - SMALL)
        )

    def composites(self, agent: str, over: str = "") -> list[float]:
        """Composites in points, one a world; differences if `over` is given."""
        values = [100 * result.score.composite for result in self.by_agent[agent]]
        if not over:
            return values
        return [
            v - 100 * r.score.composite for v, r in zip(values, self.by_agent[over], strict=True)
        ]

    def measure(self, name: str) -> list[float]:
        """A measure of all episodes under a budget."""
        return [
            result.measures[name]
            for results in self.by_agent.values()
            for result in results
            if name in result.measures
        ]


def check(
    results: Sequence[Result], tier: str, seeds: int, again: Callable[[], float]
) -> list[Invariant]:
    """All invariants. `again` plays the first episode anew and returns its digest."""
    c = Check(results, seeds)
    c.exact("same seed, same trace", float(again() == results[0].measures["digest"]), 1)
    accuracy = min(r.score.accuracy for r in c.by_agent["perfect"])
    c.exact("perfect: least accuracy %", 100 * accuracy, 100)
    c.exact("clairvoyant: least composite", min(c.composites("clairvoyant")), 100)
    c.exact("questions not shown", max(c.measure("unasked")), 0)
    c.exact("events that kept context", max(c.measure("undropped")), 0)
    for name in ("capacity", "slot", "writes"):
        value = max(c.measure(name))
        c.rows.append(Invariant(f"{name} used, at most", value, 1, 1 - value, value <= 1))
    c.exact("guesser", max(c.composites("guesser")), 0)
    c.exact("abstainer", max(c.composites("abstainer")), 0)
    c.at_most("smart_guesser", c.composites("smart_guesser"), 5)
    gap = 5 if tier == "hard" else 10
    c.at_least("strategic - naive", c.composites("strategic", "naive"), gap)
    c.at_least("template_expert - strategic", c.composites("template_expert", "strategic"), 15)
    priority = c.composites("priority_strategic", "random_strategic")
    c.at_least("priority - random", priority, 10)
    for agent in c.by_agent:
        module = registry.load_module("agents", agent)
        if bound := getattr(module, "BOUND", None):
            name = f"{agent} - {bound.over}" if bound.over else agent
            c.at_most(name, c.composites(agent, bound.over), bound.most)
        if getattr(module, "RECODER", False):
            held = [result.measures["recoded"] for result in c.by_agent[agent]]
            c.at_most(f"{agent}: capacities held", held, 1.5)
    return c.rows


def validate(tasks: Sequence[Settings], results: Sequence[Result], seeds: int) -> list[Invariant]:
    """The self-test over results that were played with `inspect`."""

    def again() -> float:
        plan = Plan((results[0].agent,), attributed=False, inspect=inspect)
        return play_task(tasks[0], plan)[0].measures["digest"]

    return check(results, tasks[0].tier, seeds, again)
