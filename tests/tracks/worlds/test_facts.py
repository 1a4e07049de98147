"""Agents cannot change the objects that they share, nor store data on them."""

from collections.abc import Sequence

import pytest

from memorygym.core.trace_reader import HELD, STALE
from memorygym.core.types import Task
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Record
from memorygym.tracks.worlds.trace_facts import RequiredFact, WorldsReader
from tests.episodes import generated, gold


@pytest.fixture
def shared() -> StrongReader:
    return strong_reader(generated().system)


def test_an_agent_cannot_change_a_shared_record(shared: StrongReader) -> None:
    text = generated().events[0].text
    record = shared.read(text)[0]
    for attack in (
        lambda: record.values.__delitem__("a"),  # type: ignore[attr-defined]  # The attack.
        lambda: record.values.update(a=1),  # type: ignore[attr-defined]  # The attack.
        lambda: setattr(record, "values", {}),
    ):
        with pytest.raises((TypeError, AttributeError)):
            attack()
    assert shared.read(text)[0] is record and record.values


def test_a_record_does_not_change_with_the_dictionary_it_was_made_from() -> None:
    values = {"a": 1}
    record = Record("Acme Harbor", values=values)  # type: ignore[arg-type]
    values["a"] = 2
    assert record.values == {"a": 1}


@pytest.mark.parametrize("name", ["stash", "read", "_read", "guide"])
def test_nothing_can_be_stored_on_a_shared_reader(shared: StrongReader, name: str) -> None:
    with pytest.raises((TypeError, AttributeError)):
        setattr(shared, name, [])


def test_a_shared_reader_exposes_no_text_that_it_has_read(shared: StrongReader) -> None:
    public = [name for name in dir(shared) if not name.startswith("__")]
    assert public == ["answer", "ask", "coverage", "guide", "read", "render"]
    for part in (shared.read, shared.ask, shared.answer):
        with pytest.raises((TypeError, AttributeError)):
            setattr(part, "stash", [])  # noqa: B010  # A plain assignment would not type-check.


@pytest.mark.parametrize(
    ("values", "in_order", "stored"),
    [((7,), HELD, HELD), ((9, 7), HELD, HELD), ((7, 9), STALE, HELD), ((9,), STALE, STALE)],
)
def test_a_value_that_another_one_follows_is_stale(
    values: Sequence[int], in_order: str, stored: str
) -> None:
    fact = RequiredFact("Ann", "a", 7)
    records = [Record("Ann", values={"a": value}) for value in values]
    assert (fact.state(records), fact.state_in(records)) == (in_order, stored)


def first_event(task: Task, name: str) -> int:
    """The first event that describes an entity."""
    return next(number for number, event in enumerate(task.events) if f"· {name} ·" in event.text)


def test_a_view_shows_a_stale_value_if_it_gives_another_than_the_current_one() -> None:
    task = generated()
    reader = WorldsReader(gold(task), task.system)
    question = next(q for q in reader.goals if q.kind == "update")
    fact = reader.required(question, question.needs[0])
    assert reader.first_stated(question, question.needs[0]) == first_event(task, fact.name)
    for value, stale in ((fact.value, False), ("another", True)):
        seen = [Record(fact.name, values={fact.key: value}), Record("Ann", values={fact.key: "x"})]
        assert reader.shows_stale(question, question.needs[0], seen) is stale
