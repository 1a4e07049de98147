"""The fact reader of shown code, observations and notes, one paragraph at a time.

It does not need indentation. An observation is part of the debugging session; the change log states
earlier values; a note is the canonical sentence of a statement.
"""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator

from memorygym.core.statements import Statement

DEFINED = (1,)
"""The rank of statements in code and of notes."""
IMPORTED = (0,)
SUPERSEDED = (-1,)
OBSERVED = 2
"""The first number in the rank of an observation; its date and time follow."""

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
    key: [re.compile(sentence.replace("TOPIC", TOPIC).replace("N#", _NUMBER).replace("N@", _NAME))
          for sentence in sentences]
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


def observation_statements(body: str, rank: tuple[int, ...]) -> Iterator[Statement]:
    """The statements about topics in the lines of an observation."""
    for line in body.split("\n"):
        for key, sentences in _OBSERVED.items():
            for sentence in sentences:
                if match := sentence.search(line):
                    topic = match["topic"]
                    yield Statement(topic[0].lower() + topic[1:], key, match["value"], rank)


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
    """The statements in a text: an event, a passage of one, or notes.

    >>> read("[a/b.py]\\ndef sift(a, b=12):\\nreturn a + b")[1]
    Statement(subject='sift', key='default:b', value='12', rank=(1,))
    """
    statements: list[Statement] = []
    for paragraph in _BLANK.split(text):
        headings = list(_HEAD.finditer(paragraph))
        for index, heading in enumerate(headings):
            end = headings[index + 1].start() if index + 1 < len(headings) else len(paragraph)
            body = paragraph[heading.end() + 1 : end].split(_NOTE, 1)[0]
            statements += _statements(
                heading, "\n".join(line.strip() for line in body.strip().split("\n"))
            )
    if _NOTE in text:
        statements += notes(text)
    return tuple(statements)


def _statements(heading: re.Match[str], body: str) -> Iterator[Statement]:
    """The statements in the lines below a heading."""
    if heading["stamp"]:
        return observation_statements(body, time_rank(heading["stamp"]))
    if heading["kind"] == "md":
        changes = _CHANGED.findall(body)
        return (
            Statement(subject, f"{_KEYS[phrase]}{name}", value, SUPERSEDED)
            for phrase, name, subject, value in changes
        )
    module = module_name(heading["path"])
    owner = f"{heading['klass']}." if heading["klass"] else ""
    if heading["part"]:
        return _body(f"{owner}{heading['part']}", body)
    if body.startswith(("def ", "@", "async def ")) and "def " in body:
        return _function(body, module, owner)
    if body.startswith(("class ", "@")):
        return _class(body, module)
    return _lines(body, module)


def module_name(path: str) -> str:
    """The module name of a file.

    >>> module_name("a/b/c.py"), module_name("a/__init__.py")
    ('a.b.c', 'a')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _function(source: str, module: str, owner: str) -> Iterator[Statement]:
    decorators, signature, body = _split(source)
    code = _parsed(f"{decorators}{signature} pass")
    if not isinstance(code, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    name = f"{owner}{code.name}"
    if not owner:
        yield Statement(name, "file", module, DEFINED)
    arguments = code.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = list(zip(positional[::-1], arguments.defaults[::-1], strict=False))[::-1]
    defaults += [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default
    ]
    code_text = f"{decorators}{signature} pass"
    for argument, default in defaults:
        if value := ast.get_source_segment(code_text, default):
            yield Statement(name, f"default:{argument.arg}", _one_line(value), DEFINED)
    for decorator in code.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name | ast.Attribute):
            decorator_name = (
                decorator.func.id if isinstance(decorator.func, ast.Name) else decorator.func.attr
            )
            for keyword in decorator.keywords:
                if keyword.arg and (value := ast.get_source_segment(code_text, keyword.value)):
                    key = f"argument:{decorator_name}.{keyword.arg}"
                    yield Statement(name, key, _one_line(value), DEFINED)
    yield Statement(name, "source", source, DEFINED)
    yield from _body(name, body)


def _split(source: str) -> tuple[str, str, str]:
    """The decorators, the signature up to its colon, and the rest of a function."""
    lines = source.split("\n")
    start = next(
        number for number, line in enumerate(lines) if line.startswith(("def ", "async def "))
    )
    end, depth = start, 0
    while end < len(lines):
        bare = _QUOTED.sub("", lines[end])
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        end += 1
        if depth <= 0:
            break
    decorators = "".join(f"{line}\n" for line in lines[:start])
    return decorators, "\n".join(lines[start:end]), "\n".join(lines[end:])


def _parsed(code: str) -> ast.stmt | None:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return None
    return body[0] if len(body) == 1 else None


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _body(name: str, lines: str) -> Iterator[Statement]:
    """The names that the shown lines of a function call, raise and read."""
    bare = _QUOTED.sub('""', lines)
    for match in dict.fromkeys(_CALL.finditer(bare)):
        name_ = match[1]
        if name_ not in _KNOWN and not bare[: match.start()].endswith(_UNCALLED):
            yield Statement(name, f"calls:{name_}", "yes", DEFINED)
    for exception in dict.fromkeys(_RAISE.findall(bare)):
        yield Statement(name, "raises", exception, DEFINED)
    for constant in dict.fromkeys(_UPPER.findall(bare)):
        yield Statement(name, f"reads:{constant}", "yes", DEFINED)


def _class(body: str, module: str) -> Iterator[Statement]:
    """The statements in the head of a class."""
    if not (match := _CLASS.search(body)):
        return
    name, parent = match[1], match[2] or "object"
    yield Statement(name, "file", module, DEFINED)
    yield Statement(name, "base", parent.rpartition(".")[2], DEFINED)
    for member, value in _SET.findall(body, match.end()):
        if _literal(value):
            yield Statement(f"{name}.{member}", "value", value, DEFINED)


def _lines(body: str, module: str) -> Iterator[Statement]:
    """The statements in lines outside definitions: constants and imports.

    A name bound under a condition is skipped, because other lines may bind it again.
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
    full_phrase = f"{phrase} {name}" if name else phrase
    return f"Noted of `{statement.subject}`: {full_phrase} is `{value}`{_mark(statement.rank)}."


def notes(text: str) -> Iterator[Statement]:
    """The statements of the sentences in a text."""
    for subject, phrase, name, value, mark in _NOTED.findall(text):
        key = f"{_KEYS[phrase]}{name}"
        full_value = value.replace(_LINE, "\n") if key == "source" else value
        yield Statement(
            subject, key, full_value, _RANKS[mark] if mark in _RANKS else time_rank(mark)
        )


def time_rank(stamp: str) -> tuple[int, ...]:
    """The rank of an observation at a time.

    >>> time_rank("2031-03-04 10:41")
    (2, 2031, 3, 4, 10, 41)
    """
    return (OBSERVED, *map(int, re.findall(r"\d+", stamp)))


def _mark(rank: tuple[int, ...]) -> str:
    if rank[:1] != (OBSERVED,):
        return _MARKS[rank]
    year, month, day, hour, minute = rank[1:]
    return f", as of {year}-{month:02}-{day:02} {hour:02}:{minute:02}"
