"""A session: errands in one application, each from the same state, which one agent runs in turn."""

import json
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from memorygym.core.errors import BadSettings, Refused
from memorygym.core.json_values import thaw
from memorygym.core.types import Call, Env, Message, Step, Task
from memorygym.tracks.web.browser import STOP, TOOLS, Tab
from memorygym.tracks.web.chromium import Chromium
from memorygym.tracks.web.tree import elements
from memorygym.tracks.web.webarena_infinity import checkout, recordings, texts
from memorygym.tracks.web.webarena_infinity.checkout import Server


class Site:
    """An application that runs, and the browser on it."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self.browser: Chromium | None = None

    def reset(self, app: str, pictures: Path | None) -> Tab:
        """The first page of the application in its first state, in a new browser context."""
        if self.server is None:
            self.server = Server(app)
        before = self.browser  # Closed late, so that Chromium goes on.
        self.browser = Chromium(self.server.address, screenshots=pictures)
        if before:
            before.close()
        request = Request(f"{self.server.address}/api/reset", b"", method="POST")
        build_opener(ProxyHandler({})).open(request, timeout=checkout.SECONDS).close()
        self.browser.goto("/")
        return Tab(self.browser)

    def close(self) -> None:
        if self.browser:
            self.browser.close()
        if self.server:
            self.server.close()
        self.browser = self.server = None


class WebArenaEnv(Env):
    """Plays a session. Events: each errand that is told before it is asked for, each recorded step
    of a prefix, and each errand. The answer of an errand's event says how it ended, as JSON."""

    tools = TOOLS

    def __init__(self, task: Task) -> None:
        self.task = task
        self._settings: Any = thaw(task.state)
        known = checkout.errands(checkout.root(), self._settings["app"])
        self._errands = [known[id] for id in self._settings["tasks"]]
        self._site = Site()
        weakref.finalize(self, self._site.close)
        self._taken: list[Message] = []
        self._is_behind = False
        """Whether it is a fork that has yet to repeat what was done."""

    def reset(self) -> Step:
        self._events = self._played()
        return next(self._events)

    def step(self, reply: Message) -> Step:
        if self._is_behind:
            self._is_behind = False
            self.reset()
            for earlier in self._taken:
                with suppress(Refused):
                    self._step(earlier)
        self._taken.append(reply)
        return self._step(reply)

    def fork(self) -> "WebArenaEnv":
        """An environment that does again, in a browser of its own, what was done so far; only when
        it is used, because a browser cannot be copied."""
        other = WebArenaEnv(self.task)
        other._taken, other._is_behind = list(self._taken), True
        return other

    def _step(self, reply: Message) -> Step:
        if self._errand is None:
            return next(self._events)
        self._steps += 1
        capped = self._steps > self._settings["steps"]
        if not reply.calls or reply.calls[0].name == STOP.name or capped:
            return self._ended(self._errand, reply.content)
        return Step((Message("user", self._act(reply.calls[0])),))

    def _act(self, made: Call) -> str:
        arguments: Any = made.arguments
        known = elements(self._tab.browser.snapshot())
        number = arguments.get("element", 0)
        page = self._tab.act(made)
        on = known[number - 1] if number else None
        self._actions.append(recordings.action(made, on))
        return page

    def _ended(self, errand: int, said: str) -> Step:
        """Has the verifier judge an errand, and shows the next one."""
        assert self._site.server and self._site.browser
        done, reason = checkout.verified(self._errands[errand], self._site.server.address)
        ended = {
            "errand": errand,
            "reward": float(done),
            "reason": reason,
            "said": said,
            "blocked": self._site.browser.blocked,
            "actions": self._actions,
        }
        step = next(self._events)
        answer = json.dumps(ended, ensure_ascii=False)
        return Step(step.messages, float(done), step.done, evict=True, answer=answer)

    def _played(self) -> Iterator[Step]:
        """The step that begins each event."""
        self._errand: int | None = None
        if self._settings["told"] == "before":
            for number, errand in enumerate(self._errands):
                yield _event(Message("user", texts.later(number, errand.text)))
        for number, errand in enumerate(self._errands):
            self._tab = self._site.reset(self._settings["app"], self._pictures(errand.id))
            self._steps, self._actions = 0, []
            text = texts.told(number, errand.text) if self._settings["told"] == "now" else ""
            actions = self._settings["prefix"].get(errand.id, ())
            for place, action in enumerate(actions):
                begin = texts.ask(number, self._tab.text(), text, again=False)
                opening = [Message("user", begin)] * (place == 0)
                yield _event(*opening, *self._recorded(errand.id, number, place, action))
            again = bool(actions)
            self._errand = number
            yield _event(
                Message(
                    "user",
                    texts.ask(number, self._tab.text(), text * (not again), again=again),
                )
            )
            self._errand = None
        self._site.close()
        yield Step(done=True, evict=True)

    def _recorded(self, id: str, errand: int, place: int, action: Any) -> Iterator[Message]:
        """A recorded action, carried out again: the call, the page, and that it was earlier."""
        known, on = elements(self._tab.browser.snapshot()), recordings.element(action)
        try:
            if on and on not in known:
                raise Refused(f"the page has no {on.role} {on.name!r}")
            made = recordings.call(action, known.index(on) + 1 if on else 0, f"{id}.{place}")
            yield Message("assistant", "", (made,))
            yield Message("tool", self._act(made), (), made.id)
        except Refused as error:
            raise BadSettings(
                f"step {place + 1} of the recorded actions of {id} is not possible ({error}): record"
                " them again"
            ) from error
        yield Message("user", texts.earlier(errand, place))

    def _pictures(self, id: str) -> Path | None:
        if not (folder := self._settings["screenshots"]):
            return None
        if not hasattr(self, "_folder"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._folder = Path(mkdtemp(dir=folder, prefix=f"{self._settings['app']}-"))
        (self._folder / id).mkdir()
        return self._folder / id


def _event(*messages: Message) -> Step:
    return Step(messages, evict=True)
