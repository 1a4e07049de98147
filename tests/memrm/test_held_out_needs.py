"""The shipped judge of needs on compactions that no training saw: tests/cases/needs.jsonl.gz."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from memorygym.cli import main
from memorygym.memrm.train import _contexts

pytestmark = pytest.mark.rm
FILE = Path(__file__).parents[1] / "cases/needs.jsonl.gz"


def test_no_context_was_trained_on() -> None:
    rows = [json.loads(line) for line in gzip.decompress(FILE.read_bytes()).splitlines()]
    trained = {json.dumps(context[0]["full"]) for context in _contexts()}
    assert len(rows) == 25
    assert trained.isdisjoint(json.dumps(row["full"]) for row in rows)


def test_the_judge_of_needs_beats_every_simple_baseline(capsys: Any) -> None:
    command = ["rm", "evaluate", "--split", str(FILE), "--mode", "needs", "--json"]
    assert main(command) == 0
    figures = json.loads(capsys.readouterr().out)["splits"]["needs"]["needs"]
    assert figures["auroc"] > 0.85
    for name, baseline in figures["baselines"].items():
        assert figures["auroc"] > baseline["auroc"] + 0.03, name
