"""Verifies that sessions are fair: errands can be done with what notes told, and not without."""

from collections.abc import Sequence

from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.types import Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.sessions import Session, guess_level
from memorygym.tracks._qa.verification import Checks, Totals, result
from memorygym.tracks.web.adversaries import GUESSES
from memorygym.tracks.web.agents import MOST_GUESSED
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.errands import ErrandResolver, Filled, errand_in
from memorygym.tracks.web.fact_reader import reader_of
from memorygym.tracks.web.generator import MARGIN
from memorygym.tracks.web.reasoners import StrongVisitor
from memorygym.tracks.web.texts import app_of


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    app = app_named(app_of(task.system))

    def decided(goal: SubTask, facts: Sequence[Statement]) -> Filled | None:
        errand = errand_in(app, goal.text)
        assert errand
        return ErrandResolver(errand, StatementIndex(facts)).filled()

    session = Session(
        task, reader_of(task.system), StrongVisitor(), decided, frozenset(app.described.values())
    )
    asked, length = int(str(task.recipe["tokens"])), session.length
    is_off = abs(length - asked) > 2 * MARGIN * asked
    return {
        **session.checks(),
        "guesses": _guesses(session),
        "length": result([f"{length:,} tokens, not {asked:,}"] if is_off else [], tokens=length),
    }


def together(totals: Totals) -> Checks:
    """Whether a strategy without memory does too many of the errands of all sessions."""
    guesses = totals["guesses"]
    return guess_level(guesses["applies"], guesses["right"], MOST_GUESSED / 100)


def _guesses(session: Session) -> CheckResult:
    """How many errands each strategy does that knows no facts."""
    applies = {name: len(session.goals) for name in GUESSES}
    right = {
        name: sum(o.correct for o in rewarded(session.played(memory, make())))
        for name, (memory, make) in GUESSES.items()
    }
    return {"ok": True, "applies": applies, "right": right}
