"""JSON Schemas of tool arguments: checks a schema, compiles it, and says what does not fit it.

The schemas are of draft 7. fastjsonschema validates, in its own words; no reference is fetched. It
is slow to import and to compile, so a simple schema (nearly every tool has one) is compiled at the
first call.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from memorygym.core.errors import BadSettings, clip
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
MAX_EXPECTED = 400
"""Most characters of what is expected that a message quotes."""
_UNSAID = ("anyOf", "oneOf", "not", "contains")
"""The rules whose messages do not say what is expected."""
_DRAFT = "http://json-schema.org/draft-07/schema#"
_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


def check_schema(tool: str, parameters: Mapping[str, JSON]) -> None:
    """Raises BadSettings if a tool's parameters are not a JSON Schema of an object."""
    if _is_plain(parameters):
        return
    try:
        if parameters.get("type", "object") != "object":
            raise ValueError(f"its type is {quoted(parameters['type'])}, not 'object'")
        _compiled(_text(parameters))
    except Exception as error:  # Whatever a wrong schema makes the compiler raise.
        raise BadSettings(
            f"the schema (draft 7) of the tool {tool!r} cannot be compiled ({error}); correct it or"
            " write a simpler one"
        ) from error


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
def _compiled(text: str) -> Validator:
    import fastjsonschema

    validator: Validator = fastjsonschema.compile(
        json.loads(text),
        handlers=dict.fromkeys(("", "data", "file", "ftp", "http", "https"), _fetch),
        use_default=False,
        use_formats=False,
        fast_fail=False,
    )
    return validator


def _fetch(address: str) -> NoReturn:
    raise ValueError(f"nothing is fetched from {address}")


class _PointNumber(float):
    """A number written with a point: not an integer, although JSON Schema accepts 1.0 as one."""

    def is_integer(self) -> bool:
        return False


def first_problem(validator: Validator, value: Mapping[str, JSON]) -> str:
    """The first thing wrong with an object, whatever the order of its keys; "" if it fits."""
    try:
        validator(_ordered(value))
    except (ArithmeticError, RecursionError, TypeError, ValueError) as error:
        if errors := getattr(error, "errors", None):  # Set if the value does not fit.
            return _explained(min(errors, key=lambda error: (error.name, error.message)))
        return f"the arguments cannot be checked ({error}); send simpler ones"
    return ""


def quoted(value: object) -> str:
    """A value as the agent sent it, shortened."""
    return clip(repr(value), MAX_QUOTED)


def type_name(value: object) -> str:
    """The name of a value's Python type; a subclass of dict, list or float has the name of that."""
    types = (dict, list, float)
    return next((t.__name__ for t in types if isinstance(value, t)), type(value).__name__)


def _ordered(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: _ordered(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return _PointNumber(value) if isinstance(value, float) else value


def _explained(error: Any) -> str:
    """The sentence for an error: fastjsonschema's, with the value that it rejects."""
    place = clip(error.name.removeprefix("data."), MAX_QUOTED)
    subject = "the arguments" if error.name == "data" else place
    if error.rule == "additionalProperties":  # fastjsonschema lists them in no fixed order.
        known, patterns = (
            error.definition.get(name, {}) for name in ("properties", "patternProperties")
        )
        unknown = next(
            name
            for name in error.value
            if name not in known and not any(re.search(pattern, name) for pattern in patterns)
        )
        choices = ", ".join(known or ["none"])
        return f"{subject} must not contain {quoted(unknown)}; it takes {choices}"
    problem = f"{subject}{error.message.removeprefix(error.name)}"
    if error.rule in _UNSAID:
        problem += f" of {clip(repr(error.rule_definition), MAX_EXPECTED)}"
    return problem if error.rule == "required" else f"{problem}, not {quoted(error.value)}"
