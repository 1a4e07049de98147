"""Verifies that generated tasks are fair, with a reader that sees only the rendered text.

The reader must answer every question from the full text, and must fail when a needed message is
removed. It may guess at most 3 % of a question type from the question alone. The value before a
correction must be marked wrong. No other text that is shown may state an answer, and the place at
which a question names the winner must not give it away.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from memorygym.core.statements import HELD, Statement, StatementIndex
from memorygym.core.tokens import MONTHS, count
from memorygym.core.track import MapFunction, TaskRecipe, Verification
from memorygym.core.types import Message, Task
from memorygym.scoring.grading import grade
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Query, by_entity, category_in
from memorygym.tracks.worlds.generator.gold import Question, WorldsGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.schedule import BATCH
from memorygym.tracks.worlds.generator.tiers import MIX, sized
from memorygym.tracks.worlds.leaks import StrayTexts
from memorygym.tracks.worlds.parsed_view import parse_view
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verification_report import FairnessFailure, VerificationResult

NEAR = 0.05
"""Relative difference below which two figures could be confused."""
_DAY = re.compile(r"· (\d+) ([A-Z][a-z]+) (\d{4})(?: ===$|\]$)", re.M)
_LEADING = re.compile(r"(?<![\d,.])[1-9]")
_SENTENCE = re.compile(r"\. |\n|\b[Ii]n \d{4}\b")
_FIGURE = re.compile(r"(?<!\S)([^\s\d]*)(\d[\d,]*(?:\.\d+)?)([^\s\d.,;]*)(?=[.,;]?(?:\s|$))")


def verify(settings: WorldsSettings, task: Task | None = None) -> VerificationResult:
    """The verification of one generated task."""
    return Verifier(settings, task or settings.generate()).check()


def verify_all(recipes: Sequence[TaskRecipe], parallel_map: MapFunction) -> Verification:
    """The verification of all tasks together."""
    total = VerificationResult()
    for result in parallel_map(verify, recipes):
        total.add(result)
    total.close()
    return total.verification()


class Verifier:
    """Verifies one task; every message is parsed once."""

    def __init__(self, settings: WorldsSettings, task: Task) -> None:
        assert isinstance(task.gold, WorldsGold)
        self.settings, self.task, self.gold = settings, task, task.gold
        self.reader: StrongReader = strong_reader(task.system)
        self.facts: list[tuple[Statement, ...]] = [
            () if event.text.startswith("=== QUESTION") else self.reader.read(event.text)
            for event in task.events
        ]
        """By event: the facts that it states."""
        pairs = [(fact, event) for event, facts in enumerate(self.facts) for fact in facts]
        self.known = StatementIndex((fact for fact, _ in pairs), [event for _, event in pairs])
        self.stray = StrayTexts(task, task.gold, self.reader.guide)
        self.result = VerificationResult()
        self.counts = self.result.counts

    def check(self) -> VerificationResult:
        """The result of all checks."""
        self.counts["all", "tasks"] += 1
        self.counts["all", "heldout"] += len(self.gold.heldout)
        self._check_statements()
        self._check_budget()
        self._check_sizes()
        self._check_texts()
        for question in self.gold.questions:
            self._check_question(question)
        return self.result

    def _fail(self, event: int, check: str, detail: str) -> None:
        self.result.failures.append(
            FairnessFailure(self.settings.template, self.settings.seed, event, check, detail)
        )

    def _count(self, question: Question, column: str, n: int = 1) -> None:
        self.counts[question.question_type, column] += n

    def _check_statements(self) -> None:
        """Every value of the gold table is stated where it should be; no sentence is unclear."""
        for event, shown in enumerate(self.task.events):
            if self.facts[event] and (unread := self.reader.coverage(shown.text)[1]):
                self._fail(event, "unclear", f"{unread} sentences")
        heldout = set(self.gold.heldout)
        for fact in self.gold.facts:
            name, key = fact.subject, fact.key
            event = self.gold.events[name]
            if not any(fact == stated.content for stated in self.facts[event]):
                self._fail(event, "not stated", f"{key} in the document of {name}")
                self.counts["all", "heldout_misread"] += (name, key) in heldout
        for fact in self.gold.in_the_end():
            if self.known.state(fact) != HELD:
                event = self.gold.events[fact.subject]
                self._fail(event, "not stated", f"{fact.key} of {fact.subject} in the end")

    def _check_budget(self) -> None:
        """The budget follows from the mean reference record."""
        budget, guide = self.task.budget, self.reader.guide
        documents = (facts for shown in self.facts for facts in by_entity(shown))
        tokens = [count(record_of(guide, facts)) for facts in documents if category_in(facts)]
        mean = max(1.0, sum(tokens) / max(1, len(tokens)))
        if budget.capacity is None or budget.writes is None or budget.slot is None:
            self._fail(-1, "budget", "a limit is missing")
        elif abs(budget.capacity - budget.writes * mean) > 1 or not 1 <= budget.slot / mean <= 1.3:
            self._fail(-1, "budget", f"{budget} for records of {mean:.1f} tokens")

    def _check_sizes(self) -> None:
        """All sizes are as set, and a fact changes in a later session than it was stated."""
        gold, events = self.gold, self.task.events
        tier = sized(self.settings.tier, self.settings.sizes)
        kinds = Counter(question.kind for question in gold.questions)
        actual = [kinds[kind] for kind in MIX] + [len(gold.names), self.task.budget.writes]
        actual += [sum(c.notice for c in gold.changes), 1 + sum(event.session for event in events)]
        sessions = min(tier.sessions, -(-tier.entities // BATCH))
        expected = [*tier.mix, tier.entities, tier.writes, tier.corrections, sessions]
        if actual != expected and self.settings.sizes.tokens is None:
            self._fail(-1, "sizes", f"{expected} expected, {actual} found")
        for change in gold.changes if sessions > 1 else ():
            between = events[gold.events[change.new.subject] + 1 : change.event + 1]
            if not any(event.session for event in between):
                self._fail(change.event, "same session", change.new.subject)

    def _check_texts(self) -> None:
        """Dates never go back; no sentence of an event's first document has two similar figures."""
        last = (0, 0, 0)
        for index, event in enumerate(self.task.events):
            days = {(int(y), MONTHS.index(m), int(d)) for d, m, y in _DAY.findall(event.text)}
            if len(days) != 1 or min(days) < last:
                self._fail(index, "days", f"{sorted(days)} after {last}")
            last = max(days, default=last)
            for sentence in _SENTENCE.split(event.text.partition("\n\n")[0]):
                figures = _FIGURE.findall(sentence)
                if len(figures) == 2 and _near(*figures):
                    self._fail(index, "misleading", sentence)

    def _check_question(self, question: Question) -> None:
        self._count(question, "asked")
        event = self.task.events[question.event]
        for place in self.stray.leaks(question):
            self._fail(question.event, "leak", f"{place} | {question.text} | {question.truth}")
        query = self.reader.ask(event.text)
        if query is None:
            self._fail(question.event, "not parsed", question.text)
            return
        known = self._before(question.event)
        answer = self.reader.answer(query, known)
        self._count(question, "right", self._right(question, answer, "full text"))
        self._check_strictness(question, query, known)
        if question.kind == "abstention":
            return
        self.result.note_winner(query.names, question.truth.partition(" (")[0])
        view = [Message("system", self.task.system), Message("user", event.text)]
        self._count(question, "guessed", self._right(question, guess(parse_view(view))))
        self._check_needs(question, query)
        if question.kind == "update":
            self._check_stale(question)

    def _check_strictness(self, question: Question, query: Query, known: StatementIndex) -> None:
        """The order of the facts does not matter, and answers close to the truth are wrong."""
        entities = by_entity(chain.from_iterable(self.facts[: question.event]))
        reordered = StatementIndex(chain.from_iterable(reversed(entities)))
        answer = self.reader.answer(replace(query, names=query.names[::-1]), reordered)
        self._right(question, answer, "tie")
        for wrong in self._near_misses(question):
            if self._right(question, wrong):
                self._fail(question.event, "lenient", f"{question.truth} | accepted {wrong}")

    def _near_misses(self, question: Question) -> Iterator[str]:
        """Answers close to the truth, each wrong in one part."""
        truth = question.truth
        head, mark, rest = truth.partition(" (")
        yield "412" if question.kind == "abstention" else REFUSAL
        names = self.gold.names if head in self.gold.names else ()
        for other in (question.rivals or [name for name in names[:2] if name != head])[:1]:
            yield f"{other}{mark}{rest}"
            yield f"{truth} or {other}{mark}{rest}"
        places = [digit.start() for digit in _LEADING.finditer(truth)][:2]
        for i in [*places, len(truth) - 1] if truth.replace(",", "").isdigit() else places:
            yield f"{truth[:i]}{int(truth[i]) % 9 + 1}{truth[i + 1 :]}"

    def _before(self, event: int, without: int = -1) -> StatementIndex:
        """What all earlier events but one state."""
        return self.known.only({*range(event)} - {without})

    def _right(self, question: Question, answer: str | None, check: str = "") -> bool:
        """Whether an answer is right; if it is not, the check of that name fails."""
        text = REFUSAL if answer is None else answer
        verdict = grade(question.question_type, question.truth, text, question.rivals)
        if check and not verdict.correct:
            detail = f"{question.text} | truth {question.truth} | read {answer} | {verdict.reason}"
            self._fail(question.event, check, detail)
        return verdict.correct

    def _check_needs(self, question: Question, query: Query) -> None:
        """At least one message is needed; for a fact stated once, the message that states it."""
        sources = self._sources(question)
        needed = 0
        for source in sources:
            known = self._before(question.event, without=source)
            if self._right(question, self.reader.answer(query, known)):
                continue
            needed += 1
            careless = self.reader.answer(query, known, careless=True)
            self._count(question, "careless", self._right(question, careless))
        self._count(question, "removals", len(sources))
        self._count(question, "needed", needed)
        if not needed:
            self._fail(question.event, "needs nothing", f"{question.text} | {question.truth}")
        elif question.kind == "retrieval" and needed < len(sources):
            self._fail(question.event, "stated twice", f"{question.text} | {question.truth}")

    def _sources(self, question: Question) -> list[int]:
        """The events that state the needed facts."""
        needs = {need[:2] for need in question.needs}
        sources = {self.gold.events[need.subject] for need in question.needs}
        changed = {c.event for c in self.gold.changes if c.new[:2] in needs}
        return sorted(sources | {event for event in changed if event < question.event})

    def _check_stale(self, question: Question) -> None:
        """The value before the change is marked wrong."""
        need = question.needs[0]
        old = self.gold.known.stated(need.subject, need.key)[0].value
        if self._right(question, self.reader.guide.attribute(need.key).show(old)):
            self._count(question, "stale_right")
            self._fail(question.event, "stale", f"{question.text} | {question.truth}")


def _near(first: tuple[str, str, str], second: tuple[str, str, str]) -> bool:
    """Whether two figures have the same unit and nearly the same size."""
    low, high = sorted(float(figure[1].replace(",", "")) for figure in (first, second))
    return first[::2] == second[::2] and high - low <= NEAR * low
