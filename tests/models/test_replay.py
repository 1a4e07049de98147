"""A recorded run replays offline to the same bytes, and a recording is usable after any kill."""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import sleep
from typing import Any

import pytest

from memorygym.core.errors import BadSettings, ProviderFailure
from memorygym.core.trace import CANARY
from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models.model import OVERFLOW, Model, Reply, ToolsRejected
from memorygym.models.reply_log import MAX_EXPLAINED, Cached, NotRecorded, ReplyLog
from memorygym.models.specs import find
from tests.servers.openai import serving

ASKED = {"name": "m", "temperature": 0.0, "seed": None}
HELLO = [Message("system", "Rules."), Message("user", "Hello")]


class Dice(Model):
    """A model that never gives the same reply twice, and raises or returns what the test orders."""

    def __init__(self, *ordered: Any) -> None:
        self.ordered = list(ordered)
        self.asked = 0

    def complete(self, messages: Any, tools: Any) -> Reply:
        self.asked += 1
        line: Any = self.ordered.pop(0) if self.ordered else None
        if isinstance(line, Exception):
            raise line
        return line or Reply(Message("assistant", f"reply {self.asked}"), 3, 2, "stop", "Hm.", 1)

    def describe(self) -> dict[str, Any]:
        return {**ASKED, "endpoint": "http://here/v1"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "replies.jsonl"


@pytest.fixture
def reply_log(path: Path) -> Iterator[Callable[..., ReplyLog]]:
    """Opens the file, and closes it after the test."""
    opened: list[ReplyLog] = []

    def make(*, record: bool, at: Path = path) -> ReplyLog:
        for other in opened:
            other.close()
        opened.append(ReplyLog(at, record=record))
        return opened[-1]

    yield make
    for other in opened:
        other.close()


Open = Callable[..., ReplyLog]
CALLING = Reply(Message("assistant", "é\ud83d", (Call("Write", {"a": [1, None]}, "c"),)), 1, 2, "x")


@pytest.mark.parametrize("reply", [None, CALLING, OVERFLOW])
def test_a_reply_is_requested_once_and_then_replayed(reply_log: Open, reply: Any) -> None:
    model = Dice(reply)
    recording = Cached(reply_log(record=True), ASKED, model)
    first, second = (recording.complete(HELLO, TOOLS) for _ in range(2))
    replayed = Cached(reply_log(record=False), ASKED).complete(HELLO, TOOLS)
    assert first == second == replayed == (reply or first)
    assert model.asked == 1
    assert Cached(reply_log(record=False), ASKED).describe() == ASKED


def test_a_rejection_of_tools_is_replayed(reply_log: Open) -> None:
    for record, model in ((True, Dice(ToolsRejected("none here"))), (True, Dice()), (False, None)):
        with pytest.raises(ToolsRejected, match="none here"):
            Cached(reply_log(record=record), ASKED, model).complete(HELLO, TOOLS)


@pytest.mark.parametrize(
    ("ordered", "message"), [(ProviderFailure("down"), "down"), (Reply(b"x"), "must reply")]
)
def test_a_failure_or_invalid_reply_is_not_recorded(
    reply_log: Open, ordered: Any, message: str
) -> None:
    model = Cached(reply_log(record=True), ASKED, Dice(ordered))
    with pytest.raises(ProviderFailure, match=message):
        model.complete(HELLO, ())
    assert list(model.reply_log.rows()) == []
    assert model.complete(HELLO, ()).message.content == "reply 2"


def test_repeats_are_kept_apart(reply_log: Open) -> None:
    model = Cached(reply_log(record=True), ASKED, Dice())
    replies = [model.sample(index).complete(HELLO, ()) for index in (0, 1, 0, 1)]
    assert replies[:2] == replies[2:]
    assert replies[0] != replies[1]


@pytest.mark.parametrize("ordered", [Reply(Message("assistant", "Yes.")), ProviderFailure("down")])
def test_equal_concurrent_requests_are_sent_once_and_share_a_failure(
    reply_log: Open, ordered: Any
) -> None:
    class Slow(Dice):
        def complete(self, messages: Any, tools: Any) -> Reply:
            together.wait(60)
            sleep(0.2)  # The other threads arrive.
            return super().complete(messages, tools)

    model, together = Slow(ordered), Barrier(8)
    recording = Cached(reply_log(record=True), ASKED, model)

    def ask(number: int) -> str:
        if number:
            together.wait(60)
        try:
            return recording.complete(HELLO, ()).message.content
        except ProviderFailure as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) in ({"down"}, {"Yes."})
    assert model.asked == 1


def test_a_replay_needs_neither_endpoint_nor_key_nor_package(
    reply_log: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    with serving() as server:
        reply = find("abstain", server.url, reply_log(record=True)).complete(HELLO, TOOLS)
    monkeypatch.setitem(sys.modules, "openai", None)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert find("abstain", None, reply_log(record=False)).complete(HELLO, TOOLS) == reply


def recorded(reply_log: Open, *texts: str) -> None:
    model = Cached(reply_log(record=True), ASKED, Dice())
    for text in texts:
        model.complete([*HELLO[:1], Message("user", text)], ())
    model.reply_log.close()


@pytest.mark.parametrize(("kept", "more"), [(2, 1), (2, 20), (2, -1), (0, 15)])
def test_a_killed_recording_continues_after_its_last_complete_line(
    reply_log: Open, path: Path, kept: int, more: int
) -> None:
    recorded(reply_log, "a", "b")
    whole = path.read_bytes()
    start = len(b"".join(whole.splitlines(keepends=True)[:kept]))
    path.write_bytes(whole[: start + more] if more > 0 else whole[:more])
    recorded(reply_log, "a", "b")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert (rows[0]["canary"], len(rows)) == (CANARY, 3)
    assert path.read_bytes().startswith(whole[:start])


def test_a_packed_file_is_replayed_if_it_is_there_and_whole(reply_log: Open, path: Path) -> None:
    recorded(reply_log, "Hello")
    packed = path.with_suffix(".jsonl.gz")
    for record, message in ((True, "record to a plain .jsonl file"), (False, "No such file")):
        with pytest.raises(BadSettings, match=message):
            ReplyLog(packed, record=record)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    model = Cached(reply_log(record=False, at=packed), ASKED)
    assert model.complete(HELLO, ()).message.content == "reply 1"
    packed.write_bytes(packed.read_bytes()[:-12])
    with pytest.raises(BadSettings, match="cannot be unpacked"):
        ReplyLog(packed, record=False)


@pytest.mark.parametrize(
    ("messages", "tools", "sample", "message"),
    [
        ([*HELLO, HELLO[1]], (), 0, "the first 2 of 3 messages are the same"),
        ([HELLO[0], Message("user", "Hi")], (), 0, "the first 1 of 2 messages are the same"),
        (HELLO, TOOLS, 0, "nearest there: other tools"),
        (HELLO, (), 2, "nearest there: sample 0, here 2"),
    ],
)
def test_a_request_that_was_never_made_names_file_hash_and_difference(
    reply_log: Open, path: Path, messages: Any, tools: Any, sample: int, message: str
) -> None:
    recorded(reply_log, "Hello")
    model = Cached(reply_log(record=False), ASKED).sample(sample)
    with pytest.raises(NotRecorded, match=r"has no reply to request [0-9a-f]{16}; ") as caught:
        model.complete(messages, tools)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_only_the_first_missing_requests_of_a_run_are_explained(reply_log: Open) -> None:
    recorded(reply_log, "Hello")
    model = Cached(reply_log(record=False), ASKED)
    for repeat in range(1, MAX_EXPLAINED + 3):
        with pytest.raises(NotRecorded) as caught:
            model.sample(repeat).complete(HELLO, ())
        assert ("the nearest there" in str(caught.value)) == (repeat <= MAX_EXPLAINED)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({**ASKED, "name": "other"}, "holds no replies of model 'other', but of 'm'"),
        ({**ASKED, "temperature": 1.0}, "asked otherwise: temperature 0.0, here 1.0"),
    ],
)
def test_a_model_without_recorded_replies_is_refused_at_once(
    reply_log: Open, asked: Any, message: str
) -> None:
    recorded(reply_log, "Hello")
    with pytest.raises(BadSettings, match=message):
        Cached(reply_log(record=False), asked)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "No such file"),
        ("", "holds no recorded replies"),
        ("oops\n", "line 1: not the header"),
        ('{"format": "memorygym-trace-3"}\n', "format 'memorygym-trace-3', not"),
        ('{"format": "memorygym-replies-1"}\noops\n', "line 2: damaged"),
        ('{"format": "memorygym-replies-1"}\n{"model": {}}\n', "line 2: damaged"),
        ('{"format": "memorygym-replies-1"}\n3\n', "line 2: damaged"),
    ],
)
def test_a_file_that_is_not_a_recording_is_refused(
    reply_log: Open, path: Path, text: str | None, message: str
) -> None:
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadSettings, match=message) as caught:
        reply_log(record=False)
    assert str(path) in str(caught.value)


def test_a_damaged_reply_is_reported(reply_log: Open, path: Path) -> None:
    recorded(reply_log, "Hello")
    path.write_text(path.read_text().replace('"finish":"stop"', '"finish":3'))
    with pytest.raises(BadSettings, match="finish is 3, not a text"):
        Cached(reply_log(record=False), ASKED).complete(HELLO, ())


def test_two_runs_cannot_record_to_one_file(reply_log: Open, path: Path) -> None:
    pytest.importorskip("fcntl")
    reply_log(record=True)
    with pytest.raises(BadSettings, match="another run is recording to"):
        ReplyLog(path, record=True)
