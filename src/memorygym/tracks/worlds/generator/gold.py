"""The gold table of a worlds task: facts over time, questions and truths. No agent ever sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.scoring.grading import UnreadableTruth, parse
from memorygym.tracks.worlds.facts import Value
from memorygym.tracks.worlds.generator.tiers import MIX


class Need(NamedTuple):
    """A fact that a question needs."""

    entity: int
    key: str
    """An attribute's code, "category", or a relation "x>12" with the other entity's number."""
    old: bool = False
    """The value before the change, not the current one."""


class Change(NamedTuple):
    """A fact that was replaced during the stream."""

    event: int
    entity: int
    code: str
    old: Value
    new: Value
    relative: bool
    """Whether the correction states only the difference."""
    notice: bool
    """True for a correction, False for a later document that contradicts the first."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the event that asks it and the truth at that event."""

    event: int
    kind: str
    """retrieval, update, reasoning or abstention."""
    question_type: str
    text: str
    truth: str
    rivals: tuple[str, ...] = ()
    """Wrong candidates for the answer, such as the other entities that the question names."""
    needs: tuple[Need, ...] = ()
    weight: int = 1
    """Importance, 1 to 3: 1, plus 1 for a key category, plus 1 for a key attribute."""
    trick: bool = False
    """Whether the question suggests that there may be no entry, although there is one."""


@dataclass(frozen=True, slots=True)
class WorldsGold:
    """The gold table: everything that is true in a task, and when."""

    names: tuple[str, ...]
    categories: tuple[str, ...]
    """By entity."""
    values: tuple[tuple[Value, ...], ...]
    """By entity, in schema order, as first stated."""
    edges: tuple[tuple[int, str, int], ...]
    """(entity, relation code, other entity)."""
    shown: tuple[int, ...]
    """By entity: the event that shows its document."""
    changes: tuple[Change, ...]
    questions: tuple[Question, ...]
    heldout: tuple[tuple[int, str], ...]
    """(entity, attribute code) stated in a phrasing that the strong reader was not written for."""
    record_tokens: int
    """Tokens of the reference records of all entities."""

    def value(self, entity: int, code: str, event: int) -> Value:
        """The value of a fact as last stated before an event."""
        value = self.values[entity][ord(code) - 97]
        for change in self.changes:
            if change.entity == entity and change.code == code and change.event < event:
                value = change.new
        return value


def read_gold(raw: Mapping[str, Any]) -> WorldsGold:
    """The gold table from JSON. Raises ValueError if the JSON is damaged."""
    gold = from_json(WorldsGold, raw, "gold")
    _check(gold)
    return gold


def _check(gold: WorldsGold) -> None:
    """Raises SchemaMismatch if a part of the table refers to something that is not in the table."""
    width, entities = len(gold.values[0]) if gold.values else 0, range(len(gold.names))
    codes = [chr(97 + index) for index in range(width)]
    keys = {"category", *codes}
    by_entity = gold.categories, gold.values, gold.shown
    if any(len(column) != len(gold.names) for column in by_entity):
        raise SchemaMismatch("lacks the category, values or event of some entities", "gold")
    if any(len(row) != width for row in gold.values):
        raise SchemaMismatch("has rows of different lengths", "gold.values")
    for edge in gold.edges:
        if edge[0] not in entities or edge[2] not in entities:
            raise SchemaMismatch(f"has no entity for {edge}", "gold.edges")
    for entity, code in [*gold.heldout, *((c.entity, c.code) for c in gold.changes)]:
        if entity not in entities or code not in codes:
            raise SchemaMismatch(
                f"refers to entity {entity}, attribute {code!r}, which the table lacks", "gold"
            )
    for index, question in enumerate(gold.questions):
        _check_question(question, keys, entities, f"gold.questions[{index}]")
    if gold.record_tokens < 1:
        raise SchemaMismatch(f"is {gold.record_tokens}, not at least 1", "gold.record_tokens")


def _check_question(question: Question, keys: set[str], entities: range, path: str) -> None:
    if question.kind not in MIX:
        raise SchemaMismatch(f"is {question.kind!r}, none of {', '.join(MIX)}", f"{path}.kind")
    if question.event < 0 or question.weight < 1:
        event, weight = question.event, question.weight
        raise SchemaMismatch(
            f"has event {event}, which must be at least 0, and weight {weight}, at least 1", path
        )
    for need in question.needs:
        _, link, target = need.key.partition(">")
        known = target.isdecimal() and int(target) in entities if link else need.key in keys
        if need.entity not in entities or not known:
            raise SchemaMismatch(f"needs {need}, which the table lacks", path)
    try:
        parse(question.question_type, question.truth)
    except UnreadableTruth as error:
        raise SchemaMismatch(f"is damaged: {error}", f"{path}.truth") from error
