"""Serves a site to browsers of this machine: its pages as HTML, its forms, and its state as JSON.

`GET` and `PUT /api/state` tell and replace the state, `POST /api/reset` restores the first one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import thaw
from memorygym.core.track import OpenPages
from memorygym.core.types import JSON, Env
from memorygym.tracks.web.browser import GOTO
from memorygym.tracks.web.env import WebEnv
from memorygym.tracks.web.page import html
from memorygym.tracks.web.site import NOT_FOUND, InProcess, Site

LOOPBACK = ("127.0.0.1", "localhost")
LONGEST = 1_000_000
"""Bytes of a request's body."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Response(NamedTuple):
    """What a request is answered."""

    status: int
    body: str = ""
    type: str = "text/plain"
    location: str = ""


class SiteServer(ThreadingTCPServer):
    """Serves a site from a thread until `close`; only this machine reaches it."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, site: Site) -> None:
        super().__init__((LOOPBACK[0], 0), _Handler)
        self.address = f"http://{LOOPBACK[0]}:{self.server_address[1]}"
        self.site, self.lock = site, Lock()
        """The lock is held whenever the site is read or changed."""
        self.visited: list[str] = []
        """The addresses of the pages that were found."""
        self._start = thaw(site.state)
        self._thread = Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def answer(self, method: str, path: str, body: bytes) -> Response:
        """Answers a request. Raises ValueError for a body that is none of this site's forms."""
        site = self.site
        match method, path:
            case "GET", "/api/state":
                return Response(200, json.dumps(site.state), "application/json")
            case "PUT", "/api/state":
                site.state = _checked(json.loads(body), self._start)
                return Response(204)
            case "POST", "/api/reset":
                site.state = thaw(self._start)
                return Response(204)
        page = site.page(path)
        if method == "GET":
            if page.title == NOT_FOUND:
                return Response(404, html(page), "text/html")
            self.visited.append(path)
            return Response(200, html(page), "text/html")
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if method != "POST" or not fields or fields.keys() != page.fields.keys():
            raise ValueError(f"the page {path} has no form with the fields {[*fields]}")
        return Response(303, location=site.submit(path, fields))


@contextmanager
def opened(env: Env) -> Iterator[OpenPages]:
    """Serves an environment's pages; see Track.opens. Raises BadSettings."""

    def read() -> list[tuple[str, dict[str, JSON]]]:
        notes, server.visited = dict.fromkeys(server.visited), []
        return [(GOTO.name, {"address": note}) for note in notes if note.startswith("/notes/")]

    assert isinstance(env, WebEnv)
    if not isinstance(env.browser, InProcess):
        raise BadSettings("web:browser=… chooses an agent's browser: leave it out with --browser")
    server = SiteServer(env.browser.site)
    try:
        yield OpenPages(server.address, read)
    finally:
        server.close()


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    timeout = 60  # seconds, in which a browser may keep a connection without a request

    def do_GET(self) -> None:
        self._send(self._answer())

    do_POST = do_PUT = do_GET

    def log_message(self, *_: Any) -> None:
        return

    def _answer(self) -> Response:
        host, origin = self.headers["Host"] or "", self.headers["Origin"]
        try:
            if urlsplit(f"//{host}").hostname not in LOOPBACK:
                return Response(403, f"host {host}: only {LOOPBACK[0]} is served")
            if origin not in (None, f"http://{host}"):
                return Response(403, f"origin {origin}: only pages of this site may ask")
            if not 0 <= (length := int(self.headers["Content-Length"] or 0)) <= LONGEST:
                return Response(413, f"a body may have {LONGEST} bytes")
            body = self.rfile.read(length)
            with self.server.lock:
                return self.server.answer(self.command, urlsplit(self.path).path, body)
        except ValueError as error:
            return Response(400, str(error))

    def _send(self, response: Response) -> None:
        body = response.body.encode()
        self.send_response(response.status)
        more = {"Content-Type": f"{response.type}; charset=utf-8", "Content-Length": len(body)}
        for name, value in {**HEADERS, **more, "Location": response.location}.items():
            if value != "":
                self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)


def _checked(state: Any, like: Any) -> Any:
    """A state of the same form as another one. Raises ValueError."""
    if not isinstance(state, dict) or {k: type(v) for k, v in state.items()} != {
        k: type(v) for k, v in like.items()
    }:
        raise ValueError(f"no state: give an object with {', '.join(like)}, as GET tells it")
    return state
