"""Proof that an instance asks for memory: its final texts, read once, answered with parts left out.

A check is a function of what was read; it gives {"ok": bool, numbers}. One that should have run and
could not is not ok and says why, and an instance is accepted if all are ok.
"""

from bisect import bisect_left
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON
from memorygym.tracks._qa.correctness import right
from memorygym.tracks._qa.leakage import given_away, shared_wording
from memorygym.tracks._qa.questions import Fact, Found, Question, Reader
from memorygym.tracks._qa.stream import REFUSAL

Verdict: TypeAlias = dict[str, JSON]
LENGTH_OFF = 0.01
"""How far the length may be from the target, as a share of it."""


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A part of a text that is shown, as small as one could be found alone."""

    event: int
    text: str


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    """A question, and the whole text of its event."""

    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class AblationInput:
    """What a track submits to the proof."""

    reader: Reader
    documents: Sequence[ShownDocument]
    """In the order of their events."""
    facts: Sequence[Fact]
    questions: Sequence[QuestionEvent]
    guess: Callable[[Any], str | None]
    """The best answer to a query for who was shown nothing; None: it has none."""
    tokens: int
    """Of all texts that are shown."""
    target: int
    """Of how many tokens the instance was to be."""
    window: int = 1
    """How many of the last events before a question can be seen without a memory."""
    pinned: str = ""
    """What is in view beside every event."""
    wording: frozenset[str] = frozenset()
    """Words of the trade, in small letters, which questions and facts may share."""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as the reader understands it."""

    name: str
    question: Question
    text: str
    """All that is in view when it is asked."""
    query: Any
    end: int
    """How many documents were shown before it."""
    needs: tuple[Fact, ...]


class _Noted(Container[int]):
    """No number at all; notes which were looked for."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def __contains__(self, number: object) -> bool:
        assert isinstance(number, int)
        self.numbers.add(number)
        return False


class DocumentReadings:
    """What a reader takes from all documents, each of which it reads once and alone."""

    def __init__(self, ablation_input: AblationInput) -> None:
        if any(one.event > other.event for one, other in pairwise(ablation_input.documents)):
            raise ValueError("the documents are not in the order of their events")
        self.ablation_input = ablation_input
        self.told: dict[tuple[str, str], list[tuple[Statement, int]]] = {
            (fact.subject, fact.key): [] for fact in ablation_input.facts
        }
        """What is told of each fact, its other values too, and by which document."""
        read = [
            (one, number)
            for number, document in enumerate(ablation_input.documents)
            for one in ablation_input.reader.read(document.text)
        ]
        for one, number in read:
            if (told := self.told.get((one.subject, one.key))) is not None:
                told.append((one, number))
        self.known = StatementIndex((one for one, _ in read), (number for _, number in read))
        facts = {fact.id: fact for fact in ablation_input.facts}
        self.cases = [
            self._case(f"q{n}", one, facts) for n, one in enumerate(ablation_input.questions)
        ]

    def _case(self, name: str, asked: QuestionEvent, facts: dict[str, Fact]) -> ParsedQuestion:
        query = self.ablation_input.reader.ask(asked.text)
        if query is None:
            raise ValueError(f"{name}: the reader finds no question in {asked.text!r}")
        needs = tuple(facts[id] for id in asked.question.needs)
        end = _first(self.ablation_input.documents, asked.question.event)
        text = "\n".join((asked.question.text, asked.text, self.ablation_input.pinned))
        return ParsedQuestion(name, asked.question, text, query, end, needs)

    def telling(self, fact: Fact) -> set[int]:
        """The documents that tell a fact."""
        return {n for one, n in self.told[fact.subject, fact.key] if one.value == fact.value}

    def of(self, case: ParsedQuestion) -> set[int]:
        """The documents that tell anything that a question needs."""
        return set().union(*map(self.telling, case.needs))

    def solves(self, case: ParsedQuestion, documents: Container[int]) -> bool:
        """Whether the reader is right from these documents alone."""
        got = self.ablation_input.reader.answer(case.query, self.known.only(documents))
        return isinstance(got, Found) and right(case.question, got.answer)


def _first(documents: Sequence[ShownDocument], event: int) -> int:
    """The number of the first document of that event or a later one."""
    return bisect_left(documents, event, key=lambda document: document.event)


def solvable(reading: DocumentReadings) -> Verdict:
    """Right from nothing but the documents that tell what is needed."""
    return _all(reading, lambda case: reading.solves(case, reading.of(case)))


def full(reading: DocumentReadings) -> Verdict:
    """Right from everything."""
    return _all(reading, lambda case: reading.solves(case, range(case.end)))


def no_memory(reading: DocumentReadings) -> Verdict:
    """Not right from what is still in view when it is asked."""
    documents = reading.ablation_input.documents

    def seen(case: ParsedQuestion) -> range:
        start = case.end
        for _ in range(reading.ablation_input.window):
            start = _first(documents, documents[start - 1].event) if start else 0
        return range(start, case.end)

    return _none(reading, lambda case: reading.solves(case, seen(case)))


def leave_one_out(reading: DocumentReadings) -> Verdict:
    """For each needed fact: not right without all the documents that tell it."""
    tried, kept = 0, []
    for case in reading.cases:
        for fact in case.needs:
            tried += 1
            telling = reading.telling(fact)
            if not telling or reading.solves(case, {*range(case.end)} - telling):
                kept.append(f"{case.name}/{fact.id}")
    return {"ok": not kept and tried > 0, "facts": tried, "not_needed": list(kept)}


def distractors_only(reading: DocumentReadings) -> Verdict:
    """Not right from all the documents that tell nothing that is needed."""
    return _none(reading, lambda case: reading.solves(case, {*range(case.end)} - reading.of(case)))


def single_document(reading: DocumentReadings) -> Verdict:
    """Not right from any one document, unless it tells all that is needed.

    Only a document that the reader looks for when it knows nothing can alone change what it does.
    """
    tried, enough = 0, []
    for case in reading.cases:
        noted = _Noted()
        reading.ablation_input.reader.answer(case.query, reading.known.only(noted))
        whole = set.intersection(*map(reading.telling, case.needs)) if case.needs else set()
        for number in sorted(noted.numbers - whole):
            tried += number < case.end
            if number < case.end and reading.solves(case, (number,)):
                enough.append(f"{case.name}/{number}")
    return {"ok": not enough, "tried": tried, "enough": list(enough)}


def closed_book(reading: DocumentReadings) -> Verdict:
    """Not right from the question alone, by reading, by the best guess or by refusing."""

    def guessed(case: ParsedQuestion) -> bool:
        tried = (REFUSAL, reading.ablation_input.guess(case.query) or REFUSAL)
        return reading.solves(case, ()) or any(right(case.question, one) for one in tried)

    return _none(reading, guessed)


def question_leakage(reading: DocumentReadings) -> Verdict:
    """Nothing that must be found is named in view, and no sentence that tells it is quoted."""
    ablation_input, named, quoted = reading.ablation_input, [], []
    for case in reading.cases:
        known = reading.known.only(range(case.end))
        truths = (case.question.truth, *case.question.aliases)
        leaked = given_away(case.text, truths, case.needs, ablation_input.reader, case.query, known)
        named += [f"{case.name}/{name}" for name in leaked]
        shared = shared_wording(case.question.text, case.needs, ablation_input.wording)
        quoted += [f"{case.name}/{gram}" for gram in shared]
    return {"ok": not named and not quoted, "named": list(named), "quoted": list(quoted)}


def stale(reading: DocumentReadings) -> Verdict:
    """Every other value told of a fact that is itself the answer is graded wrong; rivals too."""
    tried, passed = 0, []
    for case in reading.cases:
        for fact in case.needs:
            told = reading.told[fact.subject, fact.key]
            others = {one.value for one, n in told if n < case.end and one.value != fact.value}
            if fact.rewrites and not others:
                raise ValueError(f"{fact.id}: the reader finds none of its {fact.rewrites} values")
            if not right(case.question, fact.value):
                continue
            tried += len(others)
            passed += [f"{case.name}/{v}" for v in sorted(others) if right(case.question, v)]
        tried += len(case.question.rivals)
        passed += [f"{case.name}/{v}" for v in case.question.rivals if right(case.question, v)]
    return {"ok": not passed, "values": tried, "passed": list(passed)}


def length(reading: DocumentReadings) -> Verdict:
    """The texts that are shown are as long as they were to be."""
    achieved, target = reading.ablation_input.tokens, reading.ablation_input.target
    off = (achieved - target) / target
    ok = abs(off) <= LENGTH_OFF
    return {"ok": ok, "tokens": achieved, "target": target, "off": round(off, 5)}


CHECKS: dict[str, Callable[[DocumentReadings], Verdict]] = {
    check.__name__: check
    for check in (
        solvable, full, no_memory, leave_one_out, distractors_only, single_document, closed_book,
        question_leakage, stale, length,
    )
}  # fmt: skip


def result(ablation_input: AblationInput, **more: Callable[[], Verdict]) -> dict[str, Any]:
    """All checks, and more by name, as an instance carries them under `verification`."""
    try:
        reading = DocumentReadings(ablation_input)
        checks = {name: _run(partial(check, reading)) for name, check in CHECKS.items()}
    except Exception as error:  # noqa: BLE001  # The reader is the track's.
        checks = dict.fromkeys(CHECKS, _error(error))
    checks |= {name: _run(check) for name, check in more.items()}
    accepted = all(check["ok"] for check in checks.values())
    return {"accepted": accepted, "checks": checks, "llm_closed_book": "not run"}


def _run(check: Callable[[], Verdict]) -> Verdict:
    try:
        return check()
    except Exception as error:  # noqa: BLE001  # The reader is the track's.
        return _error(error)


def _error(error: Exception) -> Verdict:
    return {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}


def _all(
    reading: DocumentReadings, solves: Callable[[ParsedQuestion], bool], off: str = "wrong"
) -> Verdict:
    found = [case.name for case in reading.cases if not solves(case)]
    asked = len(reading.cases)
    return {"ok": not found and asked > 0, "asked": asked, off: list(found)}


def _none(reading: DocumentReadings, solves: Callable[[ParsedQuestion], bool]) -> Verdict:
    return _all(reading, lambda case: not solves(case), "right")
