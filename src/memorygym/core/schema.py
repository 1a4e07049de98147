"""JSON Schemas of tool arguments: checks a schema, compiles it, and explains what does not fit it.

The schemas are of draft 7. fastjsonschema validates; no reference is fetched. It is slow to import
and to compile, so a simple schema (nearly every tool has one) is compiled at the first call.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import JSON

Validator = Callable[[JSON], object]
"""Returns if a value fits, else raises fastjsonschema.JsonSchemaValuesException."""
_CACHE_SIZE = 256
"""Most compiled schemas that are kept."""
_VALIDATORS: dict[int, tuple[Mapping[str, JSON], Validator]] = {}
"""Compiled schemas by the `id` of the schema, which is faster than comparing schemas. The
schema is kept beside its validator, so that its `id` is not used again."""
MAX_QUOTED = 80
"""Most characters of a wrong name or value that a message quotes."""
_MAX_EXPECTED = 400
"""Most characters of the expected value that a message quotes."""
_RULES = {
    "anyOf": "fit one of {}",
    "const": "be {}",
    "contains": "hold an item that fits {}",
    "dependencies": "fit the dependencies {}",
    "enum": "be one of {}",
    "exclusiveMaximum": "be less than {}",
    "exclusiveMinimum": "be more than {}",
    "format": "be a {}",
    "maximum": "be at most {}",
    "minimum": "be at least {}",
    "multipleOf": "be a multiple of {}",
    "not": "not fit {}",
    "oneOf": "fit exactly one of {}",
    "pattern": "match the pattern {}",
    "propertyNames": "have only keys that fit {}",
    "uniqueItems": "hold no item twice",
}
_UNITS = {"Items": "items", "Length": "characters", "Properties": "keys"}
"""What `maxItems` and similar keywords count."""


def check_schema(tool: str, parameters: Mapping[str, JSON]) -> None:
    """Raises BadSettings if a tool's parameters are not a JSON Schema of an object."""
    if _is_plain(parameters):
        return
    try:
        problem = first_problem(_compiled(_META, formats=True), parameters)
        if not problem:
            _compiled(_text(parameters))
    except Exception as error:
        raise BadSettings(
            f"the schema of the tool {tool!r} cannot be compiled ({error}); correct it or write a"
            " simpler one"
        ) from error
    if problem:
        raise BadSettings(f"the schema (draft 7) of the tool {tool!r}: {problem}")


def validator_of(parameters: Mapping[str, JSON]) -> Validator:
    """The validator of a tool's arguments, from its declared parameters."""
    cached = _VALIDATORS.get(id(parameters))
    if cached is None:
        if len(_VALIDATORS) >= _CACHE_SIZE:
            _VALIDATORS.clear()
        cached = _VALIDATORS[id(parameters)] = parameters, _compiled(_text(parameters))
    return cached[1]


def _is_plain(schema: Mapping[str, JSON]) -> bool:
    """Whether a schema uses only the few keywords that are known to compile."""
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
    """The schema as compiled: if it names properties, others are refused unless it allows them."""
    strict = {"additionalProperties": False} if "properties" in parameters else {}
    declared_keys = {name: value for name, value in parameters.items() if name not in ("$id", "id")}
    text = json.dumps({**strict, **declared_keys, "$schema": _DRAFT}, allow_nan=False)
    # fastjsonschema names a function after each reference, in lower case and with "_" for all else.
    names = set(re.findall(r'"\$ref": ("#[^"]*")', text))
    if len(names) > len({re.sub("[^a-z0-9]+", "_", name.lower()) for name in names}):
        raise ValueError("names in $ref differ in case or punctuation alone")
    return text


@lru_cache(_CACHE_SIZE)
def _compiled(text: str, *, formats: bool = False) -> Validator:
    import fastjsonschema

    validator: Validator = fastjsonschema.compile(
        json.loads(text),
        handlers=dict.fromkeys(("", "data", "file", "ftp", "http", "https"), _fetch),
        use_default=False,
        use_formats=formats,
        fast_fail=False,
    )
    return validator


def _fetch(address: str) -> NoReturn:
    raise ValueError(f"nothing is fetched from {address}")


def _for_each(names: str, schema: object) -> dict[str, object]:
    return dict.fromkeys(names.split(), schema)


class _PointNumber(float):
    """A number written with a point: not an integer, although JSON Schema accepts 1.0 as one."""

    def is_integer(self) -> bool:
        return False


def first_problem(validator: Validator, value: Mapping[str, JSON]) -> str:
    """The first thing wrong with an object, whatever the order of its keys; "" if it fits."""
    try:
        try:
            validator(_ordered(value))
        except ValueError as error:
            if not (errors := getattr(error, "errors", None)):  # Set if the value does not fit.
                raise
            return min(map(_explained, errors))[-1]
    except RecursionError:
        return "the arguments are nested too deep to be checked"
    except (ArithmeticError, ValueError):
        return "a number is too large to be checked"
    return ""


def quoted(value: object) -> str:
    """A value as the agent sent it, shortened."""
    return _cut(repr(value), MAX_QUOTED)


def type_name(value: object) -> str:
    """The name of a value's Python type; a subclass of dict, list or float has the name of that."""
    types = (dict, list, float)
    return next((t.__name__ for t in types if isinstance(value, t)), type(value).__name__)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + " ..."


def _ordered(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: _ordered(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return _PointNumber(value) if isinstance(value, float) else value


def _explained(error: Any) -> tuple[int, int, str, bool, str]:
    """The sentence for an error, preceded by its sort key.

    Missing arguments come first, then wrong ones, then what is wrong with the whole.
    """
    expected, value = error.rule_definition, error.value
    inside, place = error.name != "data", error.name.removeprefix("data.")
    subject = _cut(place, MAX_QUOTED) if inside else "the arguments"
    match error.rule:
        case "required":
            index, name = next(pair for pair in enumerate(expected) if pair[1] not in value)
            if not inside:
                return 0, index, name, False, f"the argument {name!r} is missing"
            text = f"lacks {name!r}"
        case "additionalProperties":
            name = next(_undeclared(error.definition, value), "")
            choices = f"it takes {', '.join(error.definition.get('properties') or ['none'])}"
            if not inside:
                return 1, 0, name, False, f"no argument {quoted(name)}; {choices}"
            text = f"has no {quoted(name)}; {choices}"
        case "type":
            types = expected if isinstance(expected, str) else " or ".join(expected)
            text = f"must be of type {types}, not {type_name(value)}"
        case "anyOf" if all(map(_is_type, expected)):
            types = " or ".join(option["type"] for option in expected)
            text = f"must be of type {types}, not {type_name(value)}"
        case str(rule) if rule[3:] in _UNITS:
            most = "most" if rule.startswith("max") else "least"
            text = f"must have at {most} {expected} {_UNITS[rule[3:]]}, not {len(value)}"
        case rule if rule in _RULES:
            words = ", ".join(map(repr, expected)) if rule == "enum" else repr(expected)
            text = f"must {_RULES[rule].format(_cut(words, _MAX_EXPECTED))}, not {quoted(value)}"
        case _:
            text = error.message.removeprefix(error.name).lstrip()
    return 1 if inside else 2, 0, place, error.rule != "type", f"{subject} {text}"


def _is_type(schema: Any) -> bool:
    """Whether a schema requires one type and nothing else."""
    return (
        isinstance(schema, dict)
        and isinstance(schema.get("type"), str)
        and schema.keys() <= {"type", "title", "description"}
    )


def _undeclared(definition: Mapping[str, Any], value: Mapping[str, JSON]) -> Iterator[str]:
    patterns = definition.get("patternProperties", ())
    for name in value:
        declared = name in definition.get("properties", ())
        if not declared and not any(re.search(pattern, name) for pattern in patterns):
            yield name


_DRAFT = "http://json-schema.org/draft-07/schema#"
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
_SCHEMA = {"$ref": "#/definitions/schema"}
_LIST = {"type": "array", "minItems": 1, "items": _SCHEMA}
_NAMES = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
_NAMED = {"type": "object", "additionalProperties": _SCHEMA}
_DEPENDENCY = {"if": {"type": "array"}, "then": _NAMES, "else": _SCHEMA}
_KEYWORDS = {
    "$ref": {"type": "string", "pattern": "^#(/|$)"},
    "dependencies": {"type": "object", "additionalProperties": _DEPENDENCY},
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
    **_for_each("$defs definitions properties", _NAMED),
    **_for_each("allOf anyOf oneOf", _LIST),
    **_for_each("additionalItems additionalProperties contains else if not", _SCHEMA),
    **_for_each("propertyNames then", _SCHEMA),
    **_for_each("exclusiveMaximum exclusiveMinimum maximum minimum", {"type": "number"}),
    **_for_each("maxItems maxLength maxProperties", {"type": "integer", "minimum": 0}),
    **_for_each("minItems minLength minProperties", {"type": "integer", "minimum": 0}),
    # Keywords of later drafts, which fastjsonschema would ignore silently.
    **_for_each("$dynamicRef dependentRequired dependentSchemas maxContains minContains", False),
    **_for_each("prefixItems unevaluatedItems unevaluatedProperties", False),
}
_META = json.dumps(
    {
        "$schema": _DRAFT,
        "definitions": {"schema": {"type": ["object", "boolean"], "properties": _KEYWORDS}},
        "allOf": [_SCHEMA, {"properties": {"type": {"const": "object"}}}],
    }
)
"""The schema of a tool's schema."""
