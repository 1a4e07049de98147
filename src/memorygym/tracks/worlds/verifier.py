"""Proof of fairness of a dealt world, by a reader that sees only the rendered text.

With everything told each question is answered rightly; without a message that it needs it is not;
from the question alone hardly ever; with the replaced value wrongly.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from memorygym.core.tokens import MONTHS, count
from memorygym.core.track import MapFunction, TaskRecipe, Verification
from memorygym.core.types import Message, Task
from memorygym.scoring.grading import grade
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.fact_reader import StrongReader, reader
from memorygym.tracks.worlds.facts import Knowledge, Query, Record
from memorygym.tracks.worlds.generator.gold import Question, WorldGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.schedule import BATCH
from memorygym.tracks.worlds.generator.tiers import MIX, sized
from memorygym.tracks.worlds.parsed_view import scene
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verification_report import (
    CompetencyTally,
    FairnessFailure,
    VerificationResult,
)

NEAR = 0.05
"""Two figures that differ by less could be taken for each other."""
_DAY = re.compile(r"· (\d+) ([A-Z][a-z]+) (\d{4})(?: ===$|\]$)", re.M)
_LEADING = re.compile(r"(?<![\d,.])[1-9]")
_SENTENCE = re.compile(r"\. |\n|\b[Ii]n \d{4}\b")
_FIGURE = re.compile(r"(?<!\S)([^\s\d]*)(\d[\d,]*(?:\.\d+)?)([^\s\d.,;]*)(?=[.,;]?(?:\s|$))")


def verify(settings: WorldsSettings, task: Task | None = None) -> VerificationResult:
    """The proof of one dealt world."""
    return Verifier(settings, task or settings.generate()).prove()


def verify_all(worlds: Sequence[TaskRecipe], spread: MapFunction) -> Verification:
    """What all of them prove together."""
    total = VerificationResult()
    for result in spread(verify, worlds):
        total.add(result)
    total.close()
    return Verification(len(total.failures), total.text(), total.to_json())


class Verifier:
    """Proves one world; every message is parsed once."""

    def __init__(self, settings: WorldsSettings, task: Task) -> None:
        assert isinstance(task.gold, WorldGold)
        self.settings, self.task, self.gold = settings, task, task.gold
        self.by: StrongReader = reader(task.system)
        self.told: list[tuple[Record, ...]] = [
            () if event.text.startswith("=== QUESTION") else self.by.read(event.text)
            for event in task.events
        ]
        self.result = VerificationResult(worlds=1, heldout=len(task.gold.heldout))

    def prove(self) -> VerificationResult:
        """Runs every check."""
        self._read_everything()
        self._sizes()
        self._announced()
        self._texts()
        for question in self.gold.questions:
            self._question(question)
        return self.result

    def _fail(self, event: int, check: str, detail: str) -> None:
        self.result.failures.append(
            FairnessFailure(self.settings.template, self.settings.seed, event, check, detail)
        )

    def _read_everything(self) -> None:
        """Every value of the side table is told where it should be; no sentence is unclear."""
        for event, records in enumerate(self.told):
            for record in records:
                if record.unread:
                    self._fail(event, "unclear", f"{record.unread} sentences on {record.name}")
        end = Knowledge(record for records in self.told for record in records)
        codes = [a.code for a in self.by.guide.attributes]
        heldout = set(self.gold.heldout)
        for entity, name in enumerate(self.gold.names):
            told = {r.name: r for r in self.told[self.gold.shown[entity]]}.get(name)
            expected = dict(zip(codes, self.gold.values[entity], strict=True))
            if told is None or told.values != expected:
                self._fail(self.gold.shown[entity], "untold", f"the document of {name}")
            for code in codes:
                wrong = told is None or told.values.get(code) != expected[code]
                self.result.heldout_misread += wrong and (entity, code) in heldout
                if end.now(name, code) != self.gold.value(entity, code, 10**9):
                    self._fail(self.gold.shown[entity], "untold", f"{code} of {name} in the end")

    def _sizes(self) -> None:
        """Capacity is what the reference records say, and pressure is real."""
        budget, guide = self.task.budget, self.by.guide
        records = {r.name: r for records in self.told for r in records if r.category}
        tokens = [count(record_of(guide, record)) for record in records.values()]
        mean = max(1.0, sum(tokens) / max(1, len(tokens)))
        if budget.capacity is None or budget.writes is None or budget.slot is None:
            self._fail(-1, "budget", "a limit is missing")
        elif abs(budget.capacity - budget.writes * mean) > 1 or not 1 <= budget.slot / mean <= 1.3:
            self._fail(-1, "budget", f"{budget} for records of {mean:.1f} tokens")

    def _announced(self) -> None:
        """There is as much of everything as stated; with sessions, each change in a later one."""
        gold, events = self.gold, self.task.events
        tier = sized(self.settings.tier, self.settings.sizes)
        kinds = Counter(question.kind for question in gold.questions)
        found = [kinds[kind] for kind in MIX] + [len(gold.names), self.task.budget.writes]
        found += [sum(c.notice for c in gold.changes), 1 + sum(event.session for event in events)]
        sessions = min(tier.sessions, -(-tier.entities // BATCH))
        stated = [*tier.mix, tier.entities, tier.writes, tier.corrections, sessions]
        if found != stated and self.settings.sizes.tokens is None:
            self._fail(-1, "announced", f"{stated} stated, {found} found")
        for change in gold.changes if sessions > 1 else ():
            between = events[gold.shown[change.entity] + 1 : change.event + 1]
            if not any(event.session for event in between):
                self._fail(change.event, "same session", gold.names[change.entity])

    def _texts(self) -> None:
        """Days never go back, and in one document an event figures of a sentence are unlike."""
        last = (0, 0, 0)
        for at, event in enumerate(self.task.events):
            found = {(int(y), MONTHS.index(m), int(d)) for d, m, y in _DAY.findall(event.text)}
            if len(found) != 1 or min(found) < last:
                self._fail(at, "days", f"{sorted(found)} after {last}")
            last = max(found, default=last)
            for sentence in _SENTENCE.split(event.text.partition("\n\n")[0]):
                figures = _FIGURE.findall(sentence)
                if len(figures) == 2 and _near(*figures):
                    self._fail(at, "misleading", sentence)

    def _question(self, question: Question) -> None:
        tally = self.result.tallies.setdefault(question.question_type, CompetencyTally())
        tally.asked += 1
        event = self.task.events[question.event]
        query = self.by.ask(event.text)
        if query is None:
            self._fail(question.event, "not understood", question.text)
            return
        known = Knowledge(self._before(question.event))
        tally.right += self._right(question, self.by.answer(query, known), "full text")
        self._strictly(question, query, known)
        if question.kind == "abstention":
            return
        view = [Message("system", self.task.system), Message("user", event.text)]
        tally.guessed += self._right(question, guess(scene(view)))
        self._leave_one_out(question, query, tally)
        if question.kind == "update":
            self._stale(question, tally)

    def _strictly(self, question: Question, query: Query, known: Knowledge) -> None:
        """The order of what was told decides nothing, and answers like the truth are wrong."""
        mirror = Knowledge(())
        mirror.by_name = dict(reversed(known.by_name.items()))
        turned = self.by.answer(replace(query, names=query.names[::-1]), mirror)
        self._right(question, turned, "tie")
        for answer in self._wrong(question):
            if self._right(question, answer):
                self._fail(question.event, "lenient", f"{question.truth} | accepted {answer}")

    def _wrong(self, question: Question) -> Iterator[str]:
        """Answers that are nearly the truth, each wrong in one respect."""
        truth = question.truth
        head, mark, rest = truth.partition(" (")
        yield "412" if question.kind == "abstention" else REFUSAL
        names = self.gold.names if head in self.gold.names else ()
        for other in (question.rivals or [name for name in names[:2] if name != head])[:1]:
            yield f"{other}{mark}{rest}"
            yield f"{truth} or {other}{mark}{rest}"
        spots = [digit.start() for digit in _LEADING.finditer(truth)][:2]
        for at in [*spots, len(truth) - 1] if truth.replace(",", "").isdigit() else spots:
            yield f"{truth[:at]}{int(truth[at]) % 9 + 1}{truth[at + 1 :]}"

    def _before(self, event: int, without: int = -1) -> Iterable[Record]:
        return (r for at in range(event) if at != without for r in self.told[at])

    def _right(self, question: Question, answer: str | None, fail: str = "") -> bool:
        """Whether it is right; `fail` names the check that fails if it is not."""
        said = REFUSAL if answer is None else answer
        verdict = grade(question.question_type, question.truth, said, question.rivals)
        if fail and not verdict.correct:
            text = f"{question.text} | truth {question.truth} | read {answer} | {verdict.reason}"
            self._fail(question.event, fail, text)
        return verdict.correct

    def _leave_one_out(self, question: Question, query: Query, tally: CompetencyTally) -> None:
        """At least one message is needed; for a fact told once, the message that tells it is."""
        sources = self._sources(question)
        needed = 0
        for source in sources:
            known = Knowledge(self._before(question.event, without=source))
            tally.removals += 1
            if self._right(question, self.by.answer(query, known)):
                continue
            needed += 1
            tally.careless += self._right(question, self.by.answer(query, known, careless=True))
        tally.needed += needed
        if not needed:
            self._fail(question.event, "needs nothing", f"{question.text} | {question.truth}")
        elif question.kind == "retrieval" and needed < len(sources):
            self._fail(question.event, "told twice", f"{question.text} | {question.truth}")

    def _sources(self, question: Question) -> list[int]:
        """The events that tell what the question rests on."""
        sources: set[int] = set()
        for need in question.needs:
            sources.add(self.gold.shown[need.entity])
            for change in self.gold.changes:
                if (change.entity, change.code) == need[:2] and change.event < question.event:
                    sources.add(change.event)
        return sorted(sources)

    def _stale(self, question: Question, tally: CompetencyTally) -> None:
        """The value before the change is not an answer."""
        need = question.needs[0]
        old = self.gold.values[need.entity][ord(need.key) - 97]
        if self._right(question, self.by.guide.attribute(need.key).show(old)):
            tally.stale_right += 1
            self._fail(question.event, "stale", f"{question.text} | {question.truth}")


def _near(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """Whether two figures have the same unit and nearly the same size."""
    low, high = sorted(float(figure[1].replace(",", "")) for figure in (one, other))
    return one[::2] == other[::2] and high - low <= NEAR * low
