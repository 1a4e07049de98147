"""Records of a JSON file, one at a time: what cannot be read is told, and the rest is read."""

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
"""A byte that is no UTF-8."""
_GAP = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_scan = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One value of a file, or what is wrong in its place."""

    index: int
    """From 0."""
    place: str
    """As a message names it."""
    value: object
    problem: str = ""

    @property
    def text(self) -> str:
        """What is wrong, as a message names it."""
        return f"{self.place}: {self.problem}"


def records(path: Path) -> Iterator[FileRecord]:
    """The records of a JSON list, of JSON lines, or the one object that a file is; gzip or not."""
    text = text_of(path)
    start = len(text) - len(text.lstrip())
    if text.startswith("[", start):
        return _listed(text, start + 1)
    if _by_line(text):
        return _lines(text)
    return _listed(text, start, closed=False)


def text_of(path: Path) -> str:
    """The text of a file; of a cut-off one what is left. Raises BadSettings and OSError."""
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
    """Whether its lines are records: the first that is one, or any if the whole is no object."""
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
    lines = [(f"line {n}", line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    for index, (place, line) in enumerate(lines):
        try:
            yield _record(index, place, json.loads(line), line)
        except (ValueError, RecursionError) as error:
            yield FileRecord(index, place, None, _why(error))


def _listed(text: str, at: int, *, closed: bool = True) -> Iterator[FileRecord]:
    """The values from a place on, with blanks and commas between; a list is `closed` by a bracket.

    After one that cannot be read it goes on with the next that has the fields of the first.
    """
    first: set[str] = set()
    for index in count():
        at = _GAP.match(text, at).end()  # type: ignore[union-attr]  # It matches nothing, too.
        place = f"record {index}"
        if at == len(text) or (closed and text[at] == "]"):
            if closed and at == len(text):
                yield FileRecord(index, place, None, "is missing: the file ends within the list")
            return
        try:
            value, end = _scan(text, at)
            yield _record(index, place, value, text[at:end])
            if not first and isinstance(value, dict):
                first = set(value)
        except (ValueError, RecursionError) as error:
            end = _resumed(text, at, first)
            yield FileRecord(index, place, None, _why(error))
        at = end
        if at < 0:
            return


def _resumed(text: str, at: int, first: set[str]) -> int:
    """Where the next object begins that has the fields of the first; -1 if there is none."""
    for found in _NEXT.finditer(text, at) if first else ():
        try:
            value, _ = _scan(text, found.end())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and 2 * len(first & set(value)) > len(first):
            return found.end()
    return -1


def _record(index: int, place: str, value: object, text: str) -> FileRecord:
    if not text.isascii() and _STRAY.search(text):
        return FileRecord(index, place, None, "cannot be read: a byte of it is no UTF-8")
    return FileRecord(index, place, value)


def _why(error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        told = "nested too deep" if isinstance(error, RecursionError) else str(error)
        return f"cannot be read: {told}"
    if error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip()):
        return "is cut off"
    where = f"line {error.lineno}, " if error.lineno > 1 else ""
    return f"cannot be read: {error.msg} ({where}column {error.colno})"
