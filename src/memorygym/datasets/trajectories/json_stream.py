"""The records of a JSON file of any size, one at a time, in memory for the largest of them.

A file is a JSON list, JSON lines, or one object; a list under a key of NESTED is read item by item.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TextIO

NESTED = ("simulations", "samples")
"""Keys of a result file whose lists hold the trajectories."""
CHUNK = 1 << 20
"""Characters that are read at a time, unless a record is longer."""
CUT = "is cut off; copy the file again, or remove this record"
_NEAR = 16
"""Characters before the end of the text within which an error may be that of a cut."""
_NEXT = re.compile(r"\n(?=[{\[])")
_BLANKS = re.compile(r"\s*")
_STRAY = re.compile("[\udc80-\udcff]")
"""A byte that is not UTF-8."""
_scan = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a file, or the problem in its place."""

    line: int
    """The line in which it begins, from 1."""
    value: object
    problem: str = ""
    header: Mapping[str, object] = field(default_factory=dict)
    """The fields of the object around it, so far as they came before."""


class _Broken(Exception):
    """A value that cannot be read; the message says why."""


class _Window:
    """The part of the text that is being read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self.text, self.at = stream, "", 0
        self._line, self._counted = 1, 0

    @property
    def line(self) -> int:
        """The line of the place that is read."""
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def extend(self) -> bool:
        """Reads on, twice as far each time; False at the end of the file."""
        chunk = self._stream.read(max(CHUNK, len(self.text) - self.at))
        self._line, self._counted = self.line, 0
        self.text, self.at = self.text[self.at :] + chunk, 0
        return bool(chunk)

    def peek(self) -> str:
        """The next character that is no blank; "" at the end."""
        while True:
            blanks = _BLANKS.match(self.text, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.extend():
                return ""

    def value(self) -> object:
        """The next value. Raises _Broken."""
        while self.peek():
            try:
                value, end = _scan(self.text, self.at)
            except json.JSONDecodeError as error:
                begun = error.msg.startswith("Unterminated")
                if (begun or error.pos >= len(self.text) - _NEAR) and self.extend():
                    continue
                if begun or error.pos >= len(self.text.rstrip()):
                    raise _Broken(CUT) from None
                line = self.line + self.text.count("\n", self.at, error.pos)
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

    def items(self) -> Iterator[object]:
        """The items of a list, whose bracket comes next. Raises _Broken."""
        self.at += 1
        while (sign := self.peek()) != "]":
            if sign == ",":
                self.at += 1
            else:
                yield self.value()
        self.at += 1

    def skip_line(self) -> bool:
        """Goes on to the next line that begins a record; False if there is none."""
        while not (match := _NEXT.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - 1)
            if not self.extend():
                return False
        self.at = match.end()
        return True


def records(stream: TextIO) -> Iterator[Record]:
    """The records of a text. After a broken one, those of later lines are still read; lines that
    are messages are one conversation."""
    messages: list[Record] = []
    for record in _all(_Window(stream)):
        if is_message(record.value):
            messages.append(record)
        else:
            yield record
    if messages:
        yield Record(messages[0].line, [message.value for message in messages])


def is_message(value: object) -> bool:
    """Whether a value is a chat message, not a record that holds some."""
    return isinstance(value, dict) and "role" in value and "messages" not in value


def _all(window: _Window) -> Iterator[Record]:
    while sign := window.peek():
        try:
            if sign == "[":
                yield from _list(window)
            elif sign == "{":
                yield from _object(window)
            elif sign in ",]":  # What is left of a list with a broken item.
                window.at += 1
            else:
                raise _Broken("is no JSON; give JSON, JSON lines or an Inspect log")
        except _Broken as broken:
            yield Record(window.line, None, str(broken))
            if not window.skip_line():
                return


def _list(window: _Window) -> Iterator[Record]:
    """The items of a list. A list of messages is one record."""
    line, messages = window.line, list[object]()
    for item in window.items():
        if is_message(item):
            messages.append(item)
        else:
            yield Record(line, item)
        window.peek()
        line = line if messages else window.line
    if messages:
        yield Record(line, messages)


def _object(window: _Window) -> Iterator[Record]:
    """An object, or the items of its nested list."""
    line, header, nested = window.line, dict[str, object](), False
    window.at += 1
    while (sign := window.peek()) != "}":
        if sign == ",":
            window.at += 1
            continue
        key = window.value()
        if window.peek() != ":":
            raise _Broken(CUT if not window.peek() else "is no JSON (Expecting ':'); mend it")
        window.at += 1
        if key in NESTED and window.peek() == "[":
            nested = True
            for record in _list(window):
                yield Record(record.line, record.value, record.problem, header)
        else:
            header[str(key)] = window.value()
    window.at += 1
    if not nested:
        yield Record(line, header)
