"""JSON becomes the annotated type, or a sentence that says where it does not fit."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.core.statements import Statement, Value
from memorygym.core.types import JSON, Call, Entry, Message


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        (int, -3, -3),
        (int | None, None, None),
        (Value, [1, -2], (1, -2)),
        (Mapping[str, JSON], {"a": [None]}, {"a": [None]}),
        (Entry, ["1", "a"], Entry("1", "a")),
        (Entry, ["1", "a", "b"], Entry("1", "a", "b")),
        (Entry, {"text": "a", "id": "1"}, Entry("1", "a")),
        (tuple[Statement, ...], [["a", "b", 1, "now"]], (Statement("a", "b", 1, "now"),)),
        (tuple[int, str], [1, "a"], (1, "a")),
        (tuple[int, ...], (1, 2), (1, 2)),
        (Message, {"role": "user", "content": ""}, Message("user", "")),
        (
            Message,
            {"role": "user", "content": "", "calls": [["f", {"deep": [1.5]}, "c"]]},
            Message("user", "", (Call("f", {"deep": [1.5]}, "c"),)),
        ),
    ],
)
def test_a_fitting_value_is_converted_to_its_type(kind: Any, raw: object, expected: object) -> None:
    assert from_json(kind, raw) == expected


@pytest.mark.parametrize(
    ("kind", "raw", "problem"),
    [
        (int, True, "here is True, not a whole number"),
        (int, 1.0, "here is 1.0, not a whole number"),
        (int, 10**4000, "here is a huge number, which is too large"),
        (int | None, "1", "here is '1', not a whole number or null"),
        (str, None, "here is None, not a text"),
        (Value, [1, "a"], "here[1] is 'a', not a whole number"),
        (Mapping[str, JSON], [], "here is [], not an object"),
        (tuple[int, str], [1], "here has 1 items, not 2"),
        (Entry, {"id": "1"}, "here lacks text"),
        (Entry, {"id": "1", "text": "", "x": 1}, "here has unknown fields: 'x'"),
        (
            tuple[Statement, ...],
            [["a", "b", 1, "x"], ["a", 2, 1, "x"]],
            "here[1][1] is 2, not a text",
        ),
        (Message, {"role": "me", "content": ""}, "here.role is 'me', none of system, user,"),
        (Message, {"role": "user", "content": "", "calls": [1]}, "here.calls[0] is 1, not"),
        (str, ["x" * 99], "here is ['" + "x" * 35 + "..., not a text"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(kind: Any, raw: object, problem: str) -> None:
    with pytest.raises(SchemaMismatch, match="^" + re.escape(problem)):
        from_json(kind, raw, "here")
