"""The locked reasoners of the agentic mode: they keep nothing between events but what memory shows.

Beside a call they say what they newly concluded in that event, for their memory to hold.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from memorygym.core import JSON, Call, Message, Policy, Tool
from memorygym.instances.model import Found, Missing
from memorygym.statements import Known, Statement
from memorygym.tracks._qa.env import RECALL
from memorygym.tracks._qa.reasoners import REFUSAL
from memorygym.tracks.research.dealing.questions import RESULT
from memorygym.tracks.research.reading import ResearchReader
from memorygym.tracks.research.tools import SEARCH, SUBMIT
from memorygym.tracks.research.walking import seeking, sought

LOOKUPS = (RECALL.name, "memory_search")
"""Calls by which memory is asked."""
_BACK = {"flagship", "designer", "inventor", "instrument", "leader", "basis", "employer"}
"""Keys of which one may look for whatever has a value."""
_STEP = re.compile(rf"{RESULT} · step (\d+) ===")
_STEPS = re.compile(r"At most (\d+) steps\.$")
_PAGE = re.compile(r"^Found for '(.+)', page (\d+) of (\d+):$", re.MULTILINE)
_DONE = re.compile(r"^Searched for '(.+)'\.$", re.MULTILINE)
_READER = ResearchReader()


@dataclass(frozen=True, slots=True)
class Page:
    """What a search found, as far as one event shows it."""

    query: str
    page: int
    pages: int

    @property
    def last(self) -> bool:
        return self.page == self.pages


class Scene:
    """An event as far as it has gone."""

    def __init__(self, view: Sequence[Message]) -> None:
        at = max(at for at, one in enumerate(view) if one.content.startswith(RESULT))
        self.result, self.question = view[at].content, view[at + 1].content
        self._live = view[at + 2 :]
        own = [call for one in self._live for call in one.calls if call.name in LOOKUPS]
        given = (call.arguments for call in own)
        self.tried = [str(one.get("query")) for one in given if isinstance(one, Mapping)]
        """What memory was asked for, in order."""
        texts = [one.content for one in view[1:]]
        self.noted = tuple(_noted(texts))
        """What was concluded, now or before."""
        self.told = tuple(_READER.read("\n\n".join(texts)))
        self.said = set(_noted(one.content for one in self._live))
        """What was concluded or found in memory, in this event, and stays in view."""
        self.done = {query for text in texts for query in _DONE.findall(text)}
        """Searches that were read to the end."""

    @property
    def is_last(self) -> bool:
        """Whether nothing can be searched for any more."""
        step, steps = _STEP.search(self.result), _STEPS.search(self.question)
        return bool(step and steps and int(step[1]) >= int(steps[1]))

    @cached_property
    def page(self) -> Page | None:
        """The page that it shows, if any."""
        found = _PAGE.search(self.result)
        return Page(found[1], int(found[2]), int(found[3])) if found else None

    @cached_property
    def fresh(self) -> list[Statement]:
        """What the page tells of what it was searched for, or of what was concluded before, and the
        view has no better word on."""
        aim = seeking(self.page.query) if self.page else None
        if aim is None:
            return []
        name, key = aim
        before = Known(self.noted)
        told = Known(
            one
            for one in _READER.read(self.result)
            if before.get(one.subject, one.key)
            or (
                one.key.split(" 2")[0] == key
                and (one.subject == name or (one.value == name and key in _BACK))
            )
        )
        subjects = dict.fromkeys(one.subject for one in _READER.read(self.result))
        best = (one for subject in subjects for one in told.about(subject).values())
        return [one for one in best if _is_news(one, before.get(one.subject, one.key))]


def _is_news(one: Statement, before: Statement | None) -> bool:
    return before is None or one.rank > before.rank


def _noted(texts: Sequence[str] | Iterator[str]) -> Iterator[Statement]:
    for text in texts:
        for line in text.split("\n"):
            if line.startswith("Noted"):
                yield from _READER.read(line)


class Searcher(Policy):
    """Looks for what is missing next, reads all pages about it, and trusts its notes alone."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        scene = Scene(view)
        query = _READER.ask(scene.question)
        if query is None:
            return _calling(SUBMIT, "", answer=REFUSAL)
        fresh = [one for one in scene.fresh if one not in scene.said]
        page = scene.page
        if page and not page.last and not scene.is_last:
            return _calling(SEARCH, _notes(fresh), query=page.query, page=page.page + 1)
        known = Known((*scene.noted, *scene.fresh))
        got = _READER.answer(query, known)
        if isinstance(got, Found):
            return _calling(SUBMIT, "", answer=got.answer)
        if scene.is_last:
            return _calling(SUBMIT, "", answer=REFUSAL)
        return _onward(scene, got, fresh, known)


def _onward(scene: Scene, got: Missing, fresh: list[Statement], known: Known) -> Message:
    """Memory is asked for the next step first; if it does not know, a search is made for it.

    Some memories show one step in place of another. Who comes back to a step for that says again
    what follows from it; nobody else does, for notes that repeat themselves need no memory.
    """
    tried, page, wanted = scene.tried, scene.page, got.query
    ended = page.query if page and page.query not in scene.done else ""
    notes = list(fresh)
    if wanted in tried[:-1] or len(set(tried)) < len(tried):
        notes += [one for one in got.used if one not in scene.said and one not in fresh]
    waits = tried[-1:] == [wanted] or tried.count(wanted) > 1
    if notes or not waits:
        return _calling(RECALL, _notes(notes, ended), query=wanted)
    search = _unsearched(wanted, known, scene.done | ({page.query} if page else set()))
    if search is None:
        return _calling(SUBMIT, "", answer=REFUSAL)
    return _calling(SEARCH if search in (wanted, *tried) else RECALL, "", query=search)


def _unsearched(query: str, known: Known, done: set[str]) -> str | None:
    """What to search for when memory does not tell; None if nothing is left.

    Where several things have a value, each may have been corrected: they are searched for in turn.
    """
    if query not in done:
        return query
    name, key = seeking(query) or ("", "")
    others = (sought(one.subject, key) for one in known.whose(key, name))
    return next((one for one in others if one not in done), None)


class Hasty(Searcher):
    """Believes the first match, turns no page unless it must, and never asks its memory."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        scene = Scene(view)
        query = _READER.ask(scene.question)
        if query is None:
            return _calling(SUBMIT, "", answer=REFUSAL)
        got = _READER.answer(query, Known(scene.told, first=True))
        if isinstance(got, Found):
            return _calling(SUBMIT, "", answer=got.answer)
        page = scene.page
        if scene.is_last or (page and page.last and page.query == got.query):
            return _calling(SUBMIT, "", answer=REFUSAL)
        if page and page.query == got.query:
            return _calling(SEARCH, "", query=got.query, page=page.page + 1)
        return _calling(SEARCH, "", query=got.query)


SEARCHERS = {"strong": Searcher, "weak": Hasty}
"""By name, the strong one first."""


def _notes(told: Sequence[Statement], ended: str = "") -> str:
    """What was concluded, and which search was read to the end."""
    lines = [*map(_READER.tell, told), *([f"Searched for '{ended}'."] if ended else [])]
    return "\n".join(lines)


def _calling(tool: Tool, notes: str, **arguments: JSON) -> Message:
    return Message("assistant", notes, (Call(tool.name, arguments, "1"),))
