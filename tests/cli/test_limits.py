"""A reply that a model's limits cut or prevented is reported as such wherever it is shown."""

import json
from pathlib import Path

import pytest

from tests.servers.openai import serving

LITE = ["bench", "-v", "--tier", "lite", "-t", "company", "--seeds", "1"]
EXCEEDED = "the request exceeded the model's context"
CUT = "cut at max_tokens"


def _bench(ran, model: str, folder: Path) -> str:
    with serving() as server:
        words = ["--model", model, "--api-base", server.url, "--run", str(folder)]
        return str(ran(*LITE, *words).text)


@pytest.mark.parametrize(
    ("model", "limit", "shown", "counted"),
    [
        ("writer+context", EXCEEDED, f"  > (nothing: {EXCEEDED})", "requests exceeded the context"),
        ("prose+length", CUT, f"  > … ({CUT})", "replies were cut at max_tokens"),
        ("mute+length", CUT, f"  > (nothing: {CUT})", "replies were cut at max_tokens"),
    ],
)
def test_a_limit_of_the_model_is_reported(
    model: str, limit: str, shown: str, counted: str, command, tmp_path: Path
) -> None:
    out = _bench(command, model, tmp_path)
    assert out.count(f"| no answer was submitted {limit}") == 10 and counted in out
    out = command("explain", str(tmp_path), "company+0", "--play").out
    assert out.count(f"    {limit}\n") == 10
    id = f"company+0+{model.replace('+', '%2B')}#1"
    out = command("explain", tmp_path, id, "--play").out
    assert f"\n{shown}\n" in out and "(no call: the event ends)" not in out
    rows = command("explain", str(tmp_path), "--json").out.splitlines()
    assert all(json.loads(row)["limits"] == [limit] for row in rows)


def test_a_single_reply_that_was_cut_is_counted(command, tmp_path: Path) -> None:
    out = _bench(command, "prose+contextx1+lengthx1", tmp_path)
    assert "1 reply was cut at max_tokens, 1 request exceeded the context" in out


def test_a_whole_reply_is_shown_as_before(command, tmp_path: Path) -> None:
    assert "max_tokens" not in _bench(command, "mute", tmp_path)
    out = command("explain", str(tmp_path), "company+0#1", "--play").out
    assert "  > (no call: the event ends)" in out and "nothing:" not in out
