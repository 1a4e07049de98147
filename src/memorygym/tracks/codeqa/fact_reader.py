"""The fact reader: it reads shown code as code, and notes and observations in any layout.

An observation is part of the debugging session; the change log states earlier values.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from memorygym.core.statements import CURRENT, FORMER, UNSTATED, Statement
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.stream_reader import Span, StreamReader, free_matcher
from memorygym.tracks._qa.stream import QUESTION
from memorygym.tracks.codeqa.code_reader import (
    DEFINED,
    IMPORTED,
    code_statements,
    module_name,
)
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.keys import IMPORT, KEYS, PHRASES, SUBJECTS
from memorygym.tracks.codeqa.names import shown, type_of
from memorygym.tracks.codeqa.signs import LINE, Signs
from memorygym.tracks.codeqa.vocabulary import VOCABULARY

OBSERVED = 2
"""The first number in the rank of an observation; its date and time follow."""

_SUPERSEDED = ", superseded"
_MARKS: dict[tuple[int, ...], str] = {DEFINED: "", IMPORTED: f", {IMPORT}"}
_RANKS = {mark: rank for rank, mark in _MARKS.items()} | {_SUPERSEDED: DEFINED}
_KEYS = {phrase: key for key, phrase in PHRASES.items()}
_KEY = rf"({'|'.join(map(re.escape, _KEYS))})(?: ([\w.]+))?"
_NOTED = re.compile(
    rf"Noted of `([^`\n]+)`: {_KEY} is `([^`\n]*)`"
    r"(|, by an import|, superseded|, as of [\d-]+ [\d:]+)\."
)
_LOGGED = re.compile(
    rf"Until release [\d.]+ the {_KEY} of `([^`\n]*)` was `([^`\n]*)`; superseded since\."
)
"""An earlier value in a change log."""
_EVENT = re.compile(r"=== .+ · event \d+ of \d+ ===\n")
_HEAD = re.compile(
    r"^[ \t]*\[(?:(?P<path>[^\s\]·]+\.py)(?: · class (?P<klass>\w+))?"
    r"(?: · [^\]\n]*)?"
    r"|[^\s\]]+\.md|[^\]\n]* · (?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d))\][ \t]*$",
    re.MULTILINE,
)
_END = re.compile(r"\n[ \t]*\n|Noted of `|\n```")
_FILED = re.compile(
    r"^[ \t]*(?:[#*=-]+ )?[`*\[]*(?P<path>[\w./-]+\.py)[`*\]]*:?[ \t]*\n+"
    r"```\w*\n(?P<code>[\s\S]*?)\n```",
    re.MULTILINE,
)
_NOTES = re.compile(
    r"\s*(?:[-*•]\s+`?\w+_\w+`?(?:\([^()\n]*\))?\s*[:—]"
    r"|`?\w+_\w+`?(?:\([^()\n]*\))?\s*[:—]?\s+(?:@|default|calls|uses|reads|raises|value))"
)
"""How notes under the heading of a file begin."""
_METHOD = re.compile(r"\bdef \w+\((?:self|cls)\b")
"""A function whose full name a text gives elsewhere, if at all."""
_QUOTED = re.compile(r"\"(-?\d+(?:\.\d+)?|True|False|None)\"")
_NAMED = frozenset(key.code for key in KEYS if key.kind == "entity") | {"file"}


class TextReader(StreamReader):
    """Reads an event, a passage of one, or notes."""

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        super().__init__(VOCABULARY, shown)

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        return map(_as_matched, (s for text in shown for s in read(text)))

    def _reading(self, text: str) -> Reading:
        if text.startswith(QUESTION):
            return Reading((), 0)
        text = _EVENT.sub("", text)
        if "```" in text:
            text = _FILED.sub(lambda m: "\n\n".join(paragraphs(m["path"], m["code"])), text)
        return super()._reading(text)

    def _spans(self, text: str) -> Iterator[Span]:
        """What shown code, observations and canonical sentences state."""
        yield from _shown(text, self._code_of)
        yield from _notes(text)

    def _is_stated(self, fact: Statement) -> bool:
        return fact.key == "source" or fact[:3] in self._told

    @cached_property
    def _told(self) -> frozenset[object]:
        """What the stream stated: subjects, keys and values."""
        return frozenset(s[:3] for text in self._shown or () for s in read(text))

    @cached_property
    def _code_of(self) -> Mapping[str, Sequence[str]]:
        """By first line: the code of functions as the stream has shown it."""
        code: dict[str, list[str]] = {}
        for statement in (s for text in self._shown or () for s in read(text)):
            if statement.key == "source":
                code.setdefault(statement.text.partition("\n")[0], []).append(statement.text)
        return code

    def _general(self, text: str) -> Reading:
        signs = Signs()
        reading = self._noted(signs.put(text.strip("\n")))
        stated = [_statement(fact, signs.text(fact.text)) for fact in reading.facts]
        statements = [statement for statement in stated if statement]
        for code in signs.unread():
            for paragraph in paragraphs("", code):
                if not _METHOD.search(paragraph):
                    found = _named(code_statements(paragraph.partition("\n")[2], ""))
                    statements += map(self._known, found)
        return Reading(tuple(statements), reading.unread)

    def _noted(self, text: str) -> Reading:
        """What a text states. If it is in lower case throughout and gives a function a value, which
        only constants have, then its names have lost their case, and what any of them may have is
        unread.
        """
        reading = self._matcher.read(text)
        if not text.islower() or not any(
            f.key == "value" and _is_bare(f.subject) for f in reading.facts
        ):
            return reading
        clear = tuple(fact for fact in reading.facts if fact.key not in ("file", "uses", "value"))
        return Reading(clear, reading.unread + len(reading.facts) - len(clear))


def _as_matched(statement: Statement) -> Statement:
    """A statement with the key and the value by which notes state it."""
    head, _, name = statement.key.partition(":")
    if head in ("calls", "reads"):
        return Statement(statement.subject, "uses", name)
    key = {"exception": "raises"}.get(head, statement.key)
    is_number = key in VOCABULARY.by_code and VOCABULARY.by_code[key].kind == "number"
    return Statement(statement.subject, key, int(statement.text) if is_number else statement.value)


def _shown(text: str, code_of: Mapping[str, Sequence[str]]) -> Iterator[Span]:
    """The code and the observations in a text, under their headings. Code that the stream has shown
    ends where it ended there: a memory's own words may stand right behind it."""
    heads = [*_HEAD.finditer(text)]
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, last in zip(heads, ends, strict=False):
        border = _END.search(text, head.end(), last)
        end = border.start() if border else last
        raw = text[head.end() + 1 : end].lstrip()
        lines = [line.strip() for line in raw.rstrip().split("\n")]
        body = "\n".join(lines)
        codes = code_of.get(lines[0], ()) if head["path"] else ()
        code = max((c for c in codes if f"{body}\n".startswith(f"{c}\n")), key=len, default=body)
        if code != body:
            behind = raw.split("\n")[code.count("\n") + 1 :]
            end -= len("\n".join(["", *behind]))
        stated = _code(head, code) if head["path"] else _observed(head["stamp"], lines)
        if stated is not None:
            yield head.start(), end, stated


def _code(head: re.Match[str], body: str) -> list[Statement] | None:
    """The statements in the code under a heading; None if it is no code."""
    stated = [*code_statements(body, module_name(head["path"]), head["klass"] or "")]
    is_note = not stated and not head["klass"] and _NOTES.match(body)
    return None if is_note else stated


def _observed(stamp: str | None, lines: Iterable[str]) -> list[Statement] | None:
    """The statements in an observation or a change log whose lines name what they are about."""
    statements: list[Statement] = []
    for line in lines:
        if earlier := _logged(line):
            statements.append(earlier)
            continue
        facts, unread = free_matcher(VOCABULARY).read(line)
        dated = (fact._replace(date=fact.date or stamp or "") for fact in facts)
        stated = [s for fact in dated if (s := _statement(fact, fact.text))]
        if unread or len(stated) < len(facts):
            return None
        statements += stated
    return statements or None


def _named(statements: Iterable[Statement]) -> list[Statement]:
    """The statements of code without a heading: those about names that cannot be words."""
    return [
        statement
        for statement in statements
        if statement.key != "file" and VOCABULARY.find_names(statement.subject)
    ]


def _notes(text: str) -> Iterator[Span]:
    """The sentences in a text that `render` wrote."""
    for match in _NOTED.finditer(text) if "Noted of `" in text else ():
        subject, words, name, value, mark = match.groups("")
        key = f"{_KEYS[words]}{name}"
        full_value = value.replace(LINE, "\n") if key == "source" else value
        rank = _RANKS[mark] if mark in _RANKS else time_rank(mark)
        role = FORMER if mark == _SUPERSEDED else CURRENT
        yield match.start(), match.end(), [Statement(subject, key, full_value, role, rank)]


def _logged(line: str) -> Statement | None:
    """What a line of a change log states."""
    if match := _LOGGED.fullmatch(line.strip()):
        words, name, subject, value = match.groups("")
        key = f"{_KEYS[words]}{name}"
        value = module_name(value) if key == "file" else value
        return Statement(subject, key, value, FORMER, DEFINED)
    return None


def _is_bare(name: str) -> bool:
    """Whether an identifier is one of a function, and no attribute of a class."""
    return type_of(name) == "function" and "." not in name


def _statement(fact: Statement, value: str) -> Statement | None:
    """The statement of a fact; None if no code or topic has such a key."""
    subject, kind = shown(fact.subject), type_of(fact.subject)
    key, colon, name = fact.key.partition(":")
    if match := _QUOTED.fullmatch(value):
        value = match[1]
    name, value = shown(name), shown(value) if fact.key in _NAMED else value
    if colon and not name:
        return None
    if key == "uses":
        key = "reads" if type_of(value) == "constant" else "calls"
        colon, name, value = ":", value, "yes"
    if key == "raises" and kind == "topic":
        key = "exception"
    if kind not in SUBJECTS[key] or (key in ("raises", "exception") and type_of(value) != "class"):
        return None
    if key == "reads":
        name = name.upper()
    if key == "value" and kind == "function" and "." not in subject:
        return None
    if key == "argument" and "." not in name:
        name = ".".join(name.rsplit("_", 1))
    if key == "file":
        value = module_name(value)
    role = fact.role if fact.role in (UNSTATED, FORMER) else CURRENT
    return Statement(subject, f"{key}{colon}{name}", value, role, _rank(fact, key, kind))


def _rank(fact: Statement, key: str, kind: str) -> tuple[int, ...]:
    """The rank of a fact of that key about something of that type."""
    if kind == "topic" and fact.date:
        return time_rank(fact.date)
    return IMPORTED if fact.source == IMPORT and key == "file" else DEFINED


def render(statement: Statement) -> str:
    """The sentence of a statement.

    >>> render(Statement("sift", "default:quota", "37", rank=DEFINED))
    'Noted of `sift`: preset for quota is `37`.'
    """
    value = statement.text.replace("\n", LINE)
    return (
        f"Noted of `{statement.subject}`: {phrase(statement.key)} is `{value}`"
        f"{_SUPERSEDED if statement.role == FORMER else _mark(statement.rank)}."
    )


def phrase(key: str) -> str:
    """The words for a key.

    >>> phrase("default:quota"), phrase("base")
    ('preset for quota', 'parent class')
    """
    kind, colon, name = key.partition(":")
    return f"{PHRASES[kind + colon]} {name}".strip()


def time_rank(stamp: str) -> tuple[int, ...]:
    """The rank of an observation at a time; a date alone is its beginning.

    >>> time_rank("2031-03-04 10:41")
    (2, 2031, 3, 4, 10, 41)
    """
    numbers = [int(number) for number in re.findall(r"\d+", stamp)]
    return (OBSERVED, *numbers, *[0] * (5 - len(numbers)))


def _mark(rank: tuple[int, ...]) -> str:
    if rank[:1] != (OBSERVED,):
        return _MARKS[rank]
    year, month, day, hour, minute = rank[1:]
    return f", as of {year}-{month:02}-{day:02} {hour:02}:{minute:02}"


read = TextReader().read
