"""A run with a judge: verdicts that its judge cannot have given, and what no file can verify."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.types import Call, Message
from memorygym.models.scripted import Scripted
from memorygym.reports.checks import WORD, examine
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import perform
from memorygym.runs.settings import BenchSettings
from memorygym.scoring.judge import Judge
from tests.episodes import worlds
from tests.reports.trace_rows import Rows, alter
from tests.slow import mostly_slow


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A finished run of a model whose every answer is "sure", and whose judge accepts that."""
    submit = Message("assistant", "", (Call("submit_answer", {"answer": "sure"}),))
    model = Scripted(lambda seen, _: submit if "QUESTION" in seen[-1].content else "on")
    judge = Judge((Scripted(lambda *_: '{"quote": "sure", "correct": true}'),))
    model_roles = ModelRoles({"org/sure": model}, judge=judge)
    asked = Evaluation(worlds(first=1), BenchSettings(agent=["org/sure"]), model_roles=model_roles)
    perform(asked, tmp_path / "judged")
    return tmp_path / "judged"


JUDGED = "traces/company+1+org%2Fsure+0.jsonl.gz"
ELSEWHERE = "its verdicts are not on exactly the answers that the judge is asked about"
VOTE = ("model", "said", "quote", "problem")


def vote(**fields: Any) -> Callable[[Rows], object]:
    """Alters the first vote."""

    def change(rows: Rows) -> None:
        votes = next(row for row in rows if row.get("kind") == "judgement")["votes"]
        votes[0] = [*({**dict(zip(VOTE, votes[0], strict=True)), **fields}.values())]

    return change


ALTERED: dict[str, tuple[Callable[[Rows], object], str]] = {
    "a quote": (vote(quote="railway"), "the answer does not say what Scripted quotes"),
    "no quote": (vote(quote=""), "Scripted accepts without a quote"),
    "a voter": (vote(model="kind"), "votes of kind, but the judge is Scripted"),
    "an event": (lambda rows: rows[-1].update(event=rows[-1]["event"] - 1), ELSEWHERE),
    "a verdict less": (
        lambda rows: rows.pop() and rows[0].update(records=len(rows) - 1),
        ELSEWHERE,
    ),
    "counts": (
        lambda rows: rows[0]["labels"]["judge"]["counts"].update(repaired=99),
        "labels.judge.counts are not those of its verdicts",
    ),
}


@mostly_slow("name", ALTERED, quick=4)
def test_verdicts_that_no_judge_can_have_given_are_named(name: str, judged: Path) -> None:
    assert not examine(judged, "traces").problems
    change, reason = ALTERED[name]
    alter(judged / JUDGED, change)
    (problem,) = examine(judged, "traces").problems
    assert problem.startswith(f"{JUDGED}: ") and reason in problem


@pytest.mark.parametrize(("check", "word"), [("none", ""), ("traces", WORD), ("play", WORD)])
def test_the_source_of_a_models_replies_rests_on_the_submitters_word(
    check: str, word: str, judged: Path, finished: Path
) -> None:
    assert (examine(judged, check).word, examine(finished, check).word) == (word, "")
