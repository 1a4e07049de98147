"""The tasks of a file: the paragraphs of a sample packed into events, then its questions; and the
reader that finds which needed paragraphs a text holds in full."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.text import one_line
from memorygym.core.tokens import count, normalize
from memorygym.core.trace import Trace
from memorygym.core.track import gold_table
from memorygym.core.types import JSON, Budget, Event, Policy, Task
from memorygym.datasets._samples import EVERYTHING, Sample, SampleQuestion, Unit, format_named, load
from memorygym.memories.stores.splitter import LONGEST_HEAD, passages, sentences
from memorygym.tracks._qa.correctness import EXACT
from memorygym.tracks._qa.question_reader import QuestionTraceReader
from memorygym.tracks._qa.questions import Found, Missing, Question, QuestionGold
from memorygym.tracks._qa.reasoners import CachedReader, LookupNoteTaker, Strong
from memorygym.tracks._qa.stream import QUESTION_KIND, REFUSAL, content_hash, pack

TRACK = "data"
LONGEST_NAME = 40
"""Most characters of a sample's id in a template."""
EVENT_TOKENS = 2_500
"""Most tokens of an event, without its title."""
PART_TOKENS = 300
"""Most tokens of a paragraph: a longer unit is split into parts, each with its own heading."""
ROOM = 20
"""Characters of a heading that are reserved for its number and part."""
NOT_SHOWN = "The context lacked it."
"""The reasoner's answer without the evidence. It is no refusal, which some questions ask for."""
KEY = "told"
"""The key of the statements that paragraphs are."""
SYSTEM = (
    "You read texts, one event after another. What an event showed is gone once the next one"
    " begins, unless memory brings it back. In the end you are asked about them: answer with"
    " submit_answer in as few words as can be, as the texts put it, without a sentence around it."
    f' If the texts do not tell, answer "{REFUSAL}"'
)
_HEADING = re.compile(r"\[([^\[\]\n]+)\]")
_EVENT = re.compile(r"=== QUESTION · event (\d+) of \d+ ===")


@dataclass(frozen=True, slots=True)
class DataRecipe:
    """The recipe of a task: a sample, and how many of its questions are asked."""

    template: str
    seed: int
    """The number of its record in the file."""
    sample: Sample
    most: int | None = None

    def generate(self) -> Task:
        """The task."""
        sample = self.sample
        asked = askable(sample)[: self.most]
        parts = paragraphs(sample.units)
        texts = (part.text for own in parts.values() for part in own)
        packed = pack(texts, EVENT_TOKENS, count)
        events = _events(packed, [" ".join(question.question.split()) for question, _ in asked])
        questions = tuple(
            _question(question, event, [fact for unit in units for fact in parts[unit]])
            for event, (question, units) in enumerate(asked, len(packed))
        )
        recipe: Mapping[str, JSON] = {
            "template": self.template,
            "seed": self.seed,
            "instance": sample.id,
            "questions": len(asked),
            "not_asked": len(sample.questions) - len(asked),
        }
        id = content_hash(SYSTEM, *([event.kind, event.text] for event in events))
        return Task(id, TRACK, recipe, SYSTEM, events, Budget(), QuestionGold(questions))


def recipes(name: str, path: Path, most: int | None = None) -> list[DataRecipe]:
    """One recipe for each sample of a file with a question that can be asked, at most so many of
    its questions; invalid records are skipped.

    Raises UnknownPart for an unknown format, and BadSettings for a file of another format or if
    no sample is left.
    """
    if most is not None and most < 1:
        raise BadSettings(f"most {most}: give at least 1 question")
    unit = next((unit for unit in format_named(name).units if unit != "session"), None)
    result: list[DataRecipe] = []
    for number, sample in enumerate(load(name, path, unit)):
        if isinstance(sample, Sample) and askable(sample):
            template = f"{name}:{one_line(sample.id)[:LONGEST_NAME]}"
            result.append(DataRecipe(template, number, sample, most))
    if not result:
        raise BadSettings(f"{path}: no question has both evidence and an answer")
    return result


def askable(sample: Sample) -> list[tuple[SampleQuestion, tuple[str, ...]]]:
    """The questions that have evidence and an answer, each with the units that it needs."""
    asked = []
    for question in sample.questions:
        session_units = (unit.id for unit in sample.units if unit.session in question.sessions)
        needs = question.evidence or tuple(session_units)
        if needs and question.answers and question.unranked in ("", EVERYTHING):
            asked.append((question, needs))
    return asked


def _question(question: SampleQuestion, event: int, needs: Sequence[Statement]) -> Question:
    return Question(
        event=event,
        kind=question.category,
        question_type="abstention" if question.refusal else EXACT,
        text=" ".join(question.question.split()),
        truth=question.answers[0],
        aliases=question.answers[1:],
        rivals=question.rivals,
        needs=tuple(needs),
        hops=len(question.evidence) or len(question.sessions),
    )


def paragraphs(units: Sequence[Unit]) -> dict[str, list[Statement]]:
    """By unit, in order: the paragraphs that show it, as the statements that a text makes if it
    holds them in full. The subject is the heading, unique within the task, without brackets."""
    sessions = {
        name: number for number, name in enumerate(dict.fromkeys(unit.session for unit in units), 1)
    }
    turns: dict[str, int] = {}
    used: set[str] = set()
    parts: dict[str, list[Statement]] = {}
    for unit in units:
        turns[unit.session] = turns.get(unit.session, 0) + 1
        names = [f"session {sessions[unit.session]}"] if unit.session else []
        names += [part for part in (unit.date, unit.title, unit.speaker) if part]
        if not unit.title:
            names.append(f"{'turn' if unit.session else 'part'} {turns[unit.session]}")
        for text, body in _parts(_heading(names), unit):
            heading = _distinct(text, used)
            paragraph = Statement(heading, KEY, f"[{heading}]\n{body}")
            parts.setdefault(unit.id, []).append(paragraph)
    return parts


def _heading(names: Sequence[str]) -> str:
    """Names on one line, without brackets, short enough for memories to treat it as a heading."""
    line = " ".join(" · ".join(names).split()).replace("[", "(").replace("]", ")")
    return line[: LONGEST_HEAD - ROOM].rstrip(" .!?")


def _parts(heading: str, unit: Unit) -> Iterator[tuple[str, str]]:
    """The headings and bodies of a unit's paragraphs."""
    head = f"[{heading}]\n"
    text = normalize(unit.text) or "(no text)"
    bodies = [part.removeprefix(head) for part in passages(head + text, PART_TOKENS, count)]
    for number, body in enumerate(bodies, 1):
        yield heading if len(bodies) == 1 else f"{heading} · part {number}", body


def _distinct(heading: str, used: set[str]) -> str:
    """The heading, with a number if another paragraph has the same one."""
    distinct, number = heading, 1
    while distinct in used:
        number += 1
        distinct = f"{heading} · no. {number}"
    used.add(distinct)
    return distinct


def _events(packed: Sequence[Sequence[str]], questions: Sequence[str]) -> tuple[Event, ...]:
    total = len(packed) + len(questions)
    events = [("text", "TEXT", "\n\n".join(shown)) for shown in packed]
    events += [(QUESTION_KIND, "QUESTION", question) for question in questions]
    return tuple(
        Event(kind, f"=== {title} · event {number} of {total} ===\n\n{body}")
        for number, (kind, title, body) in enumerate(events, 1)
    )


class EvidenceReader:
    """The reader of the track; a paragraph counts if all its sentences are under its heading.

    Implements _qa.questions.Reader.
    """

    def __init__(self, gold: QuestionGold) -> None:
        self._paragraphs = {need.subject: need.text for need in gold.needs}
        self._questions = {question.event: question for question in gold.questions}
        bodies = (
            (head, text.removeprefix(f"[{head}]\n")) for head, text in self._paragraphs.items()
        )
        self._sentences = {
            heading: [_on_one_line(sentence) for sentence in sentences(normalize(body))]
            for heading, body in bodies
        }

    def read(self, text: str) -> tuple[Statement, ...]:
        """Statements of the paragraphs that a text holds in full, even in several pieces."""
        pieces: dict[str, list[str]] = {}
        for heading, piece in self._pieces(text):
            pieces.setdefault(heading, []).append(piece)
        texts = {heading: " ".join(parts) for heading, parts in pieces.items()}
        return tuple(
            Statement(heading, KEY, self._paragraphs[heading])
            for heading, text_ in texts.items()
            if all(sentence in text_ for sentence in self._sentences[heading])
        )

    def ask(self, text: str) -> Question | None:
        """The question of an event; None if the event asks none."""
        match = _EVENT.match(text)
        return self._questions.get(int(match[1]) - 1) if match else None

    def answer(self, query: Question, known: StatementIndex) -> Found | Missing:
        """The true answer if all needed paragraphs are known; otherwise the question as a query."""
        statements = [known.get(need.subject, need.key) for need in query.needs]
        known_statements = tuple(statement for statement in statements if statement is not None)
        if query.needs and len(known_statements) == len(query.needs):
            return Found(query.truth, known_statements)
        return Missing(query.text, known_statements)

    def render(self, statement: Statement) -> str:
        """The paragraph of a statement."""
        return str(statement.value)

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """The text between each known heading and the next, on one line."""
        headings = [
            heading for heading in _HEADING.finditer(text) if heading[1] in self._paragraphs
        ]
        for heading, end in zip_longest(headings, (heading.start() for heading in headings[1:])):
            yield heading[1], _on_one_line(text[heading.end() : end])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def trace_reader(trace: Trace) -> QuestionTraceReader:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    gold = gold_table(trace)
    return QuestionTraceReader(trace, gold.questions, EvidenceReader(gold))


def strong(task: Task) -> Policy:
    """The reasoner that knows which paragraphs each question needs."""
    assert isinstance(task.gold, QuestionGold)
    reader = CachedReader(EvidenceReader(task.gold))
    return Strong(lambda _: reader, otherwise=NOT_SHOWN)


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The note taker for memories with tools; it copies whole paragraphs while they fit."""
    return LookupNoteTaker(reasoner, lambda _, text: text.split("\n\n")[1:])
