"""`memorygym pack` and `pack --check`: a run as one file, and how far it is verified."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from memorygym.core.errors import ProviderFailure
from memorygym.core.types import Call, Message
from memorygym.models.model import Model
from memorygym.models.scripted import Scripted
from memorygym.reports.checks import WORD
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import FILE, load, perform
from memorygym.scoring.judge import Judge
from tests.episodes import worlds

SALT = "a secret of sixteen"
Make = Callable[..., Path]


@pytest.fixture
def played(tmp_path: Path) -> Make:
    """Plays a run; returns its folder."""

    def make(model: Model | None = None, salt: str = "") -> Path:
        asked = Evaluation(tasks=worlds(salt=salt), agents=("naive", "guesser"))
        if model:
            model_roles = ModelRoles({"org/shrug": model})
            asked = replace(asked, agents=("org/shrug",), model_roles=model_roles, repeats=2)
        perform(asked, tmp_path / "run")
        return tmp_path / "run"

    return make


def model() -> Model:
    """A model that answers every request."""
    return Scripted(lambda messages, tools: Message("assistant", "no idea"))


def test_a_packed_run_is_reproduced(played: Make, command) -> None:
    run = played()
    status, out, err = command("pack", str(run))
    assert (status, err) == (0, "") and "episodes: 2 scored, 0 failed; 4 files" in " ".join(
        out.split()
    )
    digest = out.split()[-1]
    status, out, _ = command("pack", "--check", f"{run}.tar.gz", "--play", "--workers", "1")
    assert status == 0 and digest in out and out.endswith("\nreproduced\n")
    assert "episodes: 2 scored, 0 failed, of 2 planned" in out


def test_a_model_is_reproduced_from_its_replies_alone(
    played: Make, command, tmp_path: Path
) -> None:
    run = played(model())
    assert command("pack", str(run), "-o", str(tmp_path / "all.tar.gz")).status == 0
    out = command("pack", "--check", str(tmp_path / "all.tar.gz"), "--play").out
    assert f" reproduced rests on the submitter's word: {WORD}" in " ".join(out.split())
    (run / "replies.jsonl").unlink()
    command("pack", str(run), "-o", str(tmp_path / "less.tar.gz"))
    status, out, _ = command("pack", "--check", str(tmp_path / "less.tar.gz"), "--play")
    assert status == 0 and "verified from traces\nnot verified: the model has no recorded" in out


def test_the_verdicts_of_a_judge_are_reproduced_from_its_replies(command, tmp_path: Path) -> None:
    panel_verdict = '{"quote": "a dozen", "correct": true}'
    model_roles = ModelRoles(
        {"org/sure": Scripted(lambda messages, tools: answer(messages[-1].content))},
        judge=Judge((Scripted(lambda messages, tools: panel_verdict),), audit_accepted=True),
    )
    run = tmp_path / "run"
    perform(Evaluation(tasks=worlds(first=1), agents=("org/sure",), model_roles=model_roles), run)
    assert any(result.repaired for result in load(run).results)
    command("pack", str(run))
    for words, standing in ((("--quick",), "verified from traces"), ((), "reproduced")):
        out = command("pack", "--check", f"{run}.tar.gz", *words).out
        assert f"\n{standing}\n" in out and (
            "verdicts of the judge are taken as recorded" in out
        ) is bool(words)


def answer(content: str) -> Message:
    """A model that answers every question and ends every other event."""
    call = Call("submit_answer", {"answer": "a dozen"})
    return Message("assistant", "", (call,)) if "QUESTION" in content else Message("assistant", "")


def test_an_altered_reply_does_not_reproduce_the_trace(played: Make, command) -> None:
    run = played(model())
    reply_log = run / "replies.jsonl"
    reply_log.write_text(reply_log.read_text().replace('"no idea"', '"No idea"', 1))
    command("pack", str(run))
    status, out, _ = command("pack", "--check", f"{run}.tar.gz", "--play")
    assert status == 1 and "played again, record" in " ".join(out.split())


def test_a_run_of_a_private_test_set_is_verified_with_its_secret(played: Make, command) -> None:
    command("pack", str(run := played(salt=SALT)))
    pack = f"{run}.tar.gz"
    assert (
        "self-reported\nnot verified: it is of a private test set"
        in command("pack", "--check", pack).out
    )
    out = command("pack", "--check", pack, "--salt", SALT, "--play").out
    assert out.endswith("\nreproduced\n") and SALT not in out
    status, _, err = command("pack", "--check", pack, "--salt", "another")
    assert status == 2 and "--salt is not the secret of" in err


def test_failed_episodes_are_packed_as_failures(command, tmp_path: Path) -> None:
    tasks = worlds(template="company,movie")
    movie, gone = tasks.recipes[1].generate().system, ProviderFailure("gone")
    model = Scripted(lambda messages, tools: gone if movie in messages[0].content else "x")
    asked = Evaluation(
        tasks=tasks, agents=("org/short",), model_roles=ModelRoles({"org/short": model})
    )
    perform(asked, tmp_path / "run")
    status, out, _ = command("pack", str(tmp_path / "run"))
    assert status == 0 and "episodes: 1 scored, 1 failed" in " ".join(out.split())
    out = command("pack", "--check", str(tmp_path / "run.tar.gz"), "--play").out
    assert "episodes: 1 scored, 1 failed, of 2 planned" in out and "\nreproduced\n" in out


def test_a_stopped_run_is_refused_with_the_command_that_goes_on(played: Make, command) -> None:
    run = played()
    (run / FILE).unlink()
    status, _, err = command("pack", str(run))
    assert status == 2 and "the run has not finished; `memorygym resume " in err


def test_a_run_with_a_damaged_trace_is_refused_by_its_name(played: Make, command) -> None:
    run = played()
    trace = next((run / "traces").glob("*naive*"))
    trace.write_bytes(trace.read_bytes()[:3000])
    status, _, err = command("pack", str(run))
    assert status == 2 and f"{trace.name} is damaged: it cannot be unpacked" in " ".join(
        err.split()
    )


def test_a_run_without_scores_is_not_packed(command, tmp_path: Path) -> None:
    gone = Scripted(lambda messages, tools: ProviderFailure("gone"))
    asked = Evaluation(
        tasks=worlds(), agents=("org/gone",), model_roles=ModelRoles({"org/gone": gone})
    )
    perform(asked, tmp_path / "run")
    status, _, err = command("pack", str(tmp_path / "run"))
    assert status == 2 and "is not packed: none of its episodes has a score" in " ".join(
        err.split()
    )


@pytest.mark.parametrize(
    ("layout", "commit"), [("memorygym-run-2", "a37886c"), ("memorygym-run-3", "cdf0fd66")]
)
@pytest.mark.parametrize("words", ["pack", "leaderboard"])
def test_a_run_of_an_earlier_layout_is_refused_with_the_version_that_reads_it(
    words: str, layout: str, commit: str, played: Make, command
) -> None:
    run = played()
    about = json.loads((run / "run.json").read_bytes())
    (run / "run.json").write_text(json.dumps({**about, "format": layout}))
    status, out, err = command(words, str(run))
    assert (status, out) == (2, "")
    assert f"made by an earlier version of memorygym (layout {layout}); play it again" in err
    assert f"commit {commit}" in err


def swap(run: Path) -> None:
    first, second = sorted((run / "traces").iterdir())
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def empty(run: Path) -> None:
    next((run / "traces").iterdir()).write_bytes(gzip.compress(b""))


def spoil_reply_log(run: Path) -> None:
    with (run / "replies.jsonl").open("a") as reply_log:
        reply_log.write("garbage\n")


UNFIT = {
    "swapped": (swap, "labels.agent"),
    "empty": (empty, "line 1: not the header of a trace"),
    "reply log": (spoil_reply_log, "replies.jsonl, line 1: not the header"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_run_that_fails_a_check_is_not_packed(case: str, played: Make, command) -> None:
    spoil, message = UNFIT[case]
    spoil(run := played())
    status, _, err = command("pack", str(run))
    err = " ".join(err.split())
    assert status == 2 and "is not packed: " in err and message in err
    assert not run.with_name("run.tar.gz").exists()


def test_a_private_run_is_checked_before_packing_if_its_secret_is_given(
    played: Make, command
) -> None:
    run = played(salt=SALT)
    assert "; self-reported" in " ".join(command("pack", str(run)).out.split())
    out = command("pack", str(run), "--salt", SALT).out
    assert "; verified from traces" in " ".join(out.split()) and SALT not in out
    assert command("pack", str(run), "--salt", "another").status == 2


SECRETS = {
    "a key": '{"x":"sk-abcdefghijklmnopqrstuvwx"}',
    "a password in an address": '{"endpoint":"https://me:hidden@host/v1"}',
    "a secret of this machine's environment": '{"x":"the very secret"}',
    "the salt": f'{{"x":"{SALT}"}}',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_packed(
    kind: str, played: Make, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = played(salt=SALT)
    monkeypatch.setenv("SOME_API_KEY", "the very secret")
    (run / "replies.jsonl").write_text(f"{{}}\n{SECRETS[kind]}\n")
    status, _, err = command("pack", str(run))
    assert status == 2 and f"replies.jsonl, line 2: {kind}" in err
    assert SALT not in err and "hidden" not in err and not run.with_name("run.tar.gz").exists()
