"""JSON Schemas of tools' arguments: refused where they are none, compiled where they are used.

fastjsonschema checks by draft 7, and nothing is fetched. It takes long to import and to compile,
so a schema that is plain, as nearly every tool's is, waits for the first call.
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NoReturn

from memorygym.complaint import Check, complaint
from memorygym.errors import BadSettings
from memorygym.frozen import JSON

_MOST_KEPT = 256
"""Compiled schemas that are kept."""
_KEPT: dict[int, tuple[Mapping[str, JSON], Check]] = {}
"""By identity: a call is checked in less time than schemas are compared. What is kept lives on, so
no other has its identity."""


def refuse_misfit(tool: str, parameters: Mapping[str, JSON]) -> None:
    """Raises BadSettings if a tool's parameters are no JSON Schema of an object."""
    if _is_plain(parameters):
        return
    try:
        problem = complaint(_compiled(_META, formats=True), parameters)
        if not problem:
            _compiled(_text(parameters))
    except Exception as error:
        raise BadSettings(
            f"the schema of the tool {tool!r} cannot be compiled ({error}); mend that or write a"
            " simpler one"
        ) from error
    if problem:
        raise BadSettings(f"the schema (draft 7) of the tool {tool!r}: {problem}")


def check_of(parameters: Mapping[str, JSON]) -> Check:
    """What checks the arguments of a tool that was declared with those parameters."""
    kept = _KEPT.get(id(parameters))
    if kept is None:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[id(parameters)] = parameters, _compiled(_text(parameters))
    return kept[1]


def _is_plain(schema: Mapping[str, JSON]) -> bool:
    """Whether a schema is of the few keywords that are known to compile."""
    properties, required = schema.get("properties"), schema.get("required", [])
    return (
        schema.keys() <= {"type", "properties", "required", "additionalProperties"}
        and schema.get("type") == "object"
        and schema.get("additionalProperties", False) is False
        and isinstance(properties, dict)
        and all(map(_is_plain_property, properties.values()))
        and isinstance(required, list)
        and all(isinstance(name, str) and name in properties for name in required)
        and len(set(required)) == len(required)
    )


def _is_plain_property(schema: JSON) -> bool:
    return (
        isinstance(schema, dict)
        and schema.keys() <= {"type", "description", "minimum"}
        and schema.get("type") in _TYPES
        and isinstance(schema.get("description", ""), str)
        and type(schema.get("minimum", 0)) is int
    )


def _text(parameters: Mapping[str, JSON]) -> str:
    """The schema that is compiled: one that names properties takes no others unless it says so."""
    strict = {"additionalProperties": False} if "properties" in parameters else {}
    own = {name: value for name, value in parameters.items() if name not in ("$id", "id")}
    text = json.dumps({**strict, **own, "$schema": _DRAFT}, allow_nan=False)
    # fastjsonschema names a function after each: letters in lower case, anything else as "_".
    names = set(re.findall(r'"\$ref": ("#[^"]*")', text))
    if len(names) > len({re.sub("[^a-z0-9]+", "_", name.lower()) for name in names}):
        raise ValueError("names in $ref differ in case or punctuation alone")
    return text


@lru_cache(_MOST_KEPT)
def _compiled(text: str, *, formats: bool = False) -> Check:
    import fastjsonschema

    check: Check = fastjsonschema.compile(
        json.loads(text),
        handlers=dict.fromkeys(("", "data", "file", "ftp", "http", "https"), _fetch),
        use_default=False,
        use_formats=formats,
        fast_fail=False,
    )
    return check


def _fetch(address: str) -> NoReturn:
    raise ValueError(f"nothing is fetched from {address}")


def _each(names: str, schema: object) -> dict[str, object]:
    return dict.fromkeys(names.split(), schema)


_DRAFT = "http://json-schema.org/draft-07/schema#"
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_SCHEMA = {"$ref": "#/definitions/schema"}
_LIST = {"type": "array", "minItems": 1, "items": _SCHEMA}
_NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_NAMED = {"type": "object", "additionalProperties": _SCHEMA}
_NEEDED = {"if": {"type": "array"}, "then": _NAMES, "else": _SCHEMA}
_KEYWORDS = {
    "$ref": {"type": "string", "pattern": "^#(/|$)"},
    "dependencies": {"type": "object", "additionalProperties": _NEEDED},
    "enum": {"type": "array"},
    "items": {"if": {"type": "array"}, "then": _LIST, "else": _SCHEMA},
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "pattern": {"type": "string", "format": "regex"},
    "patternProperties": {**_NAMED, "propertyNames": {"format": "regex"}},
    "required": _NAMES,
    "type": {
        "if": {"type": "array"},
        "then": {**_NAMES, "minItems": 1, "items": {"enum": _TYPES}},
        "else": {"enum": _TYPES},
    },
    "uniqueItems": {"type": "boolean"},
    **_each("$defs definitions properties", _NAMED),
    **_each("allOf anyOf oneOf", _LIST),
    **_each("additionalItems additionalProperties contains else if not", _SCHEMA),
    **_each("propertyNames then", _SCHEMA),
    **_each("exclusiveMaximum exclusiveMinimum maximum minimum", {"type": "number"}),
    **_each("maxItems maxLength maxProperties", {"type": "integer", "minimum": 0}),
    **_each("minItems minLength minProperties", {"type": "integer", "minimum": 0}),
    # Of later drafts: they would be passed over in silence.
    **_each("$dynamicRef dependentRequired dependentSchemas maxContains minContains", False),
    **_each("prefixItems unevaluatedItems unevaluatedProperties", False),
}
_META = json.dumps(
    {
        "$schema": _DRAFT,
        "definitions": {"schema": {"type": ["object", "boolean"], "properties": _KEYWORDS}},
        "allOf": [_SCHEMA, {"properties": {"type": {"const": "object"}}}],
    }
)
"""What a schema is, by the keywords that are checked."""
