"""An application, as data: its types of records, what is known of them, and its forms.

What a field of a form must hold follows from a word of the errand by a chain of attributes:
`("customer", "pickup point", "dock code")` is the dock code of the customer's pickup point.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict

CODE = r"\b([B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz]-\d{4})\b"
"""The pattern of codes."""
NUMBER = r"(?<![\w-])(?<!\d[.,])([1-9]\d{2})(?!\w|[.,]\d)"
"""The pattern of numbers: all have three digits, so that one that was cut is none."""
LOWEST, HIGHEST = 100, 999
RECORDS = 14
"""Records of a type, if there are so many names."""


@dataclass(frozen=True, slots=True)
class RecordAttribute:
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
    """The lowest and the highest number, of three digits."""
    of: str = field(default="", kw_only=True)
    """The type of the record that is its value."""


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

    @property
    def is_chained(self) -> bool:
        """Whether a field is known only through another record."""
        return any(len(chain) > 2 for chain in self.fields)


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
    """By type: how many records a session has; RECORDS unless it is given."""
    attributes: tuple[RecordAttribute, ...]
    forms: tuple[Form, ...]
    layout: Literal["sentences", "list", "both"]
    """How its notes state facts."""

    def __post_init__(self) -> None:
        if problem := next(filter(None, self._problems()), ""):
            raise BadSettings(f"web app {self.name}: {problem}")

    def _problems(self) -> Iterator[str]:
        """What is wrong with it; "" for what is right."""
        words = [word for both in self.types.values() for part in both for word in part]
        ends = [word for _, second in self.types.values() for word in second]
        for word in words:
            yield f"the word {word!r} of a name: give letters a to z, the first in capitals" * (
                not re.fullmatch("[A-Z][a-z]+", word)
            )
        yield "two types share the second word of a name, by which their records are told" * (
            len({*ends}) < len(ends)
        )
        for type_, (first, second) in self.types.items():
            few = min(len(first) * len(second), self.numbers.get(type_, RECORDS)) < 2
            yield f"there is one {type_}; give names for two or more" * few
        for type_, key in self.described.items():
            known = self.by_key.get(key)
            is_code = known and (known.kind, known.type) == ("code", type_)
            yield f"a {type_} is described by {key!r}; give one of its codes" * (not is_code)
        for attribute in self.attributes:
            yield self._problem_of(attribute)
        for form in self.forms:
            yield self._problem_in(form)
        names = [slug(form.name) for form in self.forms]
        yield "two forms have one name" * (len({*names}) < len(names))

    def _problem_of(self, attribute: RecordAttribute) -> str:
        low, high = attribute.range
        match attribute.kind:
            case "number" if not LOWEST <= low < high <= HIGHEST:
                return f"the range {low} to {high} of {attribute.key!r}; give {LOWEST} to {HIGHEST}"
            case "choice" if len({*attribute.choices}) < 2:
                return f"{attribute.key!r} has {len(attribute.choices)} choices; give two or more"
            case "record" if attribute.of not in self.types or attribute.of == attribute.type:
                return f"{attribute.key!r} is a {attribute.of!r}; give another type of record"
        return ""

    def _problem_in(self, form: Form) -> str:
        if len({chain[-1] for chain in form.fields}) < max(len(form.fields), 1):
            return f"form {form.name!r}: it has no field, or two of one name"
        for word, *keys in form.fields:
            type_ = word
            for key in keys:
                attribute = self.by_key.get(key)
                if not attribute or attribute.type != type_:
                    known = [a.key for a in self.attributes if a.type == type_]
                    choices = ", ".join(known) or "none"
                    return f"form {form.name!r}: a {type_} has no {key!r}; give one of: {choices}"
                type_ = attribute.of
        return ""

    @cached_property
    def by_key(self) -> Mapping[str, RecordAttribute]:
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
