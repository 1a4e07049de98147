"""A checkout of WebArena-Infinity whose one application is a stand-in, written by us."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.tracks.web import webarena_infinity
from memorygym.tracks.web.webarena_infinity import checkout

SERVER = """
import http.server, json, sys
STATE = {"now": None, "first": None}
class Handler(http.server.SimpleHTTPRequestHandler):
    def answer(self, value, status=200):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())
    def do_GET(self):
        if self.path == "/api/state":
            return self.answer(STATE["now"], 200 if STATE["now"] else 404)
        super().do_GET()
    def do_PUT(self):
        STATE["now"] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        STATE["first"] = STATE["first"] or STATE["now"]
        self.answer("ok")
    def do_POST(self):
        STATE["now"] = STATE["first"]
        self.answer("ok")
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""
PAGE = """<title>Notes</title><main></main><script>
const state = JSON.parse(localStorage.state ?? '{"stars": [], "name": "New"}');
function show() {
  localStorage.state = JSON.stringify(state);
  fetch("/api/state", {method: "PUT", body: localStorage.state});
  document.querySelector("main").innerHTML = ["Ann", "Bob", "Cid"].map((who) =>
    `<p>${who} ${state.stars.includes(who) ? "starred" : ""}</p>
    <button onclick="state.stars.push('${who}'); show()">Star</button>`).join("")
    + `<input aria-label="Name" value="${state.name}"
        onchange="state.name = this.value; show()">`;
}
show();
</script>"""
VERIFIER = """
import json, urllib.request
def verify(server_url):
    state = json.load(urllib.request.urlopen(server_url + "/api/state"))
    return {condition}, "that is the state\\x1b[2J"
"""
TASKS = {
    "ann": ("Star the note of Ann.", "state['stars'] == ['Ann']"),
    "bob": ("Star the note of Bob.", "state['stars'] == ['Bob']"),
    "cid": ("Star the note of Cid.", "state['stars'] == ['Cid']"),
    "name": ("Name the book Old\x1b[2J.", "state['name'] == 'Old'"),
    "broken": ("Do what nobody can judge.", "state['no such key']"),
}
RECORDED = {
    "ann": [["click", ["button", "Star", 0], {}]],
    "bob": [["click", ["button", "Star", 1], {}]],
    "cid": [["click", ["button", "Star", 2], {}]],
    "name": [["type", ["textbox", "Name", 0], {"text": "Old\n"}]],
}


def forget() -> None:
    webarena_infinity.TRACK.cache_clear()
    registry._REMEMBERED.clear()


@pytest.fixture
def standin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout with the application `notes`, its five tasks and recorded actions."""
    app = tmp_path / "checkout/apps/notes"
    app.mkdir(parents=True)
    (app / "server.py").write_text(SERVER)
    (app / "index.html").write_text(PAGE)
    rows = []
    for id, (text, condition) in TASKS.items():
        (app / f"{id}.py").write_text(VERIFIER.format(condition=condition))
        rows.append({"id": id, "difficulty": "easy", "instruction": text, "verify": f"{id}.py"})
    (app / "real-tasks.json").write_text(json.dumps(rows))
    (tmp_path / "recorded.json").write_text(json.dumps({"notes": RECORDED}))
    monkeypatch.setenv(checkout.ROOT, str(tmp_path / "checkout"))
    forget()
    yield tmp_path / "checkout"
    forget()
