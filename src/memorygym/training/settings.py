"""The settings of a training run; nothing here needs numpy."""

from collections.abc import Mapping
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
