"""The best guess from a question and the public schema; it measures the chance level."""

from functools import lru_cache

from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.rng import named_rng
from memorygym.tracks.worlds.facts import Attribute
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


def guess(context: ParsedContext) -> str:
    """One claim of the form that the question of this event asks for."""
    if (query := context.query) is None:
        return REFUSAL
    guide = context.reader.guide
    specs = _specs(guide.noun)
    attributes = [guide.attribute(code) for code in query.codes]
    middles = [_middle(a, specs.get(a.label)) for a in attributes]
    name = named_rng("guess", context.text).choice(query.names) if query.names else "Nobody"
    match query.kind:
        case "value" | "before" | "hop":
            return middles[0]
        case "delta":
            return _part(attributes[0], specs, 20)
        case "ratio":
            return "100.00"
        case "trend":
            return "strongly rising (50.00%)"
        case "extreme":
            return f"4 ({middles[0].split(', ')[0]})"
        case "total":
            return _part(attributes[0], specs, 50 * query.size)
        case "top":
            return _part(attributes[1], specs, 150)
        case "constraints":
            return f"2 ({_part(attributes[2], specs, 100)})"
        case "count":
            return f"2 ({name})"
        case "gap" | "outlier":
            return f"{name} ({_part(attributes[0], specs, 40)})"
    return f"{name} ({middles[-1]})" if middles else name


def _part(a: Attribute, specs: dict[str, AttributeSpec], percent: int) -> str:
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
