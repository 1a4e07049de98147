"""Understands questions: what is asked for, and along which path its subject is found."""

import re
from dataclasses import dataclass

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
