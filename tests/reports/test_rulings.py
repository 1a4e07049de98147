"""A judge's run: which rulings cannot be those of its judge, and what nothing shows of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.types import Call, Message
from memorygym.models.scripted import Scripted
from memorygym.reports.evidence import WORD, examine
from memorygym.runs.evaluation import Evaluation, perform
from memorygym.runs.model_roles import ModelRoles
from memorygym.scoring.judge import Judge
from tests.episodes import worlds
from tests.reports.trace_rows import rewrite, rows_of
from tests.slow import mostly_slow


@pytest.fixture
def ruled(tmp_path: Path) -> Path:
    """A finished run of a model whose every answer is "sure", and whose judge accepts that."""
    submit = Message("assistant", "", (Call("submit_answer", {"answer": "sure"}),))
    model = Scripted(lambda seen, _: submit if "QUESTION" in seen[-1].content else "on")
    judge = Judge((Scripted(lambda *_: '{"quote": "sure", "correct": true}'),))
    model_roles = ModelRoles({"org/sure": model}, judge=judge)
    asked = Evaluation(tasks=worlds(first=1), agents=("org/sure",), model_roles=model_roles)
    perform(asked, tmp_path / "ruled")
    return tmp_path / "ruled"


RULED = "traces/company+1+org%2Fsure+0.jsonl.gz"


def alter_votes(**fields: Any) -> Callable[[list[dict[str, Any]]], None]:
    def alter(rows: list[dict[str, Any]]) -> None:
        votes = next(row for row in rows if row.get("kind") == "judgement")["votes"]
        names = ("model", "said", "quote", "problem")
        votes[0] = [fields.get(name, value) for name, value in zip(names, votes[0], strict=True)]

    return alter


def rule_elsewhere(rows: list[dict[str, Any]]) -> None:
    rows[-1]["event"] -= 1


def drop_ruling(rows: list[dict[str, Any]]) -> None:
    rows.pop()
    rows[0]["records"] -= 1


def count_more(rows: list[dict[str, Any]]) -> None:
    rows[0]["labels"]["judge"]["counts"]["repaired"] += 1


ELSEWHERE = "its verdicts are not on exactly the answers that the judge is asked about"
RULINGS = {
    "a quote": (alter_votes(quote="railway"), "the answer does not say what Scripted quotes"),
    "no quote": (alter_votes(quote=""), "Scripted accepts without a quote"),
    "a voter": (alter_votes(model="kind"), "votes of kind, but the judge is Scripted"),
    "an event": (rule_elsewhere, ELSEWHERE),
    "a ruling less": (drop_ruling, ELSEWHERE),
    "counts": (count_more, "labels.judge.counts are not those of its verdicts"),
}


@mostly_slow("name", RULINGS, quick=4)
def test_rulings_that_no_judge_can_have_given_are_named(name: str, ruled: Path) -> None:
    assert not examine(ruled, "traces").problems
    alter, told = RULINGS[name]
    rows = rows_of(ruled / RULED)
    alter(rows)
    rewrite(ruled / RULED, rows)
    (problem,) = examine(ruled, "traces").problems
    assert problem.startswith(f"{RULED}: ") and told in problem


@pytest.mark.parametrize(("check", "word"), [("none", ""), ("traces", WORD), ("play", WORD)])
def test_who_made_a_models_replies_rests_on_the_submitters_word(
    check: str, word: str, ruled: Path, finished: Path
) -> None:
    assert (examine(ruled, check).word, examine(finished, check).word) == (word, "")
