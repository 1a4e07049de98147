"""The settings of a training run; nothing here needs numpy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import FrozenDict
from memorygym.core.track import find
from memorygym.training.rewards import check_shaping
from memorygym.training.tasks import recipes

HIDDEN = 32
"""The width of a policy's network, unless another is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """The settings of a training run. Raises UnknownPart or BadSettings for wrong ones."""

    track: str = "worlds"
    parameters: Mapping[str, str] = field(default_factory=FrozenDict)
    """The track's own: templates, tier, sizes."""
    seed: int = 0
    iterations: int = 300
    groups: int = 8
    """Tasks of an iteration."""
    group: int = 32
    """Episodes of a task."""
    epochs: int = 2
    """Passes over the decisions of an iteration."""
    minibatches: int = 4
    rate: float = 5e-3
    """Adam's step size at the start; it falls to a tenth in a straight line."""
    clip: float = 0.2
    """How far the ratio of probabilities may leave 1."""
    entropy: float = 1e-4
    shaping: float = 1.0
    """The weight of the potential difference; 0 rewards the end alone."""
    reward: str = "score"
    """What the end is rewarded with: "score", or the name of one of the score's parts."""
    hidden: int = HIDDEN

    def __post_init__(self) -> None:
        recipes(self.track, "train", range(1), **self.parameters)[0].generate()
        check_shaping(1.0, self.shaping)
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
