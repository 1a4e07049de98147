"""Verifies that generated tasks are fair, with a reader that sees only the rendered text.

Beside what `_qa.ablation` checks: at least one message is needed; answers close to the truth are
wrong; no other text that is shown may state an answer. Over all tasks, guessing from the question
alone is right in at most 3 % of any question type, and the place at which a question names the
winner does not give it away.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from math import sqrt
from typing import Any

from memorygym.core.statements import AMONG, CATEGORY, HELD, Statement, StatementIndex
from memorygym.core.tokens import MONTHS, count
from memorygym.core.track import MapFunction, TaskRecipe, Verification
from memorygym.core.types import JSON, Message, Task
from memorygym.tracks._qa.ablation import (
    CHECKS,
    Check,
    CheckResult,
    TaskReadings,
    run_checks,
)
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Question
from memorygym.tracks._qa.verification import Checks, Totals, chance_level, result, verified
from memorygym.tracks.worlds.agents.guesser import guess
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Guide, by_entity
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.notes import record_of
from memorygym.tracks.worlds.generator.schedule import BATCH
from memorygym.tracks.worlds.generator.tiers import MIX, Sizes, sized
from memorygym.tracks.worlds.leaks import StrayTexts
from memorygym.tracks.worlds.parsed_view import parse_view

PLACE_Z = 5.0
"""Standard errors above chance at which the place of the winner among the named counts as given
away."""
NEAR = 0.05
"""Relative difference below which two figures could be confused."""
_DAY = re.compile(r"· (\d+) ([A-Z][a-z]+) (\d{4})(?: ===$|\]$)", re.M)
_LEADING = re.compile(r"(?<![\d,.])[1-9]")
_SENTENCE = re.compile(r"\. |\n|\b[Ii]n \d{4}\b")
_FIGURE = re.compile(r"(?<!\S)([^\s\d]*)(\d[\d,]*(?:\.\d+)?)([^\s\d.,;]*)(?=[.,;]?(?:\s|$))")


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a task."""
    gold, reader = task.gold, strong_reader(task.system)
    assert isinstance(gold, WorldsGold)
    guide = reader.guide
    readings = TaskReadings(task, reader, lambda text: [text], show=partial(_shown, guide))
    checks: dict[str, Check] = {
        "full": CHECKS["full"],
        "stale": CHECKS["stale"],
        "order": lambda reading: result(_order_matters(reading)),
        "needs": _needs,
        "strictness": lambda reading: result(_accepted(reading, gold)),
        "guesses": partial(_guesses, task),
        "winners": _winners,
        "statements": lambda reading: result(_unstated(reading, gold)),
        "clear": lambda reading: result(_unclear(reading, reader)),
        "budget": lambda reading: result(_wrong_budget(reading, task, guide)),
        "sizes": lambda _: result(_wrong_sizes(task, gold)),
        "days": lambda _: result(_wrong_days(task)),
        "distractors": lambda _: result(_misleading(task)),
        "leaks": lambda _: result(_leaks(StrayTexts(task, gold, guide), gold)),
    }
    return run_checks(readings, checks)


def verify(recipes: Sequence[TaskRecipe], parallel_map: MapFunction) -> Verification:
    """The verification of generated tasks: whether every question can be answered fairly."""
    return verified(verification, recipes, parallel_map, together)


def together(totals: Totals) -> Checks:
    """What only all tasks show: whether guesses are right, or a place names the winner."""
    guesses, winners = totals["guesses"], totals["winners"]
    if not guesses:  # The questions of no task could be read.
        return {}
    return {
        "chance_level": chance_level(guesses["asked"], guesses["right"], 2),
        "winner_place": _winner_place(winners["named"], winners["first"], winners["last"]),
    }


def _shown(guide: Guide, fact: Statement) -> str:
    is_name = fact.key == CATEGORY or guide.relation(fact.key)
    return fact.text if is_name else guide.attribute(fact.key).show(fact.value)


def _order_matters(reading: TaskReadings) -> Iterator[str]:
    """The questions whose answer depends on the order of facts or names."""
    for case in reading.cases:
        entities = by_entity(chain.from_iterable(reading.stated[: case.end]))
        reordered = StatementIndex(chain.from_iterable(reversed(entities)))
        query = replace(case.query, names=case.query.names[::-1])
        if not reading.is_right(case, reading.reader.answer(query, reordered)):
            yield case.question.text


def _needs(reading: TaskReadings) -> CheckResult:
    """A question needs at least one message; one on a fact stated once needs the one stating it."""
    wrong, removed, needed = list[JSON](), 0, 0
    for case in reading.cases:
        stating = {n for need in case.needs for _, n in reading.about[need[:2]] if n < case.end}
        spare = [n for n in stating if reading.solves(case, {*range(case.end)} - {n})]
        removed += len(stating)
        needed += len(stating) - len(spare)
        if case.needs and len(spare) == len(stating):
            wrong.append(f"nothing: {case.question.text}")
        elif spare and case.question.kind == "retrieval":
            wrong.append(f"one of two messages: {case.question.text}")
    return {"ok": not wrong, "removed": removed, "needed": needed, "wrong": wrong}


def _accepted(reading: TaskReadings, gold: WorldsGold) -> Iterator[str]:
    """Answers close to the truth that are graded as right."""
    for case in reading.cases:
        for wrong in _near_misses(case.question, gold.names):
            if is_correct(case.question, wrong):
                yield f"{case.question.truth}: {wrong}"


def _near_misses(question: Question, entities: Sequence[str]) -> Iterator[str]:
    """Answers close to the truth, each wrong in one part."""
    truth = question.truth
    head, mark, rest = truth.partition(" (")
    yield "412" if question.kind == "abstention" else REFUSAL
    names = entities if head in entities else ()
    for other in (question.rivals or [name for name in names[:2] if name != head])[:1]:
        yield f"{other}{mark}{rest}"
        yield f"{truth} or {other}{mark}{rest}"
    places = [digit.start() for digit in _LEADING.finditer(truth)][:2]
    for i in [*places, len(truth) - 1] if truth.replace(",", "").isdigit() else places:
        yield f"{truth[:i]}{int(truth[i]) % 9 + 1}{truth[i + 1 :]}"


def _guesses(task: Task, reading: TaskReadings) -> CheckResult:
    """How often the best guess is right, by question type."""
    asked, right = Counter[str](), Counter[str]()
    for question in (case.question for case in reading.cases if case.needs):
        event = Message("user", task.events[question.event].text)
        answer = guess(parse_view([Message("system", task.system), event]))
        asked[question.question_type] += 1
        right[question.question_type] += is_correct(question, answer)
    return {"ok": True, "asked": dict(asked), "right": dict(right)}


def _winners(reading: TaskReadings) -> CheckResult:
    """How often a question names the winner first and last, and among how many names."""
    sizes, first, last = Counter[str](), 0, 0
    for case in reading.cases:
        names, winner = case.query.names, case.question.truth.partition(" (")[0]
        if len(names) > 1 and winner in names:
            sizes[str(len(names))] += 1
            first += names[0] == winner
            last += names[-1] == winner
    return {"ok": True, "named": dict(sizes), "first": first, "last": last}


def _winner_place(sizes: Mapping[str, int], first: int, last: int) -> CheckResult:
    """Whether questions tend to name the winner first or last."""
    shares = [(1 / int(size), n) for size, n in sizes.items()]
    expected = sum(n * share for share, n in shares)
    limit = expected + PLACE_Z * sqrt(sum(n * share * (1 - share) for share, n in shares))
    return {
        "ok": max(first, last) <= limit,
        "first": first,
        "last": last,
        "by_chance": f"{expected:.1f}",
        "at_most": f"{limit:.1f}",
    }


def _unstated(reading: TaskReadings, gold: WorldsGold) -> Iterator[str]:
    """The facts that are not stated where they should be, or not as they are in the end."""
    documents = reading.documents
    stated = {
        (document.event, fact.content)
        for document, facts in zip(documents, reading.stated, strict=True)
        for fact in facts
    }
    for fact in gold.facts:
        if (gold.events[fact[:2]], fact) not in stated:
            yield f"{fact.key} in the document of {fact.subject}"
    for fact in gold.in_the_end():
        if reading.known.state(fact) != HELD:
            yield f"{fact.key} of {fact.subject} in the end"


def _unclear(reading: TaskReadings, reader: StrongReader) -> Iterator[str]:
    """The documents with sentences that the reader cannot attribute."""
    for document, facts in zip(reading.documents, reading.stated, strict=True):
        if facts and (unread := reader.coverage(document.text)[1]):
            yield f"event {document.event}: {unread} sentences"


def _wrong_budget(reading: TaskReadings, task: Task, guide: Guide) -> Iterator[str]:
    """A budget that does not follow from the mean reference record."""
    budget = task.budget
    first: dict[tuple[object, ...], Statement] = {}
    for fact in filter(lambda fact: fact.holds, chain.from_iterable(reading.stated)):
        first.setdefault(fact[: 3 if fact.role == AMONG else 2], fact)
    tokens = [count(record_of(guide, facts)) for facts in by_entity(first.values())]
    mean = max(1.0, sum(tokens) / max(1, len(tokens)))
    if budget.capacity is None or budget.writes is None or budget.slot is None:
        yield "a limit is missing"
    elif abs(budget.capacity - budget.writes * mean) > 1 or not 1 <= budget.slot / mean <= 1.3:
        yield f"{budget} for records of {mean:.1f} tokens"


def _wrong_sizes(task: Task, gold: WorldsGold) -> Iterator[str]:
    """Sizes that are not as set, and changes in the session in which the fact was stated."""
    recipe: Any = task.recipe
    sizes = [recipe[name] for name in ("entities", "writes", "questions", "corrections")]
    tier, events = sized(recipe["tier"], Sizes(*sizes)), task.events
    kinds = Counter(question.kind for question in gold.questions)
    actual = [kinds[kind] for kind in MIX] + [len(gold.names), task.budget.writes]
    actual += [sum(c.notice for c in gold.changes), 1 + sum(event.session for event in events)]
    sessions = min(tier.sessions, -(-tier.entities * tier.parts // BATCH))
    expected = [*tier.mix, tier.entities, tier.writes, tier.corrections, sessions]
    if actual != expected and recipe["tokens"] is None:
        yield f"{expected} expected, {actual} found"
    for change in gold.changes if sessions > 1 else ():
        between = events[gold.events[change.new[:2]] + 1 : change.event + 1]
        if not any(event.session for event in between):
            yield f"{change.new.subject} changes in the same session"


def _wrong_days(task: Task) -> Iterator[str]:
    """Events whose date goes back, or that have two dates."""
    last = (0, 0, 0)
    for number, event in enumerate(task.events):
        days = {(int(y), MONTHS.index(m), int(d)) for d, m, y in _DAY.findall(event.text)}
        if len(days) != 1 or min(days) < last:
            yield f"event {number}: {sorted(days)} after {last}"
        last = max(days, default=last)


def _misleading(task: Task) -> Iterator[str]:
    """Sentences of an event's first document with two similar figures of one unit."""
    for event in task.events:
        for sentence in _SENTENCE.split(event.text.partition("\n\n")[0]):
            match _FIGURE.findall(sentence):
                case [(prefix, first, unit), (other_prefix, second, other_unit)]:
                    low, high = sorted(float(size.replace(",", "")) for size in (first, second))
                    same = (prefix, unit) == (other_prefix, other_unit)
                    if same and high - low <= NEAR * low:
                        yield sentence


def _leaks(stray: StrayTexts, gold: WorldsGold) -> Iterator[str]:
    """Places that state an answer before or beside its question."""
    for question in gold.questions:
        for place in stray.leaks(question):
            yield f"{place} | {question.text} | {question.truth}"
