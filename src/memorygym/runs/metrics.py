"""The measurements of an episode, from which every figure of a comparison is computed.

They are a pure function of the trace. Scores come from the reasoner's answers; which facts were
available comes from the contexts alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.outcome import Outcome
from memorygym.core.tokens import count, shown_tokens
from memorygym.core.trace import (
    Action,
    Context,
    EndpointCall,
    LimitHit,
    MemoryUpdate,
    ModelCall,
    Observation,
    ToolResult,
    Trace,
)
from memorygym.core.track import track_of
from memorygym.core.types import Message
from memorygym.memories.stores.passages import HEADING
from memorygym.scoring.attribution import Attribution, Coverage
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.grading import squad
from memorygym.scoring.usage import limits_of


@dataclass(frozen=True, slots=True)
class QuestionCase:
    """How one answerable question went."""

    number: int
    """Counted from 1 over all questions of the task, as in its id."""
    kind: str
    """What the track lists it under: of worlds retrieval, update or reasoning."""
    score: float
    """From 0 to 1; 1 is correct."""
    needs: int
    """Number of facts that it needs."""
    present: int
    """Needed facts that the context held."""
    replaced: int
    """Needed facts that had changed before the question, unless it asks about the change."""
    stale: int
    """Replaced facts of which the context showed an old value and not the current one."""
    tokens: int
    """Tokens that the memory put into the context, tool results included."""
    span: int
    """Tokens shown between the first statement of its oldest fact and the question."""
    rewrites: int
    """How often its most rewritten fact had changed."""
    hops: int = 1
    """Number of lookups that the question combines."""
    length: int = 0
    """Tokens shown before the question."""
    exact: bool | None = None
    """Whether the answer matches the truth exactly (EM of SQuAD); absent unless of a data set."""
    f1: float | None = None
    """F1 of the words of answer and truth (SQuAD); absent unless of a data set."""
    type: str = ""
    """Its question type, a finer group than the kind."""
    passages: int = 0
    """Passages that the memory put into the context: paragraphs of what it showed, without the line
    above them."""


@dataclass(frozen=True, slots=True)
class ModelCost:
    """Calls and tokens of the memory's own model: by the benchmark's token counter, or as an
    endpoint counts them that the memory asked by itself."""

    calls: int = 0
    tokens: int | None = 0
    """Tokens of prompts and replies together; None if the endpoint counts none."""

    def __add__(self, other: "ModelCost") -> "ModelCost":
        unknown = self.tokens is None or other.tokens is None
        tokens = None if unknown else (self.tokens or 0) + (other.tokens or 0)
        return ModelCost(self.calls + other.calls, tokens)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One system on one task."""

    template: str
    seed: int
    system: str
    """The row: none, full, recency, oracle, a memory as it was named, or held:MEMORY."""
    budget: int | None
    """Most tokens of the context; None without a limit."""
    reasoner: str
    cases: tuple[QuestionCase, ...]
    ingest: ModelCost
    """In events that ask nothing."""
    query: ModelCost
    """In events that ask."""
    empty: int
    """Empty replies of the memory's model."""
    overlong: int
    """Replies of the memory's model that were longer than allowed, and cut."""
    cache_breaks: int
    """How often a context did not extend the one before, which is a prompt-cache miss."""
    cuts: int
    """How often a limit cut a context, undid a dump or ended an event."""
    peak: int
    """Most tokens stored."""
    writes: int
    """Writes that an agent paid for through tools."""
    facts: Mapping[str, int]
    """How many facts the final entries state that are true, stale, wrong, duplicate or
    irrelevant."""
    limited: int = 0
    """Replies of a model reasoner that its context length or `--max-tokens` cut short."""
    repaired: int = 0
    """Answers that the grader rejected and a judge accepted."""
    shown: Coverage = Coverage()
    """How much of what the memory showed at questions the fact reader understood."""
    held: Coverage = Coverage()
    """The same of what the memory held at the end."""
    embeddings: ModelCost = ModelCost()
    """Embeddings that the memory asked an endpoint for, in all events."""
    scripted: bool = True
    """Whether the reasoner is a script, which knows of a text what the fact reader reads."""
    strongest: bool = True
    """Whether the reasoner is the track's strongest script, which no longer context confuses."""

    @property
    def task(self) -> tuple[str, int]:
        """Template and seed: the unit of pairing over systems."""
        return self.template, self.seed

    @property
    def model(self) -> ModelCost:
        """All that its own model was asked."""
        return self.ingest + self.query


def measure(
    trace: Trace, goals: Sequence[Outcome] = (), attribution: Attribution | None = None
) -> Measurement:
    """The measurements of a trace; its graded goals and attribution may be given. Raises BadTrace
    without a gold table."""
    labels, stored = trace.labels, [r for r in trace.records if isinstance(r, MemoryUpdate)]
    goals, attribution = goals or outcomes(trace), attribution or Attribution(trace)
    events = {outcome.goal.event for outcome in goals}
    written = [record for record in trace.records if isinstance(record, ModelCall)]
    asked = [record for record in trace.records if isinstance(record, EndpointCall)]
    calls: list[ModelCall | EndpointCall] = [
        *written,
        *(call for call in asked if not call.embedding),
    ]
    return Measurement(
        template=str(trace.recipe["template"]),
        seed=int(str(trace.recipe["seed"])),
        system=str(labels["memory"]),
        budget=None if labels["budget"] is None else int(str(labels["budget"])),
        reasoner=str(labels["agent"]),
        cases=_cases(trace, goals, attribution),
        ingest=_cost([call for call in calls if call.event not in events]),
        query=_cost([call for call in calls if call.event in events]),
        embeddings=_cost([call for call in asked if call.embedding]),
        empty=sum(call.outcome == "empty" for call in written),
        overlong=sum(call.outcome == "cut" for call in written),
        cache_breaks=_cache_breaks(trace),
        cuts=sum(isinstance(record, LimitHit) for record in trace.records),
        peak=max((record.tokens for record in stored), default=0),
        writes=stored[-1].writes if stored else 0,
        facts=attribution.stored_facts,
        limited=sum(bool(limit) for _, limit in limits_of(trace)),
        repaired=sum(outcome.repaired for outcome in goals),
        shown=attribution.coverage(attribution.shown()),
        held=attribution.final_coverage,
        scripted=labels["agent"] in track_of(trace).reasoners,
        strongest=labels["agent"] == next(iter(track_of(trace).reasoners)),
    )


def _cost(calls: Sequence[ModelCall | EndpointCall]) -> ModelCost:
    tokens = [part for call in calls for part in (call.prompt, call.reply) if part is not None]
    return ModelCost(len(calls), sum(tokens) if len(tokens) == 2 * len(calls) else None)


def _cache_breaks(trace: Trace) -> int:
    """How often a context dropped or altered a message of the one before."""
    breaks, before = 0, 0
    for record in trace.records:
        if isinstance(record, Context):
            breaks += record.kept < before
            before = record.kept + len(record.messages)
    return breaks


def _cases(
    trace: Trace, goals: Sequence[Outcome], attribution: Attribution
) -> tuple[QuestionCase, ...]:
    track, before, reader = track_of(trace), _shown_before(trace), attribution.reader
    tokens, published = _context_tokens(trace, track.tool_names), track.files is not None
    cases = []
    for number, outcome in enumerate(goals, start=1):
        question = outcome.goal
        if question.kind == "abstention":
            continue
        replaced = [need for need in question.needs if reader.replaced(question, need)]
        answer, truths = outcome.answer or "", reader.truths(question)
        stated = (reader.first_stated(question, need) for need in question.needs)
        cases.append(
            QuestionCase(
                number=number,
                kind=question.kind,
                type=question.question_type,
                score=float(outcome.score),
                hops=reader.hops(question),
                length=before(question.event),
                exact=squad.exact(answer, truths) if published else None,
                f1=squad.f1(answer, truths) if published else None,
                needs=len(question.needs),
                present=sum(attribution.in_view(question, need) for need in question.needs),
                replaced=len(replaced),
                stale=sum(attribution.shows_stale(question, need) for need in replaced),
                tokens=tokens.get(question.event, 0),
                passages=sum(
                    part != HEADING
                    for _, text in attribution.views.get(question.event, ())
                    for part in text.split("\n\n")
                ),
                span=before(question.event) - before(min(stated, default=question.event)),
                rewrites=max((reader.rewrites(question, n) for n in question.needs), default=0),
            )
        )
    return tuple(cases)


def _context_tokens(trace: Trace, env_tools: frozenset[str]) -> dict[int, int]:
    """By event: the most tokens that the memory put into a context, composed or read with tools."""
    most, env_calls = dict[int, int](), set[str]()
    composed, results = list[int](), list[int]()
    for record in trace.records:
        match record:
            case Context(messages=messages, kept=kept):
                composed[kept:] = _sizes(messages)
            case Observation(evict=True):
                results = []
            case ToolResult(messages=messages):
                results += _sizes([m for m in messages if m.call_id not in env_calls])
            case Action(event=event, message=message):
                env_calls = {call.id for call in message.calls if call.name in env_tools}
                most[event] = max(most.get(event, 0), sum(composed) + sum(results))
    return most


def _sizes(messages: Sequence[Message]) -> list[int]:
    return [shown_tokens(message, count) for message in messages]


def _shown_before(trace: Trace) -> Callable[[int], int]:
    """A function from an event, played or not, to the number of tokens shown before it."""
    records = (record for record in trace.records if isinstance(record, Observation))
    shown = [(record.event, sum(count(m.content) for m in record.messages)) for record in records]
    return lambda event: sum(tokens for earlier, tokens in shown if earlier < event)
