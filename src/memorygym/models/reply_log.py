"""The reply log: a file of model replies, each under the hash of its whole request, in JSON lines.

    {"format": "memorygym-replies-1", "canary": …}
    {"key": SHA-256, "model": …, "sample": 0, "tools": …, "messages": […], "reply": … or "rejected"}

Lines are only appended. `tools` and `messages` are short hashes, which show where a request that is
not in the log differs.
"""

import gzip
import json
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from errno import ENOSPC
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from memorygym.core.errors import BadSettings
from memorygym.core.files import try_lock
from memorygym.core.json_values import canonical
from memorygym.core.trace import CANARY
from memorygym.core.types import JSON, Message, Tool

FORMAT = "memorygym-replies-1"
SHORT_HASH = 8
"""Hexadecimal digits of a short hash."""


def outline(
    model: Mapping[str, JSON], messages: Sequence[Message], tools: Sequence[Tool], sample: int
) -> dict[str, JSON]:
    """The key of a request, and its parts as the log stores them.

    `model` is the model's description without the endpoint: the same request to another endpoint is
    the same request. `sample` is the number of the repeat.
    """
    message_texts = [canonical(message.to_openai()) for message in messages]
    tool_texts = canonical([tool.to_openai() for tool in tools])
    request_text = (
        f'{{"messages":[{",".join(message_texts)}],"model":{canonical(model)},'
        f'"sample":{sample},"tools":{tool_texts}}}'
    )
    return {
        "key": _hash(request_text),
        "model": dict(model),
        "sample": sample,
        "tools": _hash(tool_texts)[:SHORT_HASH],
        "messages": [_hash(message)[:SHORT_HASH] for message in message_texts],
    }


class ReplyLog:
    """An open reply log; threads and models may share it. Raises BadSettings for a damaged file."""

    def __init__(self, path: str | Path, *, record: bool) -> None:
        self.path = Path(path)
        self.records = record
        """Whether new replies are recorded."""
        self._lock = threading.Lock()
        self._positions: dict[str, tuple[int, int]] = {}
        self._endpoints: dict[str, JSON] = {}
        try:
            self._file = _appending(self.path) if record else _reading(self.path)
        except OSError as error:
            raise BadSettings(f"{self.path}: {error.strerror or error}") from error
        try:
            self._begin()
        except BaseException:
            self._file.close()
            raise

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The row of a key; None if there is none."""
        with self._lock:
            return self._read(key) if key in self._positions else None

    def append(self, row: Mapping[str, JSON], endpoint: JSON) -> Mapping[str, Any]:
        """Appends a row in one write, and returns the row of its key, which may be an earlier one.
        Raises OSError if the disk is full."""
        line = canonical({**row, "endpoint": endpoint}).encode() + b"\n"
        key = str(row["key"])
        with self._lock:
            if key not in self._positions:
                start = self._file.seek(0, 2)
                if self._file.write(line) != len(line):
                    self._file.truncate(start)
                    raise OSError(ENOSPC, f"no room for a reply in {self.path}")
                self._index({**row, "endpoint": endpoint}, start, len(line))
            return self._read(key)

    def endpoint(self, model: Mapping[str, JSON]) -> JSON:
        """The endpoint of the first reply of a model with that description, or None."""
        return self._endpoints.get(canonical(model))

    def models(self) -> list[Mapping[str, Any]]:
        """The descriptions of the models whose replies are recorded."""
        return [json.loads(model) for model in self._endpoints]

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """All rows."""
        for key in list(self._positions):
            with self._lock:
                yield self._read(key)

    def close(self) -> None:
        """Closes the file and releases its lock."""
        self._file.close()

    def _read(self, key: str) -> Mapping[str, Any]:
        start, length = self._positions[key]
        self._file.seek(start)
        row: Mapping[str, Any] = json.loads(self._file.read(length))
        return row

    def _begin(self) -> None:
        """Indexes the rows of the file; a recording continues after the last complete line."""
        if not self.records:
            self._file.seek(0)
            if not self._load(self._file):
                raise BadSettings(f"{self.path} holds no recorded replies")
            return
        with self.path.open("rb") as file:
            end = self._load(file)
        self._file.truncate(end)
        if not end:
            self._file.write(canonical({"format": FORMAT, "canary": CANARY}).encode() + b"\n")

    def _load(self, file: IO[bytes]) -> int:
        """Indexes every complete line, and returns the end of the last one."""
        start = 0
        for number, line in enumerate(iter(file.readline, b""), start=1):
            if not line.endswith(b"\n"):
                break
            try:
                row = json.loads(line)
                if number == 1 and row["format"] != FORMAT:
                    raise BadSettings(f"{self.path}: format {row['format']!r}, not {FORMAT}")
                if number > 1:
                    self._index(row, start, len(line))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                problem = "not the header of recorded replies" if number == 1 else "damaged"
                raise BadSettings(f"{self.path}, line {number}: {problem} ({error})") from error
            start += len(line)
        return start

    def _index(self, row: Mapping[str, Any], start: int, length: int) -> None:
        self._positions.setdefault(str(row["key"]), (start, length))
        self._endpoints.setdefault(canonical(row["model"]), row["endpoint"])


def _appending(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        raise BadSettings(f"{path}: record to a plain .jsonl file and pack it afterwards")
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("ab+", buffering=0)
    if not try_lock(file, once=True):
        file.close()
        raise BadSettings(f"another run is recording to {path}")
    return file


def _reading(path: Path) -> IO[bytes]:
    """The file opened for reading; a compressed one is first decompressed into a temporary file."""
    if path.suffix != ".gz":
        return path.open("rb")
    with ExitStack() as opened:
        request_text = opened.enter_context(TemporaryFile())
        try:
            with gzip.open(path) as packed:
                request_text.writelines(packed)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadSettings(f"{path} cannot be unpacked ({error})") from error
        opened.pop_all()
    return request_text


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
