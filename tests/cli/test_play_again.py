"""`memorygym explain RUN ID --play` plays an episode or a question again and shows it."""

import shutil
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.runs.results import load
from memorygym.runs.store import read_traces, write_trace
from tests.servers.openai import Server, serving

LITE = ["--tier", "lite", "-t", "company", "--seeds", "2"]
SAME = "the trace is the same bytes as the one in the run"
SALT = "a salt of some length"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model, whose endpoint is gone."""
    folder = tmp_path_factory.mktemp("asked") / "run"
    with serving() as server:
        words = ["--model", "writer", "--api-base", server.url, "--repeats", "2"]
        words += ["--temperature", "0.5", "--model-seed", "7", "--tools", "text"]
        assert main(["bench", "-q", "--workers", "1", *LITE, *words, "--run", str(folder)]) == 0
    return folder


def test_a_question_is_shown_as_the_agent_saw_it(finished: Path, command) -> None:
    result = load(finished).results[0]
    for number, right in enumerate(result.right, start=1):
        id = f"{result.place.episode}#{number}"
        status, out, err = command("explain", str(finished), id, "--play")
        assert (status, err) == (int(not right), "") and SAME in out
        assert out.count("=== QUESTION") == 1 and "> submit_answer" in out
        assert f"{id}  " in out and ("WRONG (" in out) == (not right)
        assert all(len(line) <= 80 for line in out.splitlines())


def test_the_memorys_state_of_a_fact_is_shown(finished: Path, command) -> None:
    ids = (f"company+0+strategic+0#{number}" for number in range(1, 11))
    every = [command("explain", finished, id, "--play").out for id in ids]
    assert any("(in context)\n    | " in out for out in every)
    assert any("(never written)\n    | nothing" in out for out in every)


def test_an_episode_is_shown_with_every_verdict(finished: Path, command) -> None:
    status, out, _ = command("explain", str(finished), "company+1+naive+0", "--play")
    assert status == 0 and SAME in out
    assert out.count("    truth ") == 10 and "composite" in out


def test_a_model_is_replayed_without_its_endpoint(asked: Path, command, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for name in ("company+0+writer+0", "company+1+writer+1#3"):
        _, out, err = command("explain", str(asked), name, "--play")
        assert "no endpoint is asked" in " ".join(out.split()) and SAME in out and err == ""


def test_the_endpoint_can_be_asked_again(asked: Path, command) -> None:
    with serving() as server:
        words = ["--play", "--again", "--api-base", server.url]
        _, out, err = command("explain", str(asked), "company+0+writer+1", *words)
        assert server.bodies and server.bodies[0]["temperature"] == 0.5
    assert "asked again" in out and err == ""


def _vague(messages, tools):
    """A model that answers every question with a dozen."""
    asked = "=== QUESTION" in messages[-1]["content"]
    return "", [("submit_answer", {"answer": "a dozen"})] if asked else []


def _lavish(messages, tools):
    """A judge that accepts a dozen."""
    return '{"quote": "a dozen", "correct": true}', []


def test_a_judge_is_replayed_with_its_model(command, tmp_path: Path) -> None:
    with serving(vague=_vague, lavish=_lavish) as server:
        words = ["--model", "vague", "--judge", "lavish", "--api-base", server.url]
        more = ["--judge-prompt", "lenient", "--seeds", "1", "--run", str(tmp_path / "run")]
        assert command("bench", "-q", *LITE[:-2], *words, *more).status == 0
    assert load(tmp_path / "run").results[0].repaired > 0
    _, out, err = command("explain", str(tmp_path / "run"), "company+0", "--play")
    assert SAME in out and "accepted by the judge" in " ".join(out.split()) and err == ""


def test_a_provider_that_fails_is_exit_code_3(
    asked: Path, server: Server, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "fault", lambda _: "400")
    words = ["--play", "--again", "--api-base", server.url]
    status, out, _ = command("explain", str(asked), "company+0+writer+0", *words)
    assert status == 3 and "failed: " in out


def test_a_different_trace_is_a_failed_check(finished: Path, command, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(finished, folder)
    path = folder / "traces" / "company+0+naive+0.jsonl.gz"
    trace = next(read_traces([path]))[1]
    assert trace
    trace.labels["note"] = "altered"
    write_trace(path, trace)
    status, out, _ = command("explain", str(folder), "company+0+naive", "--play")
    assert status == 1 and "differs from the one in the run, first in line 1" in out


def test_a_private_run_needs_its_secret(command, tmp_path: Path) -> None:
    words = [*LITE, "--strategy", "naive", "--salt", SALT, "--run", str(tmp_path / "run")]
    assert command("bench", "-q", *words).status == 0
    test = ["explain", str(tmp_path / "run"), "company+0", "--play"]
    assert SAME in command(*test, "--salt", SALT).out
    for more in ([], ["--salt", "another"]):
        status, _, err = command(*test, *more)
        assert status == 2 and "--salt" in err and "private test set" in err
