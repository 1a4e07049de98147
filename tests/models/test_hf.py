"""Local models made by the tests, with random weights or weights that give one reply."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="needs the extra `hf`")
pytest.importorskip("transformers", reason="needs the extra `hf`")

from memorygym.agents.chat import Chat
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings
from memorygym.core.trace import Action, Answer, ToolResult, Trace
from memorygym.core.types import Budget, Call, Message, Task
from memorygym.memories.markdown import Markdown
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models.model import OVERFLOW, ToolsRejected
from memorygym.models.specs import find
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.training.tiny import CHATML
from tests.episodes import generated
from tests.models import tiny

pytestmark = pytest.mark.hf

HELLO = [Message("system", "Rules."), Message("user", "Hello there")]
REFUSAL = '<tool_call>{"name": "submit_answer", "arguments": {"answer": "no record"}}</tool_call>'


@pytest.fixture(scope="module")
def random_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = [event.text for event in generated(tier="lite").events]
    return tiny.save(tmp_path_factory.mktemp("tiny"), texts)


@pytest.fixture
def saying(tmp_path: Path) -> Callable[..., Any]:
    def make(says: str, template: str | None = tiny.NATIVE, **options: Any) -> Any:
        return find(f"hf:{tiny.save(tmp_path, ['Rules.'], template, says)}", **options)

    return make


def played(task: Task, chat: Chat) -> Trace:
    return play(Episode(WorldsEnv(task), Markdown), chat)


def test_a_random_model_plays_a_lite_episode(random_model: Path) -> None:
    task = generated(tier="lite")
    chat = Chat(find(f"hf:{random_model}", max_tokens=8))
    trace = played(task, chat)
    said = [record for record in trace.records if isinstance(record, Action)]
    assert {record.event for record in said} == set(range(len(task.events)))
    assert len(said) == len(chat.usage)
    assert all(row["prompt_tokens"] > 100 for row in chat.usage)
    assert all(1 <= row["completion_tokens"] <= 8 for row in chat.usage)


def test_greedy_and_seeded_replies_repeat_and_other_seeds_differ(random_model: Path) -> None:
    greedy, hot = (
        find(f"hf:{random_model}", max_tokens=8, temperature=heat) for heat in (0.0, 1.5)
    )
    drawn = [hot.sample(index).complete(HELLO, ()).message.content for index in (0, 1, 0, 1)]
    assert greedy.complete(HELLO, ()) == greedy.complete(HELLO, ())
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]


@pytest.mark.parametrize("template", [tiny.NATIVE, CHATML], ids=["native", "text"])
def test_calls_and_their_results_are_rendered(saying: Callable[..., Any], template: str) -> None:
    chat, task = Chat(saying(REFUSAL, template)), generated(tier="lite")
    events = (replace(task.events[0], text="Acme has 40 beds."), task.events[-1])
    trace = played(replace(task, system="Rules.", events=events, budget=Budget(turns=2)), chat)
    answers = [record.answer for record in trace.records if isinstance(record, Answer)]
    heard = [record for record in trace.records if isinstance(record, ToolResult)]
    assert answers == ["no record"]
    assert heard[0].messages[0].content == "no question is open in this event"
    assert {row["finish"] for row in chat.usage} == {"stop"}
    assert {row["tools"] for row in chat.usage} == {"native" if template == tiny.NATIVE else "text"}


def test_a_history_of_bad_calls_is_rendered(saying: Callable[..., Any]) -> None:
    said = Message("assistant", "", (Call("rm -rf", "{oops", "a"), Call("Read", {}, "b")))
    history = [*HELLO, said, Message("tool", "no tool", (), "a")]
    assert saying("ok").complete(history, TOOLS).message == Message("assistant", "ok")


def test_reasoning_is_kept_apart(saying: Callable[..., Any]) -> None:
    reply = saying("<think>Hm.</think>40").complete(HELLO, ())
    assert (reply.message.content, reply.reasoning, reply.finish) == ("40", "Hm.", "stop")


def test_a_request_beyond_the_context_is_an_empty_reply(saying: Callable[..., Any]) -> None:
    model = saying("ok", context=20)
    assert model.complete([Message("user", "Hello there" * 20)], ()) == OVERFLOW


def test_a_reply_ends_with_the_context(saying: Callable[..., Any], random_model: Path) -> None:
    asked = find(f"hf:{random_model}", max_tokens=1).complete(HELLO, ()).prompt_tokens
    assert asked
    reply = find(f"hf:{random_model}", context=asked + 3).complete(HELLO, ())
    assert (reply.completion_tokens, reply.finish) == (3, "length")


def test_a_template_without_tools_rejects_them_and_a_model_needs_a_template(
    saying: Callable[..., Any], tmp_path: Path
) -> None:
    with pytest.raises(BadSettings, match="no model can be loaded from"):
        find(f"hf:{tmp_path}")
    with pytest.raises(BadSettings, match="has no chat template"):
        saying("ok", None)
    with pytest.raises(ToolsRejected, match="takes no tools"):
        saying("ok", CHATML).complete(HELLO, TOOLS)


@pytest.fixture(scope="module")
def served(random_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve` on the random model; the test is skipped without it."""
    pytest.importorskip("fastapi", reason="needs transformers[serving]")
    home = tmp_path_factory.mktemp("home")
    (home / "hub").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(sys.executable).with_name("transformers")
    command = [program, "serve", random_model, "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(home)}
    log = home / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [*map(str, command), "--device", "cpu"], env=environment, stdout=out, stderr=out
        ) as process,
    ):
        try:
            _await(f"http://127.0.0.1:{port}/health", process, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()


def _await(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no answer from {url}: {log.read_text()[-2000:]}")


@pytest.mark.parametrize("stream", [False, True])
def test_a_random_model_plays_a_lite_episode_over_http(
    served: str, random_model: Path, *, stream: bool
) -> None:
    task = generated(tier="lite")
    chat = Chat(find(str(random_model), served, max_tokens=8, stream=stream, temperature=0.0))
    said = [record for record in played(task, chat).records if isinstance(record, Action)]
    assert {record.event for record in said} == set(range(len(task.events)))
    assert all(row["prompt_tokens"] > 100 for row in chat.usage)
