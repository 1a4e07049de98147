"""malformed_caller: every malformed call that we know of in every event, then a guess."""

from collections.abc import Sequence

from memorygym.agents.calls import END
from memorygym.core import JSON, Call, Message, Policy, Tool
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import scene

IMITATES = "the malformed actions of which half crashed the earlier project's environment"
BOUND = Bound(1)
HUGE = "x" * 5_000
VALUES: tuple[JSON, ...] = (
    None, True, 5, -1, 1e308, float("nan"), float("inf"), [], ["a"], {}, {"a": 1}, "", " ", "\n",
    "\x00", "\ud800", "*", '"', "((", "NEAR", "a OR", "' OR 1=1 --", "%", "\u202e", HUGE, 10**30,
)  # fmt: skip
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "Write": ("content",), "Edit": ("old_text", "new_text"), "Read": ("start_line", "num_lines"),
    "memory_search": ("query", "top_k"), "submit_answer": ("answer",),
}  # fmt: skip


def _broken() -> tuple[Call, ...]:
    """Wrong arguments, wrong values one by one, missing and strange ones, unknown tools."""
    made = [Call(tool, value) for tool in ARGUMENTS for value in VALUES if value != {}]
    for tool in ("Write", "Edit", "Read", "memory_search"):
        right: dict[str, JSON] = dict.fromkeys(ARGUMENTS[tool], "a")
        made += [
            Call(tool, {**right, name: v}) for name in right for v in VALUES if v not in ("*",)
        ]
        made += [Call(tool, {**right, "more": "a"}), Call(tool, {}), Call(tool.lower(), right)]
    made += [Call(name, {"answer": "1"}) for name in ("", "\ud800", "eval", HUGE, "__class__")]
    return tuple(made)


BROKEN = _broken()
A_TIME = 24
"""Broken calls in one event: all of them come up over an episode."""


class MalformedCaller(Policy):
    """Never makes a call that is right, but for its answers."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        start = now.event * A_TIME % len(BROKEN)
        made = (BROKEN + BROKEN)[start : start + A_TIME]
        if not now.said:
            return Message("assistant", "\ud800", made)
        if now.title != "QUESTION":
            return END
        answer = guess(now, now.query) if now.query else REFUSAL
        return Message("assistant", "", (Call("submit_answer", {"answer": answer}),))


make = MalformedCaller
