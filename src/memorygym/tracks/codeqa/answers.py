"""Understands questions, and answers them from statements.

It says what must be known next where they do not suffice.
"""

import ast
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.codeqa.fact_reader import read, render
from memorygym.tracks.codeqa.interpreter import Beyond, Evaluator, Lacking, Raised

_LINKS = {
    "the function called by name in ": "calls", "the class made by name in ": "makes",
    "the constant read by ": "reads",
    "the exception raised by ": "raises", "the base class of ": "base",
    "the setting that reproduces the failure of ": "setting",
    "the exception that ended ": "exception", "the function at fault in ": "culprit",
}  # fmt: skip
_NAME = re.compile(r"`([^`]+)`$")
_TOPIC = re.compile(r"the [a-z]+(?: [a-z]+){2,6}$")


@dataclass(frozen=True, slots=True)
class Path:
    """A name, and what leads from it to the subject, first step first."""

    anchor: str
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for."""

    kind: str
    """`get`, `sum`, `callers`, `output`, `returns` or `failing`."""
    paths: tuple[Path, ...]
    keys: tuple[str, ...] = ()
    """Of the subject at the end of each path."""
    told: str = ""
    """An expression, an argument, a number or a new value."""


_ASKED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
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
    """The query in the text of an event; None if it asks nothing that is understood.

    >>> ask("What is the value of the constant read by `sift`?")
    Query(kind='get', paths=(Path(anchor='sift', links=('reads',)),), keys=('value',), told='')
    """
    for line in text.split("\n"):
        for kind, pattern in _ASKED:
            if (found := pattern.match(line.strip())) and (query := _query(kind, found)):
                return query
    return None


def _query(kind: str, found: re.Match[str]) -> Query | None:
    words = found.groupdict()
    if kind == "output":
        return Query("output", (), told=words["word"])
    if kind == "sum":
        one, other = (ask(f"What is {words[name]}?") for name in ("one", "other"))
        return one and other and Query("sum", one.paths + other.paths, one.keys + other.keys)
    path = _path(words["path"])
    if path is None:
        return None
    match kind:
        case "callers" | "returns" | "failing":
            return Query(kind, (path,), told=words["word"])
        case "default":
            return Query("get", (path,), (f"default:{words['word']}",))
        case "argument":
            return Query("get", (path,), (f"argument:{words['by']}.{words['word']}",))
    return Query("get", (path,), (kind,))


def _path(text: str) -> Path | None:
    links: list[str] = []
    while start := next((one for one in _LINKS if text.startswith(one)), None):
        links.insert(0, _LINKS[start])
        text = text.removeprefix(start)
    anchor = _NAME.match(text)
    if anchor:
        return Path(anchor[1], tuple(links))
    return Path(text, tuple(links)) if _TOPIC.match(text) else None


_MANY = {"calls": "calls:", "makes": "calls:", "reads": "reads:"}
"""Links of which a definition may have several; a path goes on only where there is one."""


class UsedStatements:
    """What statements tell, and which of these were used."""

    def __init__(
        self, known: StatementIndex, instead: Mapping[tuple[str, str], str] | None = None
    ) -> None:
        self._known = known
        self._instead = instead or {}
        """What holds whatever is known, by subject and key."""
        self.used: dict[Statement, None] = {}

    def get(self, subject: str, key: str) -> str:
        """The value that holds. Raises Lacking."""
        if (subject, key) in self._instead:
            return self._instead[subject, key]
        one = self._known.get(subject, key)
        if one is None:
            raise Lacking(subject)
        self.used[one] = None
        return one.value

    def end(self, path: Path) -> str:
        """The subject that a path leads to. Raises Lacking."""
        name = path.anchor
        for link in path.links:
            name = self._only(name, link) if link in _MANY else self.get(name, link)
        return name

    def _only(self, name: str, link: str) -> str:
        start = _MANY[link]
        held = self._known.about(name)
        found = [key.removeprefix(start) for key in held if key.startswith(start)]
        if link == "calls":
            found = [one for one in found if one.islower()]
        if link == "makes":
            found = [one for one in found if one[0].isupper() and not one.isupper()]
        if len(found) != 1:
            raise Lacking(name)
        self.used[held[f"{start}{found[0]}"]] = None
        return found[0]


def answer(query: Query, known: StatementIndex) -> Found | Missing:
    """What follows from what is known."""
    told = UsedStatements(known)
    try:
        match query.kind:
            case "get":
                said = _plain(told.get(told.end(query.paths[0]), query.keys[0]), query.keys[0])
            case "sum":
                values = [
                    int(told.get(told.end(path), key))
                    for path, key in zip(query.paths, query.keys, strict=True)
                ]
                said = str(sum(values))
            case "output":
                said = str(Evaluator(told.get).expression(query.told))
            case "returns":
                name = told.end(query.paths[0])
                said = str(Evaluator(told.get).call(name, int(query.told)))
            case "callers":
                said = _callers(told.end(query.paths[0]), int(query.told), known, told)
            case _:
                return _failing(told.end(query.paths[0]), query.told, known)
    except Lacking as error:
        return Missing(str(error), tuple(told.used))
    except (Beyond, Raised, ValueError):
        return Missing("", tuple(told.used))
    return Found(said, tuple(told.used)) if said != "None" else Missing("", tuple(told.used))


def _plain(value: str, key: str) -> str:
    """A value as one says it: text without its quotes, a module without its package."""
    if key == "file":
        return value.rpartition(".")[2]
    with suppress(ValueError, SyntaxError):
        inner = ast.literal_eval(value)
        return inner if isinstance(inner, str) else value
    return value


def _callers(name: str, number: int, known: StatementIndex, told: UsedStatements) -> str:
    """All callers, if so many are known as there are."""
    found = known.whose(f"calls:{name}", "yes")
    if len(found) != number:
        raise Lacking(name)
    told.used |= dict.fromkeys(found)
    return f"{number} ({', '.join(sorted(one.subject for one in found))})"


def _failing(name: str, value: str, known: StatementIndex) -> Found | Missing:
    """The first test below a constant which fails once it has that value."""
    way: dict[str, tuple[Statement, ...]] = {}
    waiting: list[tuple[str, tuple[Statement, ...]]] = [
        (one.subject, (one,)) for one in known.whose(f"reads:{name}", "yes")
    ]
    lacking = name
    while waiting:
        subject, before = waiting.pop(0)
        if subject in way:
            continue
        way[subject] = before
        if subject.startswith("test_"):
            told = UsedStatements(known, {(name, "value"): value})
            try:
                Evaluator(told.get).call(subject)
            except Raised:
                return Found(subject, tuple(dict.fromkeys((*before, *told.used))))
            except Lacking as error:
                lacking = str(error)
            except Beyond:
                pass
        waiting += [(one.subject, (*before, one)) for one in known.whose(f"calls:{subject}", "yes")]
    return Missing(lacking, tuple(one for steps in way.values() for one in steps))


class CodeReader:
    """The strong reader of this track: of code, observations and notes."""

    read, ask = staticmethod(read), staticmethod(ask)
    answer, render = staticmethod(answer), staticmethod(render)
