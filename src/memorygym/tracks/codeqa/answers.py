"""The reader's answers: it parses a question and answers it from statements.

If the statements do not suffice, it names the next missing fact.
"""

import ast
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.codeqa.fact_reader import coverage, read, render
from memorygym.tracks.codeqa.interpreter import Evaluator, Raised, UnknownName, Unsupported

_LINKS = {
    "the function called by name in ": "calls",
    "the class made by name in ": "makes",
    "the constant read by ": "reads",
    "the exception raised by ": "raises",
    "the base class of ": "base",
    "the setting that reproduces the failure of ": "setting",
    "the exception that ended ": "exception",
    "the function at fault in ": "culprit",
}
_NAME = re.compile(r"`([^`]+)`$")
_TOPIC = re.compile(r"the [a-z]+(?: [a-z]+){2,6}$")


@dataclass(frozen=True, slots=True)
class Path:
    """A name, and the steps that lead from it to the subject, in order."""

    anchor: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed question."""

    kind: str
    """`get`, `sum`, `callers`, `output`, `returns` or `failing`."""
    paths: tuple[Path, ...]
    keys: tuple[str, ...] = ()
    """The key asked for of the subject at the end of each path."""
    argument: str = ""
    """An expression, an argument, a number or a new value."""


_QUESTIONS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"^{pattern}\??$"))
    for kind, pattern in (
        ("default", r"What is the default of the parameter `(?P<word>\w+)` of (?P<path>.+?)"),
        ("sum", r"What is the sum of (?P<one>.+?) and (?P<other>the (?:value|default) of .+?)"),
        ("value", r"What is the value of (?P<path>.+?)"),
        ("base", r"Which class does (?P<path>.+?) derive from"),
        ("raises", r"Which exception does (?P<path>.+?) raise"),
        ("file", r"In which module is (?P<path>.+?) defined\? Give the module's own name\."),
        ("argument",
         r"What does the decorator `(?P<by>\w+)` of (?P<path>.+?) set `(?P<word>\w+)` to"),
        ("callers",
         r"Which (?P<word>\d+) functions call (?P<path>.+?)\? Give their number and their names\."),
        ("returns",
         r"What does (?P<path>the function .+?) return for the argument (?P<word>-?\d+)"),
        ("output", r"What does `(?P<word>[^`]+)` return"),
        ("failing",
         r"Exactly one test fails once (?P<path>`\w+`) is set to (?P<word>-?\d+): which one"),
        ("rows", r"How many rows a page did the user ask for in the case of (?P<path>.+?)"),
        ("breaks", r"Beyond how many entries does (?P<path>.+?) break"),
        ("setting", r"Which setting reproduces the failure of (?P<path>.+?)"),
        ("exception", r"Which exception ended (?P<path>.+?)"),
        ("culprit", r"Which function is at fault in (?P<path>.+?)"),
        ("items", r"How many items does a call return at most behind (?P<path>.+?)"),
        ("plan", r"Which plan does (?P<path>.+?) follow"),
        ("memory", r"How many MB may (?P<path>.+?) hold"),
    )
)  # fmt: skip


def ask(text: str) -> Query | None:
    """The query in the text of an event; None if the event asks no known question.

    >>> ask("What is the value of the constant read by `sift`?")
    Query(kind='get', paths=(Path(anchor='sift', links=('reads',)),), keys=('value',), argument='')
    """
    for line in text.split("\n"):
        for kind, pattern in _QUESTIONS:
            if (match := pattern.match(line.strip())) and (query := _query(kind, match)):
                return query
    return None


def _query(kind: str, match: re.Match[str]) -> Query | None:
    words = match.groupdict()
    if kind == "output":
        return Query("output", (), argument=words["word"])
    if kind == "sum":
        left, right = (ask(f"What is {words[name]}?") for name in ("one", "other"))
        return left and right and Query("sum", left.paths + right.paths, left.keys + right.keys)
    path = _path(words["path"])
    if path is None:
        return None
    match kind:
        case "callers" | "returns" | "failing":
            return Query(kind, (path,), argument=words["word"])
        case "default":
            return Query("get", (path,), (f"default:{words['word']}",))
        case "argument":
            return Query("get", (path,), (f"argument:{words['by']}.{words['word']}",))
    return Query("get", (path,), (kind,))


def _path(text: str) -> Path | None:
    links: list[str] = []
    while start := next((phrase for phrase in _LINKS if text.startswith(phrase)), None):
        links.insert(0, _LINKS[start])
        text = text.removeprefix(start)
    anchor = _NAME.match(text)
    if anchor:
        return Path(anchor[1], tuple(links))
    return Path(text, tuple(links)) if _TOPIC.match(text) else None


_MULTIPLE = {"calls": "calls:", "makes": "calls:", "reads": "reads:"}
"""Steps of which a definition may have several; a path continues only if there is one."""


class UsedStatements:
    """The known statements, and those of them that were used."""

    def __init__(
        self, known: StatementIndex, instead: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self._known = known
        self._instead = instead or {}
        """By subject and key: values that override the known ones."""
        self.used: dict[Statement, None] = {}

    def get(self, subject: str, key: str) -> str:
        """The current value of a key. Raises UnknownName."""
        if (subject, key) in self._instead:
            return self._instead[subject, key]
        statement = self._known.get(subject, key)
        if statement is None:
            raise UnknownName(subject)
        self.used[statement] = None
        return statement.text

    def end(self, path: Path) -> str:
        """The subject that a path leads to. Raises UnknownName."""
        name = path.anchor
        for link in path.links:
            name = self._only(name, link) if link in _MULTIPLE else self.get(name, link)
        return name

    def _only(self, name: str, link: str) -> str:
        prefix = _MULTIPLE[link]
        facts = self._known.about(name)
        names = [key.removeprefix(prefix) for key in facts if key.startswith(prefix)]
        if link == "calls":
            names = [callee for callee in names if callee.islower()]
        if link == "makes":
            names = [callee for callee in names if callee[0].isupper() and not callee.isupper()]
        if len(names) != 1:
            raise UnknownName(name)
        self.used[facts[f"{prefix}{names[0]}"]] = None
        return names[0]


def answer(query: Query, known: StatementIndex) -> Found | Missing:
    """The answer that follows from the known statements, or what is missing."""
    used = UsedStatements(known)
    try:
        match query.kind:
            case "get":
                text = _plain(used.get(used.end(query.paths[0]), query.keys[0]), query.keys[0])
            case "sum":
                values = [
                    int(used.get(used.end(path), key))
                    for path, key in zip(query.paths, query.keys, strict=True)
                ]
                text = str(sum(values))
            case "output":
                text = str(Evaluator(used.get).expression(query.argument))
            case "returns":
                name = used.end(query.paths[0])
                text = str(Evaluator(used.get).call(name, int(query.argument)))
            case "callers":
                text = _callers(used.end(query.paths[0]), int(query.argument), known, used)
            case _:
                return _failing(used.end(query.paths[0]), query.argument, known)
    except UnknownName as error:
        return Missing(str(error), tuple(used.used))
    except (Unsupported, Raised, ValueError):
        return Missing("", tuple(used.used))
    return Found(text, tuple(used.used)) if text != "None" else Missing("", tuple(used.used))


def _plain(value: str, key: str) -> str:
    """A value as an answer states it: text without quotes, a module without its package."""
    if key == "file":
        return value.rpartition(".")[2]
    with suppress(ValueError, SyntaxError):
        inner = ast.literal_eval(value)
        return inner if isinstance(inner, str) else value
    return value


def _callers(name: str, number: int, known: StatementIndex, used: UsedStatements) -> str:
    """The callers of a function, if all of them are known. Raises UnknownName."""
    callers = known.whose(f"calls:{name}", "yes")
    if len(callers) != number:
        raise UnknownName(name)
    used.used |= dict.fromkeys(callers)
    return f"{number} ({', '.join(sorted(caller.subject for caller in callers))})"


def _failing(name: str, value: str, known: StatementIndex) -> Found | Missing:
    """The first test that uses a constant and fails once the constant has a value."""
    paths: dict[str, tuple[Statement, ...]] = {}
    queue: list[tuple[str, tuple[Statement, ...]]] = [
        (call.subject, (call,)) for call in known.whose(f"reads:{name}", "yes")
    ]
    missing = name
    while queue:
        subject, path = queue.pop(0)
        if subject in paths:
            continue
        paths[subject] = path
        if subject.startswith("test_"):
            statements = UsedStatements(known, {(name, "value"): value})
            try:
                Evaluator(statements.get).call(subject)
            except Raised:
                return Found(subject, tuple(dict.fromkeys((*path, *statements.used))))
            except UnknownName as error:
                missing = str(error)
            except Unsupported:
                pass
        queue += [(call.subject, (*path, call)) for call in known.whose(f"calls:{subject}", "yes")]
    return Missing(missing, tuple(call for steps in paths.values() for call in steps))


class CodeReader:
    """The fact reader of this track: it reads code, observations and notes."""

    read, coverage, ask = staticmethod(read), staticmethod(coverage), staticmethod(ask)
    answer, render = staticmethod(answer), staticmethod(render)
