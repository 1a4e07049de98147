"""The gold table of a worlds task: facts over time, questions and truths. No agent ever sees it."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, zip_longest
from typing import Any, NamedTuple

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.core.statements import AMONG, Statement, StatementIndex, Value
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import EVER
from memorygym.core.track import gold_table
from memorygym.scoring.grading.truths import UnreadableTruth, parse
from memorygym.tracks._qa.questions import Question
from memorygym.tracks.worlds.generator.tiers import MIX


class Change(NamedTuple):
    """A fact that was replaced during the stream."""

    event: int
    old: Statement
    new: Statement
    relative: bool
    """Whether the correction states only the difference."""
    notice: bool
    """True for a correction, False for a later document that contradicts the first."""


@dataclass(frozen=True, slots=True)
class WeightedQuestion(Question):
    """A question of worlds. Its kind is retrieval, update, reasoning or abstention."""

    weight: int = 1
    """Importance, 1 to 3: 1, plus 1 for a key category, plus 1 for a key attribute."""


@dataclass(frozen=True)
class WorldsGold:
    """The gold table: everything that is true in a task, and when."""

    shown: tuple[tuple[str, int], ...]
    """Each document, by its entity and the event that shows it."""
    facts: tuple[Statement, ...]
    """Everything as first stated, by document in the same order."""
    changes: tuple[Change, ...]
    questions: tuple[WeightedQuestion, ...]
    record_tokens: int
    """Tokens of the reference records of all entities."""

    @cached_property
    def documents(self) -> Sequence[tuple[str, Sequence[Statement]]]:
        """The entity and the facts of every document: two in a row are of different entities."""
        return [(name, [*facts]) for name, facts in groupby(self.facts, lambda fact: fact.subject)]

    @cached_property
    def events(self) -> Mapping[tuple[str, str], int]:
        """By entity and key: the event that first states the fact."""
        return {fact[:2]: event for event, fact in self._first_stated(EVER)}

    @cached_property
    def names(self) -> Sequence[str]:
        """All entities."""
        return [*dict(self.shown)]

    @cached_property
    def keys(self) -> Set[str]:
        """The keys of all facts."""
        return {fact.key for fact in self.facts}

    @cached_property
    def categories(self) -> Mapping[str, str]:
        """The group of every entity."""
        return {name: self.known.category(name) for name in self.names}

    def _first_stated(self, events: range) -> Iterator[tuple[int, Statement]]:
        for (_, event), (_, facts) in zip(self.shown, self.documents, strict=True):
            if event in events:
                yield from ((event, fact) for fact in facts)

    def stated(self, events: range = EVER) -> Iterator[tuple[int, Statement]]:
        """Every statement of these events, with its event."""
        yield from self._first_stated(events)
        yield from ((change.event, change.new) for change in self.changes if change.event in events)

    def in_the_end(self) -> Iterator[Statement]:
        """Everything as last stated."""
        for fact in self.facts:
            current = None if fact.role == AMONG else self.known.get(fact.subject, fact.key)
            yield current or fact

    @cached_property
    def known(self) -> StatementIndex:
        """All statements, by event."""
        stated = [*self.stated()]
        return StatementIndex((fact for _, fact in stated), [event for event, _ in stated])


def gold_of(trace: Trace) -> WorldsGold:
    """The gold table of a trace of worlds. Raises BadTrace if the trace has none."""
    gold = gold_table(trace)
    assert isinstance(gold, WorldsGold)
    return gold


def read_gold(raw: Mapping[str, Any]) -> WorldsGold:
    """The gold table from JSON. Raises ValueError if the JSON is damaged."""
    gold = from_json(WorldsGold, raw, "gold")
    _check(gold)
    return gold


def _check(gold: WorldsGold) -> None:
    """Raises SchemaMismatch if a part of the table refers to something that is not in the table."""
    first = {fact[:2] for fact in gold.facts}
    for (name, _), shown in zip_longest(gold.documents, gold.shown, fillvalue=("", 0)):
        if name != shown[0]:
            raise SchemaMismatch(f"has no event for {name or shown[0]!r}", "gold.shown")
    for place in (change.new[:2] for change in gold.changes):
        if place not in first:
            raise SchemaMismatch(f"refers to {place}, which the table lacks", "gold")
    for index, question in enumerate(gold.questions):
        _check_question(question, first, f"gold.questions[{index}]")
    if gold.record_tokens < 1:
        raise SchemaMismatch(f"is {gold.record_tokens}, not at least 1", "gold.record_tokens")


def _check_question(question: WeightedQuestion, first: Set[tuple[str, Value]], path: str) -> None:
    if question.kind not in MIX:
        raise SchemaMismatch(f"is {question.kind!r}, none of {', '.join(MIX)}", f"{path}.kind")
    if question.event < 0 or question.weight < 1:
        event, weight = question.event, question.weight
        raise SchemaMismatch(
            f"has event {event}, which must be at least 0, and weight {weight}, at least 1", path
        )
    for need in question.needs:
        if need[:2] not in first:
            raise SchemaMismatch(f"needs {need[:3]}, which the table lacks", path)
    try:
        parse(question.question_type, question.truth)
    except UnreadableTruth as error:
        raise SchemaMismatch(f"is damaged: {error}", f"{path}.truth") from error
