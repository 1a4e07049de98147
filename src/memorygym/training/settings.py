"""The settings of a training run; nothing here needs numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import ClassVar

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import FrozenDict
from memorygym.core.track import find
from memorygym.runs.settings import (
    OF_AN_AGENT,
    PARAMETERS,
    AgentModelSettings,
    Settings,
    TaskSettings,
    option,
)
from memorygym.training.rows import FORMATS
from memorygym.training.tasks import SPLITS, recipes

HIDDEN = 32
"""The width of a policy's network, unless another is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The settings of a training run. Raises UnknownPart or BadSettings for wrong ones."""

    track: str = "worlds"
    parameters: Mapping[str, str] = field(default_factory=FrozenDict)
    """The track's own: templates, tier, sizes."""
    seed: int = option(0, "N")
    """Of the tasks, the first weights and the choices."""
    iterations: int = option(300, "N")
    """How many times tasks are played and learned from."""
    groups: int = option(8, "N")
    """Tasks of an iteration."""
    group: int = option(32, "N")
    """Episodes of a task, which are compared with each other."""
    epochs: int = option(2, "N")
    """Passes over the decisions of an iteration."""
    minibatches: int = option(4, "N")
    """Steps of a pass."""
    rate: float = option(5e-3, "X")
    """Step size at the start (Adam's; it falls to a tenth in a straight line)."""
    clip: float = option(0.2, "X")
    """How far a ratio of probabilities may leave 1."""
    entropy: float = option(1e-4, "X")
    """Weight of the entropy."""
    reward: str = option("score", "NAME")
    """At the end: score, or a part of it such as breadth."""
    hidden: int = option(HIDDEN, "N")
    """Width of the network."""

    def __post_init__(self) -> None:
        recipes(self.track, "train", range(1), **self.parameters)[0].generate()
        rewards = ("score", *find(self.track).axes)
        if self.reward not in rewards:
            raise UnknownPart("reward", self.reward, rewards)
        for name in ("iterations", "groups", "group", "epochs", "minibatches", "hidden"):
            least = 2 if name == "group" else 1
            if getattr(self, name) < least:
                raise BadSettings(f"{name} {getattr(self, name)}: give at least {least}")
        for name in ("rate", "clip", "entropy"):
            if not 0 <= getattr(self, name) < inf:
                raise BadSettings(f"{name} {getattr(self, name)}: give a number, at least 0")


PLAYED = "what is played: tasks of a split that no evaluation plays"
OUT = "output force workers quiet"


@dataclass(frozen=True, kw_only=True)
class DataSettings(TaskSettings):
    """The settings of `training data`."""

    GROUPS: ClassVar = {
        "who plays": "agent memory capacity",
        PLAYED: f"track {' '.join(PARAMETERS)} seed seeds",
        "what comes out": f"{OUT} format segments min_score",
    }
    agent: str | None = option(None, "LIST", "--strategy")
    """Scripted agents (`memorygym list agents`), or your own as pkg.mod:OBJECT (default: the
    track's best one that does not know the answers)."""
    memory: str = option("markdown", "MEMORY", "--backend")
    """The memory (`memorygym list memory`; default: markdown)."""
    seeds: int | range | None = option(None, "N", least=1)
    """Seeds 0 to N-1 (default: 10)."""
    output: Path | str | None = option(None, "FILE", "-o", required=True)
    """The file of JSON lines (.jsonl, .jsonl.gz); its card is written beside it."""
    force: bool = option(False)
    """Replace a file that exists."""
    format: str = option("openai", " or ".join(FORMATS).upper())
    """How rows are written (default: openai)."""
    segments: bool = option(False)
    """A row for each context instead of one for each episode: what the agent really saw."""
    min_score: float | None = option(None, "X")
    """Leave episodes below X out (0-100)."""


@dataclass(frozen=True, kw_only=True)
class ProfileSettings(TaskSettings, AgentModelSettings):
    """The settings of `training profile`."""

    GROUPS: ClassVar = {
        "who plays": "agent model api_base memory capacity",
        "how a model is asked": " ".join(OF_AN_AGENT),
        PLAYED: f"track {' '.join(PARAMETERS)} seed seeds split repeats",
        "what comes out": OUT,
    }
    agent: str | None = option(None, "AGENT", "--strategy")
    """A scripted agent (default: as for `data`)."""
    model: str | None = option(None, "MODEL")
    """Its name at an OpenAI-compatible endpoint, or hf:FOLDER."""
    memory: str = option("markdown", "MEMORY", "--backend")
    """The memory (`memorygym list memory`; default: markdown)."""
    seeds: int | range | None = option(None, "N", least=1)
    """Seeds 0 to N-1 (default: 10)."""
    split: str = option("train", choices=SPLITS)
    """The split of the tasks (default: train)."""
    repeats: int | None = option(None, "K", least=1)
    """Tries at each task (default: 4 with --model, else 1)."""
    output: Path | str | None = option(None, "FILE", "-o")
    """A file that receives the profile as JSON."""
    force: bool = option(False)
    """Replace a file that exists."""


@dataclass(frozen=True, kw_only=True)
class LearnSettings(TaskSettings):
    """The settings of `training learn` beside those of `Training`."""

    output: Path | str | None = option(None, "FILE", "-o", required=True)
    """The policy (.json), which is also the checkpoint: the same command goes on from it."""
    force: bool = option(False)
    """Begin anew, over a file that exists."""


@dataclass(frozen=True, kw_only=True)
class TuningSettings(Settings):
    """How a language model is fine-tuned, whatever it learns from."""

    model: str = option("", "MODEL", required=True)
    """The folder of an instruction-tuned model, or its name on the Hugging Face hub."""
    output: Path = option(Path(), "FOLDER", "-o", required=True)
    """The folder of the trained model with its log, curve and checkpoints, from which the same
    command goes on."""
    force: bool = option(False)
    """Begin anew, without the checkpoints of the folder."""
    steps: int = option(100, "N", least=1)
    """Updates of the weights."""
    batch: int = option(8, "N", least=1)
    """Rows of a step."""
    at_once: int = option(8, "N", least=1)
    """Most rows in the device's memory at once; it divides --batch."""
    rate: float = option(1e-5, "X")
    """Step size (AdamW's; it falls to 0 in a straight line)."""
    lora: int | None = option(None, "RANK", least=1)
    """Train adapters of this rank (LoRA, arXiv 2106.09685) instead of all weights; they are merged
    into the model at the end. Ten times --rate is usual."""
    quantized: bool = option(False)
    """Keep the other weights in 4 bits while training (QLoRA, arXiv 2305.14314)."""
    most_tokens: int = option(8192, "N", least=1)
    """Longest context with its replies; longer ones are left out."""
    device: str = option("auto", choices=("auto", "cpu", "cuda"))
    """Where it is trained (default: a GPU if there is one)."""
    save_every: int = option(50, "N", least=1)
    """Steps between checkpoints."""
    seed: int = option(0, "N")
    """Of tasks, samples and new weights."""
    trackio: str | None = option(None, "PROJECT")
    """Log to this project of trackio, too (offline; `trackio show` draws it)."""
    quiet: bool = option(False, "", "-q")
    """No line a step."""

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if not 0 < self.rate < inf:
            raise self.bad("rate", "give a number above 0")
        if not 0 <= self.seed < 2**32:
            raise self.bad("seed", "give a number from 0 to 4,294,967,295")
        if self.quantized and not self.lora:
            raise self.bad("quantized", "weights of 4 bits cannot be trained: give --lora RANK")
        if self.batch % min(self.at_once, self.batch):
            raise self.bad("at_once", f"give a divisor of --batch {self.batch}")


HOW = "steps batch at_once rate lora quantized most_tokens device seed"
KEPT = "output force save_every trackio quiet"


@dataclass(frozen=True, kw_only=True)
class SftSettings(TuningSettings):
    """The settings of `training sft`."""

    GROUPS: ClassVar = {
        "what it learns from": "model data",
        "how it learns": HOW,
        "what comes out": KEPT,
    }
    data: Sequence[Path] = option([], "FILE", many="words", required=True)
    """Files of `training data`; with its --segments, rows are what was really read."""


@dataclass(frozen=True, kw_only=True)
class GrpoSettings(TuningSettings, TaskSettings):
    """The settings of `training grpo`."""

    GROUPS: ClassVar = {
        "who plays": "model memory reader",
        "what is played: tasks of the split train": f"track {' '.join(PARAMETERS)} capacity",
        "how it learns": f"reward rows tasks group most_reply temperature beta {HOW}",
        "what comes out": KEPT,
    }
    memory: str = option("markdown", "MEMORY", "--backend")
    """The memory (`memorygym list memory`; default: markdown)."""
    reader: str | None = option(None, "AGENT")
    """A scripted agent that plays the events that ask, so that the model learns to manage the
    memory alone (Memory-R1, arXiv 2508.19828)."""
    reward: str = option("score", "REWARD")
    """score, shaped, memrm (extra rm), or your own as pkg.mod:OBJECT."""
    rows: str = option("context", choices=("context", "episode"))
    """What is learned from: one context of each episode, drawn evenly, or all in one row."""
    tasks: int = option(256, "N", least=1)
    """Different tasks."""
    group: int = option(8, "N", least=2)
    """Episodes of a task, which are compared with each other; it divides --batch."""
    most_reply: int = option(256, "N", least=1)
    """Most tokens of a reply."""
    temperature: float = option(1.0, "X")
    """Of sampling."""
    beta: float = option(0.0, "X")
    """Weight of the KL divergence from the model as it was."""

    def __post_init__(self) -> None:
        TuningSettings.__post_init__(self)
        if self.batch % self.group:
            raise self.bad("group", f"give a divisor of --batch {self.batch}")
        if self.tasks < self.batch // self.group:
            raise self.bad("tasks", f"a step takes {self.batch // self.group} different ones")
        if self.most_reply >= self.most_tokens:
            why = f"a context with its reply has at most --most-tokens {self.most_tokens}"
            raise self.bad("most_reply", why)
        if not 0 < self.temperature < inf:
            raise self.bad("temperature", "give a number above 0")
        if not 0 <= self.beta < inf:
            raise self.bad("beta", "give a number, at least 0")


@dataclass(frozen=True, kw_only=True)
class SmokeSettings(Settings):
    """The settings of `training smoke`."""

    GROUPS: ClassVar = {"": "output seed"}
    output: Path | None = option(None, "FOLDER", "-o")
    """A new folder that keeps the model, data and curves (default: none is kept)."""
    seed: int = option(0, "N")
    """Of weights, tasks and samples."""
