"""What a memory's process asks a model by itself is counted, by episode and event."""

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPMessage, IncompleteRead
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.request import urlopen

import pytest

from memorygym.core.episode import Episode
from memorygym.core.errors import ProviderFailure
from memorygym.core.trace import EndpointCall
from memorygym.core.types import Message
from memorygym.memories.sandbox.endpoint_proxy import EndpointProxy
from memorygym.memories.sandbox.placement import Remote
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate
from tests.servers.openai import Server

HELLO = Message("user", "Hello Larkin Harbor")
END = Message("assistant", "")


def episode_of(server: Server, model: str = "echo") -> Episode:
    spec = f"tests.memories.sandbox.plugins:Client:model={model}"
    task = generate("company", 0, "lite")
    return Episode(WorldsEnv(task), lambda: Remote(spec, endpoint=server.url))


def calls_of(episode: Episode) -> list[EndpointCall]:
    return [record for record in episode.trace.records if isinstance(record, EndpointCall)]


def test_calls_and_tokens_are_counted_by_event_and_embeddings_apart(server: Server) -> None:
    episode = episode_of(server)
    first = calls_of(episode)
    episode.step(END)
    added = calls_of(episode)[len(first) :]
    assert [call.event for call in first] == [0] * len(first)
    assert 1 in {call.event for call in added}
    assert [call.embedding for call in first[:2]] == [True, False]
    assert all(call.prompt for call in first)
    assert first[0].reply == 0
    assert first[1].reply == first[1].prompt


def test_two_memories_that_play_in_turns_are_counted_apart(server: Server) -> None:
    one, other = episode_of(server), episode_of(server)
    before = len(calls_of(other))
    one.step(END)
    assert len(calls_of(one)) > len(calls_of(other)) == before


@pytest.mark.parametrize("fault", ["500", "429", "401", "cut", "half"])
def test_a_failure_of_the_endpoint_is_one_of_the_provider_though_the_memory_goes_on(
    server: Server, fault: str
) -> None:
    with pytest.raises(ProviderFailure, match="the endpoint that it asked in observe failed"):
        episode_of(server, f"echo+{fault}")


def test_a_failure_after_which_the_request_succeeds_is_none(server: Server) -> None:
    assert len(calls_of(episode_of(server, "echo+429x1"))) > 1


def test_what_the_endpoint_refuses_for_what_it_says_is_the_memorys_own_mistake(
    server: Server,
) -> None:
    assert all(call.embedding for call in calls_of(episode_of(server, "echo+context")))


def test_a_count_that_the_endpoint_does_not_state_is_unknown(server: Server) -> None:
    *_, call = calls_of(episode_of(server, "echo+garbage"))
    assert (call.prompt, call.reply) == (None, None)


def ask(
    proxy: EndpointProxy, path: str, body: bytes | list[bytes], **headers: str
) -> tuple[bytes, HTTPMessage]:
    """What a client behind the proxy is answered; a list is sent in chunks."""
    with closing(HTTPConnection("127.0.0.1", proxy.server_port, timeout=5)) as connection:
        chunked = isinstance(body, list)
        connection.request("POST", path, body, headers, encode_chunked=chunked)
        with connection.getresponse() as answer:
            return answer.read(), answer.headers


@pytest.fixture
def proxy(server: Server) -> Iterator[EndpointProxy]:
    proxy = EndpointProxy(server.url)
    yield proxy
    proxy.end()


def completion(model: str = "echo", **more: object) -> bytes:
    return json.dumps({"model": model, "messages": [HELLO.to_openai()], **more}).encode()


def test_a_stream_states_its_usage_at_the_end(proxy: EndpointProxy) -> None:
    ask(proxy, "/chat/completions", completion(stream=True))
    assert proxy.take() == ([EndpointCall(-1, 3, 3, embedding=False)], "")


def test_a_request_with_a_query_and_in_chunks_is_passed_on_and_counted(
    proxy: EndpointProxy,
) -> None:
    body = json.dumps({"input": "one two"}).encode()
    url = "/embeddings?api-version=1"
    ask(proxy, url, [body[:5], body[5:]], **{"Transfer-Encoding": "chunked"})
    assert proxy.take() == ([EndpointCall(-1, 2, 0, embedding=True)], "")


@pytest.mark.parametrize(
    ("again", "model", "failed"),
    [
        ("Hello Larkin Harbor", "echo", False),
        ("Hello Larkin Harbor", "echo+context", True),
        ("Bye", "echo", True),
    ],
)
def test_a_failure_counts_unless_the_same_is_answered_when_asked_again(
    proxy: EndpointProxy, again: str, model: str, failed: bool
) -> None:
    ask(proxy, "/chat/completions", completion("echo+500"))
    told = [{"role": "user", "content": again}]
    ask(proxy, "/chat/completions", completion(model, messages=told, temperature=1))
    assert bool(proxy.take()[1]) == failed


class Special(BaseHTTPRequestHandler):
    """Answers with a stream at /stream, half a one at /broken, and packed at /packed."""

    go_on = Event()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        if self.path == "/packed":
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(gzip.compress(USAGE))
            return
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        lines = STREAM.splitlines(keepends=True)
        for line in lines[:3] if self.path == "/broken" else [*lines, b""]:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(line), line))
            if line.startswith(b"data: {"):
                self.go_on.wait(5)

    def log_message(self, format: str, *args: object) -> None:
        pass


USAGE = b'{"usage": {"prompt_tokens": 4, "completion_tokens": 2}}'
STREAM = b"event: start\n\ndata: " + USAGE + b"\n\ndata: [DONE]\n\n"


@pytest.fixture
def special() -> Iterator[EndpointProxy]:
    Special.go_on.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Special) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        proxy = EndpointProxy(f"http://127.0.0.1:{server.server_port}")
        yield proxy
        proxy.end()
        Special.go_on.set()
        server.shutdown()


def test_a_stream_is_passed_on_as_it_comes(special: EndpointProxy) -> None:
    url = special.environment["OPENAI_BASE_URL"]
    with urlopen(f"{url}/stream", b"{}") as answer:
        assert answer.readline() == b"event: start\n"
        assert special.take() == ([], "")
        Special.go_on.set()
        assert answer.read().endswith(b"data: [DONE]\n\n")
    assert special.take() == ([EndpointCall(-1, 4, 2, embedding=False)], "")


def test_a_stream_that_breaks_off_is_a_failure_which_its_client_sees(
    special: EndpointProxy,
) -> None:
    Special.go_on.set()
    with pytest.raises(IncompleteRead):
        ask(special, "/broken", b"{}")
    assert "no answer: IncompleteRead" in special.take()[1]


def test_a_packed_answer_is_counted_and_passed_on_with_its_headers(special: EndpointProxy) -> None:
    answer, headers = ask(special, "/packed", b"{}")
    assert (headers["Content-Encoding"], headers["Retry-After"]) == ("gzip", "7")
    assert gzip.decompress(answer) == USAGE
    assert special.take() == ([EndpointCall(-1, 4, 2, embedding=False)], "")


def test_a_call_is_counted_before_its_client_hears_of_an_answer(special: EndpointProxy) -> None:
    url = special.environment["OPENAI_BASE_URL"]
    for _ in range(200):
        urlopen(f"{url}/packed", b"{}").close()
        assert special.take() == ([EndpointCall(-1, 4, 2, embedding=False)], "")
