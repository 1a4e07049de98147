"""A smoke run: a tiny random Qwen3 is trained on this machine, by the code that trains large ones.

SFT on data of a scripted agent, then GRPO on a toy reward, both from the same random weights.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from memorygym.core.errors import BadSettings
from memorygym.core.trace import Action, Trace
from memorygym.stats.comparisons import unpaired
from memorygym.stats.intervals import Estimate, estimate
from memorygym.training.data import DataOptions, make_data
from memorygym.training.fine_tuning import Log, grpo, sft
from memorygym.training.settings import GrpoSettings, SftSettings
from memorygym.training.tiny import tiny_model, tiny_tokenizer

TASK = {
    "template": "company", "tier": "lite", "entities": "4", "questions": "2", "corrections": "1",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Movement:
    """How a figure of a log moved from the first third of the steps to the last."""

    name: str
    first: Estimate
    last: Estimate
    learned: bool
    """Whether it moved to where it should, and the interval of the change (Welch) is without 0."""


class Letters:
    """A toy reward: at the end, the share of all replies that is ASCII letters."""

    def step(self, trace: Trace, *, ended: bool) -> float:
        """The reward of the latest step."""
        if not ended:
            return 0.0
        replies = (r.message.content for r in trace.records if isinstance(r, Action))
        said = "".join(replies)
        return sum(c.isascii() and c.isalpha() for c in said) / max(1, len(said))

    def fork(self) -> "Letters":
        """This one, for it has no state."""
        return self


def run(folder: Path, seed: int = 0) -> list[Movement]:
    """Trains in a new folder, which receives `model`, `data.jsonl`, `sft` and `grpo`. Raises
    BadSettings for one that is not empty."""
    folder.mkdir(parents=True, exist_ok=True)
    if [*folder.iterdir()]:
        raise BadSettings(f"{folder} is not empty: give a new folder")
    model, data = folder / "model", folder / "data.jsonl"
    make_data(DataOptions(parameters=TASK, seeds=range(8), segments=True), data)
    tokenizer = tiny_tokenizer([data.read_text("utf-8").replace("\\n", "\n")], 2000)
    tokenizer.save_pretrained(model)
    tiny_model(tokenizer, seed).save_pretrained(model)
    common: dict[str, Any] = {
        "model": str(model),
        "seed": seed,
        "device": "cpu",
        "most_tokens": 2000,
    }
    supervised = SftSettings(
        data=[data], output=folder / "sft", steps=24, rate=3e-3, batch=4, at_once=1, **common
    )
    played = GrpoSettings(
        parameters=TASK, reward="memorygym.training.smoke:Letters", output=folder / "grpo",
        steps=20, rate=3e-2, most_reply=16, **common,
    )  # fmt: skip
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # More would mostly wait for each other, over so small a model.
    try:
        logs = sft(supervised), grpo(played)
    finally:
        torch.set_num_threads(threads)
    return [
        _change("loss of SFT", "loss", logs[0], rises=False),
        _change("toy reward of GRPO", "reward", logs[1], rises=True),
    ]


def _change(name: str, field: str, log: Log, *, rises: bool) -> Movement:
    third = len(log) // 3
    first, last = ([row[field] for row in rows] for rows in (log[:third], log[-third:]))
    gain = unpaired(last, first).estimate
    learned = gain.low > 0 if rises else gain.high < 0
    return Movement(name, estimate(first), estimate(last), learned)
