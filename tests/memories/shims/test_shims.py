"""Objects of other shapes are whole memories behind a shim, within every budget."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings
from memorygym.core.tokens import shown_tokens
from memorygym.core.types import Budget, Call, Memory, Message
from memorygym.memories.stores.foreign_object import WrappedObjectError
from memorygym.testing import check_memory
from tests.memories import parts
from tests.memories.shims.stand_ins import (
    OWNED,
    Async,
    Broken,
    Deleter,
    Keeper,
    Masking,
    Mem0,
    Notes,
    Numbers,
    Rolling,
    Tuples,
    Window,
    Words,
    chosen,
)
from tests.slow import mostly_slow

GOOD = [
    ("manage_context", Window),
    ("manage_context", Notes),
    ("add_search", Words),
    ("add_search", Mem0),
    ("condenser", Rolling),
    ("condenser", Masking),
]
TALK = [Message("user", f"Harbor {number} lies at kilometre {number * 7}.") for number in range(12)]


def wrapped(shim: str, factory: Callable[[], Any]) -> Callable[[], Memory]:
    return partial(registry.load("shims", shim, "wrap"), factory)


def opened(shim: str, factory: Callable[[], Any], capacity: int | None = None) -> Memory:
    known = [message.content for message in TALK]
    return parts.opened(wrapped(shim, factory)(), capacity=capacity, known=known)


def texts(memory: Memory, live: list[Message], budget: int | None = None) -> list[str]:
    return [message.content for message in memory.compose(live, budget)]


@mostly_slow(("shim", "factory"), [*GOOD[::2], ("add_search", Mem0)], quick=1)
def test_a_wrapped_object_passes_the_conformance_of_memories(
    shim: str, factory: Callable[[], Any]
) -> None:
    assert check_memory(wrapped(shim, factory)) == []


@pytest.mark.parametrize(("shim", "factory"), GOOD)
@pytest.mark.parametrize("budget", [0, 8, 25, 60, 200])
def test_it_never_composes_more_than_the_budget(
    shim: str, factory: Callable[[], Any], budget: int
) -> None:
    memory = opened(shim, factory)
    memory.observe(TALK)
    composed = memory.compose(TALK[-1:], budget)
    tracker = BudgetTracker(Budget())
    tracker.unread_texts += [message.content for message in TALK]
    assert sum(shown_tokens(message, tracker.count) for message in composed) <= budget


@pytest.mark.parametrize(("shim", "factory"), GOOD)
def test_what_the_capacity_pushed_out_is_gone_from_the_object_too(
    shim: str, factory: Callable[[], Any]
) -> None:
    memory, other = (opened(shim, factory, 60) for _ in range(2))
    for message in TALK:
        memory.observe([message])
        memory.compose([message], 100)
    other.restore(memory.dump())
    assert "Harbor 0" not in str(memory.compose(TALK[-1:], None))
    assert memory.compose(TALK[-1:], 100) == other.compose(TALK[-1:], 100)


def test_a_managed_view_keeps_its_summary_and_leaves_out_what_is_live() -> None:
    memory = opened("manage_context", Window)
    memory.observe(TALK)
    kept = [TALK[0].content, "Left out: 7 messages.", *(m.content for m in TALK[8:11])]
    assert texts(memory, TALK[-1:]) == kept
    assert texts(memory, TALK[-1:], 33) == ["Left out: 7 messages.", TALK[10].content]


def test_of_a_sole_message_beyond_the_budget_the_end_is_shown() -> None:
    memory = opened("manage_context", Window)
    memory.observe([Message("user", "Harbor lies at kilometre. " * 40 + "last")])
    (shown,) = texts(memory, [], 40)
    assert shown.endswith(" kilometre. last")


def test_a_view_never_holds_half_of_a_call() -> None:
    memory = opened("manage_context", Window)
    call = Message("assistant", "", (Call("look", {}, "c1"),))
    memory.observe([*TALK[:5], call, Message("tool", "found", (), "c1"), *TALK[5:8]])
    composed = memory.compose((), None)
    assert not any(message.calls or message.role == "tool" for message in composed)


def test_search_results_are_shown_in_the_order_of_observation() -> None:
    memory = opened("add_search", Words)
    memory.observe([*TALK, Message("user", "Where is Harbor 5 and Harbor 3?")])
    (text,) = texts(memory, [Message("user", "Harbor 5 Harbor 3 kilometre")], 80)
    lines = text.split("\n\n")[1:]
    assert lines == sorted(lines, key=lambda line: int(line.split()[1]))


def test_objects_that_share_a_store_do_not_find_each_others_passages() -> None:
    OWNED.clear()
    first, second = (opened("add_search", Mem0) for _ in range(2))
    first.observe(TALK[:6])
    assert "Harbor 3" in str(texts(first, TALK[8:9]))
    second.observe(TALK[6:])
    assert "Harbor 3" not in str(texts(second, TALK[8:9]))
    assert len(OWNED) == 2


MANY = [Message("user", f"Harbor{number} stands at kilometre {number}.") for number in range(30)]


def test_the_entries_are_those_that_the_object_lists_oldest_first() -> None:
    memory = opened("add_search", Keeper)
    memory.observe(MANY)
    assert [entry.text for entry in memory.dump()] == [f"Harbor{n} stands" for n in range(30)]


def test_a_restored_object_is_given_its_entries_without_a_second_reading() -> None:
    memory, other = (opened("add_search", Keeper) for _ in range(2))
    memory.observe(MANY)
    other.restore(memory.dump())
    other.observe([])
    assert other.dump() == memory.dump()
    assert texts(other, MANY[3:4]) == texts(memory, MANY[3:4])


@pytest.mark.parametrize(("cls", "made"), [(Keeper, 3), (Deleter, 2)])
def test_what_exceeds_the_capacity_is_deleted_or_the_object_made_anew(
    cls: type[Keeper], made: int
) -> None:
    memory, before = opened("add_search", cls, 30), Keeper.made
    memory.observe(MANY)
    kept = [entry.text for entry in memory.dump()]
    assert kept == [f"Harbor{n} stands" for n in range(30 - len(kept), 30)]
    assert "Harbor3 " not in str(texts(memory, MANY[3:4]))
    assert Keeper.made - before == made - 2


def test_a_condensation_lasts_and_a_view_does_not() -> None:
    rolling, masking = opened("condenser", Rolling), opened("condenser", Masking)
    for memory in (rolling, masking):
        memory.observe(TALK)
    kept = [TALK[0], Message("user", "Forgotten: 4 events."), *TALK[8:]]
    assert texts(rolling, []) == [message.content for message in kept]
    assert texts(masking, TALK[-1:]) == [message.content for message in TALK[9:11]]


@pytest.mark.parametrize(
    ("shim", "factory", "sentence"),
    [
        ("add_search", chosen, "an object of dict has no method `add`; choose another shim"),
        ("manage_context", chosen, "no method `manage_context`"),
        ("condenser", Words, "an object of Words has no method `condense`"),
        ("add_search", Async, "the `search` of Async is async"),
    ],
)
def test_an_object_of_another_shape_is_bad_settings(
    shim: str, factory: Callable[[], Any], sentence: str
) -> None:
    with pytest.raises(BadSettings, match=sentence):
        wrapped(shim, factory)()


@pytest.mark.parametrize(
    ("shim", "factory", "sentence"),
    [
        ("manage_context", Numbers, r"manage_context\(\) returned 0"),
        ("add_search", Broken, r"search\(\) raised KeyError: .* \(stand_ins.py, line \d+\)"),
        ("add_search", Tuples, "which is no str and has none of memory, text"),
    ],
)
def test_what_it_returns_of_another_shape_is_its_fault(
    shim: str, factory: Callable[[], Any], sentence: str
) -> None:
    memory = opened(shim, factory)
    memory.observe(TALK)
    with pytest.raises(WrappedObjectError, match=sentence):
        memory.compose(TALK[-1:], 100)
