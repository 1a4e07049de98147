"""An application, as data: its types of records, what is known of them, and its forms.

What a field of a form must hold follows from a word of the errand by a chain of attributes:
`("customer", "pickup point", "dock code")` is the dock code of the customer's pickup point.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict

CODE = r"\b([B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]-\d{4})\b"
"""The pattern of codes."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something that notes tell of the records of a type. Each record has one value at a time."""

    type: str
    """The type of record that has it."""
    key: str
    """What forms call it: "account code"."""
    kind: Literal["code", "number", "choice", "record"]
    others: tuple[str, ...] = field(default=(), kw_only=True)
    """What notes call it besides."""
    choices: tuple[str, ...] = field(default=(), kw_only=True)
    range: tuple[int, int] = field(default=(0, 0), kw_only=True)
    """The lowest and the highest number."""
    prefix: str = field(default="", kw_only=True)
    """What stands before the number: "$"."""
    of: str = field(default="", kw_only=True)
    """The type of the record that is its value."""

    def shown(self, value: str) -> str:
        """A value as pages and forms show it."""
        return f"{self.prefix}{value}" if self.kind == "number" else value


@dataclass(frozen=True, slots=True)
class Form:
    """A form on a record's page, and the errand that asks for it."""

    name: str
    type: str
    """The type of record on whose page it is."""
    errand: str
    """The sentence that asks for it; types of records are its words in braces."""
    fields: tuple[tuple[str, ...], ...]
    """For each field: a word of the errand, then the attributes that lead to its value."""


@dataclass(frozen=True, kw_only=True, eq=False)  # By identity, so that caches may have it as key.
class App:
    """An application. Raises BadSettings for a form that no attribute can fill."""

    name: str
    title: str
    types: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
    """By type of record: the first and the second words of names."""
    described: Mapping[str, str]
    """By type: the code by which an errand may describe a record instead of naming it."""
    numbers: Mapping[str, int] = field(default_factory=FrozenDict)
    """By type: how many records a session has; 6 unless it is given."""
    attributes: tuple[Attribute, ...]
    forms: tuple[Form, ...]
    layout: Literal["sentences", "list", "both"]
    """How its notes state facts."""

    def __post_init__(self) -> None:
        for form in self.forms:
            for word, *keys in form.fields:
                type_ = word
                for key in keys:
                    attribute = self.by_key.get(key)
                    if not attribute or attribute.type != type_:
                        known = [a.key for a in self.attributes if a.type == type_]
                        raise BadSettings(
                            f"web app {self.name}, form {form.name!r}: a {type_} has no {key!r};"
                            f" give one of: {', '.join(known) or 'none'}"
                        )
                    type_ = attribute.of

    @cached_property
    def by_key(self) -> Mapping[str, Attribute]:
        return {attribute.key: attribute for attribute in self.attributes}

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """By form: the pattern of the errand that asks for it."""
        return {
            form.name: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(form.errand)))
            for form in self.forms
        }

    def type_of(self, name: str) -> str:
        """The type of a record, by the second word of its name; "" for another name."""
        second = name.rpartition(" ")[2]
        return next((type_ for type_, words in self.types.items() if second in words[1]), "")


def slug(name: str) -> str:
    """A name in an address.

    >>> slug("Amber Lamp")
    'amber-lamp'
    """
    return name.lower().replace(" ", "-")
