"""Who decides in the track: the locked reasoners of the agentic mode, and the note takers.

The reasoners keep nothing between events but what memory shows. Beside a call they say what they
newly concluded in that event, for their memory to hold.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from memorygym.agents.calls import END, calls, read, write
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON, Call, Message, Policy, Tool
from memorygym.tracks._qa.defaults import RECALL, SUBMIT
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.reasoners import by_search
from memorygym.tracks._qa.stream import REFUSAL, event_of
from memorygym.tracks.research import SEARCH
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.task_texts import RESULT
from memorygym.tracks.research.question_grammar import Query, seeking, sought

LOOKUPS = (RECALL.name, "memory_search")
"""Calls by which memory is asked."""
_BACK = {"flagship", "designer", "inventor", "instrument", "leader", "basis", "employer"}
"""Keys of which one may look for whatever has a value."""
_STEP = re.compile(rf"{RESULT} · step (\d+) ===")
_STEPS = re.compile(r"At most (\d+) steps\.$")
_PAGE = re.compile(r"^Found for '(.+)', page (\d+) of (\d+):$", re.MULTILINE)
_DONE = re.compile(r"^Searched for '(.+)'\.$", re.MULTILINE)
_BRIEFING, _SHOWN, _SERVED = "=== BRIEFING", "=== SEARCH ", "asked at the end: "
_READER = ResearchReader()


class ParsedContext:
    """An event as far as it has gone."""

    def __init__(self, view: Sequence[Message]) -> None:
        at = max(at for at, one in enumerate(view) if one.content.startswith(RESULT))
        self.result, self.question = view[at].content, view[at + 1].content
        live = view[at + 2 :]
        given = (call.arguments for one in live for call in one.calls if call.name in LOOKUPS)
        self.tried = [str(one.get("query")) for one in given if isinstance(one, Mapping)]
        """What memory was asked for, in order."""
        texts = [one.content for one in view[1:]]
        self.noted = tuple(_noted(texts))
        """What was concluded, now or before."""
        self.told = tuple(_READER.read("\n\n".join(texts)))
        self.said = set(_noted(one.content for one in live))
        """What was concluded or found in memory, in this event, and stays in view."""
        self.done = {query for text in texts for query in _DONE.findall(text)}
        """Searches that were read to the end."""
        page = _PAGE.search(self.result)
        self.query = page[1] if page else ""
        """What the page that it shows was searched for, if it shows one."""
        self.next = int(page[2]) + 1 if page and page[2] != page[3] else 0
        """The page after that; 0: none."""

    @property
    def is_last(self) -> bool:
        """Whether nothing can be searched for any more."""
        step, steps = _STEP.search(self.result), _STEPS.search(self.question)
        return bool(step and steps and int(step[1]) >= int(steps[1]))

    def fresh(self) -> list[Statement]:
        """What the page tells of what it was searched for, or of what was concluded before, and the
        view has no better word on."""
        aim = seeking(self.query)
        if aim is None:
            return []
        name, key = aim
        before, page = StatementIndex(self.noted), _READER.read(self.result)
        told = StatementIndex(
            one
            for one in page
            if before.get(one.subject, one.key)
            or (
                one.key.split(" 2")[0] == key
                and (one.subject == name or (one.value == name and key in _BACK))
            )
        )
        subjects = dict.fromkeys(one.subject for one in page)
        best = (one for subject in subjects for one in told.about(subject).values())
        held = ((one, before.get(one.subject, one.key)) for one in best)
        return [one for one, other in held if other is None or one.rank > other.rank]


def _noted(texts: Iterable[str]) -> Iterator[Statement]:
    for text in texts:
        for line in text.split("\n"):
            if line.startswith("Noted"):
                yield from _READER.read(line)


def _calling(tool: Tool, notes: str, **arguments: JSON) -> Message:
    return Message("assistant", notes, (Call(tool.name, arguments, "1"),))


_REFUSED = _calling(SUBMIT, "", answer=REFUSAL)


class Searcher(Policy):
    """Looks for what is missing next, reads all pages about it, and trusts its notes alone."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        scene = ParsedContext(view)
        query = _READER.ask(scene.question)
        return _REFUSED if query is None else self.step(scene, query)

    def step(self, scene: ParsedContext, query: Query) -> Message:
        """What to do next to answer the query."""
        told = scene.fresh()
        fresh = [one for one in told if one not in scene.said]
        if scene.next and not scene.is_last:
            return _calling(SEARCH, _notes(fresh), query=scene.query, page=scene.next)
        known = StatementIndex((*scene.noted, *told))
        got = _READER.answer(query, known)
        if isinstance(got, Found):
            return _calling(SUBMIT, "", answer=got.answer)
        return _REFUSED if scene.is_last else _onward(scene, got, fresh, known)


def _onward(
    scene: ParsedContext, got: Missing, fresh: list[Statement], known: StatementIndex
) -> Message:
    """Memory is asked for the next step first; if it does not know, a search is made for it.

    Some memories show one step in place of another. Who comes back to a step for that says again
    what follows from it; nobody else does, for notes that repeat themselves need no memory.
    """
    tried, wanted = scene.tried, got.query
    ended = scene.query if scene.query not in scene.done else ""
    notes = list(fresh)
    if wanted in tried[:-1] or len(set(tried)) < len(tried):
        notes += [one for one in got.used if one not in scene.said and one not in fresh]
    waits = tried[-1:] == [wanted] or tried.count(wanted) > 1
    if notes or not waits:
        return _calling(RECALL, _notes(notes, ended), query=wanted)
    search = _unsearched(wanted, known, scene.done | {scene.query})
    if search is None:
        return _REFUSED
    return _calling(SEARCH if search in (wanted, *tried) else RECALL, "", query=search)


def _unsearched(query: str, known: StatementIndex, done: set[str]) -> str | None:
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

    def step(self, scene: ParsedContext, query: Query) -> Message:
        got = _READER.answer(query, StatementIndex(scene.told, first=True))
        if isinstance(got, Found):
            return _calling(SUBMIT, "", answer=got.answer)
        if scene.query != got.query and not scene.is_last:
            return _calling(SEARCH, "", query=got.query)
        if scene.is_last or not scene.next:
            return _REFUSED
        return _calling(SEARCH, "", query=got.query, page=scene.next)


SEARCHERS = {"strong": Searcher, "weak": Hasty}
"""By name, the strong one first."""


def _notes(told: Sequence[Statement], ended: str = "") -> str:
    """What was concluded, and which search was read to the end."""
    lines = [*map(_READER.render, told), *([f"Searched for '{ended}'."] if ended else [])]
    return "\n".join(lines)


class SearchNoteTaker(Policy):
    """Writes what a searcher concludes, and searches its memory where the searcher recalls."""

    def __init__(self, reasoner: Policy) -> None:
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        reply = by_search(self._reasoner.act(view, tools), tools)
        if not reply.content or all(tool.name != "Write" for tool in tools):
            return reply
        written = Call("Write", {"content": reply.content}, "0")
        return replace(reply, calls=(written, *reply.calls))


class StepNoteTaker(Policy):
    """Who was told the question first writes down nothing but what may lead on from it: what tells
    of a name in the question or in what is noted already. The rest is left to the clerk."""

    def __init__(self, clerk: Policy) -> None:
        self._clerk = clerk

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = event_of(view)
        shown, heard = view[at].content, [one for one in view[at:] if one.role == "tool"]
        if shown.startswith(_BRIEFING) and not heard:
            return calls(write(shown.split(_SERVED, 1)[1]))
        if not shown.startswith(_SHOWN):
            return self._clerk.act(view, tools)
        if not heard:
            return calls(read())
        return END if len(heard) > 1 else calls(*map(write, _leading(shown, heard[0].content)))


def _leading(shown: str, held: str) -> list[str]:
    """What a text tells of names that are held, and of those that this adds."""
    left, known, found = dict.fromkeys(_READER.read(shown)), held, list[str]()
    while leads := [one for one in left if one.subject in known or one.value in known]:
        for one in leads:
            del left[one]
            if one.subject not in known or one.value not in known:
                found.append(_READER.render(one))
                known += f"\n{one.subject} {one.value}"
    return found
