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
        ({"type": "strng"}, r": type must be 'object', not 'strng'"),
        ({"type": "array"}, r": type must be 'object', not 'array'"),
        ({"properties": []}, r": properties must be of type object, not list"),
        ({"properties": {"a": 1}}, r"a must be of type object or boolean, not int"),
        ({"properties": {"a": {"type": "strng"}}}, r"a.type must be one of 'string', .*'strng'"),
        ({"properties": {"a": {"type": ["null", "x"]}}}, r"a.type\[1\] must be one of .*, not 'x'"),
        ({"properties": {"a": {"enum": "ab"}}}, r"a.enum must be of type array, not str"),
        ({"properties": {"a": {"anyOf": []}}}, r"a.anyOf must have at least 1 items, not 0"),
        ({"properties": {"a": {"anyOf": ["x"]}}}, r"anyOf\[0\] must be of type object or boolean"),
        ({"properties": {"a": {"minimum": "1"}}}, r"a.minimum must be of type number, not str"),
        ({"properties": {"a": {"minLength": -1}}}, r"a.minLength must be at least 0, not -1"),
        ({"properties": {"a": {"multipleOf": 0}}}, r"a.multipleOf must be more than 0, not 0"),
        ({"properties": {"a": {"pattern": "("}}}, r"a.pattern must be a 'regex', not '\('"),
        ({"properties": {"a": {"prefixItems": [{}]}}}, r"prefixItems must not be there"),
        ({"properties": {"a": {"maximum": float("inf")}}}, r"cannot be compiled \(.*float"),
        ({"properties": {"a": {"default": {1}}}}, r"cannot be compiled \(.*set"),
        ({"required": "a"}, r": required must be of type array, not str"),
        ({"required": ["a", "a"]}, r": required must hold no item twice, not \['a', 'a'\]"),
        ({"properties": {}, "required": ["a"]}, r"\['a'\] are required but not allowed"),
        ({"properties": {"a": {"$ref": "#/$defs/A"}}}, r"Unresolvable ref"),
        (
            {"items": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/a"}], "$defs": {"A": {}, "a": {}}},
            r"names in \$ref differ in case or punctuation alone",
        ),
        (
            {
                "items": [{"$ref": "#/$defs/a-b"}, {"$ref": "#/$defs/a_b"}],
                "$defs": {"a-b": {}, "a_b": {}},
            },
            r"names in \$ref differ in case or punctuation alone",
        ),
        ({"$ref": "http://localhost/a"}, r"\$ref must match the pattern '\^#\(/\|\$\)', not 'http"),
    ],
)
def test_a_schema_that_is_none_is_refused_when_its_tool_is_declared(
    schema: Mapping[str, JSON], problem: str
) -> None:
    with pytest.raises(BadSettings, match="the schema .*of the tool 'look'.*" + problem):
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
    assert _problem(schema, {}) == f"the argument {name!r} is missing"
    wanted = f"{name}[1].{name} must be one of {value!r}, not 'b'"
    assert _problem(schema, {name: [{name: value}, {name: "b"}]}) == wanted


def test_tools_of_ours_are_declared_without_the_validator() -> None:
    code = (
        "import sys, memorygym.memories.stores.notebook; sys.exit('fastjsonschema' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
