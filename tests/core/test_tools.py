"""Arguments are checked against ordinary JSON Schema; what is no schema is refused, and a
stranger's schema does no harm."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import freeze
from memorygym.core.tools import call_problem
from memorygym.core.types import JSON, Call, Tool

LONG = "x" * 200
TREE: dict[str, JSON] = {
    "properties": {"tree": {"$ref": "#/$defs/Tree"}},
    "$defs": {
        "Tree": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "next": {"$ref": "#/$defs/Tree"}},
            "required": ["name"],
            "additionalProperties": False,
        }
    },
}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}


def problem_of(schema: Mapping[str, JSON], arguments: JSON) -> str:
    """The problem of a call, as the agent reads it, for any order of keys."""
    tools = {"look": Tool("look", "Looks.", schema)}
    (first, *others) = (
        call_problem(Call("look", freeze(each)), tools) for each in (arguments, _turned(arguments))
    )
    assert others == [first]
    return first.removeprefix("look: ")


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(item) for name, item in reversed(value.items())}
    return [*map(_turned, value)] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("schema", "value", "sentence"),
    [
        ({"type": ["integer", "null"]}, None, ""),
        ({"type": ["integer", "null"]}, 1.0, "a must be integer or null, not 1.0"),
        ({"type": "integer"}, 1.0, "a must be integer, not 1.0"),
        ({"type": "number"}, True, "a must be number, not True"),
        ({"type": "number", "multipleOf": 0.5}, 1.0, ""),
        ({"enum": [1, "b"]}, 1.0, ""),
        ({"enum": [1, "b"]}, True, "a must be one of [1, 'b'], not True"),
        ({"enum": ["a", "b"]}, LONG, f"a must be one of ['a', 'b'], not '{LONG[:76]}..."),
        (
            {"anyOf": [WHOLE, {"type": "null"}]},
            "1",
            "a cannot be validated by any definition of [{'type': 'integer'}, {'type': 'null'}],"
            " not '1'",
        ),
        ({"type": "integer", "minimum": 1}, 0, "a must be bigger than or equal to 1, not 0"),
        (
            {"multipleOf": 0.5},
            10**400,
            "the arguments cannot be checked (int too large to convert to float);"
            " send simpler ones",
        ),
        ({"items": WHOLE}, [1, "2", 3.0], "a[1] must be integer, not '2'"),
        ({"properties": {"b": TEXT}, "required": ["b"]}, {}, "a must contain ['b'] properties"),
        ({"properties": {"b": TEXT}}, {"c": 1, "b": ""}, ""),
        ({"properties": {"b": TEXT}}, {"c": 1, "b": 1}, "a.b must be string, not 1"),
        (False, 1, "a must not be there, not 1"),
    ],
)  # fmt: skip
def test_a_value_is_checked_against_the_schema_of_its_argument(
    schema: JSON, value: JSON, sentence: str
) -> None:
    assert problem_of({"properties": {"a": schema}}, {"a": value}) == sentence


@pytest.mark.parametrize(
    ("schema", "arguments", "sentence"),
    [
        ({}, {"a": 1}, ""),
        ({"type": "object"}, [], "the arguments must be a JSON object, not list"),
        (
            {"additionalProperties": False},
            {"b": 1, "a": 1},
            "the arguments must not contain 'a'; it takes none",
        ),
        ({"required": ["b", "a"]}, {}, "the arguments must contain ['a', 'b'] properties"),
        (
            {"properties": {"b": TEXT, "a": TEXT}},
            {"c": 1},
            "the arguments must not contain 'c'; it takes b, a",
        ),
        ({"properties": {"b": TEXT}, "additionalProperties": True}, {"c": 1}, ""),
        (
            {"properties": {"b": TEXT}, "additionalProperties": WHOLE},
            {"c": "", "a": ""},
            "a must be integer, not ''",
        ),
        ({"properties": {}, "patternProperties": {"^x": WHOLE}}, {"x1": 1}, ""),
        (
            {"properties": {}, "patternProperties": {"^x": WHOLE}},
            {"x1": 1, "y": 1},
            "the arguments must not contain 'y'; it takes none",
        ),
        (TREE, {"tree": {"name": "oak", "next": {}}}, "tree.next must contain ['name'] properties"),
        (TREE, {"tree": {"name": "oak", "x": 1}}, "tree must not contain 'x'; it takes name, next"),
        (
            {"$ref": "#"},
            {},
            "the arguments cannot be checked (maximum recursion depth exceeded); send simpler ones",
        ),
    ],
)
def test_the_arguments_as_a_whole_are_checked(
    schema: Mapping[str, JSON], arguments: JSON, sentence: str
) -> None:
    assert problem_of(schema, arguments) == sentence


def test_arguments_nested_beyond_any_stack_are_answered() -> None:
    deep: JSON = {"name": "oak"}
    for _ in range(300):
        deep = {"name": "oak", "next": deep}
    problem = problem_of(TREE, {"tree": deep})
    assert problem == "" or "recursion" in problem


NAMES = st.sampled_from(["a", "b", "a-b", "id", "type", "{", '"'])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, "", "a", "ab"])
WILD = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
KINDS = st.sampled_from(["string", "integer", "number", "boolean", "array", "object", "null"])
FIGURES, COUNTS = st.integers(-3, 3) | st.just(0.5), st.integers(0, 3)


def _schemas(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=2)
    named = st.dictionaries(NAMES, inner, max_size=3)
    keywords = {
        "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True),
        "enum": st.lists(WILD, min_size=1, max_size=3),
        "const": WILD,
        "properties": named,
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b$", "."]), inner, max_size=2),
        "required": st.lists(NAMES, max_size=2, unique=True),
        "dependencies": st.dictionaries(NAMES, inner | st.lists(NAMES, max_size=2, unique=True)),
        "items": inner | several,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "pattern": st.sampled_from(["a", "^b", "b$", '"']),
        "uniqueItems": st.booleans(),
        "$ref": st.sampled_from(["#/$defs/x", "#/$defs/y"]),
        "format": st.sampled_from(["date", "no such format"]),
        **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum"), FIGURES),
        **dict.fromkeys(("minLength", "maxLength", "minItems", "maxProperties"), COUNTS),
        **dict.fromkeys(("additionalProperties", "contains", "propertyNames"), inner),
        **dict.fromkeys(("not", "if", "then", "else"), inner),
        **dict.fromkeys(("anyOf", "allOf", "oneOf"), several),
    }
    return st.booleans() | st.fixed_dictionaries({}, optional=keywords)


TYPED = st.fixed_dictionaries({"type": KINDS})
SCHEMAS = st.recursive(st.booleans() | TYPED, _schemas, max_leaves=6)
ROOTS = _schemas(SCHEMAS).filter(lambda schema: isinstance(schema, dict) and "type" not in schema)


@given(ROOTS, SCHEMAS, SCHEMAS, st.dictionaries(NAMES, WILD, max_size=4))
def test_no_call_raises_and_the_verdict_is_that_of_another_validator(
    root: dict[str, Any], x: Any, y: Any, arguments: dict[str, Any]
) -> None:
    schema = {**root, "$defs": {"x": x, "y": y}}
    strict = {"additionalProperties": False} if "properties" in root else {}
    try:
        problem = problem_of(schema, arguments)
    except BadSettings as error:
        assert "are required but not allowed" in str(error)
        return
    if "cannot be checked" not in problem:
        judge = jsonschema.Draft7Validator({**strict, **schema})
        assert judge.is_valid(arguments) == (problem == ""), problem


def test_the_sentence_is_the_same_in_every_process() -> None:
    code = (
        "from memorygym.core.tools import call_problem;"
        "from memorygym.core.types import Call, Tool;"
        "whole = {'additionalProperties': {'type': 'integer'}};"
        "look = Tool('look', '', {'properties': {'a': whole}});"
        "print(call_problem(Call('look', {'a': dict.fromkeys('qwertyuiop', '')}), {'look': look}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in "12"
    }  # fmt: skip
    assert outputs == {"look: a.e must be integer, not ''\n"}


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ({"type": "strng"}, "its type is 'strng', not 'object'"),
        ({"type": "array"}, "its type is 'array', not 'object'"),
        ({"properties": []}, "'list' object has no attribute"),
        ({"properties": {"a": 1}}, "must be object"),
        ({"properties": {"a": {"type": ["null", "x"]}}}, "Unknown type"),
        ({"properties": {"a": {"minimum": "1"}}}, "minimum must be a number"),
        ({"properties": {"a": {"pattern": "("}}}, "unterminated subpattern"),
        ({"properties": {"a": {"maximum": float("inf")}}}, "float"),
        ({"properties": {"a": {"default": {1}}}}, "set"),
        ({"required": ["a", "a"]}, "required must contain unique elements"),
        ({"properties": {}, "required": ["a"]}, r"\['a'\] are required but not allowed"),
        ({"properties": {"a": {"$ref": "#/$defs/A"}}}, "Unresolvable ref"),
        (
            {"items": [{"$ref": "#/$defs/a-b"}, {"$ref": "#/$defs/A_b"}], "$defs": {"a-b": {}}},
            r"names in \$ref differ in case or punctuation alone",
        ),
        ({"$ref": "http://localhost/a"}, "nothing is fetched from http://localhost/a"),
    ],
)
def test_a_schema_that_is_none_is_refused_when_its_tool_is_declared(
    schema: Mapping[str, JSON], problem: str
) -> None:
    with pytest.raises(BadSettings, match=r"tool 'look' cannot be compiled \(.*" + problem):
        Tool("look", "Looks.", schema)


def test_nothing_is_fetched_for_a_schema() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/schema"
        reference: dict[str, JSON] = {"$ref": address}
        for schema in (reference, {"items": reference}, {"default": reference}):
            with pytest.raises(BadSettings):
                Tool("look", "Looks.", {"properties": {"a": {"minLength": 1, **schema}}})
        here: dict[str, JSON] = {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": TEXT}}
        assert problem_of({"$id": address, **here}, {"a": ""}) == ""
        with pytest.raises(BlockingIOError):
            server.accept()


CODE = 'x"); raise SystemExit("'
FOREIGN = st.text(max_size=8) | st.sampled_from(
    [CODE, CODE.replace('"', "'"), '"""', "'''", "\\", '\\"', "\\'", "{", "}", "{0}", "{variable}",
     "{{", "%s", "\n", "\r\n", "\0", "\u2028", "\ud800", "$ref", "id", "variable", "name", "data"]
)  # fmt: skip


@given(FOREIGN, FOREIGN.filter(lambda text: text != "b"), FOREIGN)
def test_a_strangers_words_are_never_run(name: str, value: str, other: str) -> None:
    inner: dict[str, JSON] = {name: {"enum": [value], "title": other, "description": value}}
    items: JSON = {"type": "object", "properties": inner, "required": [name]}
    about: dict[str, JSON] = {"$id": other, "title": value, "$comment": name}
    schema = {**about, "properties": {name: {"items": items}}, "required": [name]}
    assert problem_of(schema, {name: [{name: value}]}) == ""
    assert problem_of(schema, {}) == f"the arguments must contain [{name!r}] properties"
    problem = problem_of(schema, {name: [{name: value}, {name: "b"}]})
    assert problem.startswith(f"{name}[1].{name} must be one of [")
    assert problem.endswith("], not 'b'")


def test_tools_of_ours_are_declared_without_the_validator() -> None:
    code = (
        "import sys, memorygym.memories.stores.notebook; sys.exit('fastjsonschema' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
