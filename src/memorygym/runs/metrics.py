"""What one episode tells of its memory: every figure of a comparison is made from these.

All of it is a pure function of a trace; the reasoner's answers tell how it went, the view alone
tells which facts were there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.outcome import Outcome
from memorygym.core.tokens import count, shown_tokens
from memorygym.core.trace import (
    Action,
    Context,
    LimitHit,
    MemoryUpdate,
    ModelCall,
    Observation,
    ToolResult,
    Trace,
)
from memorygym.core.track import track_of
from memorygym.core.types import Message
from memorygym.scoring.attribution import Attribution, store_precision
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.grading import squad
from memorygym.scoring.usage import limits_of


@dataclass(frozen=True, slots=True)
class QuestionCase:
    """How one answerable question went."""

    number: int
    """Counted from 1 over all questions of the task, as in its ID."""
    kind: str
    """retrieval, update or reasoning."""
    score: float
    """From 0 to 1; 1 is right."""
    needs: int
    """Facts that it rests on."""
    present: int
    """Of these, how many the view held."""
    replaced: int
    """Of these, how many had been changed before it was asked, unless it asks about the change."""
    stale: int
    """Of the replaced ones, of how many the view gave the superseded value."""
    tokens: int
    """What memory brought into the view, tool results included."""
    span: int
    """Tokens shown between the first telling of its oldest fact and the question."""
    rewrites: int
    """How often the most rewritten of its facts had been changed."""
    hops: int = 1
    """Lookups that the question combines."""
    length: int = 0
    """Tokens shown before it was asked."""
    exact: bool = False
    """Whether the answer matches the truth word for word (EM of SQuAD)."""
    f1: float = 0.0
    """Of the answer's words with the truth's (SQuAD)."""


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What the memory's own model cost, by the one token counter."""

    calls: int = 0
    tokens: int = 0
    """Of prompts and replies together."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """One arm on one task."""

    template: str
    seed: int
    system: str
    """The row: a memory as it was named, none, full, recency, oracle, or held:MEMORY."""
    budget: int | None
    """Tokens of the view; None without a limit."""
    reasoner: str
    cases: tuple[QuestionCase, ...]
    ingest: ModelCost
    """In events that ask nothing."""
    query: ModelCost
    """In events that ask."""
    empty: int
    """Replies of the memory's model that were empty."""
    overlong: int
    """Replies of it that were longer than asked, and cut."""
    cache_breaks: int
    """How often what the memory composed was not a continuation of what it composed before."""
    cuts: int
    """Times the referee cut a view or undid a write beyond the capacity."""
    peak: int
    """Most tokens held."""
    writes: int
    """Paid by an agent through tools."""
    precision: Mapping[str, float]
    """Shares of the final entries that are true, stale, wrong, duplicate or irrelevant."""
    limited: int = 0
    """Replies of a model as the reasoner that its context or `--max-tokens` cut short."""
    repaired: int = 0
    """Answers that the grader rejected and a judge accepted."""

    @property
    def world(self) -> tuple[str, int]:
        """What is paired: the same task under every arm."""
        return self.template, self.seed


def measure(trace: Trace) -> Measurement:
    """What the trace of an arm tells. Raises BadTrace without a gold table."""
    labels, stored = trace.labels, [r for r in trace.records if isinstance(r, MemoryUpdate)]
    told = outcomes(trace)
    events = {outcome.goal.event for outcome in told}
    asked = [record for record in trace.records if isinstance(record, ModelCall)]
    return Measurement(
        template=str(trace.recipe["template"]),
        seed=int(str(trace.recipe["seed"])),
        system=str(labels["memory"]),
        budget=None if labels["budget"] is None else int(str(labels["budget"])),
        reasoner=str(labels["agent"]),
        cases=_cases(trace, told),
        ingest=_spent([one for one in asked if one.event not in events]),
        query=_spent([one for one in asked if one.event in events]),
        empty=sum(one.outcome == "empty" for one in asked),
        overlong=sum(one.outcome == "cut" for one in asked),
        cache_breaks=_fractures(trace),
        cuts=sum(isinstance(record, LimitHit) for record in trace.records),
        peak=max((record.tokens for record in stored), default=0),
        writes=stored[-1].writes if stored else 0,
        precision=store_precision(trace),
        limited=sum(bool(limit) for _, limit in limits_of(trace)),
        repaired=sum(outcome.repaired for outcome in told),
    )


def _spent(asked: list[ModelCall]) -> ModelCost:
    return ModelCost(len(asked), sum(one.prompt + one.reply for one in asked))


def _fractures(trace: Trace) -> int:
    """Changes of the composed part that dropped or altered a message of it."""
    found, before = 0, 0
    for record in trace.records:
        if isinstance(record, Context):
            found += record.kept < before
            before = record.kept + len(record.messages)
    return found


def _cases(trace: Trace, told: Sequence[Outcome]) -> tuple[QuestionCase, ...]:
    before, attribution = _shown_before(trace), Attribution(trace)
    by = attribution.reader
    by_view = _tokens_in_view(trace, track_of(trace).tool_names)
    cases = []
    for number, outcome in enumerate(told, start=1):
        question = outcome.goal
        if question.kind == "abstention":
            continue
        replaced = [need for need in question.needs if by.replaced(question, need)]
        said, truths = outcome.answer or "", by.truths(question)
        told_at = (by.first_stated(question, need) for need in question.needs)
        cases.append(
            QuestionCase(
                number=number,
                kind=question.kind,
                score=outcome.score,
                hops=by.hops(question),
                length=before(question.event),
                exact=squad.exact(said, truths),
                f1=squad.f1(said, truths),
                needs=len(question.needs),
                present=sum(attribution.in_view(question, need) for need in question.needs),
                replaced=len(replaced),
                stale=sum(attribution.shows_stale(question, need) for need in replaced),
                tokens=by_view.get(question.event, 0),
                span=before(question.event) - before(min(told_at, default=question.event)),
                rewrites=max((by.rewrites(question, n) for n in question.needs), default=0),
            )
        )
    return tuple(cases)


def _tokens_in_view(trace: Trace, env_tools: frozenset[str]) -> dict[int, int]:
    """By event: the most that memory brought into a view, composed or read with tools."""
    found: dict[int, int] = {}
    others: set[str] = set()
    composed: list[int] = []
    heard: list[int] = []
    for record in trace.records:
        match record:
            case Context(messages=messages, kept=kept):
                composed[kept:] = _sizes(messages)
            case Observation(evict=True):
                heard = []
            case ToolResult(messages=messages):
                heard += _sizes([m for m in messages if m.call_id not in others])
            case Action(event=event, message=message):
                others = {call.id for call in message.calls if call.name in env_tools}
                found[event] = max(found.get(event, 0), sum(composed) + sum(heard))
    return found


def _sizes(messages: Sequence[Message]) -> list[int]:
    return [shown_tokens(message, count) for message in messages]


def _shown_before(trace: Trace) -> Callable[[int], int]:
    """Tells how many tokens were shown before an event, which may never have come."""
    records = (record for record in trace.records if isinstance(record, Observation))
    shown = [(one.event, sum(count(m.content) for m in one.messages)) for one in records]
    return lambda event: sum(tokens for at, tokens in shown if at < event)
