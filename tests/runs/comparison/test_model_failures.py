"""Comparisons whose model fails, writes nonsense, cannot be asked, or is stopped in the middle."""

from pathlib import Path

import pytest

from tests.runs.comparison.model_runs import (
    KEYS,
    Duel,
    clocked,
    compare,
    rows,
)
from tests.servers.openai import Server
from tests.slow import mostly_slow

FOR_A_WHILE = ("429x3", "cutx1", "garbagex1", "emptyx1")
"""Faults of the first replies."""


@mostly_slow("fault", ["429", "400", "501"], quick=1)
def test_a_model_that_fails_fails_its_memory_alone(
    fault: str, server: Server, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = duel("llm_summarizing,bm25", "--memory-model", f"condenser+{fault}", ends=3)
    output = capsys.readouterr()
    counted = "6 played, 2 failed (held:llm_summarizing 1, llm_summarizing 1)"
    assert counted in " ".join(output.out.split())[:200]
    assert f"company+0+strong+llm_summarizing+1000: {server.url}" in output.err
    assert f"status {fault}" in output.err
    assert rows(folder)["bm25"]["accuracy"]["mean"] > 0.5


@mostly_slow("model", [f"condenser+{x}" for x in FOR_A_WHILE] + ["ponderer"], quick=1)
def test_faults_for_a_while_and_reasoning_change_no_figure(model: str, duel: Duel) -> None:
    plain = duel("llm_summarizing", "--memory-model", "condenser", name="plain")
    assert rows(duel("llm_summarizing", "--memory-model", model)) == rows(plain)


def test_the_same_command_later_plays_what_failed_and_nothing_else(duel: Duel) -> None:
    words = ("llm_summarizing,bm25", "--seeds", "2", "--memory-model")
    played = [row["episode"] for row in clocked(duel(*words, "condenser+400x3", ends=3))]
    folder = duel(*words, "condenser+400x3")
    again = [row["episode"] for row in clocked(folder)][len(played) :]
    assert 1 <= len(again) <= 3 and all("llm_summarizing" in name for name in again)
    assert len(played) + len(again) == 16
    assert rows(folder) == rows(duel(*words, "condenser", name="whole"))


@mostly_slow("models", [("--memory-model", "condenser+401x1"), ("--reasoner", "scholar+403x1")])
def test_a_refused_key_stops_at_once_and_the_same_command_goes_on(
    models: tuple[str, str], server: Server, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    duel("llm_summarizing", *models, "--workers", "1", ends=3)
    output = capsys.readouterr()
    assert len(server.bodies) == 1 and output.out == "" and "the key was refused" in output.err
    duel("llm_summarizing", *models, "--workers", "1")


def test_a_reasoner_that_never_replies_is_reported_and_counted(
    duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    duel("bm25", "--reasoner", "strong,scholar+400", ends=3)
    output = capsys.readouterr()
    out = " ".join(output.out.split())
    assert out.startswith("6 episodes played, 6 failed (bm25 1, full 1, held:bm25 1, none 1,")
    assert '"scholar+400 finished a task at budget 1,000" fails' in out
    assert output.err.count("status 400") == 6


@mostly_slow(
    ("brain", "fault"),
    [("mute", "empty"), ("chatterbox", "overlong"), ("babbler", None), ("ponderer", None)],
    quick=1,
)
def test_whatever_a_model_writes_is_handled_and_counted(
    brain: str, fault: str | None, duel: Duel
) -> None:
    memories = "llm_summarizing,lightmem,simplemem,hipporag"
    for name, figures in rows(duel(memories, "--memory-model", brain)).items():
        means = {figure: value["mean"] for figure, value in figures.items() if value}
        assert means["cuts"] == 0
        if name in memories.split(",") and fault:
            assert means[fault] == means["ingest_calls"] + means["query_calls"] > 0


@mostly_slow("fault", ["context", "length"])
def test_replies_of_a_reasoner_that_are_cut_short_are_reported_beside_the_figures(
    fault: str, duel: Duel, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = duel("bm25", "--reasoner", f"scholar+{fault}")
    text = " ".join(capsys.readouterr().out.split())
    assert "Replies of the reasoner cut short by its context or by --max-tokens, per task: " in text
    assert {figures["limited"]["mean"] for figures in rows(folder).values()} == {10}


def test_half_a_character_does_not_cost_a_memory_its_note(duel: Duel) -> None:
    assert rows(duel("amem", "--memory-model", "babbler"))["amem"]["accuracy"]["mean"] > 0.5


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--memory-model", "extractiv"), "no memory model named 'extractiv'; did you mean extr"),
        (("--memory-model", ""), "model '' has no name"),
        (("--reasoner", ""), "--reasoner names none: give one, such as strong"),
        (("--memory-model", "opnai:x"), "no provider of models named 'opnai'"),
        (("--temperature", "0"), "--temperature is for a model as --reasoner or --memory-model"),
        (("--replay", "kept.jsonl"), "--replay is for a model"),
        (("--memory-model", "x", "--replay", "no.jsonl"), "no.jsonl: No such file"),
        (("--memory-model", "x", "--temperature", "-1"), "temperature -1.0"),
        (("--memory-model", "x", "--api-base", "nowhere"), "is no URL of an endpoint"),
    ],
)
def test_models_that_cannot_be_asked_are_named(
    words: tuple[str, ...], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare("--memories", "bm25", *words) == 2
    assert reason in capsys.readouterr().err


def test_an_endpoint_without_its_key_is_named_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    assert compare("--memories", "bm25", "--reasoner", "gpt-x", "-o", tmp_path / "run") == 3
    assert "set OPENAI_API_KEY" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
