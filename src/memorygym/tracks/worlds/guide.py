"""Parses the system message into a guide; states the form of an attribute's values."""

import re
from collections.abc import Mapping
from functools import lru_cache

from memorygym.core.errors import BadTrace
from memorygym.tracks.worlds.facts import Attribute, Guide, Kind, Relation

_ATTRIBUTE = re.compile(r"^([a-w])\. (.+?) \(also: (.+?)\): (.+)$", re.M)
FORMS: Mapping[Kind, str] = {
    "int": "whole number, written {number}",
    "float": "decimal number, written {number}",
    "series": "{length} numbers, written {number}",
    "enum": "one of {choices}",
    "date": "date",
    "text": "{length} words",
}
"""By kind of attribute: what the system message says of its values, and how it is parsed."""
_FORMS = {
    kind: re.compile(
        form.format(
            number=r"(?P<prefix>[^\d.]*)0(?:\.(?P<decimals>0+))?(?P<suffix>.*)",
            choices="(?P<choices>.+)",
            length=r"(?P<length>\d+)",
        )
    )
    for kind, form in FORMS.items()
}


@lru_cache(maxsize=256)
def read_guide(system: str) -> Guide:
    """The guide that the system message states. Raises BadTrace if it states no schema."""
    head = re.search(
        r"concern (.+) of the groups (.+); three in four concern (.+)\.\n\n"
        r"Groups of .+?: (.+)\.\nAttributes of each (.+), in order:",
        system,
    )
    if head is None:
        raise BadTrace("the system message states no schema of the worlds track")
    plural, key_categories, key_labels, categories, noun = head.groups()
    attributes = tuple(_attribute(*groups) for groups in _ATTRIBUTE.findall(system))
    codes = {a.label: a.code for a in attributes}
    names = tuple(part.split(" ", 1)[1] for part in categories.split("; "))
    relations = re.search(r"^Relations between .+?: (.+)\.$", system, re.M)
    assert relations is not None
    return Guide(
        noun,
        plural,
        attributes,
        names,
        tuple(_relation(part) for part in relations[1].split("; ")),
        tuple(_split_list(key_categories)),
        tuple(sorted(codes[label] for label in _split_list(key_labels))),
    )


def _split_list(text: str) -> list[str]:
    head, _, last = text.rpartition(" and ")
    return [*head.split(", "), last]


def _relation(text: str) -> Relation:
    code, phrase = text.split(" ", 1)
    return Relation(code, phrase.split('"')[1], "both ways" in phrase)


def form_of(a: Attribute) -> str:
    """What the system message says of an attribute's values."""
    number = f"{a.prefix}0{'.' + '0' * a.decimals if a.decimals else ''}{a.suffix}"
    return FORMS[a.kind].format(number=number, choices=", ".join(a.choices), length=a.length)


def _attribute(code: str, label: str, alias: str, form: str) -> Attribute:
    for kind, pattern in _FORMS.items():
        if match := pattern.fullmatch(form):
            part = match.groupdict(default="")
            return Attribute(
                code,
                label,
                alias,
                kind,
                len(part.get("decimals", "")),
                part.get("prefix", ""),
                part.get("suffix", ""),
                tuple(part["choices"].split(", ")) if "choices" in part else (),
                int(part.get("length", 1)),
            )
    raise BadTrace(f"the system message states {label!r} in an unknown form: {form}")
