"""Serves a site to browsers of this machine: its pages as HTML, its forms, and its state as JSON.

`GET` and `PUT /api/state` tell and replace the state, `POST /api/reset` restores the first one.
"""

import json
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from threading import Lock, Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from memorygym.core.json_values import thaw
from memorygym.tracks.web.page import html
from memorygym.tracks.web.site import NOT_FOUND, Site

HOST = "127.0.0.1"
LONGEST = 1_000_000
"""Bytes of a request's body that are read."""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"


class Response(NamedTuple):
    status: int
    body: str = ""
    type: str = "text/plain"
    location: str = ""


class SiteServer(ThreadingTCPServer):
    """Serves a site from a thread until `close`; hold `lock` to read or change the site."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, site: Site) -> None:
        super().__init__((HOST, 0), _Handler)
        self.netloc = f"{HOST}:{self.server_address[1]}"
        self.address = f"http://{self.netloc}"
        self.site, self.lock = site, Lock()
        self.visited: list[str] = []
        """The addresses of the pages that were shown."""
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
                if _kinds(state := json.loads(body)) != _kinds(self._start):
                    raise ValueError("no state: give one as GET tells it")
                site.state = state
                return Response(204)
            case "POST", "/api/reset":
                site.state = thaw(self._start)
                return Response(204)
        page = site.page(path)
        if method == "GET":
            self.visited.append(path)
            return Response(404 if page.title == NOT_FOUND else 200, html(page), "text/html")
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if method != "POST" or not fields or fields.keys() != page.fields.keys():
            raise ValueError(f"the page {path} has no form with the fields {[*fields]}")
        return Response(303, location=site.submit(path, fields))


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer

    def do_GET(self) -> None:
        host, origin, length = map(self.headers.get, ("Host", "Origin", "Content-Length"))
        known = (self.server.netloc, self.server.netloc.replace(HOST, "localhost"))
        if host not in known or origin not in (None, f"http://{host}"):
            self._send(Response(403, "only pages of this site may ask"))
            return
        try:
            body = self.rfile.read(max(0, min(int(length or 0), LONGEST)))
            with self.server.lock:
                response = self.server.answer(self.command, urlsplit(self.path).path, body)
        except (ValueError, RecursionError) as error:  # JSON may be nested too deep.
            response = Response(400, str(error))
        self._send(response)

    do_POST = do_PUT = do_GET

    def log_message(self, *_: Any) -> None:
        return

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", f"{response.type}; charset=utf-8")
        if response.location:
            self.send_header("Location", response.location)
        with suppress(ConnectionError):  # A browser may leave before it has the page.
            self.end_headers()
            self.wfile.write(response.body.encode())


def _kinds(state: Any) -> dict[str, type]:
    return {k: type(v) for k, v in state.items()} if isinstance(state, dict) else {}
