"""The best guess from a question and the public schema; it measures the chance level."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.rng import named_rng
from memorygym.tracks.worlds.facts import TREND_LABELS, Attribute, Query
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.generator.template_schema import AttributeSpec, Template
from memorygym.tracks.worlds.parsed_view import ParsedContext


@lru_cache(maxsize=64)
def public_template(noun: str) -> Template:
    """The template whose entities are called by that noun. Raises UnknownPart if there is none."""
    names = registry.names("templates")
    for name in names:
        template: Template = registry.load("templates", name, "TEMPLATE")
        if template.noun == noun:
            return template
    raise UnknownPart("public template", noun, names)


def _specs(noun: str) -> dict[str, AttributeSpec]:
    """By label: the public attributes of the template with that noun; empty if it is unknown."""
    try:
        return {spec.label: spec for spec in public_template(noun).attribute_specs}
    except UnknownPart:
        return {}


_FORM = re.compile(r"Answer as (\w+)(?: \((\w+))?")


def in_form(text: str, name: str, value: str, number: int) -> str:
    """An answer in the form that a question asks for, or else a value.

    >>> in_form("Who leads? Answer as NAME (VALUE).", "Ann", "7 M", 2)
    'Ann (7 M)'
    """
    form = _FORM.search(text)
    if form is None:
        return value
    head = {"NAME": name, "LABEL": TREND_LABELS[-1]}.get(form[1], str(number))
    return f"{head} ({name if form[2] == 'NAMES' else value})" if form[2] else head


def guess(context: ParsedContext) -> str:
    """One claim of the form that the question of this event asks for."""
    if (query := context.query) is None:
        return REFUSAL
    guide = context.reader.guide
    name = named_rng("guess", context.text).choice(query.names) if query.names else "Nobody"
    value = _value(query, [guide.attribute(code) for code in query.codes], _specs(guide.noun))
    return in_form(context.text, name, value, 4 if query.kind == "extreme" else 2)


def _value(
    query: Query, attributes: Sequence[Attribute], specs: Mapping[str, AttributeSpec]
) -> str:
    """The value in the middle of those that an answer may have."""
    match query.kind:
        case "ratio":
            return "100.00"
        case "trend":
            return "50.00%"
        case "delta" | "gap" | "outlier" | "total" | "top" | "constraints" as kind:
            percent = {"delta": 20, "total": 50 * query.size, "top": 150, "constraints": 100}
            return _part(attributes[-1], specs, percent.get(kind, 40))
    middles = [_middle(a, specs.get(a.label)) for a in attributes]
    return middles[-1].split(", ")[0] if query.kind == "extreme" else "".join(middles[-1:])


def _part(a: Attribute, specs: Mapping[str, AttributeSpec], percent: int) -> str:
    """That percentage of the sum of the lowest and the highest value."""
    spec = specs.get(a.label)
    return a.number((spec.low + spec.high) * percent // 100 if spec else 1)


def _middle(a: Attribute, spec: AttributeSpec | None) -> str:
    if spec is None:
        return "1"
    match a.kind:
        case "enum":
            return a.choices[0]
        case "date":
            return "2015-06-15"
        case "text":
            return " ".join(part[0] for part in spec.parts)
        case "series":
            return a.show((((spec.low + spec.high) // 2),) * a.length)
        case "float":
            return a.number(11 * spec.low // 10)
    return a.number((spec.low + spec.high) // 2)
