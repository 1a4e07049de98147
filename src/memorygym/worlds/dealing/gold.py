"""The side table of a worlds task: facts over time, questions and truths. No agent ever sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from memorygym.core import JSON
from memorygym.facts import Value


class Need(NamedTuple):
    """A fact that a question rests on."""

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
    """The notice told only the difference."""
    notice: bool
    """A correction; otherwise a later document that simply says otherwise."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, when it is asked and what is true then."""

    event: int
    kind: str
    """retrieval, update, reasoning or abstention."""
    competency: str
    text: str
    truth: str
    rivals: tuple[str, ...] = ()
    """Wrong candidates that the question names."""
    needs: tuple[Need, ...] = ()
    weight: int = 1
    """Importance by the brief, 1 to 3: one each for a key category and a key attribute."""
    trick: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """Everything that is true in a task, and when."""

    names: tuple[str, ...]
    categories: tuple[str, ...]
    """By entity."""
    values: tuple[tuple[Value, ...], ...]
    """By entity, in schema order, as first told."""
    edges: tuple[tuple[int, str, int], ...]
    """(entity, relation code, other entity)."""
    shown: tuple[int, ...]
    """By entity: the event whose documents tell of it."""
    changes: tuple[Change, ...]
    questions: tuple[Question, ...]
    heldout: tuple[tuple[int, str], ...]
    """(entity, attribute) told in a phrasing family that the strong reader was not written for."""
    record_tokens: int
    """Tokens of the reference records of all entities."""

    def value(self, entity: int, code: str, event: int) -> Value:
        """The value of a fact as displayed before that event."""
        value = self.values[entity][ord(code) - 97]
        for change in self.changes:
            if change.entity == entity and change.code == code and change.event < event:
                value = change.new
        return value

    def to_json(self) -> dict[str, JSON]:
        return {
            "names": self.names,
            "categories": self.categories,
            "values": self.values,
            "edges": self.edges,
            "shown": self.shown,
            "changes": self.changes,
            "heldout": self.heldout,
            "record_tokens": self.record_tokens,
            "questions": [
                {name: getattr(q, name) for name in Question.__slots__} for q in self.questions
            ],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Gold":
        """The table again, from what `to_json` wrote."""
        questions = []
        for row in raw["questions"]:
            needs = tuple(Need(*need) for need in row["needs"])
            if any(not 0 <= need.entity < len(raw["names"]) for need in needs):
                raise ValueError(f"a question needs an entity that is not there: {needs}")
            questions.append(Question(**{**row, "needs": needs, "rivals": tuple(row["rivals"])}))
        return cls(
            tuple(raw["names"]),
            tuple(raw["categories"]),
            tuple(tuple(map(_value, row)) for row in raw["values"]),
            tuple((int(a), str(r), int(b)) for a, r, b in raw["edges"]),
            tuple(raw["shown"]),
            tuple(
                Change(e, i, c, _value(o), _value(n), r, k)
                for e, i, c, o, n, r, k in raw["changes"]
            ),
            tuple(questions),
            tuple((int(entity), str(code)) for entity, code in raw["heldout"]),
            raw["record_tokens"],
        )


def _value(raw: Any) -> Value:
    value: Value = tuple(raw) if isinstance(raw, list) else raw
    return value
