"""Checks that an instance needs memory: a reader answers its final texts with parts left out.

A check is a function of the parsed documents that returns {"ok": bool, numbers}. A check that
raises an error is not ok and gives the reason. A task is accepted if all checks are ok.
"""

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeAlias

from memorygym.core.json_values import FrozenDict
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.leakage import leaked_names, shared_wording
from memorygym.tracks._qa.questions import Found, Missing, Question, Reader
from memorygym.tracks._qa.stream import REFUSAL

CheckResult: TypeAlias = dict[str, JSON]
LENGTH_OFF = 0.01
"""How far the length may deviate from the target, as a share of the target."""


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """The smallest part of a shown text that could be retrieved alone."""

    event: int
    text: str


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    """A question and the whole text of its event."""

    question: Question
    text: str


@dataclass(frozen=True, slots=True)
class AblationInput:
    """The input of the checks, as a track passes it."""

    reader: Reader
    documents: Sequence[ShownDocument]
    """All shown documents, in the order of their events."""
    questions: Sequence[QuestionEvent]
    guess: Callable[[Any], str | None] = lambda _: None
    """The best guess at the answer to a query without any text; None if there is none."""
    tokens: int = 0
    """Tokens of all texts that are shown."""
    target: int = 0
    """Tokens that the instance should have."""
    show: Callable[[Statement], str] = lambda statement: statement.text
    """The value of a statement as an answer writes it."""
    window: int = 1
    """How many of the last events before a question are in view without a memory."""
    pinned: str = ""
    """The system message, which is in view in every event."""
    wording: frozenset[str] = frozenset()
    """Words of the domain, in lower case, that questions and facts may share."""
    sentences: Mapping[Statement, str] = field(default_factory=FrozenDict)
    """By needed fact: the sentence that states it, if that is not the reader's own."""


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question as the reader parses it."""

    name: str
    question: Question
    text: str
    """Everything that is in view when it is asked, apart from memory."""
    query: Any
    end: int
    """How many documents were shown before it."""
    needs: tuple[Statement, ...]


class _RequestedNumbers(Container[int]):
    """An empty container that records the numbers that were looked up in it."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def __contains__(self, number: object) -> bool:
        assert isinstance(number, int)
        self.numbers.add(number)
        return False


class DocumentReadings:
    """The statements that a reader finds in all documents; it reads each document once, alone."""

    def __init__(self, ablation_input: AblationInput) -> None:
        documents = ablation_input.documents
        if any(document.event > later.event for document, later in pairwise(documents)):
            raise ValueError("the documents are not in the order of their events")
        self.ablation_input = ablation_input
        self.statements: dict[tuple[object, ...], list[tuple[Statement, int]]] = {
            need[:2]: [] for event in ablation_input.questions for need in event.question.needs
        }
        """All statements about each fact, also with other values, with their document numbers."""
        self.read = [ablation_input.reader.read(document.text) for document in documents]
        """By document: its statements."""
        pairs = [(statement, n) for n, stated in enumerate(self.read) for statement in stated]
        for statement, number in pairs:
            if statement[:2] in self.statements:
                self.statements[statement[:2]].append((statement, number))
        self.known = StatementIndex((pair[0] for pair in pairs), (pair[1] for pair in pairs))
        events = enumerate(ablation_input.questions)
        self.cases = [self._case(f"q{number}", event) for number, event in events]

    def _case(self, name: str, event: QuestionEvent) -> ParsedQuestion:
        query = self.ablation_input.reader.ask(event.text)
        if query is None:
            raise ValueError(f"{name}: the reader finds no question in {event.text!r}")
        end = _first(self.ablation_input.documents, event.question.event)
        text = "\n".join((event.question.text, event.text, self.ablation_input.pinned))
        return ParsedQuestion(name, event.question, text, query, end, event.question.needs)

    def stating(self, fact: Statement) -> set[int]:
        """The numbers of the documents that state a fact."""
        return {n for s, n in self.statements[fact[:2]] if s.value == fact.value}

    def needed_for(self, case: ParsedQuestion) -> set[int]:
        """The numbers of the documents that state any fact that a question needs."""
        return set().union(*map(self.stating, case.needs))

    def solves(self, case: ParsedQuestion, documents: Container[int]) -> bool:
        """Whether the reader answers correctly from these documents alone; else it refuses."""
        result = self.ablation_input.reader.answer(case.query, self.known.only(documents))
        return self.is_right(case, result)

    def is_right(self, case: ParsedQuestion, result: Found | Missing) -> bool:
        """Whether a reader's result is right; a missing fact makes it refuse."""
        return is_correct(case.question, REFUSAL if result.answer is None else result.answer)


def _first(documents: Sequence[ShownDocument], event: int) -> int:
    """The number of the first document of an event or of a later one."""
    return bisect_left(documents, event, key=lambda document: document.event)


def solvable(reading: DocumentReadings) -> CheckResult:
    """The reader is right from only the documents that state needed facts."""
    return _all(reading, lambda case: reading.solves(case, reading.needed_for(case)))


def full(reading: DocumentReadings) -> CheckResult:
    """The reader is right from all documents before the question."""
    return _all(reading, lambda case: reading.solves(case, range(case.end)))


def no_memory(reading: DocumentReadings) -> CheckResult:
    """The reader is wrong from the documents that are still in view when the question is asked."""
    documents = reading.ablation_input.documents

    def seen(case: ParsedQuestion) -> range:
        start = case.end
        for _ in range(reading.ablation_input.window):
            start = _first(documents, documents[start - 1].event) if start else 0
        return range(start, case.end)

    return _none(reading, lambda case: reading.solves(case, seen(case)))


def leave_one_out(reading: DocumentReadings) -> CheckResult:
    """The reader is wrong when all documents that state any one needed fact are removed."""
    trials, not_needed = 0, []
    for case in reading.cases:
        for fact in case.needs:
            trials += 1
            documents = reading.stating(fact)
            if not documents or reading.solves(case, {*range(case.end)} - documents):
                not_needed.append(f"{case.name}/{fact.subject}, {fact.key}")
    return {"ok": not not_needed and trials > 0, "facts": trials, "not_needed": list(not_needed)}


def distractors_only(reading: DocumentReadings) -> CheckResult:
    """The reader is wrong from all the documents that state no needed fact."""

    def distractors(case: ParsedQuestion) -> set[int]:
        return {*range(case.end)} - reading.needed_for(case)

    return _none(reading, lambda case: reading.solves(case, distractors(case)))


def single_document(reading: DocumentReadings) -> CheckResult:
    """The reader is wrong from any single document, unless it states every needed fact.

    Documents that the reader never looks up when it knows nothing are skipped.
    """
    trials, sufficient = 0, []
    for case in reading.cases:
        requested = _RequestedNumbers()
        reading.ablation_input.reader.answer(case.query, reading.known.only(requested))
        complete = set.intersection(*map(reading.stating, case.needs)) if case.needs else set()
        for number in sorted(requested.numbers - complete):
            trials += number < case.end
            if number < case.end and reading.solves(case, (number,)):
                sufficient.append(f"{case.name}/{number}")
    return {"ok": not sufficient, "tried": trials, "enough": list(sufficient)}


def closed_book(reading: DocumentReadings) -> CheckResult:
    """The question alone does not give the answer: not by reading, the best guess or a refusal."""

    def guessable(case: ParsedQuestion) -> bool:
        guesses = (REFUSAL, reading.ablation_input.guess(case.query) or REFUSAL)
        return reading.solves(case, ()) or bool(_accepted(case, guesses))

    return _none(reading, guessable)


def question_leakage(reading: DocumentReadings) -> CheckResult:
    """The question's event names nothing that must be found and quotes no sentence of its facts."""
    reader, named, quoted = reading.ablation_input.reader, [], []
    for case in reading.cases:
        known = reading.known.only(range(case.end))
        truths = (case.question.truth, *case.question.aliases)
        leaked = leaked_names(case.text, truths, case.needs, reader, case.query, known)
        named += [f"{case.name}/{name}" for name in leaked]
        sentences = reading.ablation_input.sentences
        facts = [
            (need, sentences[need] if need in sentences else reader.render(need))
            for need in case.needs
        ]
        shared = shared_wording(case.question.text, facts, reading.ablation_input.wording)
        quoted += [f"{case.name}/{run}" for run in shared]
    return {"ok": not named and not quoted, "named": list(named), "quoted": list(quoted)}


def stale(reading: DocumentReadings) -> CheckResult:
    """Rivals and, if a fact's value is the answer, all its other values are graded wrong."""
    values, accepted, show = 0, list[JSON](), reading.ablation_input.show
    for case in reading.cases:
        for fact in case.needs:
            if not is_correct(case.question, show(fact)):
                continue
            statements = reading.statements[fact[:2]]
            shown = {show(statement) for statement, number in statements if number < case.end}
            others = shown - {show(fact)}
            values += len(others)
            accepted += _accepted(case, sorted(others))
        values += len(case.question.rivals)
        accepted += _accepted(case, case.question.rivals)
    return {"ok": not accepted, "values": values, "passed": accepted}


def _accepted(case: ParsedQuestion, values: Iterable[str]) -> list[JSON]:
    return [f"{case.name}/{value}" for value in values if is_correct(case.question, value)]


def length(reading: DocumentReadings) -> CheckResult:
    """The shown texts have the target length."""
    achieved, target = reading.ablation_input.tokens, reading.ablation_input.target
    deviation = (achieved - target) / target
    ok = abs(deviation) <= LENGTH_OFF
    return {"ok": ok, "tokens": achieved, "target": target, "off": round(deviation, 5)}


Check: TypeAlias = Callable[[DocumentReadings], CheckResult]
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        solvable, full, no_memory, leave_one_out, distractors_only, single_document, closed_book,
        question_leakage, stale, length,
    )
}  # fmt: skip


def run_checks(
    ablation_input: AblationInput, checks: Mapping[str, Check] = CHECKS
) -> dict[str, CheckResult]:
    """The results of the checks, by name."""
    try:
        reading = DocumentReadings(ablation_input)
    except Exception as error:  # noqa: BLE001  # The reader is the track's.
        return dict.fromkeys(checks, _error(error))
    return {name: _run(check, reading) for name, check in checks.items()}


def failed(results: Mapping[str, CheckResult]) -> list[str]:
    """The names of the checks that failed."""
    return [name for name, result in results.items() if not result["ok"]]


def _run(check: Check, reading: DocumentReadings) -> CheckResult:
    try:
        return check(reading)
    except Exception as error:  # noqa: BLE001  # The reader is the track's.
        return _error(error)


def _error(error: Exception) -> CheckResult:
    return {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}


def _all(
    reading: DocumentReadings, solves: Callable[[ParsedQuestion], bool], label: str = "wrong"
) -> CheckResult:
    failures = [case.name for case in reading.cases if not solves(case)]
    ok = not failures and len(reading.cases) > 0
    return {"ok": ok, "asked": len(reading.cases), label: list(failures)}


def _none(reading: DocumentReadings, solves: Callable[[ParsedQuestion], bool]) -> CheckResult:
    return _all(reading, lambda case: not solves(case), "right")
