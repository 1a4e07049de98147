"""Recorded actions of errands, and the agent without a model that repeats them.

An action is [tool, role, name, occurrence, text]: the element as tree.Element has it, and what is
typed or chosen; or ["goto", address]; or ["back"].
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memorygym.agents.calls import END, calls
from memorygym.core.errors import BadSettings
from memorygym.core.statements import Statement
from memorygym.core.types import JSON, Call, Message, Policy, Tool
from memorygym.tracks.web.browser import GOTO, SCROLL, SELECT, STOP, TYPE
from memorygym.tracks.web.tree import Element, elements
from memorygym.tracks.web.webarena_infinity import texts

Actions = Sequence[Sequence[Any]]
OWN = Path(__file__).with_name("recordings.json")
"""Those that this package brings: by application and errand."""


def recorded_actions(app: str, path: str = "") -> Mapping[str, Actions]:
    """By errand: the actions of a file, by default of this package. Raises BadSettings."""
    try:
        found: Any = json.loads((Path(path) if path else OWN).read_text("utf-8"))
        recorded: Mapping[str, Actions] = found.get(app, {})
        for action in (action for actions in recorded.values() for action in actions):
            call(action, 1)
    except (OSError, ValueError, AttributeError, IndexError, TypeError) as error:
        example = '{"gmail": {"task_e1": [["click", "button", "Save", 0]]}}'
        raise BadSettings(f"recordings={path}: {error}; give a file of {example}") from error
    return recorded


def element(action: Sequence[Any]) -> Element | None:
    """The element that an action is on."""
    return Element(*action[1:4]) if len(action) > 3 else None


def call(action: Sequence[Any], number: int, id: str = "0") -> Call:
    """The call of an action on the element of that number."""
    name, arguments = action[0], dict[str, JSON]()
    if name == GOTO.name:
        arguments = {"address": action[1]}
    elif element(action):
        arguments = {"element": number}
    if name in (TYPE.name, SELECT.name):
        arguments["text" if name == TYPE.name else "option"] = action[4]
    return Call(name, arguments, id)


def action(made: Call, on: Element | None) -> list[Any]:
    """The recording of a call, the other way round."""
    arguments: Any = made.arguments
    return [made.name, *(on or ()), *(v for k, v in arguments.items() if k != "element")]


class Replayer(Policy):
    """Repeats the recorded actions of an errand that is asked for.

    With `informed=False` it does so only if its view shows what the errand is, and otherwise gives
    up: it loses what the memory lost.
    """

    def __init__(
        self,
        told: Sequence[str],
        recorded: Sequence[Actions],
        prefix: int,
        *,
        informed: bool = False,
    ) -> None:
        self._told, self._recorded = told, recorded
        self._prefix, self._informed = prefix, informed

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        start = texts.event_start(view)
        if not (found := texts.ASKED.search(view[start].content)):
            return END
        errand = int(found[1]) - 1
        if not self._informed and not any(self._told[errand] in m.content for m in view[1:]):
            return calls((STOP.name, {}))
        live = view[start:]
        made = [call for message in live for call in message.calls if call.name != SCROLL.name]
        left = self._recorded[errand][self._prefix + len(made) :]
        if not left:
            return calls((STOP.name, {}))
        return self._next(left[0], live)

    def _next(self, wanted: Sequence[Any], live: Sequence[Message]) -> Message:
        """The call of an action; or a scroll, if its element is further below; or the end."""
        page = [*_page(live)]
        lines = [re.sub(r"^( *- )\[\d+\] ", r"\1", line) for part in page for line in part]
        known = elements("\n".join(lines))
        on = element(wanted)
        if on and on not in known:
            more = page and page[-1][-1].startswith("… ") and page[-1][-1].endswith("down")
            return calls((SCROLL.name, {"direction": "down"}) if more else (STOP.name, {}))
        made = call(wanted, known.index(on) + 1 if on else 0)
        return Message("assistant", "", (made,))


def _page(live: Sequence[Message]) -> Iterator[list[str]]:
    """The lines of the page as shown since the last action, part by part."""
    parts = list[list[str]]()
    acted = True
    for message in live:
        if message.role == "assistant":
            acted = any(call.name != SCROLL.name for call in message.calls)
        elif "\nPage: " in f"\n{message.content}":
            text = f"\n{message.content}".partition("\nPage: ")[2]
            parts = [*([] if acted else parts), text.split("\n")]
    yield from parts


class Requests:
    """The reader of errands as the user tells them."""

    def read(self, text: str) -> list[Statement]:
        return [
            Statement(f"Errand {found[1]}", "text", found[0])
            for found in texts.TOLD.finditer(text)
        ]

    def render(self, fact: Statement) -> str:
        return fact.text
