"""The causes of missed questions, the precision of the store and the share of statements that could
not be read, from a trace, without an LLM."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from memorygym.core.outcome import Goal, Outcome
from memorygym.core.statements import (
    CURRENT,
    HELD,
    MISSING,
    STALE,
    CountingReader,
    FactReader,
    Statement,
    StatementIndex,
)
from memorygym.core.trace import Action, Context, MemoryUpdate, ToolResult, Trace
from memorygym.core.trace_reader import CONDITIONS
from memorygym.core.track import reader_of, track_of
from memorygym.core.types import Message
from memorygym.scoring.episode_scores import outcomes

LOSSES = ("never written", "dropped", "stale", "not retrieved")
"""The steps at which a needed fact can be lost, the earliest first."""
NEVER_STATED = "never stated"
"""The cause if no message had stated a needed fact, as after an earlier sub-task that failed."""
UNANSWERED = ("format", "stuck")
"""Causes of a missing answer; `stuck`: the event ended because the same calls kept failing."""
USES = ("in context, not used", "wrong refusal", "should have refused")
CAUSES = (*LOSSES, NEVER_STATED, *USES, *UNANSWERED)
UNREAD_LIMIT = 0.05
"""Largest share of unread statements up to which figures that rest on the reader are stated."""
_SIGNS = re.compile(r"[\W_]+")
COMPOSED = "composed"
"""The source of a text that the memory composed into the context, rather than a tool returned."""


def coverage(facts: FactReader, text: str) -> tuple[int, int]:
    """The number of statements in a text that were attributed, and of those that were not."""
    if isinstance(facts, CountingReader):
        return facts.coverage(text)
    return len(facts.read(text)), 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many statements of some texts the fact reader understood.

    >>> Coverage(read=69, unread=31).unread_share, Coverage().unread_share
    (0.31, None)
    """

    read: int = 0
    """Statements that it attributed to what they name."""
    unread: int = 0
    """Statements of a known attribute or relation with a value that it could not attribute."""

    @property
    def stated(self) -> int:
        """Statements in all."""
        return self.read + self.unread

    @property
    def unread_share(self) -> float | None:
        """None if the texts state nothing."""
        return self.unread / self.stated if self.stated else None


def is_unreadable(unread_share: float | None) -> bool:
    """Whether so many statements are unread that figures that rest on the reader are withheld."""
    return unread_share is not None and unread_share > UNREAD_LIMIT + 1e-9


def is_named(name: str, text: str) -> bool:
    """Whether a name stands in a text, in whatever case and with whatever signs between its words.

    >>> is_named("Larkin Harbor", "larkin_harbor.md")
    True
    """
    return _letters(name) in _letters(text)


@lru_cache(maxsize=20_000)
def _letters(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


class Attribution:
    """The causes of the misses of one trace.

    A miss has the earliest cause that holds for one of its needed facts: the memory never held its
    current value (`never written`); held it, and no more (`dropped`), or only another value
    (`stale`); or held it and did not bring it into the view (`not retrieved`). A value that a
    correction is relative to, and that was gone when the correction came, was dropped.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.reader = reader_of(trace)
        self._env_tools = track_of(trace).tool_names
        self._about: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self._seen: dict[int, list[StatementIndex]] = {}
        self._counted: dict[str, tuple[int, int]] = {}

    @cached_property
    def causes(self) -> list[tuple[Outcome, str]]:
        """Each missed goal with one of CAUSES."""
        return [(miss, self.cause(miss)) for miss in outcomes(self._trace) if not miss.correct]

    @property
    def counts(self) -> Counter[str]:
        """Number of misses by cause."""
        return Counter(cause for _, cause in self.causes)

    def cause(self, outcome: Outcome) -> str:
        """One of CAUSES for a miss; "" for a goal that was reached."""
        question = outcome.goal
        if outcome.correct:
            return ""
        if outcome.answer is None:
            return "stuck" if question.event in self._trace.stuck_events else "format"
        if question.kind == "abstention":
            return "should have refused"
        losses = [self.lost(question, need) for need in question.needs]
        for cause in (*LOSSES, NEVER_STATED):
            if cause in losses:
                return cause
        return "wrong refusal" if "refus" in outcome.reason else "in context, not used"

    def lost(self, question: Goal, need: Statement) -> str:
        """One of LOSSES for a needed fact, or NEVER_STATED; "" if it was in the view."""
        if self.in_view(question, need):
            return ""
        states = [state for _, state in self.held(need, question.event)]
        if HELD not in states:
            stated = self.reader.is_stated(need, question.event)
            return "never written" if stated else NEVER_STATED
        return {HELD: "not retrieved", STALE: "stale", MISSING: "dropped"}[states[-1]]

    def in_view(self, question: Goal, need: Statement) -> bool:
        """Whether the memory brought a needed fact into the view of the question."""
        return any(seen.state(need) == HELD for seen in self.seen(question.event))

    def shows_stale(self, question: Goal, need: Statement) -> bool:
        """Whether the view gave a superseded value as if it were current, and not the right one."""
        stated = self.seen(question.event)[-1].stated(need.subject, need.key)
        superseded = {*self.reader.values(need, question.event)} - {need.value}
        others = (other for other in stated if other.role == CURRENT and other.value in superseded)
        return need.role == CURRENT and need.state_in(stated) != HELD and any(others)

    def held(self, fact: Statement, before: int) -> list[tuple[int, str]]:
        """The state of a fact in the memory after each event that may have changed it; if it was
        never held, because the value that a correction is relative to had gone when the correction
        came, the state of that value."""
        states = self._states(fact, before)
        for corrected, base in self.reader.bases(fact, before):
            if any(state == HELD for _, state in states):
                break
            earlier = self._states(base, corrected + 1)
            if earlier and earlier[-1][1] == MISSING:
                states = earlier
        return states

    def _states(self, fact: Statement, before: int) -> list[tuple[int, str]]:
        return [
            (event, fact.state_in(self._read(texts.values())))
            for event, texts in self.about(self.reader.mention(fact))
            if event < before
        ]

    def shown(self) -> list[str]:
        """The texts that the memory brought into the views of goals."""
        events = sorted({goal.event for goal in self.reader.goals})
        return [text for event in events for _, text in self.views.get(event, ())]

    def coverage(self, texts: Iterable[str]) -> Coverage:
        """How much of these texts the fact reader understood."""
        facts, counted = self.reader.memory_facts, self._counted
        counts = [
            counted.get(text) or counted.setdefault(text, coverage(facts, text)) for text in texts
        ]
        return Coverage(sum(read for read, _ in counts), sum(unread for _, unread in counts))

    def entries(self, event: int, name: str) -> list[str]:
        """The texts of the memory that mention a name, as an event began."""
        about = [texts for changed, texts in self.about(name) if changed < event]
        return list(about[-1].values()) if about else []

    def about(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """The entries that mention a name, after each change of them: (event, text by id)."""
        if name not in self._about:
            changes: list[tuple[int, dict[str, str]]] = []
            self._about[name] = changes
            for record in self._trace.records:
                if isinstance(record, MemoryUpdate):
                    before = changes[-1][1] if changes else {}
                    replaced_ids = {*record.dropped, *(entry.id for entry in record.entries)}
                    texts = {id: text for id, text in before.items() if id not in replaced_ids}
                    texts |= {e.id: e.text for e in record.entries if is_named(name, e.text)}
                    if texts != before:
                        changes.append((record.event, texts))
        return self._about[name]

    def seen(self, event: int) -> list[StatementIndex]:
        """What the memory had brought into an event, in the order of the view: at each call of the
        environment's tools, which may change what holds, and at the end."""
        if event not in self._seen:
            texts = [text for _, text in self.views.get(event, ())]
            ends = sorted({*self._views[1].get(event, ()), len(texts)})
            self._seen[event] = [StatementIndex(self._read(texts[:end])) for end in ends]
        return self._seen[event]

    def _read(self, texts: Iterable[str]) -> Iterator[Statement]:
        return chain.from_iterable(map(self.reader.read, texts))

    @property
    def views(self) -> dict[int, list[tuple[str, str]]]:
        """By event: each text that the memory brought into the view, after its source: the name of
        a tool, or COMPOSED."""
        return self._views[0]

    @cached_property
    def _views(self) -> tuple[dict[int, list[tuple[str, str]]], dict[int, list[int]]]:
        """`views`, and by event the number of texts at each call of the environment's tools."""
        views: dict[int, list[tuple[str, str]]] = {}
        sizes: dict[int, list[int]] = {}
        tools: dict[str, str] = {}
        context: tuple[Message, ...] = ()
        for record in self._trace.records:
            match record:
                case Context(messages=messages, kept=kept):
                    context = (*context[:kept], *messages)
                case Action(event=event, message=message):
                    tools = {call.id: call.name for call in message.calls}
                    seen = views.setdefault(event, [])
                    before = set(seen)
                    context_texts = ((COMPOSED, result.content) for result in context)
                    seen += [text for text in context_texts if text not in before]
                    if self._env_tools & {*tools.values()}:
                        sizes.setdefault(event, []).append(len(seen))
                case ToolResult(event=event, messages=messages):
                    views.setdefault(event, []).extend(
                        (tools.get(result.call_id, "a tool"), result.content)
                        for result in messages
                        if tools.get(result.call_id) not in self._env_tools
                    )
        return views, sizes

    @cached_property
    def final_coverage(self) -> Coverage:
        """How much of the final entries the fact reader understood."""
        return self.coverage(self._trace.final_memory.values())

    @cached_property
    def stored_facts(self) -> dict[str, int]:
        """How many facts the final entries state in each of CONDITIONS."""
        texts, counts = self._trace.final_memory.values(), dict.fromkeys(CONDITIONS, 0)
        stated = Counter(fact.content for text in texts for fact in self.reader.facts(text))
        for fact, times in stated.items():
            condition = self.reader.condition(fact)
            again = times - 1 if condition == "true" else 0
            counts[condition] += times - again
            counts["duplicate"] += again
        return counts

    @property
    def store_precision(self) -> dict[str, float]:
        """Of the facts that the final entries state: the share in each of CONDITIONS; {} if more
        than UNREAD_LIMIT of the statements are unread."""
        if is_unreadable(self.final_coverage.unread_share):
            return {}
        counts = self.stored_facts
        total = max(1, sum(counts.values()))
        return {name: n / total for name, n in counts.items()}
