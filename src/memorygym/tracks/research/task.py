"""The task of a plan: the results of searches, then the question; nothing else is shown."""

from collections.abc import Mapping
from dataclasses import replace

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.tracks._qa.questions import Found, Question, QuestionGold
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.research.generator import task_texts
from memorygym.tracks.research.generator.programs import FORMS
from memorygym.tracks.research.generator.prose import Document
from memorygym.tracks.research.generator.search_turns import Plan, Support
from memorygym.tracks.research.generator.settings import AGENTIC
from memorygym.tracks.research.questions import answer_of, parsed_question
from memorygym.tracks.research.relations import COUNT

TRACK = "research"
STEPS_A_HOP = 12
"""Calls allowed for each hop of a question in the agentic mode; and one for each page of the whole
collection."""
SEARCH_KIND, BRIEFING_KIND = "search", "briefing"
"""Kinds of events that ask no question."""


def task_of(plan: Plan, attempt: int) -> Task:
    """The task of a plan whose turns are filled; results name it by its template and number."""
    settings = plan.settings
    recipe: Mapping[str, JSON] = {
        "template": settings.template,
        "seed": settings.number,
        "attempt": attempt,
        "parameters": settings.parameters(),
    }
    is_agentic = settings.mode == AGENTIC
    events = _events(plan)
    gold = _gold(plan, events[-1].text)
    if is_agentic:
        # The question comes first; all other events are the collection to search.
        events = (events[-1], *events[:-1])
        gold = QuestionGold((replace(gold.questions[0], event=0),))
    system = task_texts.SEARCHING if is_agentic else task_texts.SYSTEM
    task = Task("", TRACK, recipe, system, events, Budget(), gold)
    return replace(task, id=task_id(task))


def _events(plan: Plan) -> tuple[Event, ...]:
    """The events: a briefing if the question is revealed, the searches, and the question."""
    total, form = plan.first_turn + len(plan.turns) + 1, FORMS[plan.program.kind]
    briefing = [task_texts.briefing_text(total, plan.question)][: plan.first_turn]
    if plan.settings.mode == AGENTIC:
        documents = sum(len(turn.documents) for turn in plan.turns)
        steps = STEPS_A_HOP * len(plan.chain.lookups) + documents // task_texts.LISTED
        last_text = task_texts.task_text(plan.question, form, steps)
    else:
        last_text = task_texts.question_text(total, plan.question, form)
    return (
        *(Event(BRIEFING_KIND, text) for text in briefing),
        *(Event(SEARCH_KIND, text) for text in plan.texts),
        Event(QUESTION_KIND, last_text),
    )


def _gold(plan: Plan, asked: str) -> QuestionGold:
    """The facts that the question needs, as the reader writes them, and the question, whose truth
    is what the reader finds in these facts."""
    facts = tuple(_fact(support) for support in plan.supports if support.is_own)
    query, stated = parsed_question(asked), plan.chain.facts
    assert query, asked
    known = StatementIndex(Statement(claim.subject, claim.key, claim.value) for claim in stated)
    result = answer_of(query, known)
    assert isinstance(result, Found), result
    answer = result.answer
    grouped = f"{int(answer):,}" if plan.program.kind == COUNT else answer
    question = Question(
        event=plan.first_turn + len(plan.turns),
        kind=plan.settings.shape,
        question_type="retrieval",
        text=plan.question,
        truth=answer,
        aliases=(grouped,) if grouped != answer else (),
        rivals=tuple(plan.chain.starts),
        needs=facts,
        hops=len(facts),
    )
    return QuestionGold((question,))


def _fact(support: Support) -> Statement:
    """The fact of a look-up, with the rank of the document that states it."""
    claim = support.lookup.claim
    return Statement(claim.subject, claim.key, claim.value, rank=_rank(support.document))


def _rank(document: Document) -> tuple[int, int]:
    """The rank of a document among contradicting ones: authority, then the day as yyyymmdd."""
    month, day = divmod(document.day, 28)
    return document.authority, month // 12 * 10_000 + (month % 12 + 1) * 100 + day + 1
