"""The OpenAI-compatible model: its endpoint, and a loopback server that misbehaves on demand."""

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("openai", reason="needs the extra `llm`")

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure, UnknownPart
from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models import openai
from memorygym.models.model import OVERFLOW, Reply, ToolsRejected
from memorygym.models.openai import CHUTES, OPENAI, Endpoint, OpenAI, ThrottleNotice, make, resolve
from tests.servers.brains import Action
from tests.servers.openai import Server, serving

HELLO = [Message("user", "Hello there")]
LOCAL = "http://127.0.0.1:9/v1"
OURS, THEIRS = "http://ours.example/v1", "http://theirs.example/v1"
STREAMS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


@pytest.mark.parametrize(
    ("api_base", "environ", "url", "key"),
    [
        (None, {"OPENAI_API_KEY": "a"}, OPENAI, "a"),
        (None, {"OPENAI_API_KEY": "a", "OPENAI_BASE_URL": OURS}, OURS, "a"),
        (THEIRS, {"OPENAI_API_KEY": "a", "OPENAI_BASE_URL": OURS}, THEIRS, "a"),
        (None, {"CHUTES_API_KEY": "c"}, CHUTES, "c"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_BASE_URL": OURS}, OURS, "c"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_API_KEY": "a"}, OPENAI, "a"),
        (None, {"CHUTES_API_KEY": "c", "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}, CHUTES, "c"),
        ("http://localhost:8000/v1/", {}, "http://localhost:8000/v1", "none"),
        ("http://[::1]:8000/v1", {"OPENAI_API_KEY": "a"}, "http://[::1]:8000/v1", "a"),
        (None, {"OPENAI_BASE_URL": "http://vllm:8000/v1"}, "http://vllm:8000/v1", "none"),
        ("http://192.168.1.5/v1", {}, "http://192.168.1.5/v1", "none"),
    ],
)
def test_the_endpoint_is_found(
    api_base: str | None, environ: dict[str, str], url: str, key: str
) -> None:
    assert resolve(api_base, environ) == Endpoint(url, key)


@pytest.mark.parametrize(
    ("api_base", "key", "error", "message"),
    [
        (None, "", BadKey, r"^no key for http.*: set OPENAI_API_KEY.*$"),
        (OURS, "", BadKey, r"^no key for http.*: set OPENAI_API_KEY.*$"),
        ("https://8.8.8.8/v1", "", BadKey, r"^no key for http.*: set OPENAI_API_KEY.*$"),
        (None, "a\u2026", BadKey, "characters that no HTTP header can carry"),
        ("localhost:8000", "a", BadSettings, "is no URL"),
        ("ftp://x/v1", "a", BadSettings, "is no URL"),
        ("http://[1", "a", BadSettings, "is no URL"),
        ("http://h:x/", "a", BadSettings, "is no URL"),
    ],
)
def test_a_wrong_endpoint_or_key_is_one_line_of_error(
    api_base: str | None, key: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        resolve(api_base, {"OPENAI_API_KEY": key})


def test_an_endpoint_has_one_line_per_interval_and_other_waits_are_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = iter([0.0, 1.0, 2.0, 3.0, 11.0, 30.0])
    notice = ThrottleNotice(interval=10, clock=lambda: next(now))
    for endpoint in ("a", "b", "a", "a", "a", "a"):
        notice(endpoint, f"{endpoint} is busy")
    more = "a is busy [and 2 more waits since the last line]"
    assert capsys.readouterr().err.splitlines() == ["a is busy", "b is busy", more, "a is busy"]


@pytest.fixture(autouse=True)
def fresh() -> None:
    """Resets the notice, so that a line of one test does not suppress one of the next."""
    openai.throttle_notice.cache_clear()


def twice(messages: Any, tools: Any) -> Action:
    return "Both.", [("Write", {"content": "é {b}"}), ("Read", {})]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(twice=twice) as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def model(server: Server, waits: list[float]) -> Callable[..., OpenAI]:
    """Makes a model of the server that notes its waits instead of waiting."""

    def make_model(name: str, **options: Any) -> OpenAI:
        return make(name, server.url, environ={}, sleep=waits.append, **options)

    return make_model


Make = Callable[..., OpenAI]


@STREAMS
def test_a_reply_comes_with_its_usage(model: Make, waits: list[float], *, stream: bool) -> None:
    reply = model("echo", stream=stream).complete(HELLO, ())
    assert reply == Reply(Message("assistant", "Hello there"), 2, 2, "stop")
    assert not waits


@STREAMS
def test_several_native_calls_are_read(model: Make, *, stream: bool) -> None:
    reply = model("twice", stream=stream).complete(HELLO, TOOLS)
    calls = (Call("Write", {"content": "é {b}"}, "call_s0"), Call("Read", {}, "call_s1"))
    assert (reply.message, reply.finish) == (Message("assistant", "Both.", calls), "tool_calls")


@STREAMS
@pytest.mark.parametrize("fault", ["429", "500", "503", "408", "cut", "half", "garbage", "empty"])
def test_a_passing_failure_is_tried_again(
    model: Make, waits: list[float], fault: str, *, stream: bool
) -> None:
    reply = model(f"echo+{fault}x2", stream=stream).complete(HELLO, ())
    assert reply.message.content == "Hello there"
    assert waits == ([0.1, 0.1] if fault == "429" else [1, 2])


@pytest.mark.parametrize("fault", ["429", "500", "cut", "half", "garbage", "empty", "slow"])
def test_a_lasting_failure_names_endpoint_model_and_error(
    server: Server, model: Make, waits: list[float], fault: str
) -> None:
    reason, timeout = ("timed out", 0.05) if fault == "slow" else (".+", 60)
    message = rf"{server.url}, model 'echo\+{fault}'.*2 tries.*: .*{reason}"
    with pytest.raises(ProviderFailure, match=message):
        model(f"echo+{fault}", max_retries=1, timeout=timeout).complete(HELLO, ())
    assert len(waits) == 1


def test_the_waits_for_an_absent_endpoint_double_up_to_a_minute(waits: list[float]) -> None:
    model = make("echo", LOCAL, environ={}, sleep=waits.append, max_retries=7)
    with pytest.raises(ProviderFailure, match=r"8 tries.*refused"):
        model.complete(HELLO, ())
    assert waits == [1, 2, 4, 8, 16, 32, 60]


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("echo+401", BadKey, "status 401"),
        ("echo+403", BadKey, "status 403"),
        ("ecko", ProviderFailure, "no model named ecko"),
        ("writer+notools", ToolsRejected, "takes no tools: .*does not support tools"),
        ("echo+context", ProviderFailure, "maximum context length is 8192"),
    ],
)
def test_what_no_retry_can_help_stops_at_once(
    model: Make, waits: list[float], name: str, error: type[Exception], message: str
) -> None:
    asked = model(name, max_tokens=8192)
    for _ in range(2):
        with pytest.raises(error, match=message):
            asked.complete(HELLO, TOOLS)
    assert not waits


@pytest.mark.parametrize("tools", [(), TOOLS])
def test_a_request_beyond_the_context_is_an_empty_reply(
    model: Make, waits: list[float], tools: Any
) -> None:
    assert model("echo+context", max_tokens=8191).complete(HELLO, tools) == OVERFLOW
    assert not waits


def test_a_model_that_nobody_uses_any_more_leaves_no_connection_open(server: Server) -> None:
    model = OpenAI("echo", server.url)
    model.complete([Message("user", "Hello")], [])
    connections, model.itself = model._client._client, model  # type: ignore[attr-defined]
    del model
    gc.collect()
    assert connections.is_closed


def test_waits_are_one_line_on_stderr(
    server: Server, model: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    model("echo+429x2").complete(HELLO, ())
    message = "status 429, waiting 0.1 s (try 2 of 6)"
    assert capsys.readouterr().err == f"{server.url}, model 'echo+429x2': {message}\n"


def test_each_repeat_has_its_own_seed(server: Server, model: Make) -> None:
    for index in (0, 1, 2, 1):
        model("echo", seed=7).sample(index).complete(HELLO, ())
    seeds = [body["seed"] for body in server.bodies]
    assert (seeds[0], seeds[1], len(set(seeds))) == (7, seeds[3], 3)


def test_the_options_are_described_without_the_key() -> None:
    url = "http://me:secret@127.0.0.1:9/v1?token=secret"
    model = make("echo", url, environ={"OPENAI_API_KEY": "sk-secret"}, temperature=0.5)
    unset = dict.fromkeys(("max_tokens", "seed", "extra"))
    named = {"provider": "openai", "name": "echo", "temperature": 0.5, "endpoint": LOCAL}
    assert model.describe() == unset | named


def test_options_are_sent_and_unset_ones_are_not(server: Server, model: Make) -> None:
    options = {"temperature": 0.0, "max_tokens": 9}
    model("echo", **options, extra={"top_k": 1}).complete(HELLO, ())
    messages = [{"role": "user", "content": "Hello there"}]
    assert server.bodies[-1] == {"model": "echo", "messages": messages, **options, "top_k": 1}


def test_the_key_is_sent_and_not_shown(server: Server) -> None:
    model = make("echo", server.url, environ={"OPENAI_API_KEY": "sk-secret"})
    model.complete(HELLO, ())
    assert server.keys[-1] == "Bearer sk-secret"
    assert "secret" not in f"{model} {model.endpoint!r}"


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("heat", 1, "no model option named 'heat'; choose from extra, "),
        ("temperature", -1, "temperature -1: give a number from 0"),
        ("temperature", float("nan"), "temperature nan"),
        ("max_tokens", 0, "max_tokens 0: give a whole number from 1"),
        ("seed", 1.5, "seed 1.5: give a whole number from 0"),
    ],
)
def test_a_wrong_option_is_refused(option: str, value: object, message: str) -> None:
    with pytest.raises((BadSettings, UnknownPart)) as caught:
        make("echo", LOCAL, environ={}, **{option: value})
    assert message in str(caught.value)


def test_a_missing_package_is_named_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(BadSettings, match=r'pip install "agent-memorygym\[llm\]"'):
        make("echo", LOCAL, environ={})


def test_importing_the_model_does_not_import_openai() -> None:
    script = "import sys, memorygym.models.openai; sys.exit('openai' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True)
