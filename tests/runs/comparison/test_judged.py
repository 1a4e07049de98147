"""A judge in a comparison: it repairs what a model said in other words, and is counted."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from tests.runs.comparison.model_runs import rows
from tests.servers.openai import serving

HOTPOT = [
    {
        "_id": "q", "question": "Where is it?", "answer": "Paris", "type": "bridge",
        "level": "easy", "supporting_facts": [["It", 0]],
        "context": [["It", ["It is in Paris."]], ["Else", ["Else is in Rome."]]],
    }
]  # fmt: skip
ANSWER = "the city of Paris, France"


def vague(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Any:
    """Answers as no exact match does."""
    return "", [("submit_answer", {"answer": ANSWER})]


def kind(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Any:
    """Accepts it."""
    return json.dumps({"quote": "Paris", "correct": True}), []


@pytest.mark.parametrize(("judged", "right"), [(False, 0), (True, 1)])
def test_an_answer_in_other_words_is_right_only_for_a_judge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judged: bool, right: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    (tmp_path / "dev.json").write_text(json.dumps(HOTPOT))
    data = ("--data", f"hotpotqa:{tmp_path / 'dev.json'}", "-q", "-o", str(tmp_path / "run"))
    with serving(vague=vague, kind=kind) as server:
        words = ("--memories", "bm25", "--reasoner", "vague", "--api-base", server.url)
        main(["compare", *words, *data, *(("--judge", "kind") if judged else ())])
    figures = rows(tmp_path / "run")["bm25"]
    assert (figures["accuracy"]["mean"], figures["repaired"]["mean"]) == (right, right)
    assert ('"judge": null' not in (tmp_path / "run" / "run.json").read_text()) == judged


def test_a_scripted_reasoner_needs_no_judge(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "--memories", "bm25", "--judge", "kind"]) == 2
    assert "scripted answers are exact" in capsys.readouterr().err
