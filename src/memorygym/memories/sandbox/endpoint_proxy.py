"""A proxy on the loopback, before the endpoint that a memory's process asks: it counts the calls.

Each process has a proxy of its own, so a call belongs to the memory and the episode that made it.
"""

import json
import os
from collections.abc import Mapping
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from memorygym.core.trace import EndpointCall

HOST = "127.0.0.1"
PATIENCE = 600.0
"""Most seconds for one answer of the endpoint, and for a call of the memory that waits for it."""
OWN_MISTAKES = (400, 413, 422)
"""Statuses with which an endpoint refuses what a request says; all others are its failures."""
OF_A_CONNECTION = ("host", "connection", "content-length", "accept-encoding", "transfer-encoding")
Answer = tuple[int, str, bytes]
"""Status, content type, body."""


class EndpointProxy(ThreadingHTTPServer):
    """Passes requests on to an endpoint of OpenAI's API, until `end`."""

    daemon_threads = True
    timeout = 0.05
    """Seconds after which it looks whether it was ended."""

    def __init__(self, endpoint: str) -> None:
        super().__init__((HOST, 0), _Handler)
        self.endpoint = endpoint.rstrip("/")
        self._lock, self._ended = Lock(), False
        self._calls: list[EndpointCall] = []
        self._failed: dict[tuple[str, bytes], str] = {}
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while not self._ended:
            self.handle_request()
        self.server_close()

    def end(self) -> None:
        """Stops soon. It waits for nothing, for it may be called from any thread."""
        self._ended = True

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that lead the clients of a process here."""
        url = f"http://{HOST}:{self.server_port}"
        hosts = ",".join(filter(None, (os.environ.get("NO_PROXY"), HOST)))
        key = os.environ.get("OPENAI_API_KEY") or "none"
        own = {"OPENAI_API_KEY": key, "NO_PROXY": hosts, "no_proxy": hosts}
        return {**own, "OPENAI_BASE_URL": url, "OPENAI_API_BASE": url}

    def take(self) -> tuple[list[EndpointCall], str]:
        """The calls since the last time; and why the endpoint failed, or "". A request that failed
        and was answered when its client repeated it did not fail."""
        with self._lock:
            calls, self._calls = self._calls, []
            return calls, next(iter(self._failed.values()), "")

    def forward(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the endpoint answers; a request with a body is a call, and counted."""
        status, kind, answer = _fetch(Request(f"{self.endpoint}{path}", body or None, {**headers}))
        with self._lock:
            self._failed.pop((path, body), None)
            if status < 400 and body:
                self._calls.append(_call(answer, embedding=path.endswith("/embeddings")))
            elif body and status not in OWN_MISTAKES:
                said = answer.decode(errors="replace")
                self._failed[path, body] = f"status {status} of {path}: {said:.200}"
        return status, kind, answer


def _fetch(request: Request) -> Answer:
    try:
        with urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, str(answer.headers["Content-Type"]), answer.read()
    except HTTPError as error:
        return error.code, str(error.headers["Content-Type"]), error.read()
    except (OSError, HTTPException) as error:
        return 502, "text/plain", f"no answer: {error}".encode()


def _call(answer: bytes, *, embedding: bool) -> EndpointCall:
    """The call with the usage that its answer states, whole or in the last parts of a stream."""
    usage: dict[str, Any] = {}
    for line in answer.splitlines() if answer.startswith((b"data:", b":")) else [answer]:
        try:
            usage |= json.loads(line.removeprefix(b"data:")).get("usage") or {}
        except (ValueError, AttributeError, TypeError):  # Blank lines, [DONE], no JSON object.
            continue
    read = usage.get("prompt_tokens", usage.get("input_tokens"))
    written = 0 if embedding else usage.get("completion_tokens", usage.get("output_tokens"))
    known = [n if type(n) is int and n >= 0 else None for n in (read, written)]
    return EndpointCall(-1, known[0], known[1], embedding)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # Head and body in one packet.
    server: EndpointProxy

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        own = {n: text for n, text in self.headers.items() if n.lower() not in OF_A_CONNECTION}
        status, kind, answer = self.server.forward(self.path, own, body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST
