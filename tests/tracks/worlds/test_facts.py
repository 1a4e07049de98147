"""Agents cannot change the objects that they share, nor store data on them."""

from collections.abc import Sequence

import pytest

from memorygym.core.episode import Episode, play
from memorygym.core.statements import (
    AMONG,
    FORMER,
    HELD,
    MISSING,
    SHIFT,
    STALE,
    Statement,
    StatementIndex,
)
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Memory, Message, Task
from memorygym.scoring.attribution import Attribution
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.reasoners import strong
from tests.episodes import generated, gold


class Showing(Memory):
    """Shows one text in every event."""

    def __init__(self, text: str) -> None:
        self.text = text

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return (Message("user", self.text),)


def seeing(text: str, task: Task) -> Trace:
    """An episode whose views hold a text."""
    return play(Episode(WorldsEnv(task), lambda: Showing(text)), strong(task))


@pytest.fixture
def shared() -> StrongReader:
    return strong_reader(generated().system)


def test_an_agent_cannot_change_shared_facts(shared: StrongReader) -> None:
    text = generated().events[0].text
    facts = shared.read(text)
    for attack in (
        lambda: facts.__setitem__(0, facts[1]),  # type: ignore[attr-defined]  # The attack.
        lambda: setattr(facts[0], "value", 1),
    ):
        with pytest.raises((TypeError, AttributeError)):
            attack()
    assert shared.read(text) is facts


@pytest.mark.parametrize("name", ["stash", "read", "_read", "guide"])
def test_nothing_can_be_stored_on_a_shared_reader(shared: StrongReader, name: str) -> None:
    with pytest.raises((TypeError, AttributeError)):
        setattr(shared, name, [])


def test_a_shared_reader_exposes_no_text_that_it_has_read(shared: StrongReader) -> None:
    public = [name for name in dir(shared) if not name.startswith("__")]
    assert public == ["against", "answer", "ask", "blocks", "coverage", "guide", "read", "render"]
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
    fact = Statement("Ann", "a", 7)
    stated = [Statement("Ann", "a", value) for value in values]
    assert (fact.state(stated), fact.state_in(stated)) == (in_order, stored)


def test_dated_statements_hold_in_the_order_of_their_dates() -> None:
    older, newer = (Statement("Ann", "a", year, date=f"{year}-01-01") for year in (2031, 2032))
    undated = Statement("Ann", "a", 5)
    for stated, values in (
        ((newer, older), [2031, 2032]),
        ((newer, undated, older), [2031, 5, 2032]),
        ((newer, older, undated), [2031, 2032, 5]),
    ):
        assert StatementIndex(stated).history("Ann", "a") == values


def test_a_shift_changes_the_value_before_it_and_a_former_value_is_never_current() -> None:
    first = Statement("Ann", "a", 7)
    shift, former = Statement("Ann", "a", 3, SHIFT), Statement("Ann", "a", 1, FORMER)
    known = StatementIndex([first, shift, former])
    assert known.history("Ann", "a") == [1, 7, 10] and known.previous("Ann", "a") == 7
    assert StatementIndex([shift, former]).current("Ann", "a") is None
    assert former.state([first, former]) == HELD and former.state([former]) == MISSING


def test_a_relation_leads_to_several_and_if_symmetric_back() -> None:
    links = [Statement("Ann", "x", name, AMONG) for name in ("Bob", "Cy")]
    known = StatementIndex(links)
    assert known.related("Ann", "x") == ["Bob", "Cy"] and known.related("Bob", "x") == []
    assert known.related("Bob", "x", symmetric=True) == ["Ann"]
    assert [link.state(links[:1]) for link in links] == [HELD, MISSING]


def first_event(task: Task, name: str) -> int:
    """The first event that describes an entity."""
    return next(number for number, event in enumerate(task.events) if f"· {name} ·" in event.text)


def test_a_fact_was_first_stated_by_the_document_of_its_entity() -> None:
    task = generated()
    reader = find("worlds").reader_for(seeing("", task))
    question = next(q for q in reader.goals if q.kind == "update")
    (need,) = question.needs
    assert reader.first_stated(question, need) == first_event(task, need.subject)
    assert reader.rewrites(question, need) == 1 and reader.replaced(question, need)


def test_a_view_shows_a_stale_value_if_it_gives_another_than_the_current_one() -> None:
    task = generated()
    guide = strong_reader(task.system).guide
    question = next(q for q in gold(task).questions if q.kind == "update")
    (need,) = question.needs
    old, *_ = gold(task).known.history(*need[:2])
    for value, stale in ((need.value, False), (old, True), (f"{need.value}9", False)):
        trace = seeing(guide.sentence(need._replace(value=value)), task)
        assert Attribution(trace).shows_stale(question, need) is stale
