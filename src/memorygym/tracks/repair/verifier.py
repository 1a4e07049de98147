"""Verifies that sessions are fair: solvable with what was told, not without, and not by guessing.

With all facts in view every issue is done; without any needed one it is not; without memory none
is; and no strategy that edits without memory does more than 5 % of the issues.
"""

from collections.abc import Sequence

from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.types import Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.sessions import Session, guess_level
from memorygym.tracks._qa.verification import Checks, Totals, result
from memorygym.tracks.repair.adversaries import GUESSES
from memorygym.tracks.repair.fact_reader import reader_for
from memorygym.tracks.repair.generator import MARGIN
from memorygym.tracks.repair.issues import JOB, IssueResolver, Mending, issue_in
from memorygym.tracks.repair.reasoners import StrongDebugger


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    session = Session(task, reader_for(), StrongDebugger(), _decided, frozenset((JOB,)))
    asked, length = int(str(task.recipe["tokens"])), session.length
    is_off = abs(length - asked) > 2 * MARGIN * asked
    return {
        **session.checks(),
        "length": result([f"{length:,} tokens, not {asked:,}"] if is_off else [], tokens=length),
        "guesses": _guesses(session),
    }


def together(totals: Totals) -> Checks:
    """Whether a strategy without memory does too many of the issues of all sessions."""
    return guess_level(totals["guesses"]["applies"], totals["guesses"]["right"])


def _guesses(session: Session) -> CheckResult:
    """How many issues each strategy without memory does."""
    applies = {name: len(session.goals) for name in GUESSES}
    right = {
        name: sum(o.correct for o in rewarded(session.played("none", make())))
        for name, make in GUESSES.items()
    }
    return {"ok": True, "applies": applies, "right": right}


def _decided(goal: SubTask, facts: Sequence[Statement]) -> Mending | None:
    """What follows from these facts."""
    issue = issue_in(goal.text)
    assert issue
    return IssueResolver(issue, StatementIndex(facts)).decision()
