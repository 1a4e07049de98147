"""Pages in Chromium, by Playwright: a browser on the applications of a server of this machine.

Playwright is imported only here. One thread speaks with it, whatever thread or event loop a caller
is in: a Python process has one Chromium at most, and a browser is a context of its own in it.
"""

import asyncio
import json
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Coroutine
from importlib.util import find_spec
from pathlib import Path
from threading import RLock, Thread, current_thread
from typing import Any, ClassVar, TypeVar
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import ProxyHandler, build_opener

from memorygym.core.errors import BadSettings, Refused, clip
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.tracks.web import aria
from memorygym.tracks.web.browser import Browser
from memorygym.tracks.web.tree import Element, elements

T = TypeVar("T")
EXECUTABLE = "CHROMIUM"
"""The environment variable that names the program."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = (
    'pip install "agent-memorygym[browser]" and apt-get install chromium; the pages of this package'
    " (memorygym compare --track web) need neither"
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""No name of the outside is looked up, whatever asks for it."""
TOGGLES = ("checkbox", "radio", "switch")
"""Roles of what pages often hide below a picture of it, where no pointer reaches it."""
PATIENCE = 0.4
"""The share of the timeout that Playwright waits for an element to become free to act on."""
SETTLING = """(() => {
  const due = new Set(), later = window.setTimeout.bind(window), get = window.fetch.bind(window);
  const never = window.clearTimeout.bind(window);
  window.setTimeout = (f, ms, ...rest) => {
    if (typeof f !== "function" || ms > 400) return later(f, ms, ...rest);
    const id = later(() => { due.delete(id); f(...rest); }, ms);
    due.add(id);
    return id;
  };
  window.clearTimeout = (id) => { due.delete(id); never(id); };
  window.fetch = (...request) => {
    const answer = get(...request), forget = () => due.delete(answer);
    due.add(answer);
    answer.then(forget, forget);
    return answer;
  };
  const known = "a[href], button, input, select, textarea, label, [role], body, html";
  const acts = (e) => getComputedStyle(e).cursor === "pointer"
    && (e.matches("a, [onclick], [data-action]")
      || getComputedStyle(e.parentElement).cursor !== "pointer");
  window.memorygymSettled = (ms) => new Promise((done) => {
    const end = performance.now() + ms;
    const look = () => {
      if (due.size && performance.now() < end) return later(look, 10);
      for (const e of document.querySelectorAll("body *"))
        if (!e.matches(known) && acts(e)) e.setAttribute("role", "button");
      done(true);
    };
    later(look, 0);
  });
})();"""
"""Lets us wait until a page has done what an action began: its short timers and requests. Then what
has no role and yet shows a hand as its cursor becomes a button."""
SETTLED = "window.memorygymSettled ? window.memorygymSettled(800) : true"


class Chromium(Browser):
    """A browser on the pages of one server; nothing else can be opened or asked.

    Raises BadSettings if Playwright or Chromium is missing, or the server is not of this machine.
    """

    def __init__(
        self,
        server: str,
        *,
        timeout: float = 10.0,
        screenshots: Path | None = None,
        plain: bool = False,
    ) -> None:
        """`timeout` is in seconds, for each action; the folder gets a picture of each page read.

        `plain` is for pages whose every control has a role and a name: they are read as they are.
        """
        if urlsplit(server).hostname not in LOOPBACK:
            raise BadSettings(f"the server {server}: only addresses of this machine are opened")
        self.server, self.blocked = server.rstrip("/"), 0
        """The number of requests to other servers that were refused."""
        self._timeout, self._screenshots, self._pictures = timeout, screenshots, 0
        self._plain = plain
        self._process: _Process | None = _Process.taken()
        self.version: str = self._process.chromium.version
        try:
            self._process.run(self._open(self._process.chromium))
        except BaseException:
            self.close()
            raise

    @property
    def address(self) -> str:
        return self._url.removeprefix(self.server)

    @property
    def title(self) -> str:
        return self._title

    def snapshot(self) -> str:
        """The page as it was after the last action, so that numbers mean what an agent has read."""
        return self._read.text

    def goto(self, address: str) -> None:
        url = urljoin(f"{self.server}/", address)
        if not f"{url}/".startswith(f"{self.server}/"):
            raise Refused(f"{clip(address, 80)}: only pages of this application can be opened")
        self._act(lambda: self._page.goto(url, wait_until="load"))

    def back(self) -> None:
        async def back() -> None:
            if not await self._page.evaluate("navigation.canGoBack"):
                raise Refused("there is no page before")
            await self._page.go_back()

        self._act(back)

    def click(self, element: Element) -> None:
        found = self._found(element)
        toggles = element.role in TOGGLES
        self._act(lambda: found.evaluate("e => e.click()") if toggles else found.click())

    def type(self, element: Element, text: str) -> None:
        """Replaces the text of a field; a line break at the end presses Enter."""
        found = self._found(element)

        async def enter() -> None:
            await found.fill(text.removesuffix("\n"))
            if text.endswith("\n"):
                await found.press("Enter")

        self._act(enter)

    def select(self, element: Element, option: str) -> None:
        found = self._found(element)

        async def choose() -> None:
            labels = await found.evaluate("e => [...e.options ?? []].map(o => o.label.trim())")
            if option not in labels:
                choices = one_line(clip(", ".join(labels), 300)) or "none here; click it instead"
                raise Refused(f"no option {option!r}; the options are {choices}")
            await found.select_option(index=labels.index(option))

        self._act(choose)

    def state(self) -> JSON:
        """The state that the server tells. Raises Refused if it has none."""
        try:
            opener = build_opener(ProxyHandler({}))
            with opener.open(f"{self.server}/api/state", timeout=self._timeout) as answer:
                state: JSON = json.load(answer)
        except (URLError, TimeoutError, ValueError) as error:
            raise Refused(f"the server has no state: {one_line(str(error))}") from error
        return state

    def begin(self, state: JSON) -> None:
        raise Refused("the state of an application of others cannot be replaced")

    def leave_history(self) -> None:
        """Closes the page for an empty one, from which none of the pages before is reached."""
        assert self._process
        self._process.run(self._replaced())

    def fork(self) -> Browser:
        raise Refused("Chromium cannot copy a page: open a new browser and act again")

    def close(self) -> None:
        """Ends the context, and Chromium with its last one."""
        process, self._process = self._process, None
        if process is not None:
            process.give_back(self._close())

    def _act(self, action: Callable[[], Awaitable[object]]) -> None:
        """Carries out an action, waits for what it began, and reads the page."""
        if self._process is None:
            raise Refused("the browser is closed")
        self._process.run(self._acted(action))

    async def _acted(self, action: Callable[[], Awaitable[object]]) -> None:
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(self._timeout):
                try:
                    await action()
                finally:
                    await self._look()
        except TimeoutError as error:
            await self._replaced()
            raise Refused(
                f"the page did not answer within {self._timeout:g} s and was closed; open another"
            ) from error
        except Error as error:
            raise Refused(_reason(error.message)) from error

    async def _open(self, chromium: Any) -> None:
        self._context = await chromium.new_context(service_workers="block", accept_downloads=False)
        self._context.set_default_timeout(self._timeout * PATIENCE * 1000)
        await self._context.route(re.compile(f"^(?!{re.escape(self.server)}/)"), self._block)
        await self._context.route_web_socket(re.compile(""), lambda socket: socket.close())
        await self._context.add_init_script(SETTLING)
        await self._new_page()

    async def _new_page(self) -> None:
        self._page = await self._context.new_page()
        self._page.on("dialog", lambda dialog: dialog.accept())
        self._page.on("popup", lambda popup: popup.close())
        self._title = self._url = ""
        self._read = aria.ReadPage("", [])

    async def _replaced(self) -> None:
        old = self._page
        await self._new_page()
        await old.close()

    async def _block(self, route: Any) -> None:
        self.blocked += 1
        await route.abort()

    async def _look(self) -> None:
        """Reads the page once it has settled; one that is being left, when the next has come."""
        from playwright.async_api import Error

        page = self._page
        try:
            await page.evaluate(SETTLED)
        except Error:
            await page.wait_for_load_state()
            await page.evaluate(SETTLED)
        body = page.locator("body")
        if self._plain:
            text = await body.aria_snapshot()
            self._read = aria.ReadPage(text, [""] * len(elements(text)))
        else:
            self._read = aria.page(await body.aria_snapshot(mode="ai"))
        self._title, self._url = one_line(await page.title()), one_line(page.url)
        if self._screenshots:
            self._pictures += 1
            await page.screenshot(path=self._screenshots / f"step-{self._pictures:04}.png")

    async def _close(self) -> None:
        if context := getattr(self, "_context", None):
            await context.close()

    def _found(self, element: Element) -> Any:
        """Playwright's locator of an element; one that pages hide has no reference. Raises Refused
        if the page has no such element."""
        known = elements(self._read.text)
        if element not in known:
            raise Refused(f"the page has no {element.role} {element.name!r}")
        if not (reference := self._read.references[known.index(element)]):
            same = self._page.get_by_role(element.role, name=element.name, exact=True)
            return same.nth(element.occurrence)
        return self._page.locator(f"aria-ref={reference}")


class _Process:
    """The Chromium of this Python process, and the thread that alone speaks with Playwright."""

    _one: "ClassVar[_Process | None]" = None
    _lock: ClassVar = RLock()

    @classmethod
    def taken(cls) -> "_Process":
        """The process for one more browser; it starts with the first. Raises BadSettings."""
        with cls._lock:
            if cls._one is None or cls._one._pid != os.getpid():  # A fork has no threads.
                cls._one = cls()
            cls._one._users += 1
            return cls._one

    def __init__(self) -> None:
        check_installed()
        self._pid, self._users = os.getpid(), 0
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="chromium", daemon=True)
        self._thread.start()
        try:
            self.run(self._start())
        except BaseException:
            self._end_thread()
            raise

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of work that the thread does."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def give_back(self, closing: Coroutine[Any, Any, None]) -> None:
        """Ends the work of a browser; with the last one Chromium ends."""
        if current_thread() is self._thread:  # A browser that was forgotten may be freed anywhere.
            Thread(target=self.give_back, args=(closing,)).start()
        elif self._pid != os.getpid():
            closing.close()
        else:
            with self._lock:
                self.run(closing)
                self._users -= 1
                if not self._users:
                    _Process._one = None
                    self.run(self._stop())
                    self._end_thread()

    async def _start(self) -> None:
        from playwright.async_api import Error, async_playwright

        self._playwright = await async_playwright().start()
        try:
            self.chromium = await self._playwright.chromium.launch(
                executable_path=executable(), args=[NOWHERE]
            )
        except Error as error:
            await self._playwright.stop()
            reason = _reason(error.message)
            raise BadSettings(f"Chromium cannot be started ({reason}): {INSTALL}") from error

    async def _stop(self) -> None:
        await self.chromium.close()
        await self._playwright.stop()

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def check_installed() -> None:
    """Raises BadSettings without Playwright, or if $CHROMIUM names no program."""
    if find_spec("playwright") is None:
        raise BadSettings(f"Playwright is not installed: {INSTALL}")
    executable()


def executable() -> str | None:
    """The program: $CHROMIUM, else the first of NAMES that is installed; None for Playwright's own.

    Raises BadSettings if the variable names none.
    """
    stated = os.environ.get(EXECUTABLE, "")
    found = map(shutil.which, [stated] if stated else NAMES)
    program = next(filter(None, found), None)
    if stated and program is None:
        raise BadSettings(f"{EXECUTABLE}={stated} is no program: {INSTALL}")
    return program


def _reason(message: str) -> str:
    """A failure of Playwright in one short line."""
    if covering := re.search(r"(<.*?>).* intercepts pointer events", message):
        return f"another element covers it: {one_line(clip(covering[1], 80))}"
    return one_line(clip(message.partition("\n")[0], 200))
