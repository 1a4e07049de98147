"""JSON Schemas of tools' arguments: refused where they are none, compiled where they are used, and
what does not fit them in words that an agent or an author reads.

fastjsonschema checks by draft 7, and nothing is fetched. It takes long to import and to compile,
so a schema that is plain, as nearly every tool's is, waits for the first call.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import JSON

Check = Callable[[JSON], object]
"""Returns for a value that fits, else raises fastjsonschema.JsonSchemaValuesException."""
_MOST_KEPT = 256
"""Compiled schemas that are kept."""
_KEPT: dict[int, tuple[Mapping[str, JSON], Check]] = {}
"""By identity: a call is checked in less time than schemas are compared. What is kept lives on, so
no other has its identity."""
LONGEST_SHOWN = 80
"""Characters of a mistaken name or value that are read back."""
_LONGEST_WANTED = 400
"""Characters of what is asked for."""
_MUST = {
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
"""Of what `maxItems` and the like count."""


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


class _Written(float):
    """A number written with a point: no integer, though JSON Schema takes 1.0 for one."""

    def is_integer(self) -> bool:
        return False


def complaint(check: Check, value: Mapping[str, JSON]) -> str:
    """What of the object does not fit, whatever the order of its keys; "" if it fits."""
    try:
        try:
            check(_ordered(value))
        except ValueError as wrong:
            if not (errors := getattr(wrong, "errors", None)):  # Those of the value, if any.
                raise
            return min(map(_told, errors))[-1]
    except RecursionError:
        return "the arguments are nested too deep to be checked"
    except (ArithmeticError, ValueError):
        return "a number is too large to be checked"
    return ""


def shown(value: object) -> str:
    """The value as it was sent, cut where it would flood the view."""
    return _cut(repr(value), LONGEST_SHOWN)


def kind(value: object) -> str:
    """The name of the type as Python programmers know it."""
    types = (dict, list, float)
    return next((t.__name__ for t in types if isinstance(value, t)), type(value).__name__)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest] + " ..."


def _ordered(value: JSON) -> JSON:
    if isinstance(value, dict):
        return {name: _ordered(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return _Written(value) if isinstance(value, float) else value


def _told(error: Any) -> tuple[int, int, str, bool, str]:
    """A sentence, after its rank: what is missing, then arguments in order, then the whole."""
    wanted, value = error.rule_definition, error.value
    inside, place = error.name != "data", error.name.removeprefix("data.")
    subject = _cut(place, LONGEST_SHOWN) if inside else "the arguments"
    match error.rule:
        case "required":
            at, name = next(pair for pair in enumerate(wanted) if pair[1] not in value)
            if not inside:
                return 0, at, name, False, f"the argument {name!r} is missing"
            text = f"lacks {name!r}"
        case "additionalProperties":
            name = next(_unstated(error.definition, value), "")
            takes = f"it takes {', '.join(error.definition.get('properties') or ['none'])}"
            if not inside:
                return 1, 0, name, False, f"no argument {shown(name)}; {takes}"
            text = f"has no {shown(name)}; {takes}"
        case "type":
            types = wanted if isinstance(wanted, str) else " or ".join(wanted)
            text = f"must be of type {types}, not {kind(value)}"
        case "anyOf" if all(map(_is_type, wanted)):
            types = " or ".join(option["type"] for option in wanted)
            text = f"must be of type {types}, not {kind(value)}"
        case str(rule) if rule[3:] in _UNITS:
            most = "most" if rule.startswith("max") else "least"
            text = f"must have at {most} {wanted} {_UNITS[rule[3:]]}, not {len(value)}"
        case rule if rule in _MUST:
            words = ", ".join(map(repr, wanted)) if rule == "enum" else repr(wanted)
            text = f"must {_MUST[rule].format(_cut(words, _LONGEST_WANTED))}, not {shown(value)}"
        case _:
            text = error.message.removeprefix(error.name).lstrip()
    return 1 if inside else 2, 0, place, error.rule != "type", f"{subject} {text}"


def _is_type(schema: Any) -> bool:
    """Whether it asks for one type and nothing else."""
    return (
        isinstance(schema, dict)
        and isinstance(schema.get("type"), str)
        and schema.keys() <= {"type", "title", "description"}
    )


def _unstated(definition: Mapping[str, Any], value: Mapping[str, JSON]) -> Iterator[str]:
    patterns = definition.get("patternProperties", ())
    for name in value:
        stated = name in definition.get("properties", ())
        if not stated and not any(re.search(pattern, name) for pattern in patterns):
            yield name


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
