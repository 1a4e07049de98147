"""A proxy on the loopback, before the endpoint that a memory's process asks: it counts the calls.

Each process has a proxy of its own, so a call belongs to the memory and the episode that made it.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
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
Answer = tuple[int, list[tuple[str, str]], Iterator[bytes]]
"""Status, headers, body: a stream in pieces as they come, any other in one."""


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
        self._failed: dict[tuple[str, str], str] = {}
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
        did not fail if its client asked the same again, of any model, and was answered."""
        with self._lock:
            calls, self._calls = self._calls, []
            return calls, next(iter(self._failed.values()), "")

    def forward(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the endpoint answers; a request with a body is a call, and counted. The last piece
        comes once it is, for then the memory may go on."""
        request = Request(f"{self.endpoint}{path}", body or None, {**headers})
        status, own, pieces = _fetch(request)
        return status, own, self._noted(path, body, status, pieces)

    def _noted(
        self, path: str, body: bytes, status: int, pieces: Iterable[bytes]
    ) -> Iterator[bytes]:
        read, held = list[bytes](), b""
        try:
            for piece in pieces:
                if held:
                    yield held
                held = piece
                read.append(piece)
        except (OSError, HTTPException) as error:
            status, read = 502, [f"no answer: {error}".encode()]
            raise
        finally:  # Its client may have hung up.
            if body:
                self._note(path.partition("?")[0], body, status, b"".join(read))
        yield held

    def _note(self, path: str, body: bytes, status: int, answer: bytes) -> None:
        key = path, _asked(body)
        with self._lock:
            if status < 400:
                self._failed.pop(key, None)
                self._calls.append(_call(answer, embedding=path.endswith("/embeddings")))
            elif status not in OWN_MISTAKES:
                said = answer.decode(errors="replace")
                self._failed[key] = f"status {status} of {path}: {said:.200}"


def _fetch(request: Request) -> Answer:
    try:
        try:
            answer = urlopen(request, timeout=PATIENCE)
        except HTTPError as error:
            answer = error
        own = [(n, text) for n, text in answer.headers.items() if n.lower() not in OF_A_CONNECTION]
        if answer.headers.get_content_type() == "text/event-stream":
            return answer.status, own, _stream(answer)
        with answer:
            return answer.status, own, iter([answer.read()])
    except (OSError, HTTPException) as error:
        return 502, [], iter([f"no answer: {error}".encode()])


def _stream(answer: HTTPResponse | HTTPError) -> Iterator[bytes]:
    with answer:
        yield from iter(answer.read1, b"")


def _asked(body: bytes) -> str:
    """What a request asks, whatever its model and options, which a client may change when it asks
    again."""
    try:
        given = json.loads(body)
        return repr([given[name] for name in ("messages", "input", "prompt") if name in given])
    except (ValueError, TypeError):
        return repr(body)


def _call(answer: bytes, *, embedding: bool) -> EndpointCall:
    """The call with the usage that its answer states, whole or in the last parts of a stream."""
    usage: dict[str, Any] = {}
    with suppress(zlib.error):  # It may be packed with gzip.
        answer = zlib.decompressobj(31).decompress(answer)
    for line in [answer] if answer.lstrip().startswith(b"{") else answer.splitlines():
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
    disable_nagle_algorithm = True
    server: EndpointProxy

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        own = {n: text for n, text in self.headers.items() if n.lower() not in OF_A_CONNECTION}
        status, headers, pieces = self.server.forward(self.path, own, self._body())
        try:
            first = next(pieces)  # Of a short answer the call is counted before its head is sent.
            self.send_response_only(status)
            for header in (*headers, ("Transfer-Encoding", "chunked")):
                self.send_header(*header)
            self.end_headers()
            for piece in chain([first], pieces):
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b"")
            self.wfile.write(b"0\r\n\r\n")
        except (OSError, HTTPException):  # One side hung up: the other sees half an answer.
            self.close_connection = True

    do_GET = do_POST

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = list[bytes]()
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # Trailers.
            pass
        return b"".join(pieces)
