"""The server of a session's pages: what it shows, takes and refuses; a person who plays by it."""

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from memorygym.cli import main
from memorygym.core.trace import Answer, ToolResult
from memorygym.runs.store import read_traces
from memorygym.tracks.web.server import SiteServer
from memorygym.tracks.web.site import Site, slug
from tests.tracks.web.sessions import session

STATE = {"open": ["1"], "draft": {}, "saved": []}
PRODUCT = session().state["content"]["apps"]["shop"]["product"][0]  # type: ignore[index, call-overload]
REORDER = f"/shop/product/{slug(str(PRODUCT))}/reorder"


@pytest.fixture
def server() -> Iterator[SiteServer]:
    server = SiteServer(Site(session().state["content"], STATE))
    yield server
    server.close()


def asked(address: str, method: str, path: str, body: str = "", **headers: str) -> HTTPResponse:
    """The answer to a request; its body is in `msg`."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request(method, path, body.encode("latin-1"), headers)
    response = connection.getresponse()
    response.text = response.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return response


def test_a_form_is_posted_and_changes_the_state(server: SiteServer) -> None:
    answer = asked(server.address, "POST", REORDER, urlencode({"Order code": " é<b> "}))
    assert (answer.status, answer.headers["Location"]) == (303, "/shop/saved")
    (saved,) = json.loads(asked(server.address, "GET", "/api/state").text)["saved"]  # type: ignore[attr-defined]
    assert saved == {"form": "Reorder", "record": PRODUCT, "fields": {"Order code": "é<b>"}}


def test_the_state_is_put_and_reset(server: SiteServer) -> None:
    put = {**STATE, "open": ["2"]}
    assert asked(server.address, "PUT", "/api/state", json.dumps(put)).status == 204
    assert server.site.state == put
    assert asked(server.address, "POST", "/api/reset").status == 204
    assert server.site.state == STATE


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/notes/1", "", 200),
        ("GET", "/nowhere", "", 404),
        ("GET", "/%3Cscript%3E", "", 404),
        ("POST", "/", "", 400),
        ("POST", REORDER, "Order+code=%FF&more=1", 400),
        ("POST", REORDER, "\xff", 400),
        ("PUT", REORDER, "Order+code=1", 400),
        ("PUT", "/api/state", "{", 400),
        ("PUT", "/api/state", '{"open": [], "draft": [], "saved": []}', 400),
        ("DELETE", "/", "", 501),
    ],
)
def test_what_is_broken_is_refused(
    server: SiteServer, method: str, path: str, body: str, status: int
) -> None:
    answer = asked(server.address, method, path, body)
    assert answer.status == status and server.site.state == STATE
    assert status == 501 or answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}]
)
def test_only_pages_of_the_site_may_ask(server: SiteServer, headers: dict[str, str]) -> None:
    body = urlencode({"Order code": "1"})
    assert asked(server.address, "POST", REORDER, body, **headers).status == 403
    assert server.site.state == STATE


def test_a_person_plays_in_their_browser(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    task, path, shown = session(), tmp_path / "t.jsonl", list[str]()
    goal = task.gold.goals[0]
    turn = task.state["turns"][goal.event]  # type: ignore[index, call-overload]
    right = turn["right"]

    def press_enter(_: str) -> str:
        out = capsys.readouterr().out
        shown.append(out)
        address = re.search(r"http://[\d.:]+", "".join(shown))[0]  # type: ignore[index]
        if links := re.findall(r"^http://[\d.:]+(/notes/\d+)$", out, re.MULTILINE):
            assert asked(address, "GET", links[-1]).status == 200
        if len(shown) == goal.event + 1:
            asked(address, "PUT", "/api/state", json.dumps({**STATE, "saved": [right]}))
        if len(shown) > goal.event + 1:
            raise EOFError
        return ""

    monkeypatch.setattr("builtins.input", press_enter)
    words = ["play", "--browser", "--track", "web:template=shop", "--trace", str(path)]
    assert main(words) == 0
    _, trace, _ = next(read_traces([path]))
    assert trace and "right: " in shown[-1]
    assert [record.event for record in trace.records if isinstance(record, Answer)] == [goal.event]
    read = [record for record in trace.records if isinstance(record, ToolResult)]
    assert len(read) == len([t for t in shown[: goal.event] if "/notes/" in t])
    assert "Page: " in read[0].messages[0].content
