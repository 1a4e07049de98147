"""The house: its records, the tools that act on them, and the customer on the line."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from memorygym.core.errors import Refused
from memorygym.core.json_values import thaw
from memorygym.core.types import Env, Message, Step, Task, Tool, tool
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.desk import ORDER, Desk, DeskAction
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.offers import found, row
from memorygym.tracks.dialogue.resolve import Request, described, request_in

ASK = tool(
    "ask_customer", "Ask the customer to repeat what was said. They dislike it.", question="string"
)
HAND_OVER = tool(
    "hand_over", "Give a request up to a colleague; it ends the turn.", reason="string"
)
PATIENCE = 2
"""How often the customer repeats something; the next time they leave, and the session ends."""
NOTHING = "No offer has these wishes."


def tools_of(desk: Desk) -> tuple[Tool, ...]:
    """All tools of a desk."""
    filters = {wish.label: {"type": "string", "enum": list(wish.choices)} for wish in desk.wishes}
    search = tool(
        "search", "The best rated offers with these wishes.", optional=[*filters], **filters
    )
    actions = (
        tool(action.tool, action.about, **dict.fromkeys(action.arguments, "string"))
        for action in desk.actions
    )
    return (search, *actions, ASK, HAND_OVER)


class DialogueEnv(Env):
    """Plays a session: a turn of the customer or of a supervisor is an event.

    A request is granted if, when its turn ends, the records are what the right call makes of those
    before it, and the reply holds what must be said.
    """

    def __init__(self, task: Task) -> None:
        state: Any = task.state
        self.task = task
        self.desk = desk_named(state["desk"])
        self._stock, self._script = state["stock"], state["script"]
        self._right, self._numbers = state["right"], state["numbers"]
        self._is_fixed = state["prefix"] == "fixed"
        self.tools = tools_of(self.desk)
        self._actions = {action.tool: action for action in self.desk.actions}
        self._records: dict[str, Any] = {"orders": {}, "done": []}
        self._before = thaw(self._records)
        self._made: list[str] = []
        """The calls of the turn that changed records, as people read them."""
        self._turn, self._patience, self._spoiled = 0, PATIENCE, False
        self._log = ""

    def reset(self) -> Step:
        return self._shown(Step())

    def step(self, reply: Message) -> Step:
        if not reply.calls:
            return self._end(reply.content)
        (call,) = reply.calls
        name, arguments = call.name, call.arguments
        assert isinstance(arguments, dict)
        if name == HAND_OVER.name:
            self._made.append("handed over")
            return self._end("")
        if name == ASK.name:
            return self._asked()
        if name == "search":
            offers = found(self._stock, arguments)
            listed = "\n".join(row(self.desk, offer) for offer in offers) or NOTHING
            return Step((Message("user", listed),))
        result = self._apply(self._records, self._actions[name], arguments)
        self._made.append(described(name, arguments, ""))
        return Step((Message("user", result),))

    def fork(self) -> "DialogueEnv":
        other = copy(self)
        other._records, other._before = thaw(self._records), thaw(self._before)
        other._made = list(self._made)
        return other

    @property
    def _request(self) -> Request | None:
        return request_in(self.desk, self._script[self._turn])

    def _asked(self) -> Step:
        """The customer repeats what was asked, which spoils the request, or leaves."""
        self._patience -= 1
        if self._patience < 0:
            return Step((Message("user", "Customer: I am tired of it. Goodbye."),), done=True)
        self._spoiled = True
        if not self._request:
            return Step((Message("user", "(again) I did not ask for anything."),))
        arguments, said = self._right[str(self._turn)]
        told = ", ".join(filter(None, (*arguments.values(), said)))
        return Step((Message("user", f"(again) I told you before. It comes to: {told}."),))

    def _apply(self, records: Any, action: DeskAction, arguments: Mapping[str, Any]) -> str:
        """Carries out a call. Raises Refused if it names an offer or an order that is not there."""
        value = arguments.get(self.desk.offer)
        if value is not None and all(offer["id"] != value for offer in self._stock):
            raise Refused(f"{self.desk.offer}: there is none with the number {value}")
        if not action.link:
            records["done"].append([action.tool, dict(arguments)])
            return "Done."
        request = self._request
        person = request.words.get("person", "") if request else ""
        number = self._numbers.get(str(self._turn), "")
        orders = records["orders"]
        if action.name == "order":
            if not number or number in orders:
                raise Refused("no order was asked for; one call grants a request")
            orders[number] = {"for": person, "status": "open", **arguments}
            return self._numbered(person, number, "")
        name = self.desk.order
        old = arguments[name]
        if old not in orders or orders[old]["status"] == "closed":
            raise Refused(f"{name}: there is no open one with the {ORDER} {old}")
        if action.name == "swap" and not number:
            raise Refused("no exchange was asked for; one call grants a request")
        changed = {key: value for key, value in arguments.items() if key != name}
        orders[old] |= {"status": "closed" if action.name == "cancel" else "open", **changed}
        if action.name != "swap":
            return "Done."
        orders[number] = orders.pop(old)
        return self._numbered(person, number, old)

    def _numbered(self, person: str, number: str, old: str) -> str:
        """The result of a call that gives an order its number."""
        told = f"The {ORDER} of {person} is {number}."
        if old:
            told = f"The {ORDER} of {person} is now {number}, no longer {old}."
        self._log = texts.LOG + told if self._is_fixed else ""
        return "Done; the log gives the number." if self._is_fixed else f"Done. {told}"

    def _end(self, said: str) -> Step:
        """Ends the turn: the request is judged, and the next message is shown."""
        answer, reward = None, 0.0
        if request := self._request:
            answer = "; ".join(self._made) or "no call"
            answer += f"; said {said!r}" if said and request.action.name == "cancel" else ""
            reward = float(self._is_granted(request, said))
        self._made, self._spoiled = [], False
        self._turn += 1
        return self._shown(Step(reward=reward, answer=answer))

    def _is_granted(self, request: Request, said: str) -> bool:
        """Whether the records are right and what must be said was said; sets the next start."""
        arguments, must_say = self._right[str(self._turn)]
        expected = thaw(self._before)
        try:
            self._apply(expected, request.action, arguments)
            is_right = self._records == expected
        except Refused:  # An earlier request of the chain failed.
            is_right = False
        if self._is_fixed:
            self._records = expected
        self._before = thaw(self._records)
        return is_right and must_say in said and not self._spoiled

    def _shown(self, step: Step) -> Step:
        if self._turn >= len(self._script):
            return Step((), step.reward, done=True, evict=True, answer=step.answer)
        text = "\n".join(filter(None, (self._log, self._script[self._turn])))
        self._log = ""
        return Step((Message("user", text),), step.reward, evict=True, answer=step.answer)
