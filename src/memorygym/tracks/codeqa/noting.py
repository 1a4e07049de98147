"""Canonical sentences: how one statement is told, and read back word for word."""

import re
from collections.abc import Iterator

from memorygym.statements import Statement

DEFINED = (1,)
"""The rank of what code or a note tells."""
IMPORTED = (0,)
SUPERSEDED = (-1,)
OBSERVED = 2
"""What the rank of an observation begins with; its date and time follow."""

_MARKS: dict[tuple[int, ...], str] = {
    DEFINED: "", IMPORTED: ", by an import", SUPERSEDED: ", superseded"
}  # fmt: skip
_RANKS = {mark: rank for rank, mark in _MARKS.items()}
_PHRASES = {
    "file": "module", "value": "value", "base": "parent class", "raises": "exception thrown",
    "source": "code", "default:": "preset for", "calls:": "use of the function",
    "reads:": "use of the setting", "argument:": "marking", "rows": "row cap", "breaks": "breakage",
    "setting": "trigger", "exception": "ending", "culprit": "culprit", "items": "item cap",
    "plan": "plan", "memory": "memory cap",
}  # fmt: skip
KEYS = {phrase: key for key, phrase in _PHRASES.items()}
"""By how it is called in sentences."""
_LINE = " | "
_NOTE = re.compile(
    r"Noted of `([^`\n]+)`: (" + "|".join(map(re.escape, KEYS)) + r")(?: ([\w.]+))? is"
    r" `([^`\n]*)`(|, by an import|, superseded|, as of [\d-]+ [\d:]+)\."
)
_DIGITS = re.compile(r"\d+")


def tell(statement: Statement) -> str:
    """The sentence of a statement.

    >>> tell(Statement("sift", "default:quota", "37", DEFINED))
    'Noted of `sift`: preset for quota is `37`.'
    """
    key, colon, name = statement.key.partition(":")
    phrase = _PHRASES[key + colon]
    value = statement.value.replace("\n", _LINE)
    told = f"{phrase} {name}" if name else phrase
    return f"Noted of `{statement.subject}`: {told} is `{value}`{_mark(statement.rank)}."


def notes(text: str) -> Iterator[Statement]:
    """The statements of the sentences in a text."""
    for subject, phrase, name, value, mark in _NOTE.findall(text):
        key = f"{KEYS[phrase]}{name}"
        told = value.replace(_LINE, "\n") if key == "source" else value
        yield Statement(subject, key, told, _RANKS[mark] if mark in _RANKS else moment(mark))


def moment(stamp: str) -> tuple[int, ...]:
    """The rank of what was observed then.

    >>> moment("2031-03-04 10:41")
    (2, 2031, 3, 4, 10, 41)
    """
    return (OBSERVED, *map(int, _DIGITS.findall(stamp)))


def _mark(rank: tuple[int, ...]) -> str:
    if rank[:1] != (OBSERVED,):
        return _MARKS[rank]
    year, month, day, hour, minute = rank[1:]
    return f", as of {year}-{month:02}-{day:02} {hour:02}:{minute:02}"
