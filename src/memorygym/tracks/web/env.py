"""Plays a session: notes to read once, and errands that are judged by the applications' state."""

from collections.abc import Mapping
from copy import copy
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from memorygym.core.errors import Refused
from memorygym.core.json_values import json_hash
from memorygym.core.types import JSON, Env, Message, Step, Task
from memorygym.tracks._qa.defaults import RECALL, recall_step
from memorygym.tracks.web.browser import STOP, TOOLS, Browser, Tab
from memorygym.tracks.web.errands import summary
from memorygym.tracks.web.site import InProcess, Site

STEPS = 30
"""Calls in an event, and for each form that an errand asks for; with the last one it ends."""
ERROR = "error: "
"""How a page's complaint begins."""
WEB_TOOLS = (*TOOLS, RECALL)
PROCESS, CHROMIUM = BROWSERS = ("process", "chromium")
"""Where pages may be shown: by this Python process, or by Chromium."""


class WebEnv(Env):
    """Plays a session: a message of the user is an event.

    An event ends by `stop`, by a reply without calls, or when its calls are used up; to restore a
    note from the archive takes them all. After an errand a colleague puts the applications right,
    so all memories meet the same pages.
    """

    tools = WEB_TOOLS

    def __init__(self, task: Task) -> None:
        state: Any = task.state
        self.task = task
        self._turns = state["turns"]
        self._tab = Tab(_browser(Site(state["content"], state["start"]), task.recipe))
        self._turn, self._left = 0, STEPS

    def reset(self) -> Step:
        return self._shown()

    def step(self, reply: Message) -> Step:
        if not reply.calls or reply.calls[0].name == STOP.name:
            return self._close("stopped")
        (call,) = reply.calls
        self._left -= 1
        if call.name == RECALL.name:
            assert isinstance(call.arguments, Mapping)
            step = recall_step(str(call.arguments["query"]))
        else:
            before = len(self._state["open"])
            try:
                text = self._tab.act(call)
            except Refused as error:  # It costs a call, or guesses would be free.
                text = f"{ERROR}{error}"
            if len(self._state["open"]) > before:
                self._left = 0
            step = Step((Message("user", text),))
        return step if self._left > 0 else self._close("out of calls")

    def fork(self) -> "WebEnv":
        other = copy(self)
        other._tab = self._tab.fork()
        return other

    @property
    def browser(self) -> Browser:
        """The browser in which it is played."""
        return self._tab.browser

    @property
    def _state(self) -> Any:
        return self.browser.state()

    @property
    def _right(self) -> list[JSON]:
        """What an errand is to save, in any order; nothing in other events."""
        turn = self._turns[self._turn]
        return [turn["right"], *turn.get("also", ())] if "right" in turn else []

    def _close(self, how: str) -> Step:
        """Ends the event; an errand is judged."""
        answer, reward = None, 0.0
        if right := self._right:
            saved = self._state["saved"]
            reward = float(sorted(map(json_hash, saved)) == sorted(map(json_hash, right)))
            answer = f"{how}; saved {'; '.join(map(summary, saved)) or 'nothing'}"
        self._turn += 1
        return self._shown(Step(reward=reward, answer=answer))

    def _shown(self, step: Step = Step()) -> Step:  # noqa: B008  # Steps are frozen.
        """The next message, with the applications as a colleague leaves them."""
        if self._turn >= len(self._turns):
            self.browser.close()
            return Step((), step.reward, done=True, evict=True, answer=step.answer)
        self._left = STEPS * max(len(self._right), 1)
        turn = self._turns[self._turn]
        number = turn.get("note")
        self.browser.begin({"open": [number] * bool(number), "draft": {}, "saved": []})
        self._tab = Tab(self.browser)
        return Step((Message("user", turn["text"]),), step.reward, evict=True, answer=step.answer)


def _browser(site: Site, recipe: Mapping[str, JSON]) -> Browser:
    """The browser that a task's recipe names."""
    if recipe["browser"] == PROCESS:
        return InProcess(site)
    from memorygym.tracks.web.served import Served

    if not (pictures := str(recipe["screenshots"])):
        return Served(site)
    folder = Path(pictures)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{recipe['template']}-{recipe['seed']}-"
    return Served(site, Path(mkdtemp(prefix=name, dir=folder)))
