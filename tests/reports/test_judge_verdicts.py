"""A run with a judge, whose verdicts no file can verify."""

from pathlib import Path

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


@pytest.mark.parametrize(("check", "word"), [("none", ""), ("traces", WORD), ("play", WORD)])
def test_the_source_of_a_models_replies_rests_on_the_submitters_word(
    check: str, word: str, judged: Path, finished: Path
) -> None:
    assert (examine(judged, check).word, examine(finished, check).word) == (word, "")
