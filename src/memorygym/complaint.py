"""What of a value does not fit its JSON Schema, in words that an agent or an author reads."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from memorygym.frozen import JSON

Check = Callable[[JSON], object]
"""Returns for a value that fits, else raises fastjsonschema.JsonSchemaValuesException."""
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
_SIZES = {
    "maxItems": "at most {} items",
    "maxLength": "at most {} characters",
    "maxProperties": "at most {} keys",
    "minItems": "at least {} items",
    "minLength": "at least {} characters",
    "minProperties": "at least {} keys",
}
_SIMPLE = frozenset((str, int, bool, type(None)))


class _Written(float):
    """A number written with a point: no integer, though JSON Schema takes 1.0 for one."""

    def is_integer(self) -> bool:
        return False


def complaint(check: Check, value: Mapping[str, JSON]) -> str:
    """What of the object does not fit, whatever the order of its keys; "" if it fits."""
    checked: JSON = value
    try:
        for item in value.values():
            if type(item) not in _SIMPLE:
                checked = _ordered(value)
                break
        check(checked)
    except (ArithmeticError, RecursionError, ValueError):
        return _complaint(check, value)
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
    if isinstance(value, Mapping):
        return {name: _ordered(item) for name, item in sorted(value.items())}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return _Written(value) if isinstance(value, float) else value


def _complaint(check: Check, value: JSON) -> str:
    try:
        return min(map(_told, _errors(check, _ordered(value))))[-1]
    except RecursionError:
        return "the arguments are nested too deep to be checked"
    except (ArithmeticError, ValueError):
        return "a number is too large to be checked"


def _errors(check: Check, value: JSON) -> Any:
    import fastjsonschema

    try:
        check(value)
    except fastjsonschema.JsonSchemaValuesException as wrong:
        return wrong.errors
    return ()


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
        case rule if rule in _SIZES:
            text = f"must have {_SIZES[rule].format(wanted)}, not {len(value)}"
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
