"""Recorded actions of errands, and the agent without a model that repeats them.

An action is [tool, [role, name, occurrence], arguments], with null if it is on no element.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from memorygym.agents.calls import END, calls
from memorygym.core.errors import BadSettings, Refused
from memorygym.core.types import Call, Message, Policy, Tool
from memorygym.tracks.web.browser import SCROLL, STOP
from memorygym.tracks.web.tree import Element, elements
from memorygym.tracks.web.webarena_infinity import texts

Actions = Sequence[Any]
OWN = Path(__file__).with_name("recordings.json")
"""Those that this package brings: by application and errand."""


def recorded_actions(app: str, path: str = "") -> Mapping[str, Actions]:
    """By errand: the actions in a file, by default that of this package. Raises BadSettings."""
    try:
        known: Any = json.loads((Path(path) if path else OWN).read_text("utf-8"))
        recorded: Mapping[str, Actions] = known.get(app, {})
        if all(len(action) == 3 for actions in recorded.values() for action in actions):
            return recorded
        problem = "an action has no three parts"
    except (OSError, ValueError, AttributeError, TypeError) as error:
        problem = str(error)
    example = '{"gmail": {"task_e1": [["click", ["button", "Save", 0], {}]]}}'
    raise BadSettings(f"recordings={path}: {problem}; give a file such as {example}")


def repeated(action: Sequence[Any], known: Sequence[Element], id: str = "0") -> Call:
    """The call of an action on a page with these elements. Raises Refused if one is missing."""
    tool, on, arguments = action
    if on is None:
        return Call(tool, arguments, id)
    if (element := Element(*on)) not in known:
        raise Refused(f"the page has no {element.role} {element.name!r}")
    return Call(tool, {"element": known.index(element) + 1, **arguments}, id)


def recorded(call: Call, known: Sequence[Element]) -> list[Any]:
    """The action of a call."""
    arguments: Any = call.arguments
    on = list(known[arguments["element"] - 1]) if "element" in arguments else None
    return [call.name, on, {name: v for name, v in arguments.items() if name != "element"}]


class Replayer(Policy):
    """Repeats the recorded actions of the errand that is asked for.

    With `informed=False` it does so only if its view shows what the errand is, and otherwise gives
    up: it loses what the memory lost.
    """

    def __init__(
        self, told: Sequence[str], actions: Sequence[Actions], *, informed: bool = False
    ) -> None:
        self._told, self._actions, self._informed = told, actions, informed

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if (errand := texts.asked(view)) is None:
            return END
        live = view[texts.event_start(view) :]
        made = sum(call.name != SCROLL.name for message in live for call in message.calls)
        left = self._actions[errand][made:]
        is_known = self._informed or any(self._told[errand] in m.content for m in view[1:])
        if not left or not is_known:
            return calls((STOP.name, {}))
        lines = [re.sub(r"^( *- )\[\d+\] ", r"\1", line) for line in _page(live)]
        try:
            return Message("assistant", "", (repeated(left[0], elements("\n".join(lines))),))
        except Refused:
            more = live[-1].content.endswith("scroll down")
            return calls((SCROLL.name, {"direction": "down"}) if more else (STOP.name, {}))


def _page(live: Sequence[Message]) -> Iterator[str]:
    """The lines of the page as far as it was shown since the last action."""
    shown = list[str]()
    for message in live:
        if any(call.name != SCROLL.name for call in message.calls):
            shown = []
        if message.role != "assistant":
            _, found, page = f"\n{message.content}".rpartition("\nPage: ")
            shown += page.split("\n")[1:] * bool(found)
    yield from shown
