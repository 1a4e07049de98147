"""The strata that the command line asks for, by hops and length, the instances in each, and their
tasks: the results of searches, then the question; nothing else is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, cycle

from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import abbreviate
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks._qa.generated import strata
from memorygym.tracks._qa.questions import Found, Question, QuestionGold
from memorygym.tracks._qa.stream import BRIEFING_KIND, QUESTION_KIND
from memorygym.tracks._qa.verification import NoDraft, sound_task
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.length import fill
from memorygym.tracks.research.generator.programs import FORMS, program, shapes
from memorygym.tracks.research.generator.prose import Document
from memorygym.tracks.research.generator.search_turns import (
    BRANCHES,
    Plan,
    Support,
    add_turns,
    add_unasked,
    surrounded,
)
from memorygym.tracks.research.generator.settings import AGENTIC, ResearchSettings
from memorygym.tracks.research.generator.task_texts import (
    LISTED,
    SEARCH_KIND,
    SEARCHING,
    SYSTEM,
    question_text,
    task_text,
)
from memorygym.tracks.research.questions import answer_of, parsed_question
from memorygym.tracks.research.relations import COUNT
from memorygym.tracks.research.verifier import verification

STREAMS = "research-v2"
"""Names the random streams of tasks."""
REHEARSAL_LENGTH = 200_000
"""Tokens from which an instance is first checked in a short version, because it takes minutes to
reject a long one."""
_SHORT = 40_000
STEPS_A_HOP = 12
"""Calls allowed for each hop of a question in the agentic mode; and one for each page of the whole
collection."""


@dataclass(frozen=True, slots=True)
class ResearchRecipe:
    """The recipe of one instance."""

    settings: ResearchSettings

    @property
    def template(self) -> str:
        return self.settings.template

    @property
    def seed(self) -> int:
        """The number of the instance."""
        return self.settings.number

    def generate(self) -> Task:
        """The first task that passes every check. Raises BadSettings if no draft does."""
        return sound_task(f"{self.template}, instance {self.seed}", self._draft, verification)

    def _draft(self, attempt: int) -> Task:
        """The task of an attempt. Raises NoDraft."""
        plan = skeleton(self.settings, attempt)
        if not plan.chain.unambiguous:
            raise NoDraft("the question has several answers")
        if len(plan.branches) < BRANCHES:
            raise NoDraft("whatever relation is followed leads to the answer")
        if self.settings.tokens >= REHEARSAL_LENGTH:
            short = generate(replace(self.settings, tokens=_SHORT), attempt)
            if failures := failed(verification(short)):
                raise NoDraft(", ".join(failures))
        return generate(self.settings, attempt)


def recipes_of(parameters: Mapping[str, str], n: int, seed: int) -> list[ResearchRecipe]:
    """The recipes; the strata alternate. Raises BadSettings with the possible values."""
    chosen = strata("research", ResearchSettings, parameters)
    recipes = []
    for number, values in zip(range(n), cycle(chosen), strict=False):
        name = f"hops{values['hops']}-{abbreviate(values['tokens'])}"
        choices = shapes(values["hops"]) or ("",)  # So few hops that the settings refuse them.
        shape = choices[number // len(chosen) % len(choices)]
        recipes.append(ResearchRecipe(ResearchSettings(name, number, seed, shape=shape, **values)))
    return recipes


def generate(settings: ResearchSettings, attempt: int = 0) -> Task:
    """The task of these settings, not verified yet."""
    return task_of(filled(settings, attempt), attempt)


def filled(settings: ResearchSettings, attempt: int = 0) -> Plan:
    """The plan of these settings, with all documents."""
    plan = skeleton(settings, attempt)
    stream = _streams(settings, attempt)
    programs = stream("unasked programs")
    others = (program(programs, settings.shape, settings.hops) for _ in count())
    add_unasked(stream("unasked"), plan, others)
    add_turns(stream("turns"), plan)
    fill(stream("filler"), plan)
    return plan


def skeleton(settings: ResearchSettings, attempt: int = 0) -> Plan:
    """The part of an instance that does not depend on its length."""
    stream = _streams(settings, attempt)
    query = program(stream("program"), settings.shape, settings.hops)
    return surrounded(stream("chains"), settings, query, EntityGraph(stream("graph")))


def _streams(settings: ResearchSettings, attempt: int) -> Callable[[str], Stream]:
    """The random streams of an attempt, by name."""
    return partial(named_rng, STREAMS, settings.seed, settings.template, settings.number, attempt)


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
    system = SEARCHING if is_agentic else SYSTEM
    task = Task("", "research", recipe, system, events, Budget(), gold)
    return replace(task, id=task_id(task))


def _events(plan: Plan) -> tuple[Event, ...]:
    """The events: a briefing if the question is revealed, the searches, and the question."""
    total, form = plan.first_turn + len(plan.turns) + 1, FORMS[plan.program.kind]
    if plan.settings.mode == AGENTIC:
        documents = sum(len(turn.documents) for turn in plan.turns)
        steps = STEPS_A_HOP * len(plan.chain.lookups) + documents // LISTED
        last_text = task_text(plan.question, form, steps)
    else:
        last_text = question_text(total, plan.question, form)
    return (
        *(
            Event(BRIEFING_KIND if number < plan.first_turn else SEARCH_KIND, text)
            for number, text in enumerate(plan.texts)
        ),
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
