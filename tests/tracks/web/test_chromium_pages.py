"""Pages in a real Chromium: `pytest -m browser`."""

import asyncio
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import pytest

from memorygym.core.errors import BadSettings, Refused
from memorygym.core.types import Call
from memorygym.runs.executors import over_processes
from memorygym.tracks.web import chromium
from memorygym.tracks.web.browser import Tab
from memorygym.tracks.web.chromium import Chromium
from memorygym.tracks.web.tree import Element
from tests.tracks.web.served_pages import serving_pages

browsing = pytest.mark.browser


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving_pages() as address:
        yield address


@pytest.fixture
def browser(server: str) -> Iterator[Chromium]:
    browser = Chromium(server)
    browser.goto("/")
    yield browser
    browser.close()


def children() -> set[int]:
    """The processes that this one has started, and theirs, but for those that have ended."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(") ")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    found, new = set[int](), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new}
        found |= new
    return found


def title(server: str) -> str:
    browser = Chromium(server)
    try:
        browser.goto("/next")
        return browser.title
    finally:
        browser.close()


@browsing
def test_an_agent_acts_on_a_page_and_reads_what_came_of_it(browser: Chromium) -> None:
    tab = Tab(browser)
    tab.act(Call("type", {"element": 1, "text": "Ann"}))
    tab.act(Call("select", {"element": 2, "option": "Blue"}))
    for element in (3, 4, 5):
        shown = tab.act(Call("click", {"element": element}))
    assert shown.splitlines() == [
        "Page: Start (/)",
        '- [1] textbox "Name": Ann',
        "- text: Ann",
        '- [2] combobox "Colour"',
        '  - option "Red"',
        '  - option "Blue" [selected]',
        '- [3] button "Done"',
        '- [4] checkbox "Agree" [checked]',
        '- [5] button "Gone"',
        '- [6] link "Next"',
    ]
    assert tab.act(Call("click", {"element": 6})).startswith("Page: Next (/next)\n")
    assert "[1]" in tab.act(Call("back", {}))


@browsing
def test_what_is_not_possible_is_refused_and_changes_nothing(browser: Chromium) -> None:
    before, select = browser.snapshot(), Element("combobox", "Colour", 0)
    for act, reason in (
        (lambda: browser.select(select, "Green"), "the options are Red, Blue"),
        (lambda: browser.select(Element("link", "Next", 0), "x"), "none here; click it instead"),
        (lambda: browser.click(Element("button", "Save", 0)), "the page has no button 'Save'"),
        (lambda: browser.goto("http://example.com/"), "only pages of this application"),
        (lambda: browser.goto("file:///etc/passwd"), "only pages of this application"),
        (browser.back, "there is no page before"),
        (browser.fork, "Chromium cannot copy a page"),
    ):
        with pytest.raises(Refused, match=reason):
            act()
    assert browser.snapshot() == before


@browsing
def test_nothing_outside_is_asked(browser: Chromium) -> None:
    browser.goto("/outside")
    assert browser.blocked >= 2
    browser.click(Element("link", "Leave", 0))
    assert "can’t be reached" in browser.snapshot()
    with pytest.raises(BadSettings, match="only addresses of this machine"):
        Chromium("http://192.0.2.1")


@browsing
def test_a_page_that_hangs_is_cut_off(server: str) -> None:
    browser = Chromium(server, timeout=3)
    try:
        browser.goto("/hang")
        start = perf_counter()
        with pytest.raises(Refused, match="the page did not answer within 3 s and was closed"):
            browser.click(Element("button", "Hang", 0))
        assert perf_counter() - start < 10
        browser.goto("/next")
        assert browser.title == "Next"
    finally:
        browser.close()


@browsing
def test_no_process_is_left(server: str) -> None:
    before, browsers = children(), [Chromium(server) for _ in range(2)]
    assert len(children() - before) > 2
    for browser in browsers:
        browser.close()
        browser.close()
    assert children() <= before
    with pytest.raises(Refused, match="the browser is closed"):
        browser.goto("/")


@browsing
def test_it_plays_in_threads_in_processes_and_within_a_running_loop(
    server: str, browser: Chromium
) -> None:
    async def within() -> str:
        return title(server)

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(title, [server] * 3)] == ["Next"] * 3
    assert [*over_processes(title, [server] * 2, 2)] == ["Next"] * 2
    assert asyncio.run(within()) == "Next"


@browsing
def test_every_page_that_is_read_has_a_picture(server: str, tmp_path: Path) -> None:
    browser = Chromium(server, screenshots=tmp_path)
    browser.goto("/")
    browser.goto("/next")
    browser.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-0001.png", "step-0002.png"]


def test_a_missing_part_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ends = r'pip install "agent-memorygym\[browser\]" and apt-get install chromium; the pages of'
    monkeypatch.setattr(chromium, "find_spec", lambda _: None)
    with pytest.raises(BadSettings, match=f"Playwright is not installed: {ends}"):
        Chromium("http://127.0.0.1")
    monkeypatch.setattr(chromium, "find_spec", lambda _: sys)
    monkeypatch.setenv("CHROMIUM", "/no/chromium")
    with pytest.raises(BadSettings, match=f"CHROMIUM=/no/chromium is no program: {ends}"):
        Chromium("http://127.0.0.1")


@browsing
def test_a_program_that_is_no_browser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/bin/false")
    before = children()
    with pytest.raises(BadSettings, match=r"Chromium cannot be started \(.*\): pip install"):
        Chromium("http://127.0.0.1")
    assert children() <= before
