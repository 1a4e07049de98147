"""What the reasoners of worlds have for themselves: the weak one answers from one record, and the
note taker keeps notes within the budget.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from memorygym.core.statements import AMONG, Statement, StatementIndex
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.reasoners import AskedQuestion, Strong, attended_parts
from memorygym.tracks._qa.stream import event_start
from memorygym.tracks.worlds.agents.honest import brief_reader
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.questions import kind_of


class OneRecordReasoner(Strong):
    """A reasoner that reads the first tokens about the entity, and of two values uses the first."""

    def conclude(self, context: AskedQuestion) -> Found | Missing:
        query = context.query
        if query.clues:  # It takes the first entity of which one clue is stated for the one meant.
            read = context.read(context.texts)
            fitting = (fact.subject for fact in read if fact[1:3] == query.clues[0])
            query = replace(query, names=tuple(islice(fitting, 1)), clues=())
        if not kind_of(query).one_record or not query.names:
            return Missing("", ())
        # Of its relations, only those that one part states.
        name, facts = query.names[0], list[Statement]()
        for part in attended_parts(context.texts, lambda part: name in part):
            stated = [f for f in context.read([part]) if f.subject == name and f.holds]
            is_related = any(fact.role == AMONG for fact in facts)
            facts += [fact for fact in stated if fact.role != AMONG or not is_related]
        answer: Found | Missing
        answer = context.reader.answer(query, StatementIndex(facts, first=True))
        return answer


class ReasonerWithNotes(Policy):
    """A scripted writer: keeps notes as `brief_reader` does, and looks them up for a reasoner."""

    def __init__(self, reasoner: Policy) -> None:
        self._writer = brief_reader()
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        event = event_start(view)
        looked_up = any(message.role == "tool" for message in view[event:])
        parsed = looked_up and strong_reader(view[0].content).ask(view[event].content) is not None
        policy = self._reasoner if parsed else self._writer
        return policy.act(view, tools)


def strong(task: Task) -> Policy:
    """The reasoner that reads the whole view; it knows what the stream of its task shows."""
    return Strong(lambda system: strong_reader(system, task.texts))


def weak(task: Task) -> Policy:
    """The reasoner that imitates a small model."""
    return OneRecordReasoner(lambda system: strong_reader(system, task.texts))


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The scripted writer around a reasoner."""
    return ReasonerWithNotes(reasoner)
