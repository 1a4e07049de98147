"""Makes the tasks of a file: of each sample, paragraphs packed into events, then questions. Reads
which of the paragraphs that questions rest on a text holds in full."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.text import one_line
from memorygym.core.tokens import count, normal
from memorygym.core.types import JSON, Budget, Event, Task
from memorygym.datasets._samples import EVERYTHING, Sample, SampleQuestion, Unit, format_named, load
from memorygym.memories.stores.splitter import LONGEST_HEAD, passages, sentences
from memorygym.tracks._qa.questions import Fact, Found, Missing, Question, QuestionGold
from memorygym.tracks._qa.stream import QUESTION_KIND, content_hash

TRACK = "data"
LONGEST_NAME = 40
"""Characters of a sample's id in a template."""
EVENT_TOKENS = 2_500
"""Most tokens of an event, its title aside."""
PART_TOKENS = 300
"""Most tokens of a paragraph: a longer unit is told in parts, each under a heading of its own."""
ROOM = 20
"""Characters of a heading that say which of its namesakes, and which part, it is."""
KEY, VALUE = "told", "in full"
"""What the reader states of a paragraph."""
SYSTEM = (
    "You read texts, one event after another. What an event showed is gone once the next one"
    " begins, unless memory brings it back. In the end you are asked about them: answer with"
    " submit_answer in as few words as can be, as the texts put it, without a sentence around it."
)
_HEADING = re.compile(r"\[([^\[\]\n]+)\]")
_EVENT = re.compile(r"=== QUESTION · event (\d+) of \d+ ===")


@dataclass(frozen=True, slots=True)
class DataRecipe:
    """A sample, and how much of it is asked."""

    template: str
    seed: int
    """The number of its record in the file."""
    sample: Sample
    most: int | None = None

    def parameters(self) -> dict[str, JSON]:
        """What is set beside template and seed."""
        return {"instance": self.sample.id, "most": self.most}

    def generate(self) -> Task:
        """The task."""
        return generate(self.sample, self.template, self.seed, self.most)


def recipes(name: str, path: Path, most: int | None = None) -> list[DataRecipe]:
    """One of each sample of which a question can be asked; records that are none are passed over.

    Raises BadSettings if none is left.
    """
    if most is not None and most < 1:
        raise BadSettings(f"most {most}: give at least 1 question")
    unit = next((one for one in format_named(name).units if one != "session"), None)
    found: list[DataRecipe] = []
    for number, one in enumerate(load(name, path, unit)):
        if isinstance(one, Sample) and askable(one):
            template = f"{name}:{one_line(one.id)[:LONGEST_NAME]}"
            found.append(DataRecipe(template, number, one, most))
    if not found:
        raise BadSettings(f"{path}: no question has both evidence and an answer")
    return found


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A unit, or a part of a long one, as it is shown."""

    heading: str
    """Without its brackets; no other paragraph of the task has it."""
    body: str
    unit: str

    @property
    def text(self) -> str:
        """The heading in brackets, and the body."""
        return f"[{self.heading}]\n{self.body}"


def generate(sample: Sample, template: str, seed: int, most: int | None = None) -> Task:
    """The task of a sample. Raises BadSettings if no question has both evidence and an answer."""
    asked = askable(sample)[:most]
    if not asked:
        raise BadSettings(f"{template}: no question of {sample.id} has evidence and an answer")
    packed = pack(list(paragraphs(sample.units)))
    events = _events(packed, [" ".join(one.question.split()) for one, _ in asked])
    needed = {unit for _, units in asked for unit in units}
    facts = tuple(_facts(packed, needed))
    parts: dict[str, list[str]] = {}
    for fact, unit in facts:
        parts.setdefault(unit, []).append(fact.id)
    questions = tuple(
        _question(one, len(packed) + at, [id for unit in units for id in parts[unit]])
        for at, (one, units) in enumerate(asked)
    )
    recipe: Mapping[str, JSON] = {
        "template": template, "seed": seed, "instance": sample.id, "questions": len(asked),
        "not_asked": len(sample.questions) - len(asked),
    }  # fmt: skip
    gold = QuestionGold(tuple(fact for fact, _ in facts), questions)
    id = content_hash(SYSTEM, *([event.kind, event.text] for event in events))
    return Task(id, TRACK, recipe, SYSTEM, events, Budget(), gold)


def askable(sample: Sample) -> list[tuple[SampleQuestion, tuple[str, ...]]]:
    """The questions that have evidence and an answer, each with the units that it rests on."""
    return [
        (asked, needs)
        for asked in sample.questions
        if asked.answers and asked.unranked in ("", EVERYTHING) and (needs := _needs(asked, sample))
    ]


def _needs(asked: SampleQuestion, sample: Sample) -> tuple[str, ...]:
    """The units that a question rests on."""
    whole = (unit.id for unit in sample.units if unit.session in asked.sessions)
    return asked.evidence or tuple(whole)


def _question(asked: SampleQuestion, event: int, needs: Sequence[str]) -> Question:
    return Question(
        event=event,
        kind=asked.category,
        question_type="em",
        text=" ".join(asked.question.split()),
        truth=asked.answers[0],
        aliases=asked.answers[1:],
        rivals=asked.rivals,
        needs=tuple(needs),
        hops=len(asked.evidence) or len(asked.sessions),
    )


def paragraphs(units: Sequence[Unit]) -> Iterator[Paragraph]:
    """The units as they are shown, in order."""
    sessions = {name: at for at, name in enumerate(dict.fromkeys(u.session for u in units), 1)}
    turns: dict[str, int] = {}
    used: set[str] = set()
    for unit in units:
        turns[unit.session] = turns.get(unit.session, 0) + 1
        named = [f"session {sessions[unit.session]}"] if unit.session else []
        named += [part for part in (unit.date, unit.title, unit.speaker) if part]
        if not unit.title:
            named.append(f"{'turn' if unit.session else 'part'} {turns[unit.session]}")
        for heading, body in _parts(_heading(named), unit):
            yield Paragraph(_distinct(heading, used), body, unit.id)


def _heading(named: Sequence[str]) -> str:
    """Names on one line, without brackets, so short that memories take it for a heading."""
    line = " ".join(" · ".join(named).split()).replace("[", "(").replace("]", ")")
    return line[: LONGEST_HEAD - ROOM].rstrip(" .!?")


def _parts(heading: str, unit: Unit) -> Iterator[tuple[str, str]]:
    """Headings and bodies of what a unit is told in."""
    head = f"[{heading}]\n"
    whole = normal(unit.text) or "(no text)"
    bodies = [part.removeprefix(head) for part in passages(head + whole, PART_TOKENS, count)]
    for at, body in enumerate(bodies, 1):
        yield heading if len(bodies) == 1 else f"{heading} · part {at}", body


def _distinct(heading: str, used: set[str]) -> str:
    """The heading, with a number if another paragraph has it."""
    found, number = heading, 1
    while found in used:
        number += 1
        found = f"{heading} · no. {number}"
    used.add(found)
    return found


def pack(told: Sequence[Paragraph]) -> list[list[Paragraph]]:
    """The paragraphs of each event, in order."""
    packed: list[list[Paragraph]] = []
    room = 0
    for paragraph in told:
        cost = count(paragraph.text)
        if not packed or cost > room:
            packed.append([])
            room = EVENT_TOKENS
        packed[-1].append(paragraph)
        room -= cost
    return packed


def _events(packed: Sequence[Sequence[Paragraph]], questions: Sequence[str]) -> tuple[Event, ...]:
    total = len(packed) + len(questions)
    bodies = ["\n\n".join(paragraph.text for paragraph in event) for event in packed]
    told = [("text", "TEXT", body) for body in bodies]
    told += [(QUESTION_KIND, "QUESTION", question) for question in questions]
    return tuple(
        Event(kind, f"=== {title} · event {at} of {total} ===\n\n{body}")
        for at, (kind, title, body) in enumerate(told, 1)
    )


def _facts(packed: Sequence[Sequence[Paragraph]], needed: set[str]) -> Iterator[tuple[Fact, str]]:
    """The paragraphs that questions rest on, with the unit of each."""
    told = [(event, one) for event, shown in enumerate(packed) for one in shown]
    for number, (event, one) in enumerate(told, 1):
        if one.unit in needed:
            yield Fact(f"p{number}", one.heading, KEY, VALUE, one.text, event), one.unit


class EvidenceReader:
    """See _qa.types.Reader. A paragraph counts if all its sentences stand under its heading."""

    def __init__(self, gold: QuestionGold) -> None:
        self._facts = {fact.id: fact for fact in gold.facts}
        self._paragraphs = {fact.subject: fact.sentence for fact in gold.facts}
        self._asked = {question.event: question for question in gold.questions}
        self._sentences: dict[str, tuple[str, ...]] = {}

    def read(self, text: str) -> tuple[Statement, ...]:
        """The paragraphs that the text holds in full, in whatever pieces."""
        pieces: dict[str, list[str]] = {}
        for heading, piece in self._pieces(text):
            pieces.setdefault(heading, []).append(piece)
        texts = {heading: " ".join(found) for heading, found in pieces.items()}
        return tuple(
            Statement(heading, KEY, VALUE)
            for heading, told in texts.items()
            if all(sentence in told for sentence in self._wanted(heading))
        )

    def ask(self, text: str) -> Question | None:
        """The question of an event; None if it asks none."""
        found = _EVENT.match(text)
        return self._asked.get(int(found[1]) - 1) if found else None

    def answer(self, query: Question, known: StatementIndex) -> Found | Missing:
        """The true answer, if all that it rests on is known; else the question is asked again."""
        facts = [self._facts[need] for need in query.needs]
        told = [known.get(fact.subject, fact.key) for fact in facts]
        held = tuple(one for one in told if one is not None)
        if facts and len(held) == len(facts):
            return Found(query.truth, held)
        return Missing(query.text, held)

    def tell(self, statement: Statement) -> str:
        """The paragraph that it states to be held."""
        return self._paragraphs[statement.subject]

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """What stands between a known heading and the next, unbroken."""
        marks = [mark for mark in _HEADING.finditer(text) if mark[1] in self._paragraphs]
        for mark, end in zip_longest(marks, (mark.start() for mark in marks[1:])):
            yield mark[1], _unbroken(text[mark.end() : end])

    def _wanted(self, heading: str) -> tuple[str, ...]:
        if heading not in self._sentences:
            body = self._paragraphs[heading].removeprefix(f"[{heading}]\n")
            self._sentences[heading] = tuple(map(_unbroken, sentences(normal(body))))
        return self._sentences[heading]


def _unbroken(text: str) -> str:
    return " ".join(text.split())
