"""Compactions with their labels, and the reader of anybody's file of them.

A row of a file is {"full", "compacted"} with "safe" or "needs", and may name its "group". Contexts
are texts or lists of chat messages.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import json_text
from memorygym.core.text import replace_surrogates
from memorygym.core.types import Message
from memorygym.datasets._chat import Note, ignore
from memorygym.datasets._fields import Row, as_row, field, optional, quoted, under
from memorygym.datasets._files import records, text_of
from memorygym.memrm.contexts import is_json, messages_of, placed


@dataclass(frozen=True, slots=True)
class Probe:
    """Something that may be needed later: a question, a constraint or a fact."""

    text: str
    """Its text; never its answer."""
    kept: bool | None = None
    """Label: whether the compacted context still supports it; None if unknown."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """One compaction of a context, with its labels where they are known."""

    full: tuple[Message, ...]
    """The context before; () where a file does not hold it."""
    compacted: tuple[Message, ...]
    safe: bool | None = None
    """Label: True is SAFE (" Y", 1), False is HARMFUL (" N", 0)."""
    needs: tuple[Probe, ...] = ()
    group: str = ""
    """Rows of one group are not independent: a task, an episode, a repository."""
    domain: str = ""
    """The track, or the file's own word."""
    strategy: str = ""
    """Family of the compaction; no model reads it."""
    reason: str = ""
    """Why it is harmful: missing, goal lost, constraint lost, redo or stale."""
    recorded_action: str = ""
    """What the agent did next with the full context; read in the modes recorded and pair only."""
    proposed_action: str = ""
    """What it did with the compacted context; read in the mode pair only."""

    @property
    def content_sha1(self) -> str:
        """SHA-1 of the words of both contexts, whatever their case, blanks and punctuation."""
        texts = (" ".join(message.content for message in side) for side in self.sides)
        words = (" ".join(re.findall(r"\w+", text.lower())) for text in texts)
        return _sha1("\0".join(words))

    @property
    def sides(self) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
        """The full and the compacted context."""
        return self.full, self.compacted


def _sha1(text: str) -> str:
    return sha1(text.encode(errors="replace"), usedforsecurity=False).hexdigest()


REQUIRED = {
    "blind": ("full", "safe"),
    "needs": ("full", "needs"),
    "recorded": ("full", "safe", "recorded_action"),
    "pair": ("safe", "recorded_action", "proposed_action"),
}
"""By mode: the fields that a row must have to be evaluated in it."""


def missing_fields(row: Compaction, mode: str) -> list[str]:
    """What a row lacks to be evaluated in a mode."""
    return [name for name in REQUIRED[mode] if not _has(row, name)]


def refusal(row: Compaction, mode: str) -> str:
    """Why a row cannot be evaluated in a mode, with the modes that would work; "" if it can.

    >>> refusal(Compaction((), (), safe=True, recorded_action="ls", proposed_action="ls"), "blind")
    '--mode blind needs full, which it lacks; --mode pair would work'
    """
    if not (lacking := missing_fields(row, mode)):
        return ""
    possible = [f"--mode {other}" for other in REQUIRED if not missing_fields(row, other)]
    works = f"{' or '.join(possible)} would work" if possible else "no mode would work"
    return f"--mode {mode} needs {' and '.join(lacking)}, which it lacks; {works}"


def _has(row: Compaction, name: str) -> bool:
    value = getattr(row, name)
    if name == "needs":
        return any(probe.kept is not None for probe in row.needs)
    return value is not None and value not in ("", ())


def needs_of(raw: object) -> tuple[Probe, ...]:
    """Probes from a list of texts or of {"text", "kept"}; other fields of a probe are not read.

    >>> needs_of(["Who pays?", {"text": "When?", "kept": False, "answer": "on Monday"}])[1]
    Probe(text='When?', kept=False)
    """
    if not isinstance(raw, list):
        raise SchemaMismatch(f"is {quoted(raw)}, not a list", "needs")
    probes = []
    for index, item in enumerate(raw):
        with under(f"needs[{index}]"):
            row = {"text": item} if isinstance(item, str) else as_row(item, "")
            text = field(row, "text")
            if not isinstance(text, str) or not text.strip():
                raise SchemaMismatch(f"is {quoted(text)}, not a text", "text")
            probes.append(Probe(replace_surrogates(text), _label(row, "kept")))
    return tuple(probes)


def _label(row: Row, name: str) -> bool | None:
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    raise SchemaMismatch(f"is {quoted(value)}, not true or false", name)


def compaction_of(row: Row, note: Note = ignore) -> Compaction:
    """A compaction from a row of anybody's file. Raises SchemaMismatch."""
    sides = []
    for name in ("full", "compacted"):
        with under(name):
            if row.get(name) is None:
                raise SchemaMismatch("is missing")
            sides.append(messages_of(row[name], placed(note, name)))
    if not any(message.content.strip() or message.calls for message in sides[0]):
        raise SchemaMismatch("has no text, so nothing can be lost", "full")
    safe, needs = _label(row, "safe"), needs_of(row.get("needs") or [])
    if safe is None and all(probe.kept is None for probe in needs):
        raise SchemaMismatch('has no label: give "safe", or "needs" with "kept"')
    named = {name: optional(row, name) for name in ("group", "domain", "strategy", "reason")}
    actions = {name: _action(row, name) for name in ("recorded_action", "proposed_action")}
    if not named["group"]:  # Rows of one full context are alike, whether or not the file says so.
        named["group"] = _sha1(json_text([message.content for message in sides[0]]))
    return Compaction(sides[0], sides[1], safe, needs, **named, **actions)


def _action(row: Row, name: str) -> str:
    """An action as text: of a message or a list of calls, its JSON."""
    value = row.get(name)
    if isinstance(value, (Mapping, list)):
        return json_text(value)
    return optional(row, name)


def read_rows(
    path: Path, of: Callable[[Row, Note], Compaction], note: Note
) -> Iterator[Compaction]:
    """The rows of a file (JSON lines or a JSON list, also gzip) that can be read.

    `note` receives a line about every row that cannot, with its place, and about what was read
    otherwise than it stands.
    """
    for record in records(path):
        if record.problem:
            note(f"{record.text}; left out")
            continue
        try:
            yield of(as_row(record.value, ""), placed(note, f"{record.place}: "))
        except SchemaMismatch as problem:
            note(f"{record.place}: {problem}; left out")


def needs_file(path: Path) -> tuple[Probe, ...]:
    """Probes from a file: JSON (a list, or lines) of texts or {"text"}, or plain text with one
    probe a line. Raises BadSettings for a file without any, or JSON that is no probe."""
    text = text_of(path)
    values: list[object] = [line.strip() for line in text.splitlines() if line.strip()]
    if is_json(text):
        rows = list(records(path))
        if broken := next((row for row in rows if row.problem), None):
            raise BadSettings(f"{path}: {broken.text}")
        values = [row.value for row in rows]
        if len(values) == 1 and isinstance(values[0], Mapping) and "needs" in values[0]:
            values = values[0]["needs"]
    try:
        probes = needs_of(values)
    except SchemaMismatch as problem:
        raise BadSettings(f"{path}: {problem}") from None
    if not probes:
        raise BadSettings(f"{path} holds no need: give one a line, or a JSON list of texts")
    return probes
