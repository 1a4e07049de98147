"""A server of a few pages, for tests of a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

PAGES = {
    "/": """<title>Start\x07</title>
        <input aria-label="Name" oninput="said.textContent = this.value">
        <p id="said">Nothing</p>
        <select aria-label="Colour"><option>Red</option><option>Blue</option></select>
        <div style="cursor: pointer" onclick="setTimeout(() => {this.textContent = 'Done'}, 200)">
          Do it</div>
        <label style="position: relative"><input type="checkbox" aria-label="Agree">
          <i style="position: absolute; inset: 0; background: red"></i></label>
        <button onclick="if (confirm('Sure?')) this.textContent = 'Gone'">Delete</button>
        <a href="/next">Next</a>""",
    "/next": "<title>Next</title>Second page",
    "/hang": "<title>Hang</title><button onclick='for (;;) {}'>Hang</button>",
    "/outside": """<title>Outside</title><img src="http://192.0.2.1/x.png">
        <script>fetch('http://example.com/').catch(() => 0);
        new WebSocket('ws://192.0.2.1/')</script><a href="http://192.0.2.1/">Leave</a>""",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGES.get(self.path, "").encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving_pages() -> Iterator[str]:
    """The address of the server, while it runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
