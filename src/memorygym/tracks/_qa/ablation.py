"""Checks that an instance needs memory: a reader answers its final texts with parts left out.

A check is a function of the parsed documents that returns {"ok": bool, numbers}. A check that
raises an error is not ok and gives the reason. A task is accepted if all checks are ok.
"""

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON, Task
from memorygym.datasets.instances.folder import shown_tokens
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.leakage import leaked_names, shared_wording
from memorygym.tracks._qa.questions import Found, Missing, Question, Reader
from memorygym.tracks._qa.stream import QUESTION_KIND, REFUSAL

CheckResult: TypeAlias = dict[str, JSON]
LENGTH_OFF = 0.01
"""How far the length may deviate from the target, as a share of the target."""


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """The smallest part of a shown text that could be retrieved alone."""

    event: int
    text: str


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

    @property
    def needs(self) -> Sequence[Statement]:
        """The facts that it needs."""
        return self.question.needs


class _RequestedNumbers(Container[int]):
    """An empty container that records the numbers that were looked up in it."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()

    def __contains__(self, number: object) -> bool:
        assert isinstance(number, int)
        self.numbers.add(number)
        return False


@dataclass(frozen=True)
class TaskReadings:
    """What is shown in a task, as a track states it, and what its reader finds there; every
    document is read once, alone."""

    task: Task
    """Its gold table has `questions`."""
    reader: Reader
    parts: Callable[[str], Iterable[str]] = lambda text: text.split("\n\n")
    """The documents in the text of an event."""
    guess: "Callable[[TaskReadings, Any], str | None]" = lambda *_: None
    """The best guess at the answer to a query without any text; None if there is none."""
    show: Callable[[Statement], str] = lambda statement: statement.text
    """The value of a statement as an answer writes it."""
    sentence: "Callable[[TaskReadings, Statement], str]" = lambda own, fact: own.reader.render(fact)
    """The sentence that states a needed fact."""
    window: int = 1
    """How many of the last events before a question are in view without a memory."""
    wording: frozenset[str] = frozenset()
    """Words of the domain, in lower case, that questions and facts may share."""

    @cached_property
    def documents(self) -> Sequence[ShownDocument]:
        """All shown documents, each in the first event that shows it."""
        first_events: dict[str, int] = {}
        for number, event in enumerate(self.task.events):
            for text in self.parts(event.text) if event.kind != QUESTION_KIND else ():
                first_events.setdefault(text, number)
        return [ShownDocument(event, text) for text, event in first_events.items()]

    @property
    def questions(self) -> Sequence[Question]:
        """All questions of the task."""
        questions: Sequence[Question] = self.task.gold.questions
        return questions

    @cached_property
    def stated(self) -> Sequence[Sequence[Statement]]:
        """By document: its statements."""
        return [self.reader.read(document.text) for document in self.documents]

    @cached_property
    def numbered(self) -> Sequence[tuple[Statement, int]]:
        """All statements, with the numbers of their documents."""
        return [(fact, number) for number, facts in enumerate(self.stated) for fact in facts]

    @cached_property
    def known(self) -> StatementIndex:
        """All statements, with the numbers of their documents as sources."""
        return StatementIndex((fact for fact, _ in self.numbered), (n for _, n in self.numbered))

    @cached_property
    def about(self) -> Mapping[tuple[object, ...], list[tuple[Statement, int]]]:
        """By subject and key of each needed fact: all statements, also of other values."""
        needs = (need for question in self.questions for need in question.needs)
        about: dict[tuple[object, ...], list[tuple[Statement, int]]] = {n[:2]: [] for n in needs}
        for fact, number in self.numbered:
            if fact[:2] in about:
                about[fact[:2]].append((fact, number))
        return about

    @cached_property
    def cases(self) -> Sequence[ParsedQuestion]:
        """The questions as they are parsed. Raises ValueError for one that cannot be."""
        return [self._case(f"q{number}", asked) for number, asked in enumerate(self.questions)]

    def _case(self, name: str, question: Question) -> ParsedQuestion:
        shown = self.task.events[question.event].text
        query = self.reader.ask(shown)
        if query is None:
            raise ValueError(f"{name}: the reader finds no question in {shown!r}")
        text = "\n".join((question.text, shown, self.task.system))
        return ParsedQuestion(name, question, text, query, _first(self.documents, question.event))

    def stating(self, fact: Statement) -> set[int]:
        """The numbers of the documents that state a fact."""
        return {number for s, number in self.about[fact[:2]] if s.value == fact.value}

    def needed_for(self, case: ParsedQuestion) -> set[int]:
        """The numbers of the documents that state any fact that a question needs."""
        return set().union(*map(self.stating, case.needs))

    def solves(self, case: ParsedQuestion, documents: Container[int]) -> bool:
        """Whether the reader answers correctly from these documents alone; else it refuses."""
        return self.is_right(case, self.reader.answer(case.query, self.known.only(documents)))

    def is_right(self, case: ParsedQuestion, result: Found | Missing) -> bool:
        """Whether a reader's result is right; a missing fact makes it refuse."""
        return is_correct(case.question, REFUSAL if result.answer is None else result.answer)


def _first(documents: Sequence[ShownDocument], event: int) -> int:
    """The number of the first document of an event or of a later one."""
    return bisect_left(documents, event, key=lambda document: document.event)


def solvable(reading: TaskReadings) -> CheckResult:
    """The reader is right from only the documents that state needed facts."""
    return _all(reading, lambda case: reading.solves(case, reading.needed_for(case)))


def full(reading: TaskReadings) -> CheckResult:
    """The reader is right from all documents before the question."""
    return _all(reading, lambda case: reading.solves(case, range(case.end)))


def no_memory(reading: TaskReadings) -> CheckResult:
    """The reader is wrong from the documents that are still in view when the question is asked."""
    documents = reading.documents

    def seen(case: ParsedQuestion) -> range:
        start = case.end
        for _ in range(reading.window):
            start = _first(documents, documents[start - 1].event) if start else 0
        return range(start, case.end)

    return _none(reading, lambda case: reading.solves(case, seen(case)))


def leave_one_out(reading: TaskReadings) -> CheckResult:
    """The reader is wrong when all documents that state any one needed fact are removed."""
    trials, not_needed = 0, []
    for case in reading.cases:
        for fact in case.needs:
            trials += 1
            documents = reading.stating(fact)
            if not documents or reading.solves(case, {*range(case.end)} - documents):
                not_needed.append(f"{case.name}/{fact.subject}, {fact.key}")
    return {"ok": not not_needed and trials > 0, "facts": trials, "not_needed": list(not_needed)}


def distractors_only(reading: TaskReadings) -> CheckResult:
    """The reader is wrong from all the documents that state no needed fact."""

    def distractors(case: ParsedQuestion) -> set[int]:
        return {*range(case.end)} - reading.needed_for(case)

    return _none(reading, lambda case: reading.solves(case, distractors(case)))


def single_document(reading: TaskReadings) -> CheckResult:
    """The reader is wrong from any single document, unless it states every needed fact.

    Documents that the reader never looks up when it knows nothing are skipped.
    """
    trials, sufficient = 0, []
    for case in reading.cases:
        requested = _RequestedNumbers()
        reading.reader.answer(case.query, reading.known.only(requested))
        complete = set.intersection(*map(reading.stating, case.needs)) if case.needs else set()
        for number in sorted(requested.numbers - complete):
            trials += number < case.end
            if number < case.end and reading.solves(case, (number,)):
                sufficient.append(f"{case.name}/{number}")
    return {"ok": not sufficient, "tried": trials, "enough": list(sufficient)}


def closed_book(reading: TaskReadings) -> CheckResult:
    """The question alone does not give the answer: not by reading, the best guess or a refusal."""

    def guessable(case: ParsedQuestion) -> bool:
        guesses = (REFUSAL, reading.guess(reading, case.query) or REFUSAL)
        return reading.solves(case, ()) or bool(_accepted(case, guesses))

    return _none(reading, guessable)


def question_leakage(reading: TaskReadings) -> CheckResult:
    """The question's event names nothing that must be found and quotes no sentence of its facts."""
    named, quoted = list[str](), list[str]()
    for case in reading.cases:
        known = [fact for fact, number in reading.numbered if number < case.end]
        truths = (case.question.truth, *case.question.aliases)
        leaked = leaked_names(case.text, truths, case.needs, reading.reader, case.query, known)
        named += [f"{case.name}/{name}" for name in leaked]
        facts = [(need, reading.sentence(reading, need)) for need in case.needs]
        shared = shared_wording(case.question.text, facts, reading.wording)
        quoted += [f"{case.name}/{run}" for run in shared]
    return {"ok": not named and not quoted, "named": list(named), "quoted": list(quoted)}


def stale(reading: TaskReadings) -> CheckResult:
    """Rivals and, if a fact's value is the answer, all its other values are graded wrong."""
    values, accepted, show = 0, list[JSON](), reading.show
    for case in reading.cases:
        for fact in case.needs:
            if not is_correct(case.question, show(fact)):
                continue
            statements = reading.about[fact[:2]]
            shown = {show(statement) for statement, number in statements if number < case.end}
            others = shown - {show(fact)}
            values += len(others)
            accepted += _accepted(case, sorted(others))
        values += len(case.question.rivals)
        accepted += _accepted(case, case.question.rivals)
    return {"ok": not accepted, "values": values, "passed": accepted}


def _accepted(case: ParsedQuestion, values: Iterable[str]) -> list[JSON]:
    return [f"{case.name}/{value}" for value in values if is_correct(case.question, value)]


def length(reading: TaskReadings) -> CheckResult:
    """The shown texts have the target length."""
    parameters: Any = reading.task.recipe["parameters"]
    achieved, target = shown_tokens(reading.task), parameters["tokens"]
    deviation = (achieved - target) / target
    ok = abs(deviation) <= LENGTH_OFF
    return {"ok": ok, "tokens": achieved, "target": target, "off": round(deviation, 5)}


Check: TypeAlias = Callable[[TaskReadings], CheckResult]
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        solvable, full, no_memory, leave_one_out, distractors_only, single_document, closed_book,
        question_leakage, stale, length,
    )
}  # fmt: skip


def run_checks(
    reading: TaskReadings, checks: Mapping[str, Check] = CHECKS
) -> dict[str, CheckResult]:
    """The results of the checks, by name."""
    return {name: _run(check, reading) for name, check in checks.items()}


def failed(results: Mapping[str, Mapping[str, JSON]]) -> list[str]:
    """The names of the checks that failed."""
    return [name for name, result in results.items() if not result["ok"]]


def _run(check: Check, reading: TaskReadings) -> CheckResult:
    try:
        return check(reading)
    except Exception as error:  # noqa: BLE001  # The reader is the track's.
        return {"ok": False, "error": f"{type(error).__name__}: {error}"[:300]}


def _all(
    reading: TaskReadings, solves: Callable[[ParsedQuestion], bool], label: str = "wrong"
) -> CheckResult:
    failures = [case.name for case in reading.cases if not solves(case)]
    ok = not failures and len(reading.cases) > 0
    return {"ok": ok, "asked": len(reading.cases), label: list(failures)}


def _none(reading: TaskReadings, solves: Callable[[ParsedQuestion], bool]) -> CheckResult:
    return _all(reading, lambda case: not solves(case), "right")
