"""An OpenAI-compatible server on the loopback: its model is a script, its faults are ordered.

Embeddings are hashed words.

The model's name picks the brain, and what follows each + a fault: `abstain+429x2` refuses the
first two requests, `echo+garbage` answers all with garbage. The header X-Misbehave does the same.

    429 (with Retry-After), 401, 403, 500 …   that status
    cut       the connection closes without a response
    half      half of the body, then the connection closes
    garbage   a body that is not JSON
    empty     a completion without choices
    slow      no answer for five seconds
    notools   a request with tools is refused with status 400
    context   the request is refused as longer than the context
    length    the reply ends for its length
    unread    status 500, for the server cannot read the call that its model made

    python -m tests.servers.openai --port 0 --latency 0.5
"""

import argparse
import json
import os
import re
import stat
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from zlib import crc32

from tests.servers.brains import BRAINS, Action, Brain

RETRY_AFTER = "0.1"
SLOW = 5.0
SIZE = 1536
"""Numbers of an embedding."""
TOO_LONG = (
    "This model's maximum context length is 8192 tokens. Your messages, tools included, have 9000"
)
UNREAD = "error parsing tool call: raw='{\"content\": ]', err=invalid character ']'"
_FAULT = re.compile(r"(\w+?)(?:x(\d+))?")
_FINISH = re.compile(r'"finish_reason": "\w+"')
_TOLD_TOOL = re.compile(r'^\{"name": "(\w+)"', re.MULTILINE)


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and remembers what it was asked."""

    daemon_threads = True

    request_queue_size = 128

    def __init__(self, port: int, brains: Mapping[str, Brain], latency: float = 0.0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.latency = latency
        """Seconds before each answer."""
        self.brains = {**BRAINS, **brains}
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.bodies: list[dict[str, Any]] = []
        """The body of every completion request."""
        self.keys: list[str] = []
        """The Authorization header of each."""
        self.stopping = threading.Event()
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def fault(self, ordered: str) -> str:
        """The fault to commit now, of those ordered; "" for none."""
        with self._lock:
            for order in filter(None, ordered.split("+")):
                kind, times = _FAULT.fullmatch(order).groups()  # type: ignore[union-attr]
                self._asked[order] += 1
                if times is None or self._asked[order] <= int(times):
                    return str(kind)
        return ""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # A client that hangs up is expected.
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # Connections are kept, as real endpoints do.
    wbufsize = -1  # Head and body in one packet.
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        listed = [{"id": name, "object": "model"} for name in self.server.brains]
        self._send(200, json.dumps({"object": "list", "data": listed}))

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        text = self.rfile.read(length)
        if len(text) < length:  # A client that hangs up in the middle is expected.
            self.close_connection = True
            return
        body = json.loads(text)
        if self.path.partition("?")[0].endswith("/embeddings"):
            self._send(200, _embedded(body["input"]))
            return
        self.server.bodies.append(body)
        self.server.keys.append(self.headers.get("Authorization", ""))
        if self.server.latency:
            self.server.stopping.wait(self.server.latency)
        name, _, ordered = body["model"].partition("+")
        fault = self.server.fault(ordered or self.headers.get("X-Misbehave", ""))
        if name not in self.server.brains:
            self._refuse(404, f"no model named {name}")
        elif fault == "notools" and "tools" in body:
            self._refuse(400, "this model does not support tools")
        elif fault and fault != "notools":
            self._misbehave(fault, body)
        else:
            self._send(200, _answer(self.server.brains[name], body), stream="stream" in body)

    def _misbehave(self, fault: str, body: Mapping[str, Any]) -> None:
        match fault:
            case "cut":
                self.close_connection = True
            case "context":
                self._refuse(400, TOO_LONG, "context_length_exceeded")
            case "length":
                text = _answer(self.server.brains[body["model"].partition("+")[0]], body)
                text = _FINISH.sub('"finish_reason": "length"', text)
                self._send(200, text, stream="stream" in body)
            case "half":
                text = _answer(BRAINS["echo"], body)
                self._send(200, text[: len(text) // 2], missing=0 if "stream" in body else 9)
            case "garbage":
                self._send(200, "<html>Bad gateway</html>")
            case "empty":
                self._send(200, json.dumps({"choices": []}))
            case "unread":
                self._refuse(500, UNREAD)
            case "slow":
                self.server.stopping.wait(SLOW)
                self.close_connection = True
            case _:
                self._refuse(int(fault), "as ordered")

    def _refuse(self, status: int, reason: str, code: str = "refused") -> None:
        self._send(status, json.dumps({"error": {"message": reason, "code": code}}))

    def _send(self, status: int, text: str, *, stream: bool = False, missing: int = 0) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if stream else "application/json")
        if stream or missing:
            self.close_connection = True
            self.send_header("Connection", "close")
        if not stream:
            self.send_header("Content-Length", str(len(data) + missing))
        if status == 429:
            self.send_header("Retry-After", RETRY_AFTER)
        self.end_headers()
        self.wfile.write(data)


def _embedded(texts: Any) -> str:
    """An embedding of each text or list of tokens: its words, hashed into SIZE places."""
    many = [texts] if isinstance(texts, str) else texts
    tokens = [re.findall(r"\w+", t.lower()) if isinstance(t, str) else t for t in many]
    data = [
        {"object": "embedding", "index": index, "embedding": _vector(map(str, words))}
        for index, words in enumerate(tokens)
    ]
    used = sum(map(len, tokens))
    usage = {"prompt_tokens": used, "total_tokens": used}
    return json.dumps({"object": "list", "model": "hashed", "data": data, "usage": usage})


def _vector(words: Iterable[str]) -> list[float]:
    vector = [0.0] * SIZE
    for word in words:
        vector[crc32(word.encode()) % SIZE] += 1.0
    length = sum(number * number for number in vector) ** 0.5 or 1.0
    return [round(number / length, 5) for number in vector]


def _answer(brain: Brain, body: Mapping[str, Any]) -> str:
    """The text of the response, whole or as a stream, with native calls or calls in the text."""
    messages = [{**said, "content": _whole_text(said.get("content"))} for said in body["messages"]]
    native = {tool["function"]["name"] for tool in body.get("tools", ())}
    told = _TOLD_TOOL.findall(messages[0]["content"])
    content, calls = brain(messages, native or set(told))
    if not native:
        for name, arguments in calls:
            call = f'{{"name": {json.dumps(name)}, "arguments": {_text(arguments)}}}'
            content += f"<tool_call>{call}</tool_call>"
        calls = []
    asked = sum(len(str(message.get("content")).split()) for message in messages)
    usage = {"prompt_tokens": asked, "completion_tokens": len(content.split()) + 5 * len(calls)}
    usage["total_tokens"] = sum(usage.values())
    make = _stream if body.get("stream") else _whole
    return make((content, calls), usage)


def _whole_text(content: Any) -> Any:
    """A content as a text, if it comes in parts."""
    parted = isinstance(content, list)
    return "\n".join(part.get("text", "") for part in content) if parted else content


def _text(arguments: dict[str, Any] | str) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _listed(calls: list[tuple[str, dict[str, Any] | str]]) -> list[dict[str, Any]]:
    return [
        {
            "index": index,
            "id": f"call_s{index}",
            "type": "function",
            "function": {"name": name, "arguments": _text(arguments)},
        }
        for index, (name, arguments) in enumerate(calls)
    ]


def _whole(said: Action, usage: Mapping[str, int]) -> str:
    content, calls = said
    message = {"role": "assistant", "content": content or None, "tool_calls": _listed(calls)}
    finish = "tool_calls" if calls else "stop"
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    head = {"id": "chatcmpl-0", "object": "chat.completion", "created": 0, "model": "loopback"}
    return json.dumps({**head, "choices": choices, "usage": usage})


def _stream(said: Action, usage: Mapping[str, int]) -> str:
    content, calls = said
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": content[at : at + 7]} for at in range(0, len(content), 7)]
    for call in _listed(calls):
        text = call["function"]["arguments"]
        first = {**call, "function": {"name": call["function"]["name"], "arguments": ""}}
        deltas.append({"tool_calls": [first]})
        for at in range(0, len(text), 5):
            piece = {"index": call["index"], "function": {"arguments": text[at : at + 5]}}
            deltas.append({"tool_calls": [piece]})
    chunks: list[Any] = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    finish = "tool_calls" if calls else "stop"
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    chunks.append({"choices": [], "usage": usage})
    lines = [": keep-alive", *(f"data: {json.dumps(chunk)}" for chunk in chunks), "data: [DONE]"]
    return "\n\n".join(lines) + "\n\n"


@contextmanager
def serving(port: int = 0, latency: float = 0.0, **brains: Brain) -> Iterator[Server]:
    """A server that runs in a thread until the block ends."""
    with Server(port, brains, latency) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.stopping.set()
            server.shutdown()
            thread.join()


def main() -> None:
    parser = argparse.ArgumentParser(description="A loopback OpenAI-compatible server.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    args = parser.parse_args()
    with serving(args.port, args.latency) as server:
        print(server.url, flush=True)
        if stat.S_ISFIFO(os.fstat(0).st_mode):
            sys.stdin.read()  # Serves until the parent closes the pipe, or dies.
        else:
            threading.Event().wait()


if __name__ == "__main__":
    main()
