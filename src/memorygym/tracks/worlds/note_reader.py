"""Reads notes from a memory: the notation of the scripted agents, and what others write instead.

A loose note is a name and, on its line or those after it, labels with values in any usual shape.
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
    """Reads notes under one guide; every line is read once."""

    def __init__(self, guide: Guide, prose: ProseReader) -> None:
        self._guide = guide
        self._prose = prose
        self._lines: dict[tuple[str, str], Record | None] = {}
        self._groups = re.compile(
            r"(?<![\w'])(?:" + "|".join(map(re.escape, guide.categories)) + r")(?![\w'])"
        )

    def read(self, text: str) -> tuple[Record, ...]:
        """The records of all lines; a line without a name goes on about the last one."""
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
            if noted := read_note(line, self._guide):
                self._lines[line, ""] = noted
                return noted
            self._lines[line, name] = self._loose(line, name)
        return self._lines[line, name]

    def _loose(self, line: str, name: str) -> Record | None:
        head = _NAME.match(line)
        if head and not self._attribute(head[1].lower()):
            name, line = head[1], line[head.end() :]
        if not name:
            return None
        record = RecordDraft(name)
        for part in _PART.split(line):
            self._part(record, part)
        told = head or record.values or record.category or record.edges
        return record.record() if told else None

    def _part(self, record: RecordDraft, part: str) -> None:
        attribute = self._attribute(part)
        if attribute is None:
            self._prose.tie(record, f"{record.name} {part.strip()}")
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
        """A value with or without its unit, its separators or its quotes."""
        spaced = re.sub(r"[:=]", " ", part)
        value = self._prose.value(attribute, spaced)
        if value is not None or attribute.kind not in ("int", "float", "text"):
            return value
        if attribute.kind == "text":
            words = part.translate(_SIGNS).split()[-attribute.length :]
            return " ".join(words) if len(words) == attribute.length else None
        found = _NUMBER.findall(spaced)
        return loose_number(found[0], attribute) if len(found) == 1 else None
