"""Which values of a call's arguments came from earlier messages, and which do not count."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from memorygym.core.types import JSON, Call, Message
from memorygym.scoring.argument_values import Conversation, Use, is_stale
from memorygym.scoring.value_forms import kind_of, leaves, plain, states

USER = Message("user", "Please book HAT069 for Mia Li, account acct_7730, on 2031-04-05.")
LATER = (
    Message("assistant", "Shall I go on?"),
    Message("user", "Yes."),
    Message("assistant", "Sure?"),
    Message("user", "Yes!"),
)


def called(**arguments: Any) -> Message:
    return Message("assistant", "", (Call("book", arguments, "c1"),))


def uses(messages: Sequence[Message], always: str = "") -> list[Use]:
    return Conversation(messages, always).uses


def values(messages: Sequence[Message], always: str = "") -> list[str]:
    return [use.value for use in uses(messages, always)]


def test_a_value_of_an_earlier_turn_is_a_use_with_its_place() -> None:
    (use,) = uses([USER, *LATER, called(flights=[{"number": "hat069"}])])
    assert (use.value, use.kind, use.argument) == ("hat069", "id", "flights[0].number")
    assert (use.source, use.turn, use.call) == (0, 2, 1)
    assert use.distance > 0
    messages = [called(a="A-1"), USER, called(b="B-2"), *LATER, called(number="HAT069")]
    assert [use.call for use in uses(messages)] == [3]


def test_the_newest_message_that_states_a_value_is_its_source() -> None:
    again = Message("user", "HAT069, as I said.")
    (use,) = uses([USER, *LATER[:2], again, *LATER[2:], called(number="HAT069")])
    assert use.source == 3


@pytest.mark.parametrize(
    "messages",
    [
        [USER, called(number="HAT069")],
        [USER, *LATER[:3], Message("user", "HAT069, yes."), called(number="HAT069")],
        [USER, *LATER[:2], Message("assistant", "HAT069?"), LATER[1], called(number="HAT069")],
    ],
)
def test_what_the_running_turn_states_is_no_use(messages: list[Message]) -> None:
    assert values(messages) == []


def test_what_the_agent_always_sees_is_no_use() -> None:
    messages = [USER, *LATER, called(number="HAT069", account="acct_7730")]
    assert values(messages, "The only flight is hat069.") == ["acct_7730"]
    assert values(messages, '[{"enum": ["HAT069", "acct_7730"]}]') == []


IDS = [f"R{1000 + number}" for number in range(50)]


@pytest.mark.parametrize(
    ("text", "arguments", "counted"),
    [
        # A value that the agent computed is no use.
        ("It costs 152 and 103.", {"total": 255, "of": "152 + 103"}, ["152", "103"]),
        # Booleans, numbers below 100 and null never count.
        ("true 1 12 99 none 250", {"a": True, "b": 1, "d": 99, "e": None, "f": 250}, ["250"]),
        # A value counts once a call.
        (USER.content, {"a": "HAT069", "b": ["HAT069", {"c": "hat069"}]}, ["HAT069"]),
        # Of a very long argument the first parts count.
        (" ".join(IDS), {"content": " ".join(reversed(IDS))}, IDS[:-21:-1]),
    ],
)  # fmt: skip
def test_some_values_of_earlier_turns_count(
    text: str, arguments: dict[str, Any], counted: list[str]
) -> None:
    assert values([Message("user", text), *LATER, called(**arguments)]) == counted


@pytest.mark.parametrize(
    "value",
    [*("", " ", "-", "1", "12", "true", "True", "none"), "economy", "one_way", "yes", "N/A", "a b"],
)
def test_common_values_never_count(value: str) -> None:
    messages = [Message("user", f"I take {value} and True and None."), *LATER, called(any=value)]
    assert values(messages) == []
    assert kind_of(value) is None


def test_a_longer_argument_counts_by_its_parts_unless_it_was_said_whole() -> None:
    told = Message("user", "run pytest -q tests/test_a.py, see HAT069 of 2031-04-05")
    whole = [told, *LATER, called(command="pytest -q tests/test_a.py")]
    parts = [told, *LATER, called(command="cd /x && cat tests/test_a.py # HAT069, 2031-04-05")]
    assert [(use.value, use.kind) for use in uses(whole)] == [
        ("pytest -q tests/test_a.py", "command")
    ]
    assert [(use.value, use.kind) for use in uses(parts)] == [
        ("tests/test_a.py", "path"), ("HAT069", "id"), ("2031-04-05", "date"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on May 20th, 2024", "2024-05-20"),
        ("the 20 May 2024 flight", "2024-05-20"),
        ('{"price": 481.5}', "$481.50"),
        ("it costs $1,250", "1250"),
        ('{"city": "Z\\u00fcrich West"}', "Zürich West"),
        ("open SRC/Main.py:12", "src/main.py"),
        ("mail  to\nAnn@x.org.", "ann@x.org"),
        ('{"p": "a\\\\b\\"c"}', 'a\\b"c'),
    ],
)
def test_values_are_compared_after_normalisation(text: str, value: str) -> None:
    assert states(plain(text), plain(value).lstrip("$"))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("W23781560", "W2378156"), ("1255", "255"), ("255.75", "255"), ("2024-05-20", "2024"),
        ("my_HAT069", "HAT069"), ("0.255", "255"), ("12:255", "12"),
    ],
)  # fmt: skip
def test_a_part_of_a_longer_value_is_another_value(text: str, value: str) -> None:
    assert not states(plain(text), plain(value))


def test_the_texts_and_numbers_of_arguments_have_places() -> None:
    arguments: JSON = {"a": [1, {"b": "x"}], "c": True, "d": 2.0, "e": None}
    assert [*leaves(arguments)] == [("a[0]", "1"), ("a[1].b", "x"), ("d", "2")]
    assert [*leaves("no JSON")] == [("", "no JSON")]


def order(delivery: str) -> Message:
    state = {"order_id": "W70312", "lines": [{"piece": "A-1"}], "delivery": delivery}
    return Message("tool", json.dumps(state), (), "c0")


def replaced(*shown: str) -> tuple[Use, bool]:
    """The use of a date that replaced another one, and whether these texts show it stale."""
    messages = [
        Message("user", "Hello"), called(order="W70312"), order("2031-03-11"),
        called(date="x"), order("2031-03-18"), *LATER, called(date="2031-03-18"),
    ]  # fmt: skip
    (use,) = uses(messages)
    return use, is_stale([plain(text) for text in shown], use)


def test_a_value_that_replaced_another_in_a_record_is_stale_if_only_the_old_one_is_shown() -> None:
    use, stale = replaced("Order W70312 is due on 11 March 2031.")
    assert use.older == ("w70312", "2031-03-11")
    assert stale
    assert not replaced("Order W70312: first 2031-03-11, now 2031-03-18.")[1]
    assert not replaced("Order W70399 is due on 2031-03-11.")[1]
    assert not replaced("Order W70312", "2031-03-11")[1]
    assert not replaced()[1]


def test_a_value_that_never_changed_is_not_replaced() -> None:
    (use,) = uses([Message("user", "Hi"), order("2031-03-11"), *LATER, called(date="2031-03-11")])
    assert use.older is None


def test_calls_without_arguments_or_with_text_as_arguments_are_read() -> None:
    text = Message("assistant", "", (Call("run", "open HAT069", ""), Call("end", None, "")))
    assert values([USER, *LATER, text]) == ["HAT069"]
    assert uses([]) == uses([USER]) == uses([called(a="HAT069")]) == []
