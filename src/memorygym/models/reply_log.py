"""The reply log: models' replies recorded in a file and replayed from it offline, as JSON lines.

    {"format": "memorygym-replies-1", "canary": …}
    {"key": SHA-256, "model": …, "sample": 0, "tools": …, "messages": […], "reply": … or "rejected"}

A request is identified by the model's name and options, the messages and the tools; not by the
endpoint or its key, so that a published file replays anywhere. Lines are only appended. `tools` and
`messages` are short hashes, which show where a request that is not in the log differs.
"""

import copy
import gzip
import json
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from errno import ENOSPC
from hashlib import sha256
from itertools import count, takewhile
from operator import eq
from pathlib import Path
from typing import IO, Any

from memorygym.core.errors import BadSettings, ProviderFailure
from memorygym.core.files import try_lock
from memorygym.core.json_types import SchemaMismatch, from_json, parts_of, to_json
from memorygym.core.json_values import canonical
from memorygym.core.tools import freeze_call
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON, Message, Tool
from memorygym.models.model import (
    Model,
    Reply,
    ToolsRejected,
    check_reply,
    sample_seed,
    without_endpoint,
)

FORMAT = "memorygym-replies-1"
SHORT_HASH = 8
"""Hexadecimal digits of a short hash."""
MAX_EXPLAINED = 3
"""Most unrecorded requests per run whose nearest recorded one is looked up, which is slow."""
Row = Mapping[str, Any]


class NotRecorded(ProviderFailure):
    """A replayed run made a request that is not in the reply log."""


class ReplyLog:
    """An open reply log; threads and models may share it. Raises BadSettings for a damaged file."""

    def __init__(self, path: str | Path, *, record: bool) -> None:
        self.path = Path(path)
        self.records = record
        """Whether new replies are recorded."""
        self._lock = threading.Lock()
        self._lines: dict[str, bytes] = {}
        """The line of each key, as in the file."""
        self._models: dict[str, Row] = {}
        """The descriptions of the models whose replies are recorded, by their text."""
        self._file: IO[bytes] | None = None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def find(self, key: str) -> Row | None:
        """The row of a key; None if there is none."""
        return json.loads(self._lines[key]) if key in self._lines else None

    def append(self, row: Row) -> Row:
        """Appends a row in one write, and returns the row of its key, which may be an earlier one.
        Raises OSError if the disk is full."""
        line, key = _line(row), str(row["key"])
        with self._lock:
            if key not in self._lines:
                assert self._file
                start = self._file.seek(0, 2)
                if self._file.write(line) != len(line):
                    self._file.truncate(start)
                    raise OSError(ENOSPC, f"no room for a reply in {self.path}")
                self._index(row, line)
            return json.loads(self._lines[key])  # type: ignore[no-any-return]

    def models(self) -> list[Row]:
        """The descriptions of the models whose replies are recorded."""
        return [*self._models.values()]

    def rows(self) -> Iterator[Row]:
        """All rows."""
        return map(json.loads, list(self._lines.values()))

    def close(self) -> None:
        """Closes the file and releases its lock."""
        if self._file:
            self._file.close()

    def _open(self) -> None:
        """Reads the file; a recording continues after the last complete line."""
        packed = self.path.suffix == ".gz"
        try:
            if self.records:
                if packed:
                    raise BadSettings(
                        f"{self.path}: record to a plain .jsonl file and pack it afterwards"
                    )
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self.path.open("ab", buffering=0)
                if not try_lock(self._file, once=True):
                    raise BadSettings(f"another run is recording to {self.path}")
            with gzip.open(self.path) if packed else self.path.open("rb") as lines:
                end = self._load(lines)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadSettings(f"{self.path} cannot be unpacked ({error})") from error
        except OSError as error:
            raise BadSettings(f"{self.path}: {error.strerror or error}") from error
        if self._file:
            self._file.truncate(end)
            if not end:
                self._file.write(_line({"format": FORMAT, "canary": CANARY}))
        elif not end:
            raise BadSettings(f"{self.path} holds no recorded replies")

    def _load(self, lines: Iterable[bytes]) -> int:
        """Keeps every complete line, and returns the end of the last one."""
        end = 0
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                break
            try:
                row = json.loads(line)
                if number == 1 and row["format"] != FORMAT:
                    raise BadSettings(f"{self.path}: format {row['format']!r}, not {FORMAT}")
                if number > 1:
                    self._index(row, line)
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                problem = "not the header of recorded replies" if number == 1 else "damaged"
                raise BadSettings(f"{self.path}, line {number}: {problem} ({error})") from error
            end += len(line)
        return end

    def _index(self, row: Row, line: bytes) -> None:
        self._lines.setdefault(str(row["key"]), line)
        self._models.setdefault(canonical(row["model"]), row["model"])


class Cached(Model):
    """Replies from a reply log; asks `model` for others, or raises NotRecorded if it is None.

    Equal requests get equal replies, within a run and between runs; `sample` separates repeats.
    Rejected tools and exceeded contexts are recorded too; failures of the provider are not.
    """

    def __init__(
        self, reply_log: ReplyLog, description: Mapping[str, JSON], model: Model | None = None
    ) -> None:
        self.reply_log = reply_log
        self.model = model
        self._description = without_endpoint(description)
        self._sample = 0
        self._pending: dict[str, Future[Row]] = {}
        self._explained = count(1)
        if model is None and self._description not in reply_log.models():
            raise BadSettings(_wrong_model_message(reply_log, self._description))

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        request = self._outline(messages, tools)
        key = str(request["key"])
        row = self.reply_log.find(key) or self._ask_once(
            key, lambda: self._ask(request, messages, tools)
        )
        if "rejected" in row:
            raise ToolsRejected(row["rejected"])
        try:
            return from_json(Reply, row["reply"])
        except (SchemaMismatch, KeyError) as error:
            raise BadSettings(
                f"{self.reply_log.path}, request {key[:16]}: damaged ({error})"
            ) from error

    def describe(self) -> dict[str, JSON]:
        return dict(self._description)

    def sample(self, index: int) -> "Cached":
        other = copy.copy(self)
        other._sample = index
        seed = self._description.get("seed")
        if isinstance(seed, int):
            other._description = {**self._description, "seed": sample_seed(seed, index)}
        other.model = self.model.sample(index) if self.model else None
        return other

    def _outline(self, messages: Sequence[Message], tools: Sequence[Tool]) -> dict[str, JSON]:
        """The key of a request, and its parts as the log stores them."""
        message_texts = [canonical(message.to_openai()) for message in messages]
        tool_texts = canonical([tool.to_openai() for tool in tools])
        request_text = (
            f'{{"messages":[{",".join(message_texts)}],"model":{canonical(self._description)},'
            f'"sample":{self._sample},"tools":{tool_texts}}}'
        )
        return {
            "key": _hash(request_text),
            "model": self._description,
            "sample": self._sample,
            "tools": _hash(tool_texts)[:SHORT_HASH],
            "messages": [_hash(message)[:SHORT_HASH] for message in message_texts],
        }

    def _ask_once(self, key: str, ask: Callable[[], Row]) -> Row:
        """Sends only one of several equal concurrent requests; all share its reply or failure."""
        own: Future[Row] = Future()
        pending = self._pending.setdefault(key, own)
        if pending is not own:
            return pending.result()
        try:
            pending.set_result(self.reply_log.find(key) or ask())
        except BaseException as error:
            pending.set_exception(error)
            raise
        finally:
            del self._pending[key]
        return pending.result()

    def _ask(self, request: Row, messages: Sequence[Message], tools: Sequence[Tool]) -> Row:
        """The new row of a request. Raises NotRecorded if there is no model."""
        if self.model is None:
            raise NotRecorded(self._missing_message(request))
        try:
            reply = check_reply(self.model.complete(messages, tools))
            row = {**request, "reply": _reply_json(reply)}
        except ToolsRejected as error:
            row = {**request, "rejected": str(error)}
        endpoint = self.model.describe().get("endpoint")
        return self.reply_log.append({**row, "endpoint": endpoint})

    def _missing_message(self, request: Row) -> str:
        text = f"{self.reply_log.path} has no reply to request {request['key'][:16]}"
        if next(self._explained) > MAX_EXPLAINED:
            return text
        nearest = max(self.reply_log.rows(), key=lambda row: _similarity(request, row))
        return f"{text}; the nearest there: {_difference(request, nearest)}"


def logged(model: Model, reply_log: ReplyLog) -> Model:
    """The model with every reply recorded in a log; a Cached model is returned unchanged."""
    return model if isinstance(model, Cached) else Cached(reply_log, model.describe(), model)


def _reply_json(reply: Reply) -> dict[str, JSON]:
    message, calls = reply.message, to_json([*map(freeze_call, reply.message.calls)])
    stated: JSON = {"role": message.role, "content": message.content, "calls": calls}
    return {**parts_of(reply), "message": stated}


def _line(row: Row) -> bytes:
    return canonical(row).encode() + b"\n"


def _wrong_model_message(reply_log: ReplyLog, description: Row) -> str:
    name, recorded = description.get("name"), reply_log.models()
    for model in recorded:
        if model.get("name") == name:
            differences = _option_differences(model, description)
            return f"{reply_log.path} holds replies of {name!r}, asked otherwise: {differences}"
    names = ", ".join(sorted({repr(model.get("name")) for model in recorded})) or "none"
    return f"{reply_log.path} holds no replies of model {name!r}, but of {names}"


def _similarity(request: Row, row: Row) -> tuple[bool, int, bool, bool]:
    model, tools, sample = (request[part] == row[part] for part in ("model", "tools", "sample"))
    return model, _shared_messages(request, row), tools, sample


def _difference(request: Row, row: Row) -> str:
    """The differences between a request and a recorded one."""
    total = len(request["messages"])
    parts = {
        "model": _option_differences(row["model"], request["model"]),
        "sample": f"sample {row['sample']}, here {request['sample']}",
        "tools": "other tools",
        "messages": f"the first {_shared_messages(request, row)} of {total} messages are the same",
    }
    return "; ".join(text for name, text in parts.items() if request[name] != row[name])


def _shared_messages(request: Row, row: Row) -> int:
    """Number of equal messages at the start."""
    return sum(takewhile(bool, map(eq, request["messages"], row["messages"])))


def _option_differences(recorded: Row, asked: Row) -> str:
    return ", ".join(
        f"{name} {recorded.get(name)!r}, here {asked.get(name)!r}"
        for name in {**recorded, **asked}
        if recorded.get(name) != asked.get(name)
    )


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
