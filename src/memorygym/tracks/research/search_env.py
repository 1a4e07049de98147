"""The agentic mode: the reasoner searches the instance's documents itself, a call an event."""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property

from memorygym.core.trace import Answer, Observation, Trace
from memorygym.core.track import gold_table
from memorygym.core.types import Call, Env, Message, Step, Task
from memorygym.memories.stores.search.fulltext import STOP_WORDS, FullText
from memorygym.memories.stores.splitter import headed, sentences
from memorygym.tracks._qa.defaults import RECALL, recalling
from memorygym.tracks._qa.question_reader import QuestionTraceReader
from memorygym.tracks._qa.questions import Fact, Question, QuestionGold
from memorygym.tracks._qa.stream import submit
from memorygym.tracks.research import OPEN, SEARCH
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator import task_texts
from memorygym.tracks.research.question_grammar import NAME
from memorygym.tracks.research.task import documents_of

SUBMIT = submit("Answer the question; this ends the task.")
QUOTED = 4
"""Sentences of a document on a page."""
DEEPEST = 2_000
"""Documents that the pages of one search hold together at most."""
_STEPS = re.compile(r"At most (\d+) steps\.$")
_WORD = re.compile(r"[^\W_]+")
_NAMES = re.compile(rf"\b{NAME}\b")


def steps_of(task: Task) -> int:
    """How many searches and readings a task allows; 0: the reasoner makes none itself."""
    found = _STEPS.search(task.events[0].text) if task.system == task_texts.SEARCHING else None
    return int(found[1]) if found else 0


def reader_of(trace: Trace) -> QuestionTraceReader | None:
    """How the trace of such a task is read; None for any other.

    It is asked in the event that answers it, and rests there on what the events before it had told:
    the rest was never there to be remembered.
    """
    shown = [one for one in trace.records if isinstance(one, Observation) and one.messages]
    texts = (message.content for one in shown[:1] for message in one.messages)
    begun = any(text.startswith(task_texts.RESULT) for text in texts)
    if trace.system != task_texts.SEARCHING or not begun:
        return None
    gold: QuestionGold = gold_table(trace)
    answered = [one.event for one in trace.records if isinstance(one, Answer)]
    event = answered[-1] if answered else shown[-1].event
    first = _first_told(shown, gold.facts)
    facts = tuple(replace(fact, event=first.get(fact.id, event)) for fact in gold.facts)
    asked = tuple(_asked(question, first, event) for question in gold.questions)
    return QuestionTraceReader(trace, QuestionGold(facts, asked), ResearchReader())


def _first_told(shown: list[Observation], facts: tuple[Fact, ...]) -> dict[str, int]:
    """By fact: the first event that told it, if one did."""
    wanted = {(fact.subject, fact.key, fact.value): fact.id for fact in facts}
    reader = ResearchReader()
    found: dict[str, int] = {}
    for record in shown:
        for message in record.messages:
            for one in reader.read(message.content):
                if id := wanted.get(one[:3]):
                    found.setdefault(id, record.event)
    return found


def _asked(question: Question, first: Mapping[str, int], event: int) -> Question:
    told = tuple(need for need in question.needs if first.get(need, event) < event)
    return replace(question, event=event, needs=told or question.needs)


class SearchEnv(Env):
    """Each call but recall ends an event; the next shows what it found, then the question."""

    tools = (SEARCH, OPEN, SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        self.task = task
        self._question = task.events[0].text
        self._steps = steps_of(task)
        self._at = 0

    @cached_property
    def _corpus(self) -> dict[int, str]:
        return dict(enumerate(documents_of(event.text for event in self.task.events[1:]), 1))

    @cached_property
    def _index(self) -> FullText:
        return FullText(self._corpus.items())

    def fork(self) -> "SearchEnv":
        return copy(self)  # The documents and their index never change.

    def reset(self) -> Step:
        self._at = 0
        return self._show("Nothing was searched for yet.")

    def step(self, reply: Message) -> Step:
        call = reply.calls[0] if reply.calls else None
        if call and call.name == SUBMIT.name:
            return Step(done=True, evict=True, answer=str(_argument(call, "answer")))
        if call and call.name == RECALL.name:
            return recalling(str(_argument(call, "query")))
        if self._at == self._steps:
            return Step(done=True, evict=True)
        return self._show(self._result(call))

    def _show(self, result: str) -> Step:
        self._at += 1
        # The question comes last, for a memory is searched for the newest message.
        texts = (task_texts.step_text(self._at, result), self._question)
        return Step(tuple(Message("user", text) for text in texts), evict=True)

    def _result(self, call: Call | None) -> str:
        if call is None:
            return "Nothing was called."
        if call.name == SEARCH.name:
            return self._page(str(_argument(call, "query")), _argument(call, "page"))
        number = _argument(call, "document")
        if number not in self._corpus:
            return f"There is no document {number}; there are 1 to {len(self._corpus)}."
        assert isinstance(number, int)
        return self._corpus[number]

    def _page(self, query: str, page: object) -> str:
        found = self._index.search(query, DEEPEST)
        if not found:
            return f"Nothing for '{query}'."
        names = _NAMES.findall(query)
        naming = [n for n in found if names and all(name in self._corpus[n] for name in names)]
        pages = max(1, -(-len(naming) // task_texts.LISTED))
        at = page if isinstance(page, int) else 1
        if not 1 <= at <= pages:
            return f"There is no page {page} for '{query}'; there are 1 to {pages}."
        ranked = list(dict.fromkeys([*naming, *found]))
        chosen = ranked[(at - 1) * task_texts.LISTED : at * task_texts.LISTED]
        return task_texts.page_text(query, at, pages, self._excerpts(query, chosen))

    def _excerpts(self, query: str, numbers: list[int]) -> Iterator[tuple[int, str, str]]:
        """Of each document, the sentences with most of the words, as they stand."""
        terms = _words(query) - STOP_WORDS
        for number in numbers:
            heading, body = headed(self._corpus[number])
            told = sentences(body)
            fits = [-len(terms & _words(sentence)) for sentence in told]
            best = sorted(sorted(range(len(told)), key=fits.__getitem__)[:QUOTED])
            yield number, heading, " ".join(told[at] for at in best)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _argument(call: Call, name: str) -> object:
    return call.arguments.get(name) if isinstance(call.arguments, Mapping) else None
