"""Verifies that sessions are fair, with a reader that sees only what is shown.

With all facts in view, or those that it needs, a request must be granted; without any one of these
it must fail, and no other may be needed; without memory nothing is granted; no fact is shown where
it would help; and no guess is right in more than 5 % of the requests to which it applies.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.track import find
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.sessions import Session, guess_level
from memorygym.tracks._qa.verification import Checks, Totals, result
from memorygym.tracks.dialogue.adversaries import GUESSES
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.fact_reader import reader_of
from memorygym.tracks.dialogue.offers import Offer, found
from memorygym.tracks.dialogue.reasoners import StrongClerk
from memorygym.tracks.dialogue.resolve import Resolver, request_in


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    session = Session(task, reader_of(task.system), StrongClerk(), partial(_decided, task))
    return {
        **session.checks(),
        "tools": result(_unknown_tools(task)),
        "chains": result(_chains_without_person(session.goals)),
        "guesses": _guesses(task, session.goals),
    }


def together(totals: Totals) -> Checks:
    """Whether a guess grants too many of the requests of all sessions to which it applies."""
    return guess_level(totals["guesses"]["applies"], totals["guesses"]["right"])


def _unknown_tools(task: Task) -> Iterator[str]:
    """The tools that are not the track's, by which traces are read."""
    known = find(task.track).tool_names
    for tool in DialogueEnv(task).tools:
        if tool.name not in known:
            yield f"{tool.name!r} is none of: {', '.join(sorted(known))}"


def _chains_without_person(goals: Sequence[SubTask]) -> Iterator[str]:
    for goal in goals:
        if "(link" in goal.question_type and goal.needs[0].subject in (CUSTOMER, POLICY):
            yield f"event {goal.event}: a chain needs no fact of its person"


def _guesses(task: Task, goals: Sequence[SubTask]) -> CheckResult:
    """How often each guess grants a request to which it applies: one without codes,
    for any offer (its wishes are named) or to put one aside (limits do not matter)."""
    state: Any = task.state
    desk = desk_named(state["desk"])
    applies, times = (Counter(dict.fromkeys(GUESSES, 0)) for _ in range(2))
    for goal in goals:
        request = request_in(desk, goal.text)
        assert request
        listed, granted = _search(task, request.wishes), state["right"][str(goal.event)][0]
        for name, guess in GUESSES.items():
            if request.action.name == ("hold" if name == "offer alone" else "any"):
                offer = guess(desk, listed, state["stock"])
                applies[name] += offer is not None
                times[name] += offer is not None and offer["id"] in granted.values()
    return {"ok": True, "applies": dict(applies), "right": dict(times)}


def _decided(task: Task, goal: SubTask, facts: Sequence[Statement]) -> tuple[object, str]:
    """The call and the words that follow from these facts."""
    request = request_in(desk_named(str(task.state["desk"])), goal.text)
    assert request
    resolver = Resolver(request, StatementIndex(facts), partial(_search, task))
    return resolver.arguments(), resolver.says()


def _search(task: Task, wishes: Mapping[str, str]) -> Sequence[Offer]:
    stock: Any = task.state["stock"]
    return found(stock, wishes)
