"""Reads shown code, observations and notes, a paragraph at a time and without its indentation.

An observation is what a session saw; a change log tells of earlier releases; a note is the one
sentence in which a statement is told, and read back word for word.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator

from memorygym.core.statements import Statement

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
_KEYS = {phrase: key for key, phrase in _PHRASES.items()}
_LINE = " | "
_NOTED = re.compile(
    r"Noted of `([^`\n]+)`: (" + "|".join(map(re.escape, _KEYS)) + r")(?: ([\w.]+))? is"
    r" `([^`\n]*)`(|, by an import|, superseded|, as of [\d-]+ [\d:]+)\."
)
TOPIC = r"(?P<topic>[Tt]he [a-z]+(?: [a-z]+){2,6}?)"
_NUMBER, _NAME = r"(?P<value>\d+)", r"(?P<value>\w+(?:\.\w+)?)"
_OBSERVED = {
    key: [re.compile(one.replace("TOPIC", TOPIC).replace("N#", _NUMBER).replace("N@", _NAME))
          for one in sentences]
    for key, sentences in {
        "rows": [r"asked that TOPIC keep to N# rows", r"As for TOPIC, the user wants N# rows"],
        "breaks": [r"TOPIC goes wrong beyond N# entries", r"Beyond N# entries TOPIC loses data"],
        "setting": [r"TOPIC fails only while N@ is overridden",
                    r"Only an overridden N@ makes TOPIC fail\b"],
        "exception": [r"TOPIC ended with N@", r"Traceback of TOPIC: N@"],
        "culprit": [r"TOPIC goes astray in N@", r"The fault behind TOPIC sits in N@"],
        "items": [r"A call behind TOPIC returns at most N# items", r"TOPIC gets N# items a call"],
        "plan": [r"decided that TOPIC follows the N@ plan", r"TOPIC goes by the N@ plan"],
        "memory": [r"TOPIC may hold N# MB", r"No more than N# MB are allowed for TOPIC\."],
    }.items()
}  # fmt: skip
_CHANGED = re.compile(
    r"Until release [\d.]+ the (preset for|value|parent class|exception thrown)(?: (\w+))? of"
    r" `([\w.]+)` was `([^`\n]+)`; superseded since\."
)


def observed(body: str, rank: tuple[int, ...]) -> Iterator[Statement]:
    """What the lines of an observation tell about topics."""
    for line in body.split("\n"):
        for key, sentences in _OBSERVED.items():
            for sentence in sentences:
                if found := sentence.search(line):
                    topic = found["topic"]
                    yield Statement(topic[0].lower() + topic[1:], key, found["value"], rank)


_BLANK = re.compile(r"\n[ \t]*\n")
_HEAD = re.compile(
    r"^[ \t]*\[(?:(?P<path>[^\s\]·]+\.(?P<kind>py|md))(?: · class (?P<klass>\w+))?"
    r"(?: · (?P<part>\w+), continued)?(?: · [^\]\n]*)?"
    r"|[^\]\n]* · (?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d))\][ \t]*$",
    re.MULTILINE,
)
_NOTE = "Noted of `"
_QUOTED = re.compile(
    r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*'
)
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_UNCALLED = ("def ", "class ", "raise ")
_RAISE = re.compile(r"\braise (?:\w+\.)*([A-Z]\w*)")
_UPPER = re.compile(r"(?<![\w.])_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)")
_FROM = re.compile(r"^from ([A-Za-z]\w*(?:\.\w+)+) import ([\w, ]+)$", re.MULTILINE)
_SET = re.compile(r"^(\w+)(?:: ?[\w\[\], .]+)? = (.+)$", re.MULTILINE)
_UNDER = re.compile(r"^(?:if|elif|else|try|except|finally|for|while|with|match|case)\b.*:$", re.M)
_CLASS = re.compile(r"^class (\w+)(?:\(([\w.]*)\))?:$", re.MULTILINE)
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


def read(text: str) -> tuple[Statement, ...]:
    """What a text tells: an event, a passage of one, or notes.

    >>> read("[a/b.py]\\ndef sift(a, b=12):\\nreturn a + b")[1]
    Statement(subject='sift', key='default:b', value='12', rank=(1,))
    """
    found: list[Statement] = []
    for paragraph in _BLANK.split(text):
        heads = list(_HEAD.finditer(paragraph))
        for place, head in enumerate(heads):
            until = heads[place + 1].start() if place + 1 < len(heads) else len(paragraph)
            body = paragraph[head.end() + 1 : until].split(_NOTE, 1)[0]
            found += _told(head, "\n".join(line.strip() for line in body.strip().split("\n")))
    if _NOTE in text:
        found += notes(text)
    return tuple(found)


def _told(head: re.Match[str], body: str) -> Iterator[Statement]:
    """What the lines below a heading tell."""
    if head["stamp"]:
        return observed(body, moment(head["stamp"]))
    if head["kind"] == "md":
        changed = _CHANGED.findall(body)
        return (Statement(s, f"{_KEYS[what]}{name}", v, SUPERSEDED) for what, name, s, v in changed)
    module = dotted(head["path"])
    owner = f"{head['klass']}." if head["klass"] else ""
    if head["part"]:
        return _body(f"{owner}{head['part']}", body)
    if body.startswith(("def ", "@", "async def ")) and "def " in body:
        return _function(body, module, owner)
    if body.startswith(("class ", "@")):
        return _class(body, module)
    return _lines(body, module)


def dotted(path: str) -> str:
    """The name under which a file is imported.

    >>> dotted("a/b/c.py"), dotted("a/__init__.py")
    ('a.b.c', 'a')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _function(source: str, module: str, owner: str) -> Iterator[Statement]:
    marks, signature, rest = _split(source)
    code = _parsed(f"{marks}{signature} pass")
    if not isinstance(code, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    name = f"{owner}{code.name}"
    if not owner:
        yield Statement(name, "file", module, DEFINED)
    arguments = code.args
    positional = [*arguments.posonlyargs, *arguments.args]
    given = list(zip(positional[::-1], arguments.defaults[::-1], strict=False))[::-1]
    given += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    shown = f"{marks}{signature} pass"
    for argument, default in given:
        if value := ast.get_source_segment(shown, default):
            yield Statement(name, f"default:{argument.arg}", _one_line(value), DEFINED)
    for mark in code.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name | ast.Attribute):
            by = mark.func.id if isinstance(mark.func, ast.Name) else mark.func.attr
            for word in mark.keywords:
                if word.arg and (value := ast.get_source_segment(shown, word.value)):
                    key = f"argument:{by}.{word.arg}"
                    yield Statement(name, key, _one_line(value), DEFINED)
    yield Statement(name, "source", source, DEFINED)
    yield from _body(name, rest)


def _split(source: str) -> tuple[str, str, str]:
    """The decorators, the signature up to its colon, and the rest of a function."""
    lines = source.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith(("def ", "async def ")))
    end, depth = start, 0
    while end < len(lines):
        bare = _QUOTED.sub("", lines[end])
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        end += 1
        if depth <= 0:
            break
    marks = "".join(f"{line}\n" for line in lines[:start])
    return marks, "\n".join(lines[start:end]), "\n".join(lines[end:])


def _parsed(code: str) -> ast.stmt | None:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return None
    return body[0] if len(body) == 1 else None


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _body(name: str, lines: str) -> Iterator[Statement]:
    """What a function calls by name, raises and reads, as far as its shown lines tell."""
    bare = _QUOTED.sub('""', lines)
    for called in dict.fromkeys(_CALL.finditer(bare)):
        word = called[1]
        if word not in _KNOWN and not bare[: called.start()].endswith(_UNCALLED):
            yield Statement(name, f"calls:{word}", "yes", DEFINED)
    for raised in dict.fromkeys(_RAISE.findall(bare)):
        yield Statement(name, "raises", raised, DEFINED)
    for read in dict.fromkeys(_UPPER.findall(bare)):
        yield Statement(name, f"reads:{read}", "yes", DEFINED)


def _class(body: str, module: str) -> Iterator[Statement]:
    """What the head of a class tells."""
    if not (head := _CLASS.search(body)):
        return
    name, parent = head[1], head[2] or "object"
    yield Statement(name, "file", module, DEFINED)
    yield Statement(name, "base", parent.rpartition(".")[2], DEFINED)
    for member, value in _SET.findall(body, head.end()):
        if _literal(value):
            yield Statement(f"{name}.{member}", "value", value, DEFINED)


def _lines(body: str, module: str) -> Iterator[Statement]:
    """What lines outside definitions tell: constants and imports.

    What is bound under a condition tells nothing: other lines may bind it again.
    """
    for name, value in _SET.findall("" if _UNDER.search(body) else body):
        if name.isupper() and _literal(value):
            yield Statement(name, "value", value, DEFINED)
            yield Statement(name, "file", module, DEFINED)
    for source, names in _FROM.findall(body):
        for name in names.split(","):
            if " as " not in name:
                yield Statement(name.strip(), "file", source, IMPORTED)


def _literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def render(statement: Statement) -> str:
    """The sentence of a statement.

    >>> render(Statement("sift", "default:quota", "37", DEFINED))
    'Noted of `sift`: preset for quota is `37`.'
    """
    key, colon, name = statement.key.partition(":")
    phrase = _PHRASES[key + colon]
    value = statement.value.replace("\n", _LINE)
    told = f"{phrase} {name}" if name else phrase
    return f"Noted of `{statement.subject}`: {told} is `{value}`{_mark(statement.rank)}."


def notes(text: str) -> Iterator[Statement]:
    """The statements of the sentences in a text."""
    for subject, phrase, name, value, mark in _NOTED.findall(text):
        key = f"{_KEYS[phrase]}{name}"
        told = value.replace(_LINE, "\n") if key == "source" else value
        yield Statement(subject, key, told, _RANKS[mark] if mark in _RANKS else moment(mark))


def moment(stamp: str) -> tuple[int, ...]:
    """The rank of what was observed then.

    >>> moment("2031-03-04 10:41")
    (2, 2031, 3, 4, 10, 41)
    """
    return (OBSERVED, *map(int, re.findall(r"\d+", stamp)))


def _mark(rank: tuple[int, ...]) -> str:
    if rank[:1] != (OBSERVED,):
        return _MARKS[rank]
    year, month, day, hour, minute = rank[1:]
    return f", as of {year}-{month:02}-{day:02} {hour:02}:{minute:02}"
