"""Reads notes from a memory: those of the scripted agents, and free-form notes of other agents.

A free-form note is a name followed, on the same line or the next ones, by labels with values in any
common layout.
"""

import re

from memorygym.tracks.worlds.facts import Attribute, Guide, Record, RecordDraft, Value
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.prose_reader import ProseReader, loose_number

_NAME = re.compile(r"[^A-Za-z\n]*([A-Z][a-z]+(?: [A-Z][a-z]+)+)\b")
_PART = re.compile(r"[;|{}\n]|, (?=\D)|,(?=\")| and (?=\w)")
_SIGNS = str.maketrans({'"': " ", ":": " ", "=": " ", "(": " ", ")": " ", "*": " ", ",": ""})
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


class NoteReader:
    """Reads notes under one guide; every line is parsed once."""

    def __init__(self, guide: Guide, prose: ProseReader) -> None:
        self._guide = guide
        self._prose = prose
        self._lines: dict[tuple[str, str], Record | None] = {}
        self._groups = re.compile(
            r"(?<![\w'])(?:" + "|".join(map(re.escape, guide.categories)) + r")(?![\w'])"
        )

    def read(self, text: str) -> tuple[Record, ...]:
        """The records of all lines; a line without a name belongs to the entity before it."""
        records: list[Record] = []
        name = ""
        for line in text.split("\n"):
            record = self._line(line, name)
            if record:
                name = record.name
                records.append(record)
        return tuple(records)

    def _line(self, line: str, name: str) -> Record | None:
        if (line, "") in self._lines:
            return self._lines[line, ""]
        if (line, name) not in self._lines:
            if len(self._lines) > 20_000:
                self._lines.clear()
            if record := read_note(line, self._guide):
                self._lines[line, ""] = record
                return record
            self._lines[line, name] = self._free_form(line, name)
        return self._lines[line, name]

    def _free_form(self, line: str, name: str) -> Record | None:
        head = _NAME.match(line)
        if head and not self._attribute(head[1].lower()):
            name, line = head[1], line[head.end() :]
        if not name:
            return None
        record = RecordDraft(name)
        for part in _PART.split(line):
            self._part(record, part)
        stated = head or record.values or record.category or record.edges
        return record.record() if stated else None

    def _part(self, record: RecordDraft, part: str) -> None:
        attribute = self._attribute(part)
        if attribute is None:
            self._prose.read_link(record, f"{record.name} {part.strip()}")
            if group := self._groups.search(part):
                record.category = record.category or group[0]
            return
        value = self._value(attribute, part)
        if value is None:
            record.unread += 1
        else:
            record.values[attribute.code] = value

    def _attribute(self, part: str) -> Attribute | None:
        return self._prose.attribute(part.translate(_SIGNS).split())

    def _value(self, attribute: Attribute, part: str) -> Value | None:
        """The value in a part, with or without its unit, separators and quotes."""
        spaced = re.sub(r"[:=]", " ", part)
        value = self._prose.value(attribute, spaced)
        if value is not None or attribute.kind not in ("int", "float", "text"):
            return value
        if attribute.kind == "text":
            words = part.translate(_SIGNS).split()[-attribute.length :]
            return " ".join(words) if len(words) == attribute.length else None
        numbers = _NUMBER.findall(spaced)
        return loose_number(numbers[0], attribute) if len(numbers) == 1 else None
