"""The agentic mode: the agent searches the instance's documents itself, one call per event."""

import re
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property

from memorygym.core.statements import Statement
from memorygym.core.trace import Answer, Observation, Trace
from memorygym.core.track import gold_table
from memorygym.core.types import Call, Env, Message, Step, Task
from memorygym.memories.stores.search.fulltext import STOP_WORDS, FullText
from memorygym.memories.stores.splitter import headed, sentences
from memorygym.tracks._qa import question_reader, reasoners
from memorygym.tracks._qa.defaults import RECALL, RecallEnv, recall_step
from memorygym.tracks._qa.question_reader import QuestionTraceReader
from memorygym.tracks._qa.questions import Question, QuestionGold
from memorygym.tracks._qa.stream import submit
from memorygym.tracks.research import OPEN, SEARCH
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator import task_texts
from memorygym.tracks.research.questions import NAME

SUBMIT = submit("Answer the question; this ends the task.")
QUOTED = 4
"""Sentences of each document on a result page."""
DEEPEST = 2_000
"""Most documents on all pages of one search together."""
STEPS = re.compile(r"At most (\d+) steps\.$")
_WORD = re.compile(r"[^\W_]+")
_NAMES = re.compile(rf"\b{NAME}\b")


def steps_of(task: Task) -> int:
    """How many calls a task allows; 0 if it is not in the agentic mode."""
    match = STEPS.search(task.events[0].text) if task.system == task_texts.SEARCHING else None
    return int(match[1]) if match else 0


def env(task: Task) -> Env:
    """The environment of a task: with scripted searches, or with searches by the agent."""
    return SearchEnv(task) if steps_of(task) else RecallEnv(task)


def oracle(task: Task) -> Mapping[int, str]:
    """The facts that each event's question needs; in the agentic mode every event has it."""
    texts, steps = reasoners.oracle(task), steps_of(task)
    return dict.fromkeys(range(steps + 1), texts[0]) if steps else texts


def reader(trace: Trace) -> QuestionTraceReader:
    """The reader of a trace. Raises BadTrace if the trace has no gold table.

    In the agentic mode the question counts as asked in the event that answers it. It needs the
    facts that earlier events had shown; other facts were never there to be remembered.
    """
    observations = [
        record for record in trace.records if isinstance(record, Observation) and record.messages
    ]
    texts = (message.content for record in observations[:1] for message in record.messages)
    is_searching = any(text.startswith(task_texts.RESULT) for text in texts)
    if trace.system != task_texts.SEARCHING or not is_searching:
        return question_reader.reader(trace)
    gold: QuestionGold = gold_table(trace)
    answer_events = [record.event for record in trace.records if isinstance(record, Answer)]
    event = answer_events[-1] if answer_events else observations[-1].event
    asked = [replace(question, event=event) for question in gold.questions]
    own = QuestionTraceReader(trace, asked, ResearchReader())
    own.goals = [replace(question, needs=_shown(own, question)) for question in asked]
    return own


def _shown(reader: QuestionTraceReader, question: Question) -> tuple[Statement, ...]:
    """The needed facts that earlier events had shown; all if none had."""
    needs = question.needs
    shown = (need for need in needs if reader.first_stated(question, need) < question.event)
    return tuple(shown) or needs


class SearchEnv(Env):
    """The environment of the agentic mode.

    Each call but recall ends an event; the next event shows its result and then the question.
    """

    tools = (SEARCH, OPEN, SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        self.task = task
        self._question = task.events[0].text
        self._steps = steps_of(task)
        self._step = 0

    @cached_property
    def _corpus(self) -> dict[int, str]:
        texts = (event.text for event in self.task.events[1:])
        documents = dict.fromkeys(
            document for text in texts for document in task_texts.documents_in(text)
        )
        return dict(enumerate(documents, 1))

    @cached_property
    def _index(self) -> FullText:
        return FullText(self._corpus.items())

    def fork(self) -> "SearchEnv":
        return copy(self)  # The documents and their index never change.

    def reset(self) -> Step:
        self._step = 0
        return self._show("Nothing was searched for yet.")

    def step(self, reply: Message) -> Step:
        call = reply.calls[0] if reply.calls else None
        if call and call.name == SUBMIT.name:
            return Step(done=True, evict=True, answer=str(_argument(call, "answer")))
        if call and call.name == RECALL.name:
            return recall_step(str(_argument(call, "query")))
        if self._step == self._steps:
            return Step(done=True, evict=True)
        return self._show(self._result(call))

    def _show(self, result: str) -> Step:
        self._step += 1
        # The question comes last, because a memory is searched for the newest message.
        texts = (task_texts.step_text(self._step, result), self._question)
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
        results = self._index.search(query, DEEPEST)
        if not results:
            return f"Nothing for '{query}'."
        names = _NAMES.findall(query)
        matching = [
            number
            for number in results
            if names and all(name in self._corpus[number] for name in names)
        ]
        pages = max(1, -(-len(matching) // task_texts.LISTED))
        page_number = page if isinstance(page, int) else 1
        if not 1 <= page_number <= pages:
            return f"There is no page {page} for '{query}'; there are 1 to {pages}."
        ranked = list(dict.fromkeys([*matching, *results]))
        chosen = ranked[(page_number - 1) * task_texts.LISTED : page_number * task_texts.LISTED]
        return task_texts.page_text(query, page_number, pages, self._excerpts(query, chosen))

    def _excerpts(self, query: str, numbers: list[int]) -> Iterator[tuple[int, str, str]]:
        """The sentences of each document that share most words with the query, in their order."""
        terms = _words(query) - STOP_WORDS
        for number in numbers:
            heading, body = headed(self._corpus[number])
            body_sentences = sentences(body)
            scores = [-len(terms & _words(sentence)) for sentence in body_sentences]
            chosen = sorted(sorted(range(len(body_sentences)), key=scores.__getitem__)[:QUOTED])
            yield number, heading, " ".join(body_sentences[index] for index in chosen)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _argument(call: Call, name: str) -> object:
    return call.arguments.get(name) if isinstance(call.arguments, Mapping) else None
