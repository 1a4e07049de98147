"""Verifies that sessions are fair: errands can be done with what notes told, and not without."""

from collections.abc import Sequence

from memorygym.core.statements import Statement, SubTask
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.sessions import Session, guess_level
from memorygym.tracks._qa.verification import Checks, Totals
from memorygym.tracks.web.adversaries import GUESSES
from memorygym.tracks.web.agents import MOST_GUESSED
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.errands import Filled, asked_in, filled_forms
from memorygym.tracks.web.fact_reader import reader_of
from memorygym.tracks.web.generator import MARGIN
from memorygym.tracks.web.reasoners import StrongVisitor
from memorygym.tracks.web.texts import app_of


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    app = app_named(app_of(task.system))

    def decided(goal: SubTask, facts: Sequence[Statement]) -> list[Filled | None]:
        return filled_forms(asked_in(app, goal.text), facts)

    session = Session(
        task, reader_of(task.system), StrongVisitor(), decided, frozenset(app.described.values())
    )
    return {
        **session.checks(),
        "guesses": session.guesses(GUESSES),
        "length": session.length_check(2 * MARGIN),
    }


def together(totals: Totals) -> Checks:
    """Whether a strategy without memory does too many of the errands of all sessions."""
    guesses = totals["guesses"]
    return guess_level(guesses["applies"], guesses["right"], MOST_GUESSED / 100)
