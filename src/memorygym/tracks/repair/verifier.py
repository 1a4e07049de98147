"""Verifies that sessions are fair: solvable with what was told, not without, and not by guessing.

With all facts in view every issue is done; without any needed one it is not; without memory none
is; and no strategy that edits without memory does more than 5 % of the issues.
"""

from collections.abc import Sequence

from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.sessions import Session, guess_level
from memorygym.tracks._qa.verification import Checks, Totals
from memorygym.tracks.repair.adversaries import GUESSES
from memorygym.tracks.repair.fact_reader import reader_for
from memorygym.tracks.repair.generator import MARGIN
from memorygym.tracks.repair.issues import JOB, IssueResolver, Mending, issue_in
from memorygym.tracks.repair.reasoners import StrongDebugger


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a session."""
    session = Session(task, reader_for(), StrongDebugger(), _decided, frozenset((JOB,)))
    return {
        **session.checks(),
        "length": session.length_check(2 * MARGIN),
        "guesses": session.guesses({name: ("none", make) for name, make in GUESSES.items()}),
    }


def together(totals: Totals) -> Checks:
    """Whether a strategy without memory does too many of the issues of all sessions."""
    return guess_level(totals["guesses"]["applies"], totals["guesses"]["right"])


def _decided(goal: SubTask, facts: Sequence[Statement]) -> Mending | None:
    """What follows from these facts."""
    issue = issue_in(goal.text)
    assert issue
    return IssueResolver(issue, StatementIndex(facts)).decision()
