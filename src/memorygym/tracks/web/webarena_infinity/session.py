"""A session: errands in one application, each from the same state, which one agent runs in turn."""

import json
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.request import ProxyHandler, Request, build_opener

from memorygym.core.errors import BadSettings, ProviderFailure, Refused
from memorygym.core.json_values import thaw
from memorygym.core.types import Call, Env, Message, Step, Task
from memorygym.tracks.web.browser import STOP, TOOLS, Tab
from memorygym.tracks.web.chromium import Chromium
from memorygym.tracks.web.tree import elements
from memorygym.tracks.web.webarena_infinity import checkout, texts
from memorygym.tracks.web.webarena_infinity.recordings import recorded, repeated


class RunningApp:
    """An application that runs, and the browser on it."""

    def __init__(self) -> None:
        self.server: checkout.AppServer | None = None
        self.browser: Chromium | None = None

    def reset(self, app: str, pictures: Path | None = None) -> Tab:
        """The first page of the application in its first state, in a new browser context."""
        self.server = self.server or checkout.AppServer(app)
        before = self.browser  # Closed late, so that Chromium goes on.
        self.browser = Chromium(self.server.address, screenshots=pictures)
        if before:
            before.close()
        request = Request(f"{self.server.address}/api/reset", b"", method="POST")
        build_opener(ProxyHandler({})).open(request, timeout=checkout.SECONDS).close()
        self.browser.goto("/")
        return Tab(self.browser)

    def close(self) -> None:
        for part in (self.browser, self.server):
            if part:
                part.close()
        self.browser = self.server = None


class WebArenaEnv(Env):
    """Plays a session. Events: each errand that is told before it is asked for, each recorded step
    of a prefix, and each errand. The answer of an errand's event says how it ended, as JSON."""

    tools = TOOLS

    def __init__(self, task: Task) -> None:
        self.task = task
        self._settings: Any = thaw(task.state)
        known = checkout.errands(self._settings["app"])
        self._errands = [known[id] for id in self._settings["tasks"]]
        self._app = RunningApp()
        weakref.finalize(self, self._app.close)
        self._replies: list[Message] = []
        self._is_behind = False
        """Whether it is a fork that has yet to do what was done."""

    def reset(self) -> Step:
        self._events = self._played()
        return next(self._events)

    def step(self, reply: Message) -> Step:
        if self._is_behind:
            self._is_behind = False
            self.reset()
            for earlier in self._replies:
                with suppress(Refused):
                    self._step(earlier)
        self._replies.append(reply)
        return self._step(reply)

    def fork(self) -> "WebArenaEnv":
        """A browser cannot be copied: the copy does all again in one of its own, if it is used."""
        other = WebArenaEnv(self.task)
        other._replies, other._is_behind = list(self._replies), True
        return other

    def _step(self, reply: Message) -> Step:
        if not self._is_asked:
            return next(self._events)
        self._steps += 1
        is_over = self._steps > self._settings["steps"]
        if not reply.calls or reply.calls[0].name == STOP.name or is_over:
            return self._end(reply.content)
        return Step((Message("user", self._act(reply.calls[0])),))

    def _act(self, call: Call) -> str:
        known = elements(self._tab.browser.snapshot())
        page = self._tab.act(call)
        self._actions.append(recorded(call, known))
        return page

    def _end(self, said: str) -> Step:
        """Has the verifier judge the errand, and shows the next one."""
        server, browser = self._app.server, self._app.browser
        assert server and browser
        try:
            done, reason = checkout.verified(self._errands[self._errand], server.address)
        except ProviderFailure:
            self._app.close()
            raise
        end = {
            "errand": self._errand,
            "reward": float(done),
            "reason": reason,
            "said": said,
            "blocked": browser.blocked,
            "actions": self._actions,
        }
        step = next(self._events)
        answer = json.dumps(end, ensure_ascii=False)
        return Step(step.messages, float(done), step.done, evict=True, answer=answer)

    def _played(self) -> Iterator[Step]:
        """The step that begins each event."""
        self._is_asked, before = False, self._settings["told"] == "before"
        told = [texts.told(number, errand.text) for number, errand in enumerate(self._errands)]
        for text in told * before:
            yield Step((Message("user", texts.later(text)),), evict=True)
        for number, errand in enumerate(self._errands):
            self._errand, self._steps = number, 0
            self._actions: list[list[Any]] = []
            self._tab = self._app.reset(self._settings["app"], self._pictures(errand.id))
            begin = texts.ask(number, self._tab.text(), told[number] * (not before))
            earlier = self._settings["prefix"].get(errand.id, ())
            for place, action in enumerate(earlier):
                opening = [Message("user", begin)] * (place == 0)
                yield Step((*opening, *self._repeated(place, action)), evict=True)
            if earlier:
                begin = texts.ask(number, self._tab.text(), again=True)
            self._is_asked = True
            yield Step((Message("user", begin),), evict=True)
            self._is_asked = False
        self._app.close()
        yield Step(done=True, evict=True)

    def _repeated(self, place: int, action: Any) -> Iterator[Message]:
        """A recorded action, made again: the call, the page, and that it was made earlier."""
        known = elements(self._tab.browser.snapshot())
        try:
            call = repeated(action, known, f"{self._errand}.{place}")
            page = self._act(call)
        except Refused as error:
            self._app.close()
            id = self._errands[self._errand].id
            raise BadSettings(
                f"action {place + 1} recorded for {id} is not possible: {error}; record it again"
            ) from error
        yield Message("assistant", "", (call,))
        yield Message("tool", page, (), call.id)
        yield Message("user", texts.earlier(self._errand, place))

    def _pictures(self, id: str) -> Path | None:
        folder = self._settings["screenshots"]
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=f"{id}-", dir=folder)) if folder else None
