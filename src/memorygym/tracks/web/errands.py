"""The errands of a session: the forms that each asks for, and what follows from known facts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON
from memorygym.tracks.web.app import App, Form
from memorygym.tracks.web.site import labels
from memorygym.tracks.web.texts import errand

_DESCRIBED = re.compile(r"the (?P<type>\w+) with the (?P<key>[\w ]+) (?P<value>\S+)")


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A form that the text of an errand asks for."""

    form: Form
    words: Mapping[str, str]
    """By type of record: its name, or a description by a code."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What an asked form comes to: the form of a record, with its fields."""

    form: str
    record: str
    fields: Mapping[str, str]

    @property
    def entry(self) -> dict[str, JSON]:
        """What the applications save of it."""
        return {"form": self.form, "record": self.record, "fields": dict(self.fields)}


def summary(entry: Mapping[str, Any]) -> str:
    """What was saved, as people read it.

    >>> summary(Filled("Refund", "Ada Bexley", {"Price": "40"}).entry)
    'Refund of Ada Bexley (Price 40)'
    """
    fields = ", ".join(f"{label} {value}" for label, value in entry["fields"].items())
    return f"{entry['form']} of {entry['record']} ({fields})"


def described(type_: str, key: str, value: str) -> str:
    """A record by one of its codes, as errands describe it."""
    return f"the {type_} with the {key} {value}"


def asked_in(app: App, text: str) -> list[AskedForm]:
    """The forms that a text asks for, in order; none if it gives no errand.

    >>> from memorygym.tracks.web.apps import app_named
    >>> shop = app_named("shop")
    >>> [dict(asked.words) for asked in asked_in(shop, errand(shop.title, "print a label for X"))]
    [{'product': 'X'}]
    """
    start = errand(app.title, "")[:-1]
    before, *sentences = f"\n{text}".split(f"\n{start}")
    asked = list[AskedForm]()
    for sentence in sentences if not before else ():
        words = sentence.removesuffix(".")
        matches = ((form, app.patterns[form.name].fullmatch(words)) for form in app.forms)
        fitting = [AskedForm(form, match.groupdict()) for form, match in matches if match]
        if not fitting:
            return []
        asked.append(fitting[0])
    return asked


def filled_forms(asked: Sequence[AskedForm], facts: Sequence[Statement]) -> list[Filled | None]:
    """What to save of each form; None where a fact is missing."""
    index = StatementIndex(facts)
    return [FormResolver(form, index).filled() for form in asked]


@dataclass
class FormResolver:
    """Decides a form; `used` collects the facts that it took."""

    asked: AskedForm
    facts: StatementIndex
    used: dict[tuple[str, str], Statement] = field(default_factory=dict)
    missing: str = ""
    """The question for the first fact that was not known; "" if none was."""

    def filled(self) -> Filled | None:
        """What to save; None if a fact is missing."""
        form = self.asked.form
        record = self._record(form.type)
        fields = {}
        for label, (word, *keys) in zip(labels(form), form.fields, strict=True):
            value = self._record(word)
            for key in keys:
                value = value and self._value(value, key)
            if value is None:
                return None
            fields[label] = value
        return Filled(form.name, record, fields) if record else None

    def _record(self, word: str) -> str | None:
        """The record that a word of the errand names or describes."""
        text = self.asked.words[word]
        match = _DESCRIBED.fullmatch(text)
        if not match:
            return text
        for fact in self.facts.whose(match["key"], match["value"])[:1]:
            self.used[fact[:2]] = fact
            return fact.subject
        query = "Which {type} has the {key} {value}?".format_map(match.groupdict())
        self.missing = self.missing or query
        return None

    def _value(self, subject: str, key: str) -> str | None:
        """The value of a fact, which is noted as used."""
        stated = self.facts.get(subject, key)
        if stated is None:
            self.missing = self.missing or f"What is the {key} of {subject}?"
            return None
        self.used[stated[:2]] = stated
        return stated.text
