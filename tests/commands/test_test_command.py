"""`memorygym test` plays one episode or one question again and shows it."""

import shutil
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.results.file import read_results
from memorygym.runs.folder import read_traces, write_trace
from tests.servers.openai import serving

LITE = ["--tier", "lite", "-t", "company", "--seeds", "2"]
SAME = "the trace is the same bytes as the one in the run"
SALT = "a salt of some length"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of scripted agents."""
    folder = tmp_path_factory.mktemp("played") / "run"
    words = [*LITE, "--turns", "9", "--strategy", "strategic", "perfect", "--run", str(folder)]
    assert main(["bench", "-q", "--workers", "1", *words]) == 0
    return folder


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a model, whose endpoint is gone."""
    folder = tmp_path_factory.mktemp("asked") / "run"
    with serving() as server:
        words = ["--model", "writer", "--api-base", server.url, "--repeats", "2"]
        options = ["--temperature", "0.5", "--model-seed", "7", "--tools", "text"]
        assert (
            main(["bench", "-q", "--workers", "1", *LITE, *words, *options, "--run", str(folder)])
            == 0
        )
    return folder


def test_a_question_is_shown_as_the_agent_saw_it(played: Path, command) -> None:
    row = read_results(played)["episodes"][0]
    for number, right in enumerate(row["right"], start=1):
        status, out, err = command("test", f"{row['episode']}#{number}", "--run", str(played))
        assert (status, err) == (int(not right), "") and SAME in out
        assert out.count("=== QUESTION") == 1 and "> submit_answer" in out
        assert (f"{row['episode']}#{number}  " in out) and ("WRONG (" in out) == (not right)
        assert all(len(line) <= 80 for line in out.splitlines())


def test_what_memory_held_of_a_fact_is_shown(played: Path, command) -> None:
    every = [
        command("test", f"company+0+strategic+0#{number}", "--run", str(played)).out
        for number in range(1, 11)
    ]
    assert any("(in view)\n    | " in out for out in every)
    assert any("(never written)\n    | nothing" in out for out in every)


def test_an_episode_is_shown_with_every_verdict(played: Path, command) -> None:
    status, out, _ = command("test", "company+1+perfect+0", "--run", str(played))
    assert status == 0 and SAME in out
    assert out.count("    truth ") == 10 and "perfect" in out and "100.0" in out


def test_without_a_run_the_options_say_what_is_dealt(played: Path, command) -> None:
    status, out, _ = command("test", "company+0+strategic", "--tier", "lite", "--turns", "9")
    again = command("test", "company+0+strategic", "--run", str(played)).out
    assert status == 0 and SAME not in out
    assert out.splitlines()[2:] == again.splitlines()[3:-2]


def test_a_model_is_replayed_without_its_endpoint(asked: Path, command, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    for name in ("company+0", "company+1+writer+1#3"):
        _, out, err = command("test", name, "--run", str(asked))
        assert "no endpoint is asked" in " ".join(out.split()) and SAME in out and err == ""


def test_a_model_can_be_asked_anew(asked: Path, command) -> None:
    with serving() as server:
        words = ["--run", str(asked), "--again", "--api-base", server.url]
        _, out, err = command("test", "company+0+writer+1", *words)
        assert server.bodies and server.bodies[0]["temperature"] == 0.5
    assert "asked anew" in out and err == ""


def _vague(messages, tools):
    """Answers every question with a dozen."""
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
    assert read_results(tmp_path / "run")["episodes"][0]["repaired"] > 0
    _, out, err = command("test", "company+0", "--run", str(tmp_path / "run"))
    assert SAME in out and "accepted by the judge" in " ".join(out.split()) and err == ""


def test_a_model_is_named_by_the_id_or_by_an_option(command) -> None:
    with serving() as server:
        words = ["--tier", "lite", "--model", "abstain", "--api-base", server.url]
        assert command("test", "company+0", *words).status == 0
        assert command("test", "company+0+abstain", *words).status == 0
        status, _, err = command("test", "company+0+writer", *words)
    assert status == 2 and "not of --model abstain" in err


def test_a_provider_that_fails_is_exit_code_3(command) -> None:
    with serving() as server:
        words = ["--tier", "lite", "--model", "abstain+400", "--api-base", server.url]
        status, out, _ = command("test", "company+0", *words)
    assert status == 3 and "failed: " in out


def test_a_trace_that_comes_out_otherwise_is_a_failed_check(
    played: Path, command, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    shutil.copytree(played, folder)
    path = folder / "traces" / "company+0+perfect+0.jsonl.gz"
    trace = next(read_traces([path]))[1]
    assert trace
    trace.labels["note"] = "altered"
    write_trace(path, trace)
    status, out, _ = command("test", "company+0+perfect", "--run", str(folder))
    assert status == 1 and "differs from the one in the run, first in line 1" in out


def test_a_sealed_run_needs_its_salt(command, tmp_path: Path) -> None:
    words = [*LITE, "--strategy", "naive", "--salt", SALT, "--run", str(tmp_path / "run")]
    assert command("bench", "-q", *words).status == 0
    test = ["test", "company+0", "--run", str(tmp_path / "run")]
    assert SAME in command(*test, "--salt", SALT).out
    for more in ([], ["--salt", "another"]):
        status, _, err = command(*test, *more)
        assert status == 2 and "--salt" in err and "sealed set" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["company"], "is no ID"),
        (["company+x"], "is no ID"),
        (["company+0+naive+0+1+2"], "is no ID"),
        (["company+0+strong+bm25"], "of a comparison: give its folder as --run"),
        (["company+0+strong+bm25+300#1"], "of a comparison: give its folder as --run"),
        (["company+" + "9" * 5000], "is no ID"),
        (["company+0+naive#0"], "counted from 1"),
        (["company+0+naive#x"], "is no ID"),
        (["company+0+naive#11", "--tier", "lite"], "has questions 1 to 10"),
        (["company+0"], "names no agent"),
        (["compny+0+naive"], "did you mean company?"),
        (["company+0+naiv"], "did you mean naive?"),
        (["company+0+os:system"], "os:system: that is a builtin_function_or_method"),
        (["company+0+naive", "--entities", "1000001"], "give at most 1,000,000"),
        (["company+0+naive", "--tier", "lit"], "did you mean lite?"),
        (["company+0+naive", "--backend", "markdwn"], "did you mean markdown?"),
        (["company+0+naive", "--again"], "--again is for --run"),
        (["company+0+naive", "--turns", "0"], "--turns 0: give at least 1"),
        (["company+0+naive", "--temperature", "1"], "--temperature is for --model"),
    ],
)
def test_a_bad_id_or_option_is_named(words: list[str], said: str, command) -> None:
    status, out, err = command("test", *words)
    assert (status, out) == (2, "") and said in err and err.startswith("memorygym: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["city+0+perfect"], "choose from company"),
        (["company+0+perfct"], "did you mean perfect?"),
        (["company+0"], "company+0 names no agent; the run has strategic, perfect"),
        (["company+5+perfect"], "its seeds are 0, 1"),
        (["company+0+perfect+1"], "repeats 0 to 0"),
        (["company+0+perfect", "--tier", "lite"], "--tier is told by --run"),
        (["company+0+perfect", "--judge", "x"], "--judge is told by --run"),
        (["company+0+perfect", "--salt", "x"], "leave --salt out"),
        (["company+0+perfect", "--again"], "perfect is scripted"),
    ],
)
def test_what_the_run_does_not_hold_is_named(
    words: list[str], said: str, played: Path, command
) -> None:
    status, out, err = command("test", *words, "--run", str(played))
    assert (status, out) == (2, "") and said in err
