"""Chromium shows what this process shows: the same trees, states and rewards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memorygym.core.errors import Refused
from memorygym.core.rng import Stream, named_rng
from memorygym.core.types import Task
from memorygym.tracks.web.app import slug
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import Browser
from memorygym.tracks.web.env import WebEnv
from memorygym.tracks.web.generator import WebRecipe
from memorygym.tracks.web.page import Node
from memorygym.tracks.web.served import Served
from memorygym.tracks.web.site import InProcess, Site
from memorygym.tracks.web.tree import Element, elements
from tests.tracks.plays import played
from tests.tracks.web.sessions import APPS, session

pytestmark = pytest.mark.browser
STEPS = 80
TYPED = (
    *("Q-1234", "", "  a  b ", "<b>x</b>", 'say "hi"', "it's: so", "7", "null", "- x", "é 日本 😀"),
    *(
        "a\nb",
        "x\r\ny",
        "q\n",
        "tab\tq",
        "\u200bz\xad",
        "a #b",
        "Account code",
        "Note",
        "\x00\x7fz",
    ),
    *(
        "a\\b",
        "{x}",
        "`",
        "&amp;",
        "$40",
        "Infinity",
        "0x1F",
        "~",
        "1",
        "2",
        "40",
        "%41+x&y=z",
        "x:",
    ),
)
ADDRESSES = (
    *("/", "/archive", "/notes/1", "/notes/7", "/notes/99", "/nowhere", "//evil.com", "/a b", "/é"),
    *("/mail/../shop", "http://x.y/", "/mail?x=1", "/shop/saved", "/mail/a/b/c/2"),
)
Action = tuple[str, *tuple[str | Element, ...]]


@pytest.fixture(params=APPS)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[Task, InProcess, Served]]:
    """A session with its site in both browsers; the first notes are open."""
    task = session(request.param)
    sites = [Site(task.state["content"], {**task.state["start"], "open": ["1", "2"]}) for _ in "12"]  # type: ignore[dict-item]
    chromium = Served(sites[1])
    chromium.goto("/")
    yield task, InProcess(sites[0]), chromium
    chromium.close()


def after(browser: Browser, action: Action) -> tuple[object, ...]:
    """What can be seen of a browser after an action."""
    name, *arguments = action
    try:
        getattr(browser, name)(*arguments)
        refused = False
    except Refused:
        refused = True
    return refused, browser.address, browser.title, browser.snapshot(), browser.state()


def forms(task: Task) -> list[str]:
    """The addresses of some forms of a session's application."""
    app = app_named(str(task.recipe["template"]))
    records = task.state["content"]["apps"][app.name]  # type: ignore[index, call-overload]
    return [f"/{app.name}/{f.type}/{slug(records[f.type][0])}/{slug(f.name)}" for f in app.forms]


def some_action(rng: Stream, browser: InProcess, addresses: list[str]) -> Action:
    """An action, sensible or not, on the page that a browser shows."""
    known = elements(browser.snapshot())

    def element(role: str) -> Element:
        return rng.choice([e for e in known if e.role == role] or known)

    match rng.between(1, 10):
        case 1 | 2 | 3:
            return "click", element("button")
        case 4:
            return "click", rng.choice(known)
        case 5 | 6:
            return "type", element("textbox"), rng.choice(TYPED)
        case 7:
            box = element("combobox")
            page = browser.site.page(browser.address)
            nodes: list[Node] = [n for n in page.all if n.text == box.name and n.options]
            return "select", box, rng.choice([*(nodes[0].options if nodes else ()), "owl"])
        case 8:
            return ("back",)
    return "goto", rng.choice(addresses)


def test_every_page_is_the_same(pair: tuple[Task, InProcess, Served]) -> None:
    _, process, chromium = pair
    seen, left = set[str](), ["/", "/notes/1", "/notes/2", "/notes/3", "/shop/saved", *ADDRESSES]
    while left:
        if (address := left.pop()) not in seen:
            seen.add(address)
            assert after(process, ("goto", address)) == after(chromium, ("goto", address))
            if address.count("/") < 3:
                left += [n.address for n in process.site.page(process.address).all if n.address]


@pytest.mark.parametrize("seed", range(2))
def test_any_actions_have_the_same_effects(seed: int, pair: tuple[Task, InProcess, Served]) -> None:
    task, process, chromium = pair
    rng = named_rng("walk", str(task.recipe["template"]), seed)
    addresses = [*ADDRESSES, *forms(task) * 3, *(f"{form}/2" for form in forms(task))]
    for step in range(STEPS):
        action = some_action(rng, process, addresses)
        assert after(process, action) == after(chromium, action), (step, action)


def test_a_session_is_the_same_and_all_its_errands_are_done(tmp_path: Path) -> None:
    task = WebRecipe("shop", 0, browser="chromium", screenshots=str(tmp_path / "seen")).generate()
    assert task.id == session().id and task.gold == session().gold
    trace = played(task)
    assert trace.records == played(session()).records
    pictures = [*tmp_path.glob("seen/*/*.png")]
    assert len(pictures) > len(task.state["turns"])  # type: ignore[arg-type]


def test_chromium_is_not_forked() -> None:
    env = WebEnv(WebRecipe("shop", 0, browser="chromium").generate())
    with pytest.raises(Refused, match="cannot copy a page"):
        env.fork()
    env.browser.close()
