"""Why each miss was missed and what the entries are worth: from the trace alone, without an LLM."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from memorygym.core.outcome import Goal, Outcome
from memorygym.core.trace import Action, Context, MemoryUpdate, ToolResult, Trace
from memorygym.core.trace_reader import CONDITIONS, HELD, MISSING, STALE, RequiredFact
from memorygym.core.track import reader_of, track_of
from memorygym.core.types import Message
from memorygym.scoring.episode_scores import outcomes

LOSSES = ("never written", "dropped", "stale", "not retrieved")
"""Where a fact was lost, the earliest step first."""
UNANSWERED = ("format", "stuck")
"""Why there is no answer: `stuck` if the event ended because the same calls kept failing."""
CAUSES = (*LOSSES, "in view but not used", "wrong refusal", "should have refused", *UNANSWERED)
COMPOSED = "composed"
"""Where a text in view comes from that no tool told."""


class Attribution:
    """Why each miss was missed, from the trace alone."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.reader = reader_of(trace)
        self._env_tools = track_of(trace).tool_names
        self._about: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self._read_in: dict[int, list[Any]] = {}

    @cached_property
    def causes(self) -> list[tuple[Outcome, str]]:
        """Every miss with one of CAUSES."""
        return [(o, self.cause(o)) for o in outcomes(self._trace) if not o.correct]

    @property
    def counts(self) -> Counter[str]:
        """Misses by cause."""
        return Counter(cause for _, cause in self.causes)

    def cause(self, outcome: Outcome) -> str:
        """One of CAUSES for a miss: the earliest step at which a needed fact was lost; "" for what
        is right."""
        question = outcome.goal
        if outcome.correct:
            return ""
        if outcome.answer is None:
            return "stuck" if question.event in self._trace.stuck_events else "format"
        if question.kind == "abstention":
            return "should have refused"
        found = [self.lost(question, need) for need in question.needs]
        for cause in LOSSES:
            if cause in found:
                return cause
        return "wrong refusal" if "refus" in outcome.reason else "in view but not used"

    def lost(self, question: Goal, need: Any) -> str:
        """One of LOSSES for a needed fact, "" if it was in view."""
        if self.in_view(question, need):
            return ""
        states = [state for _, state in self.held(self.required(question, need), question.event)]
        now = states[-1] if states else MISSING
        if now == HELD:
            return "not retrieved"
        if now == STALE:
            return "stale"
        return "dropped" if HELD in states else "never written"

    def in_view(self, question: Goal, need: Any) -> bool:
        """Whether what memory brought into the event of the question tells a needed fact."""
        return self.required(question, need).state(self._seen(question.event)) == HELD

    def shows_stale(self, question: Goal, need: Any) -> bool:
        """Whether the view gave a superseded value as if it held."""
        return self.reader.shows_stale(question, need, self._seen(question.event))

    def required(self, question: Goal, need: Any) -> RequiredFact:
        """The fact behind a need, as it was when the question was asked."""
        return self.reader.required(question, need)

    def held(self, fact: RequiredFact, before: int) -> list[tuple[int, str]]:
        """The state of a fact in the store, after each event that may have changed it."""
        return [
            (event, fact.state_in(self._read(texts.values())))
            for event, texts in self.about(fact.name)
            if event < before
        ]

    def entries(self, event: int, name: str) -> list[str]:
        """What the memory held about a name as an event began."""
        about = [texts for at, texts in self.about(name) if at < event]
        return list(about[-1].values()) if about else []

    def about(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """The entries that mention an entity, after each change of them: (event, text by id)."""
        if name not in self._about:
            changes: list[tuple[int, dict[str, str]]] = []
            self._about[name] = changes
            for record in self._trace.records:
                if isinstance(record, MemoryUpdate):
                    before = changes[-1][1] if changes else {}
                    gone = {*record.dropped, *(entry.id for entry in record.entries)}
                    texts = {id: text for id, text in before.items() if id not in gone}
                    texts |= {e.id: e.text for e in record.entries if name in e.text}
                    if texts != before:
                        changes.append((record.event, texts))
        return self._about[name]

    def _read(self, texts: Iterable[str]) -> Iterator[Any]:
        return (record for text in texts for record in self.reader.read(text))

    def _seen(self, event: int) -> list[Any]:
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
                case Context(messages=messages, kept=kept):
                    composed = (*composed[:kept], *messages)
                case Action(event=event, message=message):
                    tools = {call.id: call.name for call in message.calls}
                    seen = views.setdefault(event, [])
                    before = set(seen)
                    shown = ((COMPOSED, m.content) for m in composed)
                    seen += [text for text in shown if text not in before]
                case ToolResult(event=event, messages=messages):
                    views.setdefault(event, []).extend(
                        (tools.get(m.call_id, "a tool"), m.content)
                        for m in messages
                        if tools.get(m.call_id) not in self._env_tools
                    )
        return views


def store_precision(trace: Trace) -> dict[str, float]:
    """Shares of the final entries that are true, stale, wrong, duplicate or irrelevant."""
    texts: Collection[str] = ()
    for _, held in trace.memory_states():
        texts = held.values()
    found = reader_of(trace).conditions(texts)
    return {name: found.count(name) / len(texts) if texts else 0.0 for name in CONDITIONS}
