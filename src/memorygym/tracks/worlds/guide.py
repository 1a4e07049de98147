"""Parses the system message into a guide."""

import re
from functools import lru_cache

from memorygym.core.errors import BadTrace
from memorygym.tracks.worlds.facts import Attribute, Guide, Kind, Relation

_ATTRIBUTE = re.compile(r"^([a-w])\. (.+?) \(also: (.+?)\): (.+)$", re.M)
_WRITTEN = re.compile(r"written ([^\d.]*)0(?:\.(0+))?(.*)$")


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


def _attribute(code: str, label: str, alias: str, form: str) -> Attribute:
    if form == "date":
        return Attribute(code, label, alias, "date")
    if form.startswith("one of "):
        choices = tuple(form.removeprefix("one of ").split(", "))
        return Attribute(code, label, alias, "enum", choices=choices)
    if form.endswith(" words"):
        return Attribute(code, label, alias, "text", length=int(form.split(maxsplit=1)[0]))
    written = _WRITTEN.search(form)
    assert written is not None
    prefix, places, suffix = written.groups()
    first, decimals = form.split(maxsplit=1)[0], len(places or "")
    if first in ("whole", "decimal"):
        kind: Kind = "int" if first == "whole" else "float"
        return Attribute(code, label, alias, kind, decimals, prefix, suffix)
    length = int(first)
    return Attribute(code, label, alias, "series", decimals, prefix, suffix, length=length)
