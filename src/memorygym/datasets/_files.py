"""The records of a JSON file, one at a time; a broken record is reported and the rest is read."""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from memorygym.core.errors import BadSettings

_GZIP, _GZIP_BITS = b"\x1f\x8b", 31
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_STRAY = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8."""
_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_scan = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One record of a file, or the problem in its place."""

    index: int
    """Its index, from 0."""
    place: str
    """Its place as messages name it."""
    value: object
    problem: str = ""

    @property
    def text(self) -> str:
        """The message about its problem."""
        return f"{self.place}: {self.problem}"


def records(path: Path) -> Iterator[FileRecord]:
    """The records of a file: a JSON list, JSON lines or one object, plain or gzip."""
    text = text_of(path)
    start = len(text) - len(text.lstrip())
    if text.startswith("[", start):
        return _listed(text, start + 1)
    if _by_line(text):
        return _lines(text)
    return _listed(text, start, closed=False)


def text_of(path: Path) -> str:
    """The text of a file, even if it is cut off. Raises BadSettings or OSError."""
    raw = path.read_bytes()
    if raw.startswith(_GZIP):
        raw = _unpacked(path, raw)
    if raw.startswith(_UTF16):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "surrogateescape")


def _unpacked(path: Path, raw: bytes) -> bytes:
    parts: list[bytes] = []
    try:
        while raw.startswith(_GZIP):
            member = zlib.decompressobj(_GZIP_BITS)
            parts.append(member.decompress(raw))
            raw = member.unused_data
    except zlib.error as error:
        raise BadSettings(f"{path}: damaged gzip ({error})") from None
    return b"".join(parts)


def _by_line(text: str) -> bool:
    """Whether each line is a record: the first line is one, or another is and the whole is not."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or _parsed(lines[0]):
        return len(lines) > 1
    return not _parsed(text) and any(map(_parsed, lines[1:]))


def _parsed(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _lines(text: str) -> Iterator[FileRecord]:
    lines = [
        (f"line {number}", line) for number, line in enumerate(text.split("\n"), 1) if line.strip()
    ]
    for index, (place, line) in enumerate(lines):
        try:
            yield _record(index, place, json.loads(line), line)
        except (ValueError, RecursionError) as error:
            yield FileRecord(index, place, None, _why(error))


def _listed(text: str, position: int, *, closed: bool = True) -> Iterator[FileRecord]:
    """The values from a position on, separated by blanks and commas; a bracket closes a list.

    After a broken value, reading resumes at the next object with the fields of the first.
    """
    first: set[str] = set()
    for index in count():
        position = _GAP.match(text, position).end()  # type: ignore[union-attr]  # The pattern matches the empty text, too.
        place = f"record {index}"
        if position == len(text) or (closed and text[position] == "]"):
            if closed and position == len(text):
                yield FileRecord(index, place, None, "is missing: the file ends within the list")
            return
        try:
            value, end = _scan(text, position)
            yield _record(index, place, value, text[position:end])
            if not first and isinstance(value, dict):
                first = set(value)
        except (ValueError, RecursionError) as error:
            end = _resumed(text, position, first)
            yield FileRecord(index, place, None, _why(error))
        position = end
        if position < 0:
            return


def _resumed(text: str, position: int, first: set[str]) -> int:
    """The position of the next object with the fields of the first; -1 if there is none."""
    for match in _NEXT.finditer(text, position) if first else ():
        try:
            value, _ = _scan(text, match.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and 2 * len(first & set(value)) > len(first):
            return match.end()
    return -1


def _record(index: int, place: str, value: object, text: str) -> FileRecord:
    if not text.isascii() and _STRAY.search(text):
        return FileRecord(index, place, None, "cannot be read: it has a byte that is not UTF-8")
    return FileRecord(index, place, value)


def _why(error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        return f"cannot be read: {reason}"
    if error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip()):
        return "is cut off"
    place = f"line {error.lineno}, " if error.lineno > 1 else ""
    return f"cannot be read: {error.msg} ({place}column {error.colno})"
