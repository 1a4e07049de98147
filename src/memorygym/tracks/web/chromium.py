"""Pages in Chromium, by Playwright: the browser of applications that a server of this machine has.

Playwright is imported only here. One thread speaks with it, whatever thread or event loop a caller
is in: a Python process has one Chromium at most, and a browser is a context of its own in it.
"""

import asyncio
import atexit
import json
import os
import re
import shutil
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar
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
    'pip install "agent-memorygym[browser]" and apt-get install chromium; the pages of this process'
    " (memorygym compare --track web) need neither"
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
"""No name of the outside is looked up, whatever asks for it."""
TOGGLES = ("checkbox", "radio", "switch")
"""Roles of elements that pages often hide below a picture of them, where no pointer reaches them."""
PATIENCE = 0.4
"""The share of the timeout that Playwright waits for an element to become free to act on."""
SETTLING = """(() => {
  const due = new Set(), start = window.setTimeout.bind(window);
  const stop = window.clearTimeout.bind(window), get = window.fetch.bind(window);
  window.setTimeout = (f, ms, ...rest) => {
    if (typeof f !== "function" || ms > 400) return start(f, ms, ...rest);
    const id = start(() => { due.delete(id); f(...rest); }, ms);
    due.add(id);
    return id;
  };
  window.clearTimeout = (id) => { due.delete(id); stop(id); };
  window.fetch = (...request) => {
    const answer = get(...request), forget = () => due.delete(answer);
    due.add(answer);
    answer.then(forget, forget);
    return answer;
  };
  const known = "a[href], button, input, select, textarea, label, [role], body, html";
  const own = "a, [onclick], [data-action]";
  const points = (e) => getComputedStyle(e).cursor === "pointer";
  const name = () => {
    for (const e of document.querySelectorAll("body *"))
      if (!e.matches(known) && points(e) && (e.matches(own) || !points(e.parentElement)))
        e.setAttribute("role", "button");
  };
  window.memorygymSettled = (ms) => new Promise((done) => {
    const end = performance.now() + ms;
    const look = () => {
      if (due.size && performance.now() < end) return start(look, 10);
      name();
      done(true);
    };
    start(look, 0);
  });
})();"""
"""Lets us wait until a page has done what an action began: its short timers and requests; and gives
a role to what has none and yet shows a hand as cursor."""
SETTLED = "window.memorygymSettled ? window.memorygymSettled(800) : true"


class Chromium(Browser):
    """A browser on the pages of one server; nothing else can be opened or asked.

    Raises BadSettings if Playwright or Chromium is missing, or the server is not of this machine.
    """

    def __init__(
        self, server: str, *, timeout: float = 10.0, screenshots: Path | None = None
    ) -> None:
        """`timeout` is in seconds, for each action; the folder gets a picture of each page read."""
        if urlsplit(server).hostname not in LOOPBACK:
            raise BadSettings(f"the server {server}: only addresses of this machine are opened")
        self.server, self.blocked = server.rstrip("/"), 0
        """The number of requests to other servers that were refused."""
        self._timeout, self._screenshots, self._pictures = timeout, screenshots, 0
        self._read = aria.Page("", [])
        self._title = self._url = ""
        self._process = _Process.taken()
        try:
            self._do(self._open())
        except BaseException:
            self.close()
            raise

    @property
    def version(self) -> str:
        """Chromium's version."""
        assert self._process
        return str(self._process.chromium.version)

    @property
    def address(self) -> str:
        return self._url.removeprefix(self.server) if self._url else "/"

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
        self._act(lambda page: page.goto(url, wait_until="load"))

    def back(self) -> None:
        async def back(page: Any) -> None:
            if not await page.evaluate("navigation.canGoBack"):
                raise Refused("there is no page before")
            await page.go_back()

        self._act(back)

    def click(self, element: Element) -> None:
        async def click(page: Any) -> None:
            found = self._found(page, element)
            if element.role in TOGGLES:
                await found.evaluate("e => e.click()")
            else:
                await found.click()

        self._act(click)

    def type(self, element: Element, text: str) -> None:
        """Replaces the text of a field; a line break at the end presses Enter."""

        async def enter(page: Any) -> None:
            field = self._found(page, element)
            await field.fill(text.removesuffix("\n"))
            if text.endswith("\n"):
                await field.press("Enter")

        self._act(enter)

    def select(self, element: Element, option: str) -> None:
        async def choose(page: Any) -> None:
            found = self._found(page, element)
            labels = await found.evaluate("e => [...e.options ?? []].map(o => o.label.trim())")
            if not labels:
                raise Refused("this is no list of options; click it")
            if option not in labels:
                raise Refused(f"no option {option!r}; choose from {one_line(', '.join(labels))}")
            await found.select_option(index=labels.index(option))

        self._act(choose)

    def state(self) -> JSON:
        """The state that the server tells. Raises Refused if it has none."""
        try:
            opener = build_opener(ProxyHandler({}))
            with opener.open(f"{self.server}/api/state", timeout=self._timeout) as answer:
                state: JSON = json.load(answer)
        except (URLError, TimeoutError, ValueError) as error:
            raise Refused(f"the server tells no state: {one_line(str(error))}") from error
        return state

    def fork(self) -> Browser:
        raise Refused("Chromium cannot copy a page: open a new browser and act again")

    def close(self) -> None:
        """Ends the context, and Chromium with its last one."""
        if process := self._process:
            self._process = None
            process.give_back(self._close())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        if not self._process:
            work.close()
            raise Refused("the browser is closed")
        return self._process.run(work)

    def _act(self, action: Callable[[Any], Awaitable[object]]) -> None:
        """Carries out an action, waits for what it began, and reads the page."""
        self._do(self._acted(action))

    async def _acted(self, action: Callable[[Any], Awaitable[object]]) -> None:
        from playwright.async_api import Error

        try:
            async with asyncio.timeout(self._timeout):
                try:
                    await action(self._page)
                except Error as error:
                    raise Refused(_reason(error.message)) from error
                finally:
                    await self._look()
        except TimeoutError as error:
            await self._replace_page()
            raise Refused(
                f"the page did not answer within {self._timeout:g} s and was closed; open another"
            ) from error
        except Error as error:
            raise Refused(_reason(error.message)) from error

    async def _open(self) -> None:
        assert self._process
        self._context = await self._process.chromium.new_context(
            service_workers="block", accept_downloads=False, reduced_motion="reduce"
        )
        self._context.set_default_timeout(self._timeout * PATIENCE * 1000)
        elsewhere = re.compile(f"^(?!{re.escape(self.server)}/)")
        await self._context.route(elsewhere, self._block)
        await self._context.route_web_socket(re.compile(""), lambda socket: socket.close())
        await self._context.add_init_script(SETTLING)
        await self._new_page()

    async def _new_page(self) -> None:
        self._page = await self._context.new_page()
        self._page.on("dialog", lambda dialog: dialog.accept())
        self._page.on("popup", lambda popup: popup.close())
        self._title, self._url, self._read = "", "", aria.Page("", [])

    async def _block(self, route: Any) -> None:
        self.blocked += 1
        await route.abort()

    async def _look(self) -> None:
        """Reads the page once it has settled; a page that is being left is read when it is left."""
        from playwright.async_api import Error

        try:
            await self._page.evaluate(SETTLED)
        except Error:
            await self._page.wait_for_load_state()
        page = self._page
        self._read = aria.page(await page.locator("body").aria_snapshot(mode="ai"))
        self._title, self._url = one_line(await page.title()), one_line(page.url)
        if self._screenshots:
            self._pictures += 1
            picture = self._screenshots / f"step-{self._pictures:04}.png"
            await page.screenshot(path=picture)

    async def _replace_page(self) -> None:
        """Closes a page that hangs, and opens an empty one."""
        hanging = self._page
        await self._new_page()
        await hanging.close()

    async def _close(self) -> None:
        if context := getattr(self, "_context", None):
            await context.close()

    def _found(self, page: Any, element: Element) -> Any:
        """Playwright's locator of an element. Raises Refused if the page has none."""
        known = elements(self._read.text)
        if element not in known:
            raise Refused(f"the page has no {element.role} {element.name!r}")
        return page.locator(f"aria-ref={self._read.references[known.index(element)]}")


class _Process:
    """The Chromium of this Python process, and the thread that alone speaks with Playwright."""

    _one: "_Process | None" = None
    _lock = Lock()

    @classmethod
    def taken(cls) -> "_Process":
        """The process for one more browser; it starts with the first. Raises BadSettings."""
        with cls._lock:
            if cls._one is None or cls._one._pid != os.getpid():  # A fork has no threads.
                cls._one = cls()
            cls._one._users += 1
            return cls._one

    def __init__(self) -> None:
        self._pid, self._users = os.getpid(), 0
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="chromium", daemon=True)
        self._thread.start()
        try:
            self.run(self._start())
        except BaseException:
            self._end()
            raise
        atexit.register(self._end)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of work that the thread does."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def give_back(self, closing: Coroutine[Any, Any, None]) -> None:
        """Ends the work of a browser; with the last one Chromium ends."""
        with self._lock:
            if self._pid != os.getpid() or self._loop.is_closed():
                closing.close()
                return
            self.run(closing)
            self._users -= 1
            if not self._users:
                _Process._one = None
                self._end()

    async def _start(self) -> None:
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise BadSettings(f"Playwright is not installed: {INSTALL}") from error
        self._playwright = await async_playwright().start()
        try:
            self.chromium = await self._playwright.chromium.launch(
                executable_path=executable(), args=[NOWHERE]
            )
        except Error as error:
            await self._playwright.stop()
            raise BadSettings(
                f"Chromium cannot be started ({_reason(error.message)}): {INSTALL}"
            ) from error
        except BaseException:
            await self._playwright.stop()
            raise

    async def _stop(self) -> None:
        await self.chromium.close()
        await self._playwright.stop()

    def _end(self) -> None:
        if self._pid != os.getpid() or self._loop.is_closed():
            return
        atexit.unregister(self._end)
        if hasattr(self, "chromium"):
            self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def executable() -> str | None:
    """The program: $CHROMIUM, else the first of NAMES that is installed; None for Playwright's own.

    Raises BadSettings if the variable names none.
    """
    if stated := os.environ.get(EXECUTABLE, ""):
        if not (found := shutil.which(stated)):
            raise BadSettings(f"{EXECUTABLE}={stated} is no program: {INSTALL}")
        return found
    return next(filter(None, map(shutil.which, NAMES)), None)


def _reason(message: str) -> str:
    """A failure of Playwright in one short line."""
    if covering := re.search(r"(<.*?>).* intercepts pointer events", message):
        return f"another element covers it: {one_line(clip(covering[1], 80))}"
    return one_line(clip(message.partition("\n")[0], 200))
