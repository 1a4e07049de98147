"""The records of a JSON file of any size, one at a time, in memory for the largest of them.

A file is a JSON list, JSON lines or one object, plain or gzip, in UTF-8 or UTF-16. A broken record
is reported and the rest is read.
"""

import codecs
import json
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from gzip import BadGzipFile, GzipFile
from pathlib import Path

from memorygym.core.errors import BadSettings

CHUNK = 1 << 20
"""Bytes that are read at a time, unless a record is longer."""
CUT = "is cut off; copy the file again, or remove this record"
_REST = "; what follows on its line is not read"
GZIP = b"\x1f\x8b"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NEAR = 16
"""Characters before the end of the text within which an error may be that of a cut."""
_SIGN = re.compile(r"\S")
_TORN = re.compile(r"[\w.+-]*\s*\Z")
"""What a cut leaves of a word or a number, or nothing."""
_STRAY = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8."""
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
    header: Mapping[str, object] = field(default_factory=dict)
    """The fields of the object around it, so far as they came before."""

    @property
    def text(self) -> str:
        """The message about its problem."""
        return f"{self.place}: {self.problem}"


class _Broken(Exception):
    """A value that cannot be read; the message says why."""


def records(
    path: Path, nested: Collection[str] = (), is_part: Callable[[object], bool] = lambda _: False
) -> Iterator[FileRecord]:
    """The records of a file. Raises OSError, and BadSettings for a damaged gzip.

    The lists under the keys `nested` of an object are read item by item. Parts of one list, or of
    all lines, are one record, as the messages of a conversation are.
    """
    index, start, parts = 0, 0, list[object]()
    for line, value, problem, header in _values(_Window(_chunks(path)), nested, is_part):
        if is_part(value):
            start = start if parts else line
            parts.append(value)
        else:
            yield FileRecord(index, f"record {index} (line {line})", value, problem, header)
            index += 1
    if parts:
        yield FileRecord(index, f"record {index} (line {start})", parts)


def text_of(path: Path) -> str:
    """The text of a file, even if it is cut off. Raises BadSettings or OSError."""
    return "".join(_chunks(path))


def _chunks(path: Path) -> Iterator[str]:
    """The text of a file in pieces, of a packed one as far as it goes."""
    decoder = None
    with path.open("rb") as plain:
        packed = plain.peek(len(GZIP)).startswith(GZIP)
        file = GzipFile(fileobj=plain) if packed else plain
        try:
            while piece := file.read1(CHUNK):
                if decoder is None:
                    wide = piece.startswith(UTF16)
                    make = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")
                    decoder = make("replace" if wide else "surrogateescape")
                yield decoder.decode(piece)
        except EOFError:  # It is cut.
            pass
        except (BadGzipFile, zlib.error) as error:
            raise BadSettings(f"{path}: damaged gzip ({error})") from None
    if decoder:
        yield decoder.decode(b"", final=True)


class _Window:
    """The part of the text that is being read."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks, self.text, self.at = chunks, "\n", 0
        self._line, self._counted = 0, 0
        self._indent = ""
        """The blanks before the last record that began a line."""
        self.begins_line = True
        """Whether the last record began a line."""

    @property
    def line(self) -> int:
        """The line of the place that is read."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def extend(self) -> bool:
        """Reads on, twice as far each time; False at the end of the file."""
        self._line, self._counted = self.line, 0
        pieces, most, read = [self.text[self.at :]], len(self.text) - self.at, 0
        for chunk in self._chunks:
            pieces.append(chunk)
            read += len(chunk)
            if read and read >= most:
                break
        self.text, self.at = "".join(pieces), 0
        return read > 0

    def peek(self, *, record: bool = False) -> str:
        """The next character that is no blank; "" at the end. A record may begin with it."""
        blanks = ""
        while not (sign := _SIGN.search(self.text, self.at)):
            blanks, self.at = blanks + self.text[self.at :], len(self.text)
            if not self.extend():
                return ""
        blanks, self.at = blanks + self.text[self.at : sign.start()], sign.start()
        if record:
            self.begins_line = "\n" in blanks
            self._indent = blanks.rpartition("\n")[2] if self.begins_line else self._indent
        return sign[0]

    def value(self) -> object:
        """The next value. Raises _Broken."""
        while self.peek():
            try:
                value, end = _scan(self.text, self.at)
            except json.JSONDecodeError as error:
                begun = error.msg.startswith("Unterminated")
                before = len(self.text) - error.pos
                if (begun or before <= _NEAR) and self.extend():
                    continue
                end = len(self.text) - before  # At the end of the file the text is shorter now.
                if begun or _TORN.match(self.text, end):
                    raise _Broken(CUT) from None
                line = self.line + self.text.count("\n", self.at, end)
                raise _Broken(f"is no JSON ({error.msg}, line {line}); mend it") from None
            except (ValueError, RecursionError) as error:  # A long number, or deep nesting.
                raise _Broken(f"cannot be read ({error}); leave it out") from None
            if end == len(self.text) and isinstance(value, (int, float)) and self.extend():
                continue  # A number may go on.
            if not self.text.isascii() and _STRAY.search(self.text, self.at, end):
                self.at = end
                raise _Broken("has a byte that is not UTF-8; save the file as UTF-8")
            self.at = end
            return value
        raise _Broken(CUT)

    def skip(self) -> bool:
        """Goes on to the next line that begins as the last record did; False if there is none."""
        following = re.compile(rf"\n{self._indent}(?=[{{\[])")
        while not (match := following.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - 1 - len(self._indent))
            if not self.extend():
                return False
        self.at = match.end()
        return True


def _values(
    window: _Window, nested: Collection[str], is_part: Callable[[object], bool]
) -> Iterator[tuple[int, object, str, Mapping[str, object]]]:
    """Each record with its line, its problem, and the fields of the object around it."""
    broken = False
    while sign := window.peek(record=True):
        try:
            if sign == "[":
                for line, item in _list(window, is_part):
                    yield line, item, "", {}
            elif sign == "{":
                yield from _object(window, nested, is_part)
            elif broken and sign in ",]":  # What is left of a list with a broken item.
                window.at += 1
            else:
                raise _Broken("is no JSON; give JSON or JSON lines")
        except _Broken as problem:
            broken = True
            lost = "" if window.begins_line or str(problem) == CUT else _REST
            yield window.line, None, f"{problem}{lost}", {}
            if not window.skip():
                return


def _list(window: _Window, is_part: Callable[[object], bool]) -> Iterator[tuple[int, object]]:
    """The items of a list, whose bracket comes next, each with its line; its parts are one item."""
    start, parts = window.line, list[object]()
    window.at += 1
    while (sign := window.peek(record=True)) != "]":
        if sign == ",":
            window.at += 1
            continue
        line, item = window.line, window.value()
        if is_part(item):
            parts.append(item)
        else:
            yield line, item
    window.at += 1
    if parts:
        yield start, parts


def _object(
    window: _Window, nested: Collection[str], is_part: Callable[[object], bool]
) -> Iterator[tuple[int, object, str, Mapping[str, object]]]:
    """An object, or the items of its nested list."""
    line, header, is_nested = window.line, dict[str, object](), False
    window.at += 1
    while (sign := window.peek()) != "}":
        if sign == ",":
            window.at += 1
            continue
        key = window.value()
        if window.peek() != ":":
            raise _Broken(CUT if not window.peek() else "is no JSON (Expecting ':'); mend it")
        window.at += 1
        if key in nested and window.peek() == "[":
            is_nested = True
            for at, item in _list(window, is_part):
                yield at, item, "", header
        else:
            header[str(key)] = window.value()
    window.at += 1
    if not is_nested:
        yield line, header, "", {}
