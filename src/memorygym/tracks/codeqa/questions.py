"""The questions: how each kind is worded and answered from statements, stated once.

The generator writes a question by its wording, and its true answer is what `answer` finds in all
files; the reader parses it by the same wording and answers from what a memory kept.
"""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from memorygym.core.statements import Statement, StatementIndex, Value
from memorygym.tracks._qa.questions import Found, KnownStatements, Missing, MissingFact, wording
from memorygym.tracks.codeqa.fact_reader import TextReader, render
from memorygym.tracks.codeqa.keys import SUBJECTS, VALUE_TYPES
from memorygym.tracks.codeqa.names import type_of


@dataclass(frozen=True, slots=True)
class PathLink:
    """A step from a name to another one that it states."""

    phrase: str
    """Its words; the path that it continues follows."""
    key: str
    """The key whose value is the other name, or that ends with it, after a colon."""
    of: str
    """The type of the name that it leads from."""
    to: str
    """The type of the name that it leads to."""


_PHRASES = {
    "culprit": "the function at fault in",
    "setting": "the setting that reproduces the failure of",
    "exception": "the exception that ended",
    "calls:": "the function called by name in",
    "reads:": "the constant read by",
    "raises": "the exception raised by",
    "base": "the base class of",
}
LINKS = [
    PathLink(phrase, key, SUBJECTS[key.rstrip(":")][0], VALUE_TYPES[key.rstrip(":")])
    for key, phrase in _PHRASES.items()
]


def linked(name: str, link: PathLink, known: StatementIndex) -> tuple[str, Statement] | None:
    """The name that a link leads to, and its statement; None if there is none or several."""
    if not link.key.endswith(":"):
        statement = known.get(name, link.key)
        return (statement.text, statement) if statement else None
    targets = [
        (key.removeprefix(link.key), statement)
        for key, statement in known.about(name).items()
        if key.startswith(link.key) and type_of(key.removeprefix(link.key)) == link.to
    ]
    return targets[0] if len(targets) == 1 else None


@dataclass(frozen=True, slots=True)
class Path:
    """A name, and the links that lead from it to another one, in order."""

    anchor: str
    links: tuple[PathLink, ...] = ()


_NAME = re.compile(r"`([^`]+)`$")
_TOPIC = re.compile(r"the [a-z]+(?: [a-z]+){2,6}$")


def _path(text: str) -> Path | None:
    for link in LINKS:
        if text.startswith(f"{link.phrase} "):
            path = _path(text.removeprefix(f"{link.phrase} "))
            return path and Path(path.anchor, (*path.links, link))
    if match := _NAME.match(text):
        return Path(match[1])
    return Path(text) if _TOPIC.match(text) else None


class Overlay(StatementIndex):
    """An index in which a few statements override the known ones."""

    def __init__(self, overriding: Iterable[Statement], known: StatementIndex) -> None:
        self._overriding = StatementIndex(overriding)
        self._known = known

    def get(self, subject: str, key: str) -> Statement | None:
        return self._overriding.get(subject, key) or self._known.get(subject, key)

    def about(self, subject: str) -> dict[str, Statement]:
        return self._known.about(subject) | self._overriding.about(subject)

    def whose(self, key: str, value: Value) -> list[Statement]:
        return self._overriding.whose(key, value) + self._known.whose(key, value)


def _end(path: Path, known: KnownStatements) -> str:
    """The name that a path leads to. Raises MissingFact."""
    name = path.anchor
    for link in path.links:
        step = linked(name, link, known.index)
        if step is None:
            raise MissingFact(name, link.key)
        name, statement = step
        known.used[statement] = None
    return name


def _value(query: "CodeQuery", known: KnownStatements) -> str:
    """The value of the kind's key at the end of the path."""
    stated = known.get(_end(query.path, known), query.key)
    if query.key == "file":
        return stated.rpartition(".")[2]
    with suppress(ValueError, SyntaxError):
        inner = ast.literal_eval(stated)
        return inner if isinstance(inner, str) else stated
    return stated


@dataclass(frozen=True, slots=True)
class CodeQuestion:
    """A kind of question."""

    name: str
    text: str
    """Its wording, with places for a `path`, or for the `left` and the `right` term of a sum."""
    guess: str = "{anchor}"
    """The best guess from the question alone."""
    key: str = ""
    """The key whose value it asks for; "" is its name."""
    answer: Callable[["CodeQuery", KnownStatements], str] = _value
    """The answer to a query. Raises MissingFact or ValueError."""
    question_type: str = "retrieval"
    """How it is graded."""


@dataclass(frozen=True, slots=True)
class CodeQuery:
    """A parsed question."""

    kind: CodeQuestion
    words: Mapping[str, str]
    """By place of the wording: what stands there."""
    path: Path
    """The path in it; its anchor is "" if there is none."""
    terms: tuple["CodeQuery", ...] = ()
    """The queries for the terms of a sum."""

    @property
    def key(self) -> str:
        """The key whose value it asks for."""
        return (self.kind.key or self.kind.name).format(**self.words)


def _sum(query: CodeQuery, known: KnownStatements) -> str:
    return str(sum(int(term.kind.answer(term, known)) for term in query.terms))


def _callers(query: CodeQuery, known: KnownStatements) -> str:
    name, number = _end(query.path, known), query.words["number"]
    callers = known.index.whose(f"calls:{name}", "yes")
    if len(callers) != int(number):
        raise MissingFact(name, "calls")
    known.used |= dict.fromkeys(callers)
    return f"{number} ({', '.join(sorted(caller.subject for caller in callers))})"


_KINDS = (
    CodeQuestion("default", "What is the default of the parameter `{name}` of {path}?", "0",
                 "default:{name}"),
    CodeQuestion("value", "What is the value of {path}?", "100"),
    CodeQuestion("base", "Which class does {path} derive from?", "Exception"),
    CodeQuestion("raises", "Which exception does {path} raise?", "ValueError"),
    CodeQuestion("file", "In which module is {path} defined? Give the module's own name."),
    CodeQuestion("argument", "What does the decorator `{mark}` of {path} set `{name}` to?", "3",
                 "argument:{mark}.{name}"),
    CodeQuestion("sum", "What is the sum of {left} and {right}?", "2", answer=_sum),
    CodeQuestion("callers",
                 "Which {number} functions call {path}? Give their number and their names.",
                 "{number}", answer=_callers, question_type="relationship_count"),
    CodeQuestion("rows", "How many rows a page did the user ask for in the case of {path}?", "100"),
    CodeQuestion("breaks", "Beyond how many entries does {path} break?", "1000"),
    CodeQuestion("setting", "Which setting reproduces the failure of {path}?"),
    CodeQuestion("exception", "Which exception ended {path}?", "ValueError"),
    CodeQuestion("culprit", "Which function is at fault in {path}?"),
    CodeQuestion("items", "How many items does a call return at most behind {path}?", "100"),
    CodeQuestion("plan", "Which plan does {path} follow?"),
    CodeQuestion("memory", "How many MB may {path} hold?", "512"),
)  # fmt: skip
KINDS: Mapping[str, CodeQuestion] = {kind.name: kind for kind in _KINDS}
_PLACES = {"name": r"\w+", "mark": r"\w+", "number": r"\d+"}
"""By place of a wording: what may stand there."""
_TERM = "What is "
"""How a question begins whose rest can be a term of a sum."""


_PATTERNS = [(kind, wording(kind.text, _PLACES)) for kind in KINDS.values()]


def ask(text: str) -> CodeQuery | None:
    """The query in the text of an event; None if the event asks no known question.

    >>> query = ask("What is the value of the constant read by `sift`?")
    >>> query.kind.name, query.path.anchor, query.path.links[0].key
    ('value', 'sift', 'reads:')
    """
    for line in text.split("\n"):
        for kind, pattern in _PATTERNS:
            match = pattern.fullmatch(line.strip())
            if match and (query := _query(kind, match.groupdict())):
                return query
    return None


def _query(kind: CodeQuestion, words: Mapping[str, str]) -> CodeQuery | None:
    path = _path(words["path"]) if "path" in words else Path("")
    sides = [words[side] for side in ("left", "right") if side in words]
    terms = [term for side in sides if (term := ask(f"{_TERM}{side}?"))]
    if path is None or len(terms) < len(sides):
        return None
    return CodeQuery(kind, words, path, tuple(terms))


def term_of(question: str) -> str:
    """The term of a sum that a question asks for."""
    return question.removeprefix(_TERM).removesuffix("?")


def answer(query: CodeQuery, known: StatementIndex) -> Found | Missing:
    """The answer that follows from the known statements, or what is missing."""
    statements, query_text = KnownStatements(known), ""
    try:
        text = query.kind.answer(query, statements)
        if text != "None":
            return Found(text, tuple(statements.used))
    except MissingFact as error:
        query_text = error.args[0]
    except ValueError:
        pass
    return Missing(query_text, tuple(statements.used))


def guess(query: CodeQuery) -> str:
    """The best guess from the question alone: a name or a number in it, or a common value."""
    return query.kind.guess.format(anchor=query.path.anchor, **query.words)


class CodeReader:
    """The fact reader of this track: it reads code, observations and notes."""

    ask, answer, render = staticmethod(ask), staticmethod(answer), staticmethod(render)

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        texts = TextReader(shown)
        self.read, self.coverage = texts.read, texts.coverage

    def against(self, shown: Iterable[str]) -> "CodeReader":
        """See core.statements.MatchingReader."""
        return CodeReader(tuple(shown))
