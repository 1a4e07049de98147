"""The OpenAI-compatible model against a loopback server that misbehaves on demand."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="needs the extra `llm`")

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure, UnknownPart
from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models import openai
from memorygym.models.model import OVERFLOW, Reply, ToolsRejected
from memorygym.models.openai import OpenAI, make
from tests.servers.brains import Action
from tests.servers.openai import Server, serving

HELLO = [Message("user", "Hello there")]
DOCUMENTS = [Message("system", "Rules."), Message("user", "=== DOCUMENTS ===\nAcme has 40 beds.")]
STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Resets the notice, so that a line of one test does not suppress one of the next."""
    openai.throttle_notice.cache_clear()


def think(messages: Any, tools: Any) -> Action:
    return "<think>Is it 40? </think>\n40", []


def twice(messages: Any, tools: Any) -> Action:
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


def test_a_request_to_a_slow_endpoint_times_out(server: Server, waits: list[float]) -> None:
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


def test_an_endpoint_without_tools_rejects_them_every_time(
    server: Server, waits: list[float]
) -> None:
    model = asked(server, waits, "writer+notools")
    for _ in range(2):
        with pytest.raises(ToolsRejected, match=r"takes no tools: .*does not support tools"):
            model.complete(DOCUMENTS, TOOLS)
    assert not waits


@pytest.mark.parametrize("tools", [(), TOOLS])
def test_a_request_beyond_the_context_is_an_empty_reply(
    server: Server, waits: list[float], tools: Any
) -> None:
    model = asked(server, waits, "echo+context", max_tokens=8191)
    assert model.complete(HELLO, tools) == OVERFLOW
    assert not waits


def test_a_reply_limit_as_long_as_the_context_is_bad_settings(
    server: Server, waits: list[float]
) -> None:
    with pytest.raises(ProviderFailure, match="maximum context length is 8192"):
        asked(server, waits, "echo+context", max_tokens=8192).complete(HELLO, ())


def test_a_wait_is_one_line_on_stderr(
    server: Server, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    asked(server, waits, "echo+429x2").complete(HELLO, ())
    message = "status 429, waiting 0.1 s (try 2 of 6)"
    assert capsys.readouterr().err == f"{server.url}, model 'echo+429x2': {message}\n"


def test_every_wait_is_reported(
    server: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[tuple[str, str]] = []
    monkeypatch.setattr(openai, "throttle_notice", lambda: lambda *line: notices.append(line))
    asked(server, waits, "echo+503x2").complete(HELLO, ())
    assert [endpoint for endpoint, _ in notices] == [server.url] * 2
    assert notices[1][1].endswith("status 503, waiting 2 s (try 3 of 6)")


def test_each_repeat_has_its_own_seed(server: Server) -> None:
    model = make("echo", server.url, environ={}, seed=7)
    for index in (0, 1, 2, 1):
        model.sample(index).complete(HELLO, ())
    seeds = [body["seed"] for body in server.bodies]
    assert seeds[0] == 7
    assert seeds[1] == seeds[3]
    assert len(set(seeds)) == 3


def test_the_options_are_described_without_the_key() -> None:
    url = "http://me:secret@127.0.0.1:9/v1?token=secret"
    model = make("echo", url, environ={"OPENAI_API_KEY": "sk-secret"}, temperature=0.5)
    assert model.describe() == {
        "provider": "openai",
        "name": "echo",
        "temperature": 0.5,
        "max_tokens": None,
        "seed": None,
        "extra": None,
        "endpoint": "http://127.0.0.1:9/v1",
    }


def test_reasoning_in_the_text_is_left_out(server: Server, waits: list[float]) -> None:
    reply = asked(server, waits, "think").complete(HELLO, ())
    assert (reply.message.content, reply.reasoning) == ("40", "Is it 40?")


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


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("heat", 1, "no model option named 'heat'; choose from extra, "),
        ("temperatur", 1, "did you mean temperature?"),
        ("temperature", -1, "temperature -1: give a number from 0"),
        ("temperature", float("nan"), "temperature nan"),
        ("max_tokens", 0, "max_tokens 0: give a whole number from 1"),
        ("seed", 1.5, "seed 1.5: give a whole number from 0"),
    ],
)
def test_a_wrong_option_is_refused(option: str, value: object, message: str) -> None:
    with pytest.raises((BadSettings, UnknownPart)) as caught:
        make("echo", "http://localhost/v1", environ={}, **{option: value})
    assert message in str(caught.value)


def test_a_missing_package_is_named_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
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
        process.communicate(timeout=60)
    assert process.returncode == 0
