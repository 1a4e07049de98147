"""context_copier: stores nothing, and answers whatever of the asked form stands in the view."""

import re

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Answerer
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.questions.single import TREND_LABELS
from memorygym.tracks.worlds.facts import Attribute, Query
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the zero-write agent that answered from the visible history and scored full marks"
BOUND = Bound(1)
_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)+")
_DATE = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}|\d{4}-\d\d-\d\d")


class ContextCopier(Answerer):
    """Every figure, name, date or choice that it gives is one that it sees."""

    def answer(self, now: Scene) -> str:
        return _copied(now, now.query) if now.query else REFUSAL


def _copied(now: Scene, query: Query) -> str:
    """One claim in the form that the question asks for."""
    guide = now.reader.guide
    values = [_of_form(now, query, guide.attribute(code)) for code in query.codes] or ["2"]
    name: str = (*query.names, *_NAME.findall(now.text), "Nobody")[0]
    match query.kind:
        case "value" | "before" | "delta" | "ratio" | "total" | "top" | "hop":
            return values[-1]
        case "trend":
            return f"{TREND_LABELS[-1]} (15%)"
        case "extreme":
            return f"1 ({values[0]})"
        case "constraints":
            return f"{query.size // 3} ({values[-1]})"
        case "count":
            return f"1 ({name})"
        case "lookup":
            return name
    return f"{name} ({values[-1]})"


def _of_form(now: Scene, query: Query, a: Attribute) -> str:
    """Something of the attribute's form: from the question, else from anywhere in the view."""
    body = now.text.partition("===\n")[2]
    match a.kind:
        case "date":
            day: str = _DATE.findall(now.text)[0]
            return day
        case "enum":
            return a.choices[0]
        case "text":
            return " ".join(now.system.split()[-a.length :])
    figures = [bound for bound in query.bounds if isinstance(bound, int)]
    figures += [int(figure) for figure in re.findall(r"\d+", body)] or [now.writes]
    return a.show(figures[0]) if a.kind != "series" else a.show((figures[0],) * a.length)


make = ContextCopier
