"""Why each miss was missed and what the entries are worth: from the trace alone, without an LLM."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from memorygym.core import Message
from memorygym.facts import Guide, Knowledge, Record, Value, candidates, reader
from memorygym.scoring import Outcome, gold_of, outcomes
from memorygym.trace import Composed, Heard, Said, Stored, Trace
from memorygym.worlds.dealing.gold import Gold, Need, Question

LOSSES = ("never written", "dropped", "stale", "not retrieved")
"""Where a fact was lost, the earliest step first."""
CAUSES = (*LOSSES, "in view but not used", "wrong refusal", "should have refused", "format")
HELD, STALE, MISSING = "held", "stale", "missing"
COMPOSED = "composed"
"""Where a text in view comes from that no tool told."""
CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A fact that a question needs, with the value that is right."""

    name: str
    key: str
    """An attribute's code, a relation's code, or "category"."""
    value: Value
    """Of a relation the other entity, of a category its name."""
    tie: bool = False
    """Whether it is a relation."""
    old: bool = False
    """Asked for is the value before the change."""

    def text(self, guide: Guide) -> str:
        """As people read it."""
        if self.key == "category":
            return f"{self.name}: {self.value}"
        if self.tie:
            phrase = next(r.phrase for r in guide.relations if r.code == self.key)
            return f"{self.name} {phrase} {self.value}"
        attribute = guide.attribute(self.key)
        former = "former " * self.old
        return f"{self.name}, {former}{attribute.label}: {attribute.show(self.value)}"

    def told(self, record: Record) -> bool:
        """Whether a record tells of it, whatever value."""
        if record.name != self.name:
            return False
        if self.tie:
            return (self.key, self.value) in record.edges
        if self.key == "category":
            return bool(record.category)
        return any(self.key in part for part in (record.values, record.former, record.shifts))

    def state(self, records: Iterable[Record]) -> str:
        """What follows from records, told in this order: HELD, STALE (another value) or MISSING."""
        own = [record for record in records if self.told(record)]
        if self.tie:
            return HELD if own else MISSING
        if self.key == "category":
            # Who names every category tells none.
            return HELD if own and own[-1].category == self.value else MISSING
        values = Knowledge(own).history(self.name, self.key)
        if self.old:
            return HELD if self.value in values else MISSING
        if not values:
            return MISSING
        return HELD if values[-1] == self.value else STALE

    def state_in(self, store: Iterable[Record]) -> str:
        """The same of records whose order tells nothing: the right value may be the last."""
        return self.state(sorted(store, key=self._weight))

    def _weight(self, record: Record) -> int:
        if self.key == "category":
            return record.category == self.value
        return 2 if record.values.get(self.key) == self.value else self.key in record.shifts


class Attribution:
    """Why each miss was missed, from the trace alone."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._gold = gold_of(trace)
        self._by = reader(trace.track, trace.system)
        self._about: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self._read_in: dict[int, list[Record]] = {}

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
        if self.in_view(question, need):
            return ""
        states = [state for _, state in self.held(self.wanted(question, need), question.event)]
        now = states[-1] if states else MISSING
        if now == HELD:
            return "not retrieved"
        if now == STALE:
            return "stale"
        return "dropped" if HELD in states else "never written"

    def in_view(self, question: Question, need: Need) -> bool:
        """Whether what memory brought into the event of the question tells a needed fact."""
        return self.wanted(question, need).state(self._seen(question.event)) == HELD

    def exposed(self, question: Question, need: Need) -> bool:
        """Whether the view gave a superseded value of an attribute as if it were a value."""
        if len(need.key) != 1:
            return False
        name, event = self._gold.names[need.entity], question.event
        now = self._gold.value(need.entity, need.key, event)
        return bool(candidates(self._seen(event), name, need.key) - {now})

    def wanted(self, question: Question, need: Need) -> Wanted:
        """The fact behind a need, as it was when the question was asked."""
        name = self._gold.names[need.entity]
        if need.key == "category":
            return Wanted(name, need.key, self._gold.categories[need.entity])
        code, _, target = need.key.partition(">")
        if target:
            return Wanted(name, code, self._gold.names[int(target)], tie=True)
        event = -1 if need.old else question.event
        return Wanted(name, code, self._gold.value(need.entity, code, event), old=need.old)

    def held(self, fact: Wanted, before: int) -> list[tuple[int, str]]:
        """The state of a fact in the store, after each event that may have changed it."""
        return [
            (event, fact.state_in(self._read(texts.values())))
            for event, texts in self.about(fact.name)
            if event < before
        ]

    def entries(self, event: int, entity: int) -> list[str]:
        """What the memory held about an entity as an event began."""
        about = [texts for at, texts in self.about(self._gold.names[entity]) if at < event]
        return list(about[-1].values()) if about else []

    def about(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """The entries that mention an entity, after each change of them: (event, text by id)."""
        if name not in self._about:
            changes: list[tuple[int, dict[str, str]]] = []
            self._about[name] = changes
            for record in self._trace.records:
                if isinstance(record, Stored):
                    before = changes[-1][1] if changes else {}
                    gone = {*record.dropped, *(entry.id for entry in record.entries)}
                    texts = {id: text for id, text in before.items() if id not in gone}
                    texts |= {e.id: e.text for e in record.entries if name in e.text}
                    if texts != before:
                        changes.append((record.event, texts))
        return self._about[name]

    def _read(self, texts: Iterable[str]) -> Iterator[Record]:
        return (record for text in texts for record in self._by.read(text))

    def _seen(self, event: int) -> list[Record]:
        """What memory brought into an event, in the order in which it stood there."""
        if event not in self._read_in:
            self._read_in[event] = list(self._read(t for _, t in self.views.get(event, ())))
        return self._read_in[event]

    @cached_property
    def views(self) -> dict[int, list[tuple[str, str]]]:
        """What memory brought into each event, in order: the tool that told it, or COMPOSED, and
        the text."""
        views: dict[int, list[tuple[str, str]]] = {}
        tools: dict[str, str] = {}
        composed: tuple[Message, ...] = ()
        for record in self._trace.records:
            match record:
                case Composed(messages=messages, kept=kept):
                    composed = (*composed[:kept], *messages)
                case Said(event=event, message=message):
                    tools = {call.id: call.name for call in message.calls}
                    seen = views.setdefault(event, [])
                    before = set(seen)
                    shown = ((COMPOSED, m.content) for m in composed)
                    seen += [text for text in shown if text not in before]
                case Heard(event=event, messages=messages):
                    views.setdefault(event, []).extend(
                        (tools.get(m.call_id, "a tool"), m.content) for m in messages
                    )
        return views


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
