"""Answers queries from statements, and says what must be known next where they do not suffice."""

import ast
from collections.abc import Mapping
from contextlib import suppress

from memorygym.instances.model import Found, Missing
from memorygym.statements import Known, Statement
from memorygym.tracks.codeqa.evaluating import Beyond, Evaluator, Lacking, Raised
from memorygym.tracks.codeqa.querying import Path, Query, ask
from memorygym.tracks.codeqa.reading import read, tell

_MANY = {"calls": "calls:", "makes": "calls:", "reads": "reads:"}
"""Links of which a definition may have several; a path goes on only where there is one."""


class Told:
    """What statements tell, and which of these were used."""

    def __init__(self, known: Known, instead: Mapping[tuple[str, str], str] | None = None) -> None:
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


class CodeReader:
    """The strong reader of this track: of code, observations and notes."""

    def read(self, text: str) -> tuple[Statement, ...]:
        return read(text)

    def ask(self, text: str) -> Query | None:
        return ask(text)

    def answer(self, query: Query, known: Known) -> Found | Missing:
        return answer(query, known)

    def tell(self, statement: Statement) -> str:
        return tell(statement)


def answer(query: Query, known: Known) -> Found | Missing:
    """What follows from what is known."""
    told = Told(known)
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


def _callers(name: str, number: int, known: Known, told: Told) -> str:
    """All callers, if so many are known as there are."""
    found = known.whose(f"calls:{name}", "yes")
    if len(found) != number:
        raise Lacking(name)
    told.used |= dict.fromkeys(found)
    return f"{number} ({', '.join(sorted(one.subject for one in found))})"


def _failing(name: str, value: str, known: Known) -> Found | Missing:
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
            told = Told(known, {(name, "value"): value})
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
