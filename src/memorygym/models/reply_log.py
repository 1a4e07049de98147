"""A file of replies, each under the hash of its full request: append-only JSON lines.

    {"format": "memorygym-replies-1", "canary": …}
    {"key": SHA-256, "model": …, "sample": 0, "tools": …, "messages": […], "reply": … or "rejected"}

`tools` and `messages` are short hashes, which tell where a request that is not here differs.
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
SHORT = 8
"""Hexadecimal digits of a short hash."""


def outline(
    model: Mapping[str, JSON], messages: Sequence[Message], tools: Sequence[Tool], sample: int
) -> dict[str, JSON]:
    """The key and the parts, as they are written, of all that a reply may depend on.

    `model` is how it is asked, without the endpoint: the same request elsewhere is the same
    request. `sample` is the number of the repeat.
    """
    said = [canonical(message.to_openai()) for message in messages]
    offered = canonical([tool.to_openai() for tool in tools])
    whole = (
        f'{{"messages":[{",".join(said)}],"model":{canonical(model)},'
        f'"sample":{sample},"tools":{offered}}}'
    )
    return {
        "key": _hash(whole),
        "model": dict(model),
        "sample": sample,
        "tools": _hash(offered)[:SHORT],
        "messages": [_hash(message)[:SHORT] for message in said],
    }


class ReplyLog:
    """The open file; safe to share between threads and between models."""

    def __init__(self, path: str | Path, *, record: bool) -> None:
        self.path = Path(path)
        self.records = record
        """Whether it takes new replies."""
        self._lock = threading.Lock()
        self._places: dict[str, tuple[int, int]] = {}
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
        """What is written under a key."""
        with self._lock:
            return self._read(key) if key in self._places else None

    def append(self, row: Mapping[str, JSON], endpoint: JSON) -> Mapping[str, Any]:
        """What is now under the row's key: the row, written at once and in one write, or the first
        one."""
        line = canonical({**row, "endpoint": endpoint}).encode() + b"\n"
        key = str(row["key"])
        with self._lock:
            if key not in self._places:
                start = self._file.seek(0, 2)
                if self._file.write(line) != len(line):
                    self._file.truncate(start)
                    raise OSError(ENOSPC, f"no room for a reply in {self.path}")
                self._note({**row, "endpoint": endpoint}, start, len(line))
            return self._read(key)

    def endpoint(self, model: Mapping[str, JSON]) -> JSON:
        """Where the first reply of a model asked like that came from; None if there is none."""
        return self._endpoints.get(canonical(model))

    def models(self) -> list[Mapping[str, Any]]:
        """How the models were asked whose replies are here."""
        return [json.loads(model) for model in self._endpoints]

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """Everything that is written."""
        for key in list(self._places):
            with self._lock:
                yield self._read(key)

    def close(self) -> None:
        """Closes the file and gives up its lock."""
        self._file.close()

    def _read(self, key: str) -> Mapping[str, Any]:
        start, length = self._places[key]
        self._file.seek(start)
        row: Mapping[str, Any] = json.loads(self._file.read(length))
        return row

    def _begin(self) -> None:
        """Takes in what is there; a recording goes on after its last whole line."""
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
        """Notes every whole line; where the last one ends."""
        start = 0
        for number, line in enumerate(iter(file.readline, b""), start=1):
            if not line.endswith(b"\n"):
                break
            try:
                row = json.loads(line)
                if number == 1 and row["format"] != FORMAT:
                    raise BadSettings(f"{self.path}: format {row['format']!r}, not {FORMAT}")
                if number > 1:
                    self._note(row, start, len(line))
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                what = "not the header of recorded replies" if number == 1 else "damaged"
                raise BadSettings(f"{self.path}, line {number}: {what} ({error})") from error
            start += len(line)
        return start

    def _note(self, row: Mapping[str, Any], start: int, length: int) -> None:
        self._places.setdefault(str(row["key"]), (start, length))
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
    """The file; a packed one is unpacked aside, so that any reply can be sought in it."""
    if path.suffix != ".gz":
        return path.open("rb")
    with ExitStack() as opened:
        whole = opened.enter_context(TemporaryFile())
        try:
            with gzip.open(path) as packed:
                whole.writelines(packed)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadSettings(f"{path} cannot be unpacked ({error})") from error
        opened.pop_all()
    return whole


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
