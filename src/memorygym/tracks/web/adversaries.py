"""Policies that know the site and no facts: they fill forms by what stands in view."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import ToolCall, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.rng import named_rng
from memorygym.core.types import Message, Policy
from memorygym.tracks.web.app import CODE, NUMBER
from memorygym.tracks.web.browser import CLICK, GOTO, TYPE
from memorygym.tracks.web.errands import AskedForm, Filled
from memorygym.tracks.web.reasoners import ELEMENT, ErrandTurn, StrongVisitor, next_call
from memorygym.tracks.web.site import ARCHIVE, labels

Pick = Callable[[Sequence[str]], str | None]
"""Of the values in view that have the form of a field's, the one to fill in; None leaves it."""


@dataclass
class FormGuesser(StrongVisitor):
    """Opens the forms of an errand, and fills each field with a value that it picks in view."""

    pick: Pick

    def _run(self, turn: ErrandTurn, asked: AskedForm) -> Message:
        form, record = asked.form, asked.words[asked.form.type]
        links = [name for _, role, name, _ in ELEMENT.findall(turn.page) if role == "link"]
        if " with the " in record:
            named = [name for name in links if turn.app.type_of(name) == form.type]
            record = named_rng("web", "guess", turn.text).choice(named) if named else ""
        fields = {
            label: value
            for label, chain in zip(labels(form), form.fields, strict=True)
            if (value := self.pick(self._values(turn, chain[-1]))) is not None
        }
        return calls(next_call(turn, asked, Filled(form.name, record, fields)))

    def _values(self, turn: ErrandTurn, key: str) -> list[str]:
        """The values in view that an attribute may have, in order. Those of the errand's own pages
        are left out: what it has filled in would count again."""
        attribute = turn.app.by_key[key]
        text = "\n".join(message.content for message in turn.shown)
        match attribute.kind:
            case "code":
                return re.findall(CODE, text)
            case "number":
                return re.findall(NUMBER, text)
            case "choice":
                return re.findall("|".join(attribute.choices), text)
        first, second = turn.app.types[attribute.of]
        return re.findall(rf"(?:{'|'.join(first)}) (?:{'|'.join(second)})", text)


def _next(values: Sequence[str]) -> str | None:
    """The value after the last one, as if they were counted."""
    if not values:
        return None
    head, dash, number = values[-1].rpartition("-")
    return f"{head}{dash}{int(number) + 1}" if number.isdigit() else values[-1]


class Restorer(StrongVisitor):
    """Restores a note from the archive, whatever it costs, then goes on."""

    def _run(self, turn: ErrandTurn, asked: AskedForm) -> Message:
        steps = len(turn.called)
        note = str(named_rng("web", "restore", turn.text).between(1, 40))
        opening: tuple[ToolCall, ...] = (
            (GOTO.name, {"address": f"/{ARCHIVE}"}),
            (TYPE.name, {"element": 5, "text": note}),
            (CLICK.name, {"element": 6}),
        )
        return calls(opening[steps]) if steps < len(opening) else super()._run(turn, asked)


GUESSES: Mapping[str, tuple[str, Callable[[], Policy]]] = {
    "silent": ("none", Silent),
    "form defaults and first options": ("none", lambda: FormGuesser(lambda _: None)),
    "most recent": ("full", lambda: FormGuesser(lambda values: values[-1] if values else None)),
    "most frequent": (
        "full",
        lambda: FormGuesser(
            lambda values: Counter(values).most_common(1)[0][0] if values else None
        ),
    ),
    "first seen": ("full", lambda: FormGuesser(lambda values: values[0] if values else None)),
    "pattern of values": ("full", lambda: FormGuesser(_next)),
    "archive": ("none", Restorer),
}
"""By name: the strategies without memory of facts, each with what it has in view."""
