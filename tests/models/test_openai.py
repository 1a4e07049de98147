"""The OpenAI-compatible model against a loopback server that misbehaves on demand."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="needs the extra `llm`")

from memorygym.core import Call, Message
from memorygym.errors import BadKey, BadSettings, ProviderFailure
from memorygym.models.model import Reply, ToolsRejected
from memorygym.models.openai import OpenAI, make
from memorygym.stores.notebook import TOOLS
from tests.servers.brains import Said
from tests.servers.openai import Server, serving

HELLO = [Message("user", "Hello there")]
DOCUMENTS = [Message("system", "Rules."), Message("user", "=== DOCUMENTS ===\nAcme has 40 beds.")]
STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def think(messages: Any, tools: Any) -> Said:
    return "<think>Is it 40? </think>\n40", []


def twice(messages: Any, tools: Any) -> Said:
    return "Both.", [("Write", {"content": "é {b}"}), ("Read", {})]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(think=think, twice=twice) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


def asked(server: Server, waits: list[float], name: str, **options: object) -> OpenAI:
    return make(name, server.url, environ={}, sleep=waits.append, **options)


@STREAMS
def test_a_reply_comes_with_its_usage(server: Server, waits: list[float], *, stream: bool) -> None:
    reply = asked(server, waits, "echo", stream=stream).complete(HELLO, ())
    assert reply == Reply(Message("assistant", "Hello there"), 2, 2, "stop")
    assert not waits


@STREAMS
def test_several_native_calls_are_read(server: Server, waits: list[float], *, stream: bool) -> None:
    reply = asked(server, waits, "twice", stream=stream).complete(HELLO, TOOLS)
    calls = (Call("Write", {"content": "é {b}"}, "call_s0"), Call("Read", {}, "call_s1"))
    assert reply.message == Message("assistant", "Both.", calls)
    assert reply.finish == "tool_calls"


@STREAMS
@pytest.mark.parametrize("fault", ["429", "500", "503", "408", "cut", "half", "garbage", "empty"])
def test_a_passing_failure_is_tried_again(
    server: Server, waits: list[float], fault: str, *, stream: bool
) -> None:
    model = asked(server, waits, f"echo+{fault}x2", stream=stream)
    assert model.complete(HELLO, ()).message.content == "Hello there"
    assert waits == ([0.1, 0.1] if fault == "429" else [1, 2])


@pytest.mark.parametrize("fault", ["429", "500", "cut", "half", "garbage", "empty"])
def test_a_lasting_failure_names_endpoint_model_and_error(
    server: Server, waits: list[float], fault: str
) -> None:
    model = asked(server, waits, f"echo+{fault}", max_retries=1)
    with pytest.raises(
        ProviderFailure, match=rf"{server.url}, model 'echo\+{fault}'.*2 tries.*: .+"
    ):
        model.complete(HELLO, ())
    assert len(waits) == 1


def test_a_slow_endpoint_is_given_up(server: Server, waits: list[float]) -> None:
    model = asked(server, waits, "echo+slow", max_retries=1, timeout=0.05)
    with pytest.raises(ProviderFailure, match="timed out"):
        model.complete(HELLO, ())
    assert waits == [1]


def test_an_absent_endpoint_is_a_provider_failure(waits: list[float]) -> None:
    model = make("echo", "http://127.0.0.1:9/v1", environ={}, sleep=waits.append, max_retries=7)
    with pytest.raises(ProviderFailure, match=r"8 tries.*refused"):
        model.complete(HELLO, ())
    assert waits == [1, 2, 4, 8, 16, 32, 60]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_stops_at_once(server: Server, waits: list[float], status: int) -> None:
    with pytest.raises(BadKey, match=f"status {status}"):
        asked(server, waits, f"echo+{status}").complete(HELLO, ())
    assert not waits


def test_an_unknown_model_stops_at_once(server: Server, waits: list[float]) -> None:
    with pytest.raises(ProviderFailure, match="no model named ecko"):
        asked(server, waits, "ecko").complete(HELLO, TOOLS)
    assert not waits


def test_an_endpoint_that_rejects_tools_is_asked_once(server: Server, waits: list[float]) -> None:
    model = asked(server, waits, "writer+notools")
    before = len(server.bodies)
    for _ in range(3):
        with pytest.raises(ToolsRejected):
            model.complete(DOCUMENTS, TOOLS)
    assert len(server.bodies) == before + 1


def test_tools_are_not_sent_when_told_as_text(server: Server, waits: list[float]) -> None:
    before = len(server.bodies)
    with pytest.raises(ToolsRejected):
        asked(server, waits, "writer", text_tools=True).complete(DOCUMENTS, TOOLS)
    assert len(server.bodies) == before


def test_reasoning_in_the_text_is_left_out(server: Server, waits: list[float]) -> None:
    assert asked(server, waits, "think").complete(HELLO, ()).message.content == "40"


def test_lone_surrogates_are_sent_as_question_marks(server: Server, waits: list[float]) -> None:
    odd = [Message("assistant", "", (Call("Write", "\ud83d", "c"),)), Message("user", "a\ud83d")]
    assert asked(server, waits, "echo").complete(odd, ()).message.content == "a?"


def test_options_are_sent_and_unset_ones_are_not(server: Server, waits: list[float]) -> None:
    model = asked(server, waits, "echo", temperature=0.0, max_tokens=9, extra={"top_k": 1})
    model.complete(HELLO, ())
    body = server.bodies[-1]
    assert body == {
        "model": "echo",
        "messages": [{"role": "user", "content": "Hello there"}],
        "temperature": 0.0,
        "max_tokens": 9,
        "top_k": 1,
    }


def test_the_key_is_sent_and_not_shown(server: Server) -> None:
    model = make("echo", server.url, environ={"OPENAI_API_KEY": "sk-secret"})
    model.complete(HELLO, ())
    assert server.keys[-1] == "Bearer sk-secret"
    assert "secret" not in f"{model} {model.endpoint!r}"


def test_a_wrong_option_names_the_choices() -> None:
    with pytest.raises(BadSettings, match="'heat' of a model; choose from temperature"):
        make("echo", "http://localhost/v1", environ={}, heat=1)


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(BadSettings, match=r'pip install "agent-memorygym\[llm\]"'):
        make("echo", "http://localhost/v1", environ={})


def test_importing_the_model_does_not_import_openai() -> None:
    script = "import sys, memorygym.models.openai; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_server_runs_as_a_program_until_its_stdin_closes() -> None:
    command = [sys.executable, "-m", "tests.servers.openai", "--port", "0"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=root, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        model = make("echo", process.stdout.readline().strip(), environ={})
        assert model.complete(HELLO, ()).message.content == "Hello there"
        process.communicate(timeout=10)
    assert process.returncode == 0
