"""`memorygym pack` and `pack --check`: a run as one file, and how far it is verified."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import ProviderFailure
from memorygym.core.types import Call, Message
from memorygym.models.model import Model
from memorygym.models.scripted import Scripted
from memorygym.reports.checks import WORD
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import FILE, load, perform
from memorygym.runs.settings import BenchSettings
from memorygym.scoring.judge import Judge
from tests.episodes import worlds

SALT = "a secret of sixteen"
SHRUG = Scripted(lambda messages, tools: Message("assistant", "no idea"))


@pytest.fixture
def played(tmp_path: Path) -> Callable[..., Path]:
    """Plays two scripted agents, or a model; returns the folder of the run."""

    def make(model: Model | None = None, salt: str = "", repeats: int = 1, **more: Any) -> Path:
        agents = ["org/model"] if model else ["naive", "guesser"]
        settings = BenchSettings(agent=agents, repeats=repeats)
        roles = ModelRoles({"org/model": model} if model else {})
        asked = Evaluation(worlds(salt=salt), settings, model_roles=roles)
        perform(replace(asked, **more), tmp_path / "run")
        return tmp_path / "run"

    return make


@pytest.fixture
def checked(command, tmp_path: Path):
    """Packs the run and checks the pack: exit code, output, errors."""

    def check(*words: str):
        assert command("pack", tmp_path / "run").status == 0
        return command("pack", "--check", tmp_path / "run.tar.gz", *words)

    return check


@pytest.fixture
def refused(command, tmp_path: Path) -> Callable[..., str]:
    """Why the run is not packed."""

    def pack() -> str:
        status, out, err = command("pack", tmp_path / "run")
        assert (status, out) == (2, "") and not (tmp_path / "run.tar.gz").exists()
        assert SALT not in err and "hidden" not in err
        return " ".join(err.split())

    return pack


def test_a_packed_run_is_reproduced(played, ran) -> None:
    run = played()
    text = ran("pack", run).text
    assert "episodes: 2 scored, 0 failed; 4 files" in text
    out = ran("pack", "--check", f"{run}.tar.gz", "--play", "--workers", "1", "-q").out
    assert text.split()[-1] in out and out.endswith("\nreproduced\n")
    assert "episodes: 2 scored, 0 failed, of 2 planned" in out


def test_a_model_is_reproduced_from_its_replies_alone(played, checked) -> None:
    run = played(SHRUG, repeats=2)
    assert f" reproduced rests on the submitter's word: {WORD}" in checked("--play").text
    (run / "replies.jsonl").unlink()
    status, out, _ = checked("--play")
    assert status == 0 and "verified from traces\nnot verified: the model has no recorded" in out


@pytest.mark.parametrize(
    ("words", "standing"), [(["--quick"], "verified from traces"), ([], "reproduced")]
)
def test_the_verdicts_of_a_judge_are_reproduced_from_its_replies(
    words: list[str], standing: str, played, checked
) -> None:
    verdict = '{"quote": "a dozen", "correct": true}'
    roles = ModelRoles(
        {"org/sure": Scripted(lambda messages, tools: answer(messages[-1].content))},
        judge=Judge((Scripted(lambda messages, tools: verdict),)),
    )
    run = played(
        tasks=worlds(first=1), settings=BenchSettings(agent=["org/sure"]), model_roles=roles
    )
    assert any(result.repaired for result in load(run).results)
    out = checked(*words).out
    as_recorded = "verdicts of the judge are taken as recorded" in out
    assert f"\n{standing}\n" in out and as_recorded is bool(words)


def answer(content: str) -> Message:
    """A model that answers every question and ends every other event."""
    call = Call("submit_answer", {"answer": "a dozen"})
    return Message("assistant", "", (call,)) if "QUESTION" in content else Message("assistant", "")


def test_an_altered_reply_does_not_reproduce_the_trace(played, checked) -> None:
    replies = played(SHRUG) / "replies.jsonl"
    replies.write_text(replies.read_text().replace('"no idea"', '"No idea"', 1))
    outcome = checked("--play")
    assert outcome.status == 1 and "played again, record" in outcome.text


def test_a_run_of_a_private_test_set_is_verified_with_its_secret(played, checked, command) -> None:
    run = played(salt=SALT)
    assert "self-reported\nnot verified: it is of a private test set" in checked().out
    out = checked("--salt", SALT, "--play").out
    assert out.endswith("\nreproduced\n") and SALT not in out
    status, _, err = checked("--salt", "another")
    assert status == 2 and "--salt is not the secret of" in err
    assert "; self-reported" in command("pack", run).text
    assert "; verified from traces" in command("pack", run, "--salt", SALT).text
    assert command("pack", run, "--salt", "another").status == 2


def test_failed_episodes_are_packed_as_failures(played, checked) -> None:
    tasks = worlds(template="company,movie")
    movie, gone = tasks.recipes[1].generate().system, ProviderFailure("gone")
    played(Scripted(lambda messages, tools: gone if movie in messages[0].content else "x"),
           tasks=tasks)  # fmt: skip
    out = checked("--play").out
    assert "episodes: 1 scored, 1 failed, of 2 planned" in out and "\nreproduced\n" in out


def test_a_run_without_scores_is_not_packed(played, refused) -> None:
    played(Scripted(lambda messages, tools: ProviderFailure("gone")))
    assert "is not packed: none of its episodes has a score" in refused()


def cut(run: Path) -> None:
    trace = next((run / "traces").glob("*naive*"))
    trace.write_bytes(trace.read_bytes()[:3000])


def spoil_replies(run: Path) -> None:
    with (run / "replies.jsonl").open("a") as replies:
        replies.write("garbage\n")


UNFIT = {
    "stopped": (lambda run: (run / FILE).unlink(), "has not finished; `memorygym resume "),
    "cut": (cut, "naive+0.jsonl.gz is damaged: it cannot be unpacked"),
    "replies": (spoil_replies, "replies.jsonl, line 1: not the header"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_run_that_fails_a_check_is_not_packed(case: str, played, refused) -> None:
    spoil, message = UNFIT[case]
    spoil(played())
    assert message in refused()


SECRETS = {
    "a key": '{"x":"sk-abcdefghijklmnopqrstuvwx"}',
    "a password in an address": '{"endpoint":"https://me:hidden@host/v1"}',
    "a secret of this machine's environment": '{"x":"the very secret"}',
    "the salt": f'{{"x":"{SALT}"}}',
}


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_packed(kind: str, played, refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "the very secret")
    (played(salt=SALT) / "replies.jsonl").write_text(f"{{}}\n{SECRETS[kind]}\n")
    assert f"replies.jsonl, line 2: {kind}" in refused()
