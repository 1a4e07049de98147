"""The server under uvicorn and its client: sessions at once, errors of the protocol, validators."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from openenv.core.generic_client import GenericEnvClient
from typer.testing import CliRunner
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from memorygym.adapters.openenv.client import MemoryClient
from memorygym.adapters.openenv.models import MemoryAction, MemoryObservation
from memorygym.scoring.episode_scores import score
from tests.adapters.openenv.server import serving
from tests.adapters.openenv.test_environment import actions, bench, lite
from tests.training.plays import TINY

pytestmark = pytest.mark.openenv


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    options = (f"{name}={value}" for name, value in TINY["worlds"].items())
    with serving(*options) as address:
        yield address


def session(url: str) -> ClientConnection:
    """A session that speaks the bare protocol."""
    return connect(url.replace("http", "ws") + "/ws", compression=None)


def ask(ws: ClientConnection, message: str | bytes | dict[str, Any]) -> dict[str, Any]:
    ws.send(json.dumps(message) if isinstance(message, dict) else message)
    answer: dict[str, Any] = json.loads(ws.recv(timeout=30))
    return answer


async def play(url: str, index: int) -> MemoryObservation:
    """The last observation of the episode that `bench` plays, through the client."""
    async with MemoryClient(base_url=url) as client:
        seen = await client.reset(index=index)
        for action in actions(bench("worlds", index)):
            assert not seen.done
            seen = await client.step(action)
        assert (await client.state()).step_count > 0
    assert seen.done
    last: MemoryObservation = seen.observation
    assert (seen.reward, seen.done) == (last.reward, last.done)
    return last


def test_32_sessions_at_once_have_the_scores_of_bench(url: str) -> None:
    async def all_at_once() -> list[MemoryObservation]:
        return await asyncio.gather(*(play(url, index % 8) for index in range(32)))

    expected = [score(bench("worlds", index % 8)).to_json() for index in range(32)]
    assert [last.score for last in asyncio.run(all_at_once())] == expected
    assert len({json.dumps(row) for row in expected}) > 1


def test_the_synchronous_client_sees_what_a_session_in_process_does(url: str) -> None:
    env = lite()
    with MemoryClient(base_url=url).sync() as client:
        assert client.reset(seed=4).observation == env.reset(seed=4)
        for reply in (
            "Noted.",
            MemoryAction(calls=[{"name": "Write", "arguments": {}}]),
            "ümläut ✓",
        ):
            action = MemoryAction(text=reply) if isinstance(reply, str) else reply
            assert client.step(reply).observation == env.step(action)
        state = client.state()
    assert state == env.state.model_copy(update={"episode_id": state.episode_id})


def test_a_client_without_our_classes_plays_too(url: str) -> None:
    with GenericEnvClient(base_url=url).sync() as client:
        assert client.reset(index=0).observation["restart"]
        assert client.step({"text": "Noted."}).reward == 0


BAD = {
    "no JSON": ("{oops", "INVALID_JSON"),
    "no object": ("[1]", "INVALID_JSON"),
    "bytes": (b"{}", "INVALID_JSON"),
    "nested too deep": ('{"type": "step", "data": ' + '{"a":' * 5000 + "1" + "}" * 5001, "INVALID_JSON"),  # noqa: E501
    "a number too long": ('{"type": "reset", "data": {"seed": ' + "9" * 5000 + "}}", "INVALID_JSON"),  # noqa: E501
    "no type": ("{}", "UNKNOWN_TYPE"),
    "unknown type": ('{"type": "stpe"}', "UNKNOWN_TYPE"),
    "no action": ('{"type": "step"}', "VALIDATION_ERROR"),
    "text is a number": ('{"type": "step", "data": {"text": 7}}', "VALIDATION_ERROR"),
    "unknown field": ('{"type": "step", "data": {"txt": "Hi"}}', "VALIDATION_ERROR"),
    "call without name": ('{"type": "step", "data": {"calls": [{}]}}', "VALIDATION_ERROR"),
    "torn and wrong": ('{"type": "step", "data": {"txt": "\\ud800"}}', "VALIDATION_ERROR"),
    "episode_id is a number": ('{"type": "reset", "data": {"episode_id": 7}}', "VALIDATION_ERROR"),
    "unknown split": ('{"type": "reset", "data": {"split": "tset"}}', "EXECUTION_ERROR"),
    "code": ('{"type": "reset", "data": {"memory": "os:getcwd"}}', "EXECUTION_ERROR"),
    "argument": ('{"type": "reset", "data": {"self": 1}}', "EXECUTION_ERROR"),
}  # fmt: skip


@pytest.mark.parametrize(("message", "code"), BAD.values(), ids=BAD)
def test_a_bad_message_is_an_error_and_the_session_goes_on(
    url: str, message: str | bytes, code: str
) -> None:
    with session(url) as ws, session(url) as other:
        begun = ask(ws, {"type": "reset", "data": {"seed": 3}})
        assert ask(other, {"type": "reset", "data": {"seed": 3}}) == begun
        error = ask(ws, message)
        assert (error["type"], error["data"]["code"]) == ("error", code)
        assert ask(ws, {"type": "state"})["data"]["step_count"] == 0
        step = {"type": "step", "data": {"text": "Noted."}}
        assert ask(ws, step) == ask(other, step)


@pytest.mark.parametrize(
    "action",
    [
        {"text": "torn \ud800"},
        {"text": '<tool_call>{"name": "Write", "arguments": {"content": "\\udfff"}}</tool_call>'},
        {"calls": [{"name": "\udfff", "arguments": {"content": "\udfff"}}]},
        {"calls": [{"name": "Write", "arguments": '{"content": "\\uD800"}'}]},
        {"calls": [{"name": "Write", "arguments": "{oops"}]},
        {"calls": [{"name": "Write", "arguments": {"a": [[[[[]]]]], "b": float("inf")}}] * 3},
    ],
    ids=str,
)
def test_a_strange_reply_is_a_step_like_any_other(url: str, action: dict[str, Any]) -> None:
    with session(url) as ws:
        ask(ws, {"type": "reset", "data": {"seed": 3}})
        assert ask(ws, {"type": "step", "data": action})["type"] == "observation"
        for _ in range(3):
            assert ask(ws, {"type": "step", "data": {"text": "Noted."}})["type"] == "observation"
        assert ask(ws, {"type": "state"})["data"]["step_count"] == 4


def test_a_whole_character_arrives_and_a_torn_one_is_a_question_mark(url: str) -> None:
    call = '{"name": "Write", "arguments": {"content": "\\ud83d\\ude00 \\ud83d"}}'
    with session(url) as ws:
        ask(ws, {"type": "reset", "data": {"seed": 3}})
        seen = ask(ws, {"type": "step", "data": {"text": f"<tool_call>{call}</tool_call>"}})
        seen = seen["data"]["observation"]
    sent = seen["messages"][-2]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(sent) == {"content": "\N{GRINNING FACE} ?"}


def test_the_client_raises_the_servers_error_and_goes_on(url: str) -> None:
    with MemoryClient(base_url=url).sync() as client:
        with pytest.raises(RuntimeError, match="no episode: call reset"):
            client.step("Hi")
        client.reset(seed=1)
        with pytest.raises(RuntimeError, match="did you mean company"):
            client.reset(template="compny")
        assert client.step("Hi").observation.event == 1


def test_a_reset_midway_begins_another_episode(url: str) -> None:
    with MemoryClient(base_url=url).sync() as client:
        first = client.reset(index=1, episode_id="a").observation
        client.step("Noted.")
        assert client.reset(index=1, episode_id="b").observation == first
        assert (client.state().episode_id, client.state().step_count) == ("b", 0)


def test_an_unknown_session_is_an_error(url: str) -> None:
    with connect(url.replace("http", "ws") + "/ws?session_id=nope") as ws:
        error = json.loads(ws.recv(timeout=30))["data"]
    assert error == {"message": "Unknown session_id: nope", "code": "SESSION_ERROR"}


CLIENT = """
import sys, time
from websockets.sync.client import connect
with connect(sys.argv[1]) as ws:
    ws.send('{"type": "reset"}')
    print(ws.recv()[:22], flush=True)
    time.sleep(600)
"""


def test_too_many_sessions_are_refused_until_a_client_ends_or_is_killed() -> None:
    with serving("--sessions", "2", "tier=lite", "template=company") as url:
        with session(url) as first, subprocess.Popen(
            [sys.executable, "-c", CLIENT, url.replace("http", "ws") + "/ws"], stdout=subprocess.PIPE  # noqa: E501
        ) as second:  # fmt: skip
            assert second.stdout and second.stdout.readline().startswith(b'{"type":"observation"')
            begun = ask(first, {"type": "reset", "data": {"seed": 3}})
            with session(url) as third:
                refused = json.loads(third.recv(timeout=30))["data"]
            assert (refused["code"], refused["max_sessions"]) == ("CAPACITY_REACHED", 2)
            second.kill()
            assert _when_free(url)["type"] == "state"
            assert ask(first, {"type": "reset", "data": {"seed": 3}}) == begun
        assert _when_free(url)["type"] == "state"


def _when_free(url: str) -> dict[str, Any]:
    """The first answer of a session, once the server has noticed that another ended."""
    while True:
        try:
            with session(url) as ws:
                answer = ask(ws, {"type": "state"})
        except ConnectionClosed:  # It was refused before the request was sent.
            continue
        if answer["data"].get("code") != "CAPACITY_REACHED":
            return answer


def post(url: str, body: dict[str, Any]) -> Any:
    request = Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request) as response:
        return json.load(response)


def test_tasks_can_be_listed_over_http(url: str) -> None:
    with urlopen(f"{url}/memorygym/splits") as response:
        names = [split["name"] for split in json.load(response)]
    assert names == ["train", "validation", "test"]
    assert post(f"{url}/memorygym/num_tasks", {"split": "test"}) == {"num_tasks": 100_000}
    [task] = post(f"{url}/memorygym/task_range", {"split": "test", "start": 5, "stop": 6})["tasks"]
    assert task == post(f"{url}/memorygym/task", {"split": "test", "index": 5})["task"]
    assert task == {"id": "test/company/5", "index": 5, "template": "company", "seed": 5}


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("reset", {"template": "compny"}, 422, "did you mean company?"),
        ("reset", {"index": -1}, 422, "index -1: give 0 to"),
        ("step", {"action": {"text": "Hi"}}, 422, "in the same session (websocket /ws)"),
        ("step", {"action": {"txt": "Hi"}}, 422, "Extra inputs"),
        ("memorygym/num_tasks", {"split": "tset"}, 422, "did you mean test?"),
        ("memorygym/task", {"split": "test", "index": 10**9}, 400, "Invalid task index"),
    ],
)
def test_a_bad_request_over_http_says_why(
    url: str, path: str, body: dict[str, Any], status: int, message: str
) -> None:
    with pytest.raises(HTTPError) as raised:
        post(f"{url}/{path}", body)
    with raised.value as error:
        assert (error.code, message in error.read().decode()) == (status, True)


def test_the_validator_of_a_running_server_passes(url: str) -> None:
    from openenv.cli.__main__ import app

    done = CliRunner().invoke(app, ["validate", "--url", url, "--json"])
    report = json.loads(done.output)
    assert (done.exit_code, report["passed"]) == (0, True)
    assert all(criterion["passed"] for criterion in report["criteria"])
