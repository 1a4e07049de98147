"""Why each miss was missed and what the entries are worth: from the trace alone, without an LLM."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from memorygym.core import Message
from memorygym.facts import Knowledge, Record, Value, candidates, reader
from memorygym.scoring import Outcome, gold_of, outcomes
from memorygym.trace import Composed, Heard, Shown, Trace
from memorygym.worlds.dealing.gold import Gold, Need, Question

LOSSES = ("never written", "dropped", "stale", "not retrieved")
"""Where a fact was lost, the earliest step first."""
CAUSES = (*LOSSES, "in view but not used", "wrong refusal", "should have refused", "format")
HELD, STALE, MISSING = "held", "stale", "missing"
CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")


class Attribution:
    """Why each miss was missed, from the trace alone."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._gold = gold_of(trace)
        self._by = reader(trace.track, trace.system)
        self._stores = [(event, tuple(held.values())) for event, held in trace.stores()]

    @cached_property
    def causes(self) -> list[tuple[Outcome, str]]:
        """Every miss with one of CAUSES."""
        return [(o, self.cause(o)) for o in outcomes(self._trace) if not o.correct]

    def cause(self, outcome: Outcome) -> str:
        """One of CAUSES for a miss: the earliest step at which a needed fact was lost."""
        question = outcome.question
        if question.kind == "abstention":
            return "should have refused" if outcome.answer is not None else "format"
        if outcome.answer is None:
            return "format"
        found = [self.lost(question, need) for need in question.needs]
        for cause in LOSSES:
            if cause in found:
                return cause
        return "wrong refusal" if "refus" in outcome.reason else "in view but not used"

    def lost(self, question: Question, need: Need) -> str:
        """One of LOSSES for a needed fact, "" if it was in view."""
        name = self._gold.names[need.entity]
        if self._state(self._by.read(self._views.get(question.event, "")), question, need) == HELD:
            return ""
        stores = [store for at, store in self._stores if at < question.event]
        now = self._state(self._about(stores[-1], name), question, need) if stores else MISSING
        if now == HELD:
            return "not retrieved"
        if now == STALE:
            return "stale"
        ever = any(self._state(self._about(s, name), question, need) == HELD for s in stores)
        return "dropped" if ever else "never written"

    def entries(self, event: int, entity: int) -> list[str]:
        """What the memory held about an entity as an event began."""
        stores = [store for at, store in self._stores if at < event]
        name = self._gold.names[entity]
        return [text for text in stores[-1] if name in text] if stores else []

    def _about(self, store: tuple[str, ...], name: str) -> list[Record]:
        """What the entries that mention an entity tell."""
        return [record for text in store if name in text for record in self._by.read(text)]

    def _state(self, records: Sequence[Record], question: Question, need: Need) -> str:
        """HELD, STALE (another value of the fact) or MISSING."""
        name = self._gold.names[need.entity]
        own = [record for record in records if record.name == name]
        if need.key == "category":
            held = any(r.category == self._gold.categories[need.entity] for r in own)
            return HELD if held else MISSING
        code, _, target = need.key.partition(">")
        if target:
            edge = (code, self._gold.names[int(target)])
            return HELD if any(edge in record.edges for record in own) else MISSING
        if need.old:
            told = self._gold.value(need.entity, code, -1)
            return HELD if told in Knowledge(own).history(name, code) else MISSING
        found: set[Value] = candidates(own, name, code)
        if found == {self._gold.value(need.entity, code, question.event)}:
            return HELD
        return STALE if found else MISSING

    @cached_property
    def _views(self) -> dict[int, str]:
        """What memory brought into each event; what it composed stands until it changes."""
        views: dict[int, list[str]] = {}
        composed: tuple[Message, ...] = ()
        for record in self._trace.records:
            match record:
                case Shown(event=event):
                    views.setdefault(event, [m.content for m in composed])
                case Composed(event=event, messages=messages, kept=kept):
                    composed = (*composed[:kept], *messages)
                    views.setdefault(event, []).extend(m.content for m in composed)
                case Heard(event=event, messages=messages):
                    views.setdefault(event, []).extend(m.content for m in messages)
        return {event: "\n".join(texts) for event, texts in views.items()}


def store_precision(trace: Trace) -> dict[str, float]:
    """Shares of the final entries that are true, stale, wrong, duplicate or irrelevant."""
    texts: Collection[str] = ()
    for _, held in trace.stores():
        texts = held.values()
    tally = dict.fromkeys(CONDITIONS, 0)
    gold, by = gold_of(trace), reader(trace.track, trace.system)
    number = {name: i for i, name in enumerate(gold.names)}
    seen: set[tuple[str, str, Any]] = set()
    for text in texts:
        facts = [
            (r.name, c, v) for r in by.read(text) for c, v in r.values.items() if r.name in number
        ]
        tally[_condition(gold, number, facts, seen)] += 1
        seen.update(facts)
    return {name: n / len(texts) if texts else 0.0 for name, n in tally.items()}


def _condition(
    gold: Gold,
    number: Mapping[str, int],
    facts: Sequence[tuple[str, str, Any]],
    seen: set[tuple[str, str, Any]],
) -> str:
    """The worst that can be said of an entry; stale beats wrong, for it once was true."""
    if not facts:
        return "irrelevant"
    end = 10**9
    false = [f for f in facts if gold.value(number[f[0]], f[1], end) != f[2]]
    if any(gold.value(number[name], code, -1) == value for name, code, value in false):
        return "stale"
    if false:
        return "wrong"
    return "duplicate" if all(fact in seen for fact in facts) else "true"
