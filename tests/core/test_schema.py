"""Schemas of tools: refused where they are none, harmless whoever wrote them."""

import socket
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.errors import BadSettings
from memorygym.core.tools import call_problem
from memorygym.core.types import JSON, Call, Tool


def _problem(schema: Mapping[str, JSON], arguments: JSON) -> str:
    tools = {"look": Tool("look", "Looks.", schema)}
    return call_problem(Call("look", arguments), tools).removeprefix("look: ")


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
        here: dict[str, JSON] = {
            "properties": {"a": {"$ref": "#/$defs/a"}},
            "$defs": {"a": {"type": "string"}},
        }
        assert _problem({"$id": address, **here}, {"a": ""}) == ""
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
    assert _problem(schema, {name: [{name: value}]}) == ""
    assert _problem(schema, {}) == f"the arguments must contain [{name!r}] properties"
    problem = _problem(schema, {name: [{name: value}, {name: "b"}]})
    assert problem.startswith(f"{name}[1].{name} must be one of [")
    assert problem.endswith("], not 'b'")


def test_tools_of_ours_are_declared_without_the_validator() -> None:
    code = (
        "import sys, memorygym.memories.stores.notebook; sys.exit('fastjsonschema' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
