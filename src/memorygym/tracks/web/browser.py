"""A browser: what an agent does with pages, wherever they are, and what it reads of them."""

from collections.abc import Mapping
from copy import copy
from typing import Protocol

from memorygym.core.errors import Refused
from memorygym.core.types import JSON, Call, tool
from memorygym.tracks.web.tree import Element, elements, numbered

CLICK = tool("click", "Click the element of that number.", element="integer")
TYPE = tool(
    "type",
    "Replace the text of the field of that number; a line break at its end presses Enter.",
    element="integer",
    text="string",
)
SELECT = tool(
    "select", "Choose an option of the combobox of that number.", element="integer", option="string"
)
GOTO = tool("goto", "Open the page of an address.", address="string")
BACK = tool("back", "Go back to the page before.")
SCROLL = tool(
    "scroll",
    "Show the lines below or above those that are shown.",
    direction={"type": "string", "enum": ["down", "up"]},
)
STOP = tool("stop", "End the errand: it is done, or cannot be done.")
TOOLS = (CLICK, TYPE, SELECT, GOTO, BACK, SCROLL, STOP)
MOST_LINES = 100
"""Lines of a page that are shown at a time."""


class Browser(Protocol):
    """Where the pages are: in this process, or in Chromium. Every method raises Refused, changing
    nothing, for what is not possible on the page."""

    @property
    def address(self) -> str:
        """The address of the page, without the server's."""

    @property
    def title(self) -> str: ...
    def snapshot(self) -> str:
        """The page's accessibility tree (see tree.py)."""

    def goto(self, address: str) -> None: ...
    def back(self) -> None: ...
    def click(self, element: Element) -> None: ...
    def type(self, element: Element, text: str) -> None: ...
    def select(self, element: Element, option: str) -> None: ...
    def state(self) -> JSON:
        """The state of the applications behind the pages."""

    def begin(self, state: JSON) -> None:
        """Opens the first page, with no page before it and with that state of the applications."""

    def fork(self) -> "Browser":
        """A browser that continues from here by itself. Raises Refused if that is impossible."""

    def close(self) -> None:
        """Ends what it started."""


class Tab:
    """A browser's page as an agent reads it, a part at a time."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._first = 0
        """The first line that is shown."""

    def fork(self) -> "Tab":
        other = copy(self)
        other.browser = self.browser.fork()
        return other

    def act(self, call: Call) -> str:
        """Carries out a call of one of TOOLS but `stop`, and returns what the agent then reads."""
        arguments = call.arguments
        assert isinstance(arguments, Mapping)
        if call.name == SCROLL.name:
            return self._scrolled(down=arguments["direction"] == "down")
        self._carry_out(call.name, arguments)
        self._first = 0
        return self.text()

    def text(self) -> str:
        """The lines that are shown, below the page's title and address."""
        lines = numbered(self.browser.snapshot())
        shown = lines[self._first : self._first + MOST_LINES]
        before, after = self._first, len(lines) - self._first - len(shown)
        return "\n".join(
            (
                f"Page: {self.browser.title} ({self.browser.address})",
                *[f"… {before} lines above; scroll up"] * (before > 0),
                *shown,
                *[f"… {after} lines below; scroll down"] * (after > 0),
            )
        )

    def _carry_out(self, name: str, arguments: Mapping[str, JSON]) -> None:
        browser = self.browser
        match name:
            case GOTO.name:
                browser.goto(str(arguments["address"]))
            case BACK.name:
                browser.back()
            case CLICK.name:
                browser.click(self._element(arguments))
            case TYPE.name:
                browser.type(self._element(arguments), str(arguments["text"]))
            case SELECT.name:
                browser.select(self._element(arguments), str(arguments["option"]))

    def _element(self, arguments: Mapping[str, JSON]) -> Element:
        number, known = arguments["element"], elements(self.browser.snapshot())
        assert isinstance(number, int)
        if not 1 <= number <= len(known):
            raise Refused(f"element {number}: the page has elements 1 to {len(known)}")
        return known[number - 1]

    def _scrolled(self, *, down: bool) -> str:
        lines = len(numbered(self.browser.snapshot()))
        first = self._first + (MOST_LINES if down else -MOST_LINES)
        if not 0 <= first < max(lines, 1):
            raise Refused(f"there are no lines {'below' if down else 'above'}")
        self._first = first
        return self.text()
