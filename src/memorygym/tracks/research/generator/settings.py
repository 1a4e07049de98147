"""The parameters of a task: their defaults, choices, bounds and meaning."""

from dataclasses import dataclass, field, fields
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON

SIBLINGS = 3
"""Chains of the same form from other starts, so the order of sub-queries gives nothing away."""
WINDOWED = "sliding_window"
"""The eviction policy that keeps documents in view for some turns."""
BY_HOP, AGENTIC = "hops", "agentic"
WINDOW, WIDEST = 2, 8
"""Turns of a sliding window: the default, and the most."""
HIGHEST_DENSITY = 90
"""Highest percentage of filler documents that may be related to the question."""
DISTRACTORS = ("near_miss", "other_time", "conflict", "paraphrase", "red_herring")
"""The counts of distractors."""


def _choice(usual: str, other: str, about: str) -> Any:
    """A parameter with two values; the meaning is that of the second."""
    return field(default=usual, metadata={"choices": (usual, other), "help": f"{other}: {about}"})


def _number(usual: int, about: str, most: int = 1_000, unit: str = "") -> Any:
    """A number from 0 on."""
    metadata = {"most": most, "unit": unit and f" {unit}", "help": about}
    return field(default=usual, metadata=metadata)


_EACH = "documents per instance, whatever its length,"


@dataclass(frozen=True, slots=True)
class ResearchSettings:
    """The settings of one task: everything that it is generated from."""

    template: str
    number: int
    seed: int
    hops: int
    tokens: int
    """Tokens of all texts before the question, as they are shown to the memory."""
    shape: str
    reveal: str = _choice("delayed", "immediate", "the question is also shown before the searches")
    eviction: str = _choice("full_eviction", WINDOWED, "documents stay in view for some turns")
    window: int = field(default=1, metadata={"help": f"turns in view under {WINDOWED}"})
    order: str = _choice("shuffled", BY_HOP, "the searches of each chain follow its hops")
    mode: str = _choice("scripted", AGENTIC, "the agent searches and opens documents itself")
    distractor_density: int = _number(
        8,
        "percent, for each hop, of the filler documents that name entities of the question's"
        " chain, its siblings or its near misses: other facts about them, mentions, outdated"
        " values; the only distractors whose number grows with length and hops",
        HIGHEST_DENSITY,
        "percent",
    )
    near_miss: int = _number(
        3, f"{_EACH} that state the needed relation of an entity with a similar name"
    )
    other_time: int = _number(2, f"{_EACH} that state an earlier value")
    conflict: int = _number(
        2, f"{_EACH} of lower authority and a later date that state another value"
    )
    paraphrase: int = _number(2, f"{_EACH} about the right entity that omit the fact")
    red_herring: int = _number(1, "searches per instance, whatever its length, that lead nowhere")

    def __post_init__(self) -> None:
        """Raises BadSettings with what is possible."""
        for item in fields(self):
            value, most = getattr(self, item.name), item.metadata.get("most")
            if most is not None and not 0 <= value <= most:
                option, unit = item.name.replace("_", "-"), item.metadata["unit"]
                raise BadSettings(f"--{option} {value}: give 0 to {most:,}{unit}")

    @property
    def density_percent(self) -> int:
        """Percent of the filler documents that are related to the question."""
        return min(HIGHEST_DENSITY, self.distractor_density * self.hops)

    @property
    def shown(self) -> int:
        """In how many turns each document is in view."""
        return self.window if self.eviction == WINDOWED else 1

    def parameters(self) -> dict[str, JSON]:
        """The parameters as results and tasks store them."""
        names = "mode hops tokens shape reveal eviction window order distractor_density".split()
        parameters: dict[str, JSON] = {n: getattr(self, n) for n in (*names, *DISTRACTORS)}
        return {**parameters, "window": self.shown}
