"""Messages and tools go to the OpenAI format and back without loss."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.json_types import to_json
from memorygym.core.json_values import MAX_DEPTH, freeze, json_value
from memorygym.core.statements import SubTask
from memorygym.core.types import JSON, Call, Message, Tool
from tests.episodes import generated

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
OBJECTS = st.dictionaries(st.text(), st.recursive(SCALARS, st.lists, max_leaves=5), max_size=4)
CALLS = st.builds(Call, st.text(min_size=1), OBJECTS, st.text())


@given(st.text(), st.lists(CALLS, max_size=3))
def test_an_assistant_message_is_equal_after_a_round_trip(content: str, calls: list[Call]) -> None:
    message = Message("assistant", content, tuple(calls))
    wire = json.loads(json.dumps(message.to_openai()))
    assert Message.from_openai(wire) == message


@pytest.mark.parametrize(
    "message",
    [
        Message("system", "be brief"),
        Message("user", "häuser 家 \n"),
        Message("tool", "stored", (), "call_7"),
        *(
            Message("assistant", "", (Call("Write", arguments, "1"),))
            for arguments in (None, [1], 3, True, "{not json", '"text"', "")
        ),
    ],
)
def test_a_message_of_every_role_is_equal_after_a_round_trip_whatever_its_arguments(
    message: Message,
) -> None:
    assert Message.from_openai(message.to_openai()) == message


@pytest.mark.parametrize(
    "raw",
    [
        {"role": "assistant", "content": None},
        {"role": "assistant", "tool_calls": None},
        {"role": "assistant", "content": [{"type": "text"}], "tool_calls": ["x", {}, 3]},
        {"role": "assistant", "tool_calls": "Write"},
    ],
)
def test_odd_provider_messages_are_read_as_empty(raw: dict[str, Any]) -> None:
    assert Message.from_openai(raw) == Message("assistant", "")


def test_an_unknown_role_names_the_roles() -> None:
    with pytest.raises(ValueError, match="no role 'robot'; choose from system, user"):
        Message.from_openai({"role": "robot"})


@pytest.mark.parametrize(("first", "last"), [("[", "]"), ('{"a":', "}")])
def test_json_of_the_deepest_level_is_read_and_deeper_json_stays_text(
    first: str, last: str
) -> None:
    deepest, deeper = (first * n + "1" + last * n for n in (MAX_DEPTH, MAX_DEPTH + 1))
    assert json_value(deepest) != deepest
    assert json_value(deeper) == deeper


NESTED: dict[str, JSON] = {"a": [1, {"b": [2]}], "c": {"d": None}}


@pytest.mark.parametrize(
    "kept",
    [lambda v: json.loads(json.dumps(v)), copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))],
)
def test_what_is_frozen_passes_for_what_it_was(kept: Callable[[JSON], JSON]) -> None:
    frozen = freeze(NESTED)
    assert frozen == NESTED == kept(frozen)
    assert isinstance(frozen, dict) and isinstance(frozen["a"], list)


@pytest.mark.parametrize(
    "change",
    [
        lambda v: v.update(e=1),
        lambda v: v.__setitem__("a", 1),
        lambda v: v.pop("a"),
        lambda v: v["a"].append(3),
        lambda v: v["a"][1]["b"].clear(),
        lambda v: v["a"].__setitem__(0, 3),
        lambda v: v["c"].setdefault("e", 1),
    ],
)
def test_nothing_in_what_is_frozen_can_be_changed(change: Callable[[Any], None]) -> None:
    frozen = freeze(NESTED)
    with pytest.raises(TypeError, match="cannot be changed"):
        change(frozen)
    assert frozen == NESTED


def test_what_a_policy_is_handed_holds_no_place_to_leave_things() -> None:
    schema: dict[str, JSON] = {"type": "object", "properties": {}, "required": []}
    for handed in (Tool("Read", "Reads.", schema).parameters, generated().recipe):
        with pytest.raises(TypeError):
            handed["stash"] = 1  # type: ignore[index]  # The attack.


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be written as JSON"):
        to_json([object()])


def test_a_sub_task_is_of_its_own_question_type() -> None:
    assert SubTask(0, "order", "Order tea.").question_type == "order"
    assert SubTask(0, "order", "Order tea.", question_type="late").question_type == "late"
