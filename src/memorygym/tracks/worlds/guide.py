"""The schema as the system message states it: written from a guide, and parsed into one, by the
same texts."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from memorygym.core.errors import BadTrace
from memorygym.tracks._qa.questions import wording
from memorygym.tracks.worlds.facts import Attribute, Guide, Kind, Relation, listed

SCHEMA = (
    "What they ask about: seven in ten questions and corrections concern {plural} of the groups"
    " {key_categories}; three in four concern {key_labels}.\n\nGroups of {plural}: {categories}.\n"
    "Attributes of each {noun}, in order:\n{attributes}\nRelations between {plural}: {relations}."
)
ATTRIBUTE = "{code}. {label} (also: {alias}): {form}"
RELATION, BOTH_WAYS = '{code} "{phrase}"', " (holds both ways)"
NUMBER = "{prefix}0{decimals}{suffix}"
FORMS: Mapping[Kind, str] = {
    "int": f"whole number, written {NUMBER}",
    "float": f"decimal number, written {NUMBER}",
    "series": f"{{length}} numbers, written {NUMBER}",
    "enum": "one of {choices}",
    "date": "date",
    "text": "{length} words",
}
"""By kind of attribute: what the system message says of its values."""
_FIELDS = {"prefix": r"[^\d.]*", "decimals": r"(?:\.0+)?", "suffix": ".*", "length": r"\d+"}
_FORMS = {kind: wording(form, _FIELDS) for kind, form in FORMS.items()}
_SCHEMA = wording(SCHEMA, {"attributes": "(?s:.+)", "relations": ".+"})
_ATTRIBUTE = wording(ATTRIBUTE, {"code": "[a-w]"})
_RELATION = wording(RELATION, {"code": "[x-z]", "phrase": '[^"]+'})


def schema(guide: Guide) -> str:
    """What the system message says of the contents of a guide."""
    attributes = [
        ATTRIBUTE.format(code=a.code, label=a.label, alias=a.alias, form=_form(a))
        for a in guide.attributes
    ]
    relations = [
        RELATION.format(code=r.code, phrase=r.phrase) + BOTH_WAYS * r.symmetric
        for r in guide.relations
    ]
    return SCHEMA.format(
        noun=guide.noun,
        plural=guide.plural,
        key_categories=listed(guide.key_categories),
        key_labels=listed([guide.attribute(code).label for code in guide.key_attributes]),
        categories="; ".join(f"{guide.category_code(name)} {name}" for name in guide.categories),
        attributes="\n".join(attributes),
        relations="; ".join(relations),
    )


def _form(a: Attribute) -> str:
    return FORMS[a.kind].format(
        prefix=a.prefix,
        decimals=f".{'0' * a.decimals}" if a.decimals else "",
        suffix=a.suffix,
        choices=", ".join(a.choices),
        length=a.length,
    )


@lru_cache(maxsize=256)
def read_guide(system: str) -> Guide:
    """The guide that the system message states. Raises BadTrace if it states no schema."""
    match = _SCHEMA.search(system)
    if match is None:
        raise BadTrace("the system message states no schema of the worlds track")
    part = match.groupdict()
    attributes = tuple(_attribute(line) for line in part["attributes"].split("\n") if line)
    codes = {a.label: a.code for a in attributes}
    return Guide(
        part["noun"],
        part["plural"],
        attributes,
        tuple(name.split(" ", 1)[1] for name in part["categories"].split("; ")),
        tuple(map(_relation, part["relations"].split("; "))),
        tuple(_split_list(part["key_categories"])),
        tuple(sorted(codes[label] for label in _split_list(part["key_labels"]))),
    )


def _split_list(text: str) -> Sequence[str]:
    head, _, last = text.rpartition(" and ")
    return [*head.split(", "), last]


def _relation(text: str) -> Relation:
    match = _RELATION.match(text)
    if match is None:
        raise BadTrace(f"the system message states a relation in an unknown form: {text}")
    return Relation(match["code"], match["phrase"], text.endswith(BOTH_WAYS))


def _attribute(line: str) -> Attribute:
    stated = _ATTRIBUTE.fullmatch(line)
    for kind, pattern in _FORMS.items() if stated else ():
        if stated and (match := pattern.fullmatch(stated["form"])):
            part = match.groupdict(default="")
            return Attribute(
                stated["code"],
                stated["label"],
                stated["alias"],
                kind,
                max(0, len(part.get("decimals", "")) - 1),
                part.get("prefix", ""),
                part.get("suffix", ""),
                tuple(part["choices"].split(", ")) if "choices" in part else (),
                int(part.get("length", 1)),
            )
    raise BadTrace(f"the system message states an attribute in an unknown form: {line}")
