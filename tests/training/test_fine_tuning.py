"""SFT and GRPO of a tiny model: the whole path of a training, on a CPU and offline."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.trace import Trace
from memorygym.core.types import Message
from memorygym.models.hf import Local
from memorygym.reports.training_curve import curve, draw_curve
from memorygym.training import fine_tuning, smoke
from memorygym.training.data import DataOptions, make_data
from memorygym.training.env import MemoryEnv
from memorygym.training.rows import read_row
from memorygym.training.settings import GrpoSettings, SftSettings
from memorygym.training.tiny import tiny_model, tiny_tokenizer
from memorygym.training.tokens import ChatTemplate, segment_row

pytestmark = [pytest.mark.train, pytest.mark.filterwarnings("ignore")]

SHORT: Mapping[str, Any] = {
    "steps": 4, "batch": 2, "at_once": 1, "most_tokens": 2000, "device": "cpu", "save_every": 2,
    "quiet": True,
}  # fmt: skip
PLAYED: Mapping[str, Any] = {
    **SHORT, "group": 2, "most_reply": 4, "parameters": smoke.TASK, "rate": 1e-2,
    "reward": "memorygym.training.smoke:Letters",
}  # fmt: skip


class Infinite(smoke.Letters):
    """A reward that no trainer can learn from."""

    def step(self, trace: Trace, *, ended: bool) -> float:
        return inf


class Asking(smoke.Letters):
    """A reward that cannot be made without an argument."""

    def __init__(self, needed: str) -> None:
        self.needed = needed


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that share a small model wait for each other, and much on a busy machine."""
    threads = fine_tuning.torch.get_num_threads()
    fine_tuning.torch.set_num_threads(1)
    yield
    fine_tuning.torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny `model` and `data.jsonl` of a scripted agent."""
    folder = tmp_path_factory.mktemp("tiny")
    make_data(
        DataOptions(parameters=smoke.TASK, seeds=range(2), segments=True), folder / "data.jsonl"
    )
    tokenizer = tiny_tokenizer([(folder / "data.jsonl").read_text("utf-8")], 1000)
    tokenizer.save_pretrained(folder / "model")
    tiny_model(tokenizer).save_pretrained(folder / "model")
    return folder


def sft(tiny: Path, output: Path, **more: Any) -> fine_tuning.Log:
    settings = {"data": [tiny / "data.jsonl"], "rate": 1e-2, **SHORT, **more}
    return fine_tuning.sft(SftSettings(model=str(tiny / "model"), output=output, **settings))


def grpo(tiny: Path, output: Path, **more: Any) -> fine_tuning.Log:
    settings = {**PLAYED, **more}
    return fine_tuning.grpo(GrpoSettings(model=str(tiny / "model"), output=output, **settings))


@pytest.mark.parametrize("seed", range(3))
def test_a_smoke_run_learns(seed: int, tmp_path: Path) -> None:
    changes = smoke.run(tmp_path / "smoke", seed)
    assert [change.learned for change in changes] == [True, True]
    assert changes[0].last.mean < changes[0].first.mean
    assert changes[1].last.mean > changes[1].first.mean
    reply = Local(str(tmp_path / "smoke" / "grpo")).complete([Message("user", "Hi")], ())
    assert reply.completion_tokens


def test_what_cannot_be_learned_is_not_said_to_be(monkeypatch, tmp_path: Path) -> None:
    """A control: with a step size of nearly 0, neither figure moves beyond chance."""
    for name in ("sft", "grpo"):
        own = getattr(smoke, name)
        monkeypatch.setattr(smoke, name, lambda settings, own=own: own(_still(settings)))
    assert [change.learned for change in smoke.run(tmp_path / "smoke")] == [False, False]


def _still(settings: Any) -> Any:
    return replace(settings, rate=1e-12)


@pytest.mark.parametrize("train", [sft, grpo])
def test_a_killed_run_goes_on_to_the_same_weights(
    train: Any, tiny: Path, monkeypatch, tmp_path: Path
) -> None:
    whole = train(tiny, tmp_path / "whole")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fine_tuning._Logging, "on_log", _stopping_at(3))
        train(tiny, tmp_path / "killed")
    assert not (tmp_path / "killed" / "model.safetensors").exists()
    # A checkpoint that was being written, and a model that was not yet.
    (tmp_path / "killed" / "checkpoints" / "checkpoint-3").mkdir()
    again = train(tiny, tmp_path / "killed", quiet=False)
    assert [row["step"] for row in again] == [1, 2, 3, 4]
    assert [row["loss"] for row in again] == [row["loss"] for row in whole]
    mine, theirs = (tmp_path / name / "model.safetensors" for name in ("killed", "whole"))
    assert mine.read_bytes() == theirs.read_bytes()
    mine.unlink()
    assert train(tiny, tmp_path / "killed") == again  # No step is left.
    assert mine.read_bytes() == theirs.read_bytes()


def _stopping_at(step: int) -> Any:
    own = fine_tuning._Logging.on_log

    def on_log(self: Any, args: Any, state: Any, control: Any, **more: Any) -> None:
        if state.global_step == step:
            raise KeyboardInterrupt
        own(self, args, state, control, **more)

    return on_log


@pytest.mark.parametrize("train", [sft, grpo])
@pytest.mark.parametrize("quantized", [False, True])
def test_adapters_are_merged_into_a_model_that_loads(
    train: Any, quantized: bool, tiny: Path, tmp_path: Path
) -> None:
    from safetensors.torch import load_file

    train(tiny, tmp_path / "out", lora=4, quantized=quantized, steps=2)
    before = load_file(tiny / "model" / "model.safetensors")
    after = load_file(tmp_path / "out" / "model.safetensors")
    moved = {name for name in after if name in before and not before[name].equal(after[name])}
    assert moved and all("proj" in name for name in moved)
    assert {path.name for path in (tmp_path / "out" / "adapter").iterdir()} >= {
        "adapter_config.json",
        "adapter_model.safetensors",
    }
    assert Local(str(tmp_path / "out")).complete([Message("user", "Hi")], ()).finish in (
        "stop",
        "length",
    )


def test_a_row_of_data_reads_as_the_episode_does(tiny: Path) -> None:
    template = ChatTemplate(fine_tuning.transformers.AutoTokenizer.from_pretrained(tiny / "model"))
    line = json.loads((tiny / "data.jsonl").read_text("utf-8").splitlines()[0])
    env = MemoryEnv("worlds", **smoke.TASK)
    about = line["metadata"]
    env.reset(options={"template": about["template"], "seed": about["seed"]})
    row = segment_row(*read_row(line), template)
    assert list(row.ids[: row.prompt]) == template.prompt(env.chat())


def test_the_command_shows_a_curve_and_logs_to_trackio(tiny: Path, tmp_path: Path) -> None:
    words = ["--model", tiny / "model", "--data", tiny / "data.jsonl", "-o", tmp_path / "out"]
    words += ["--steps", "6", "--batch", "2", "--device", "cpu", "--trackio", "memory"]
    environment = {**os.environ, "TRACKIO_DIR": str(tmp_path / "trackio"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "memorygym.training", "sft", *map(str, words)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "step     6  loss" in done.stdout and "up to step" in done.stdout
    assert f"play it with --model hf:{tmp_path / 'out'}" in done.stdout
    assert "Warning" not in done.stderr
    assert (tmp_path / "out" / "curve.svg").read_text().startswith("<?xml")
    (log,) = (tmp_path / "trackio").glob("memory.db")
    with sqlite3.connect(log) as base:
        assert base.execute("select count(*) from metrics").fetchone()[0] >= 6


def test_the_memory_may_be_rewarded_by_memrm(tiny: Path, tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    log = grpo(tiny, tmp_path / "out", reward="memrm", steps=1)
    assert 0 < log[0]["reward"] < 1 and log[0]["score"] == 0


def test_a_curve_has_windows_of_steps(tmp_path: Path) -> None:
    log = [{"step": n, "loss": 1 / n, "reward": n / 100} for n in range(1, 63)]
    points = curve(log, "reward")
    assert [*points] == [6, 12, 18, 24, 30, 36, 42, 48, 54, 60, 62]
    assert points[6].mean == pytest.approx(0.035) and points[6].has_interval
    assert not points[62].has_interval
    draw_curve(log).save(tmp_path / "curve.svg")
    assert "mean reward" in (tmp_path / "curve.svg").read_text()


def test_what_cannot_be_trained_is_refused(tiny: Path, tmp_path: Path) -> None:
    refused: list[tuple[Any, dict[str, Any], str]] = [
        (sft, {"rate": 0.0}, "--rate 0.0: give a number above 0"),
        (sft, {"quantized": True}, "weights of 4 bits cannot be trained: give --lora RANK"),
        (sft, {"batch": 3, "at_once": 2}, "--at-once 2: give a divisor of --batch 3"),
        (grpo, {"group": 4}, "--group 4: give a divisor of --batch 2"),
        (grpo, {"batch": 4, "tasks": 1}, "--tasks 1: a step takes 2 different ones"),
        (grpo, {"temperature": 0.0}, "--temperature 0.0: give a number above 0"),
        (grpo, {"beta": float("nan")}, "--beta nan: give a number, at least 0"),
        (sft, {"most_tokens": 5}, "none of 12 rows has a reply and at most 5 tokens"),
        (sft, {"data": [tmp_path / "none.jsonl"]}, "none.jsonl: it cannot be read"),
        (sft, {"data": [tmp_path / "rows.jsonl"]}, "rows.jsonl: line 2: not a row of OpenAI"),
        (sft, {"seed": -1}, "--seed -1: give a number from 0"),
        (grpo, {"reward": f"{__name__}:Infinite"}, "Infinite' gave inf, not a finite number"),
        (grpo, {"reward": f"{__name__}:Asking"}, "Asking cannot be made: "),
        (grpo, {"reward": "memorygym.training.smoke:TASK"}, "smoke:TASK has no step and fork"),
        (grpo, {"most_tokens": 20}, "has at most most_tokens="),
    ]
    (tmp_path / "rows.jsonl").write_text('\n{"conversations": []}\n')
    if not fine_tuning.torch.cuda.is_available():
        refused.append((sft, {"device": "cuda"}, "torch sees no GPU here"))
    for number, (train, more, why) in enumerate(refused):
        with pytest.raises(BadSettings) as caught:
            train(tiny, tmp_path / str(number), **more)
        assert why in str(caught.value), why
    with pytest.raises(UnknownPart, match="memrm"):
        grpo(tiny, tmp_path / "name", reward="memrn")
    other = tmp_path / "other"
    larger = tiny_tokenizer(["words of another"], 1001, *map(str, range(1000)))
    larger.save_pretrained(other)
    fine_tuning.transformers.AutoConfig.from_pretrained(tiny / "model").save_pretrained(other)
    with pytest.raises(BadSettings, match=r"the tokenizer has .* tokens, the model 1000"):
        fine_tuning.sft(SftSettings(model=str(other), data=[tiny / "data.jsonl"], output=tmp_path))
    with pytest.raises(BadSettings, match="no model can be loaded"):
        settings = SftSettings(model=str(tmp_path), data=[tiny / "data.jsonl"], output=tmp_path)
        fine_tuning.sft(settings)


def test_a_folder_keeps_one_run(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    sft(tiny, out, steps=1)
    with pytest.raises(BadSettings, match=r"--rate 0.5: .*out was trained with '0.01'.*--force"):
        sft(tiny, out, rate=0.5)
    with pytest.raises(BadSettings, match="holds no training run"):
        sft(tiny, tiny)
    assert [row["step"] for row in sft(tiny, out, steps=2)] == [1, 2]  # More steps go on.
    (out / "training.json").write_text("{")
    with pytest.raises(BadSettings, match=r"training.json is damaged .*--force begins anew"):
        sft(tiny, out, steps=2)
    assert [row["step"] for row in sft(tiny, out, steps=1, rate=0.5, force=True)] == [1]
