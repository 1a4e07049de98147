"""The parameters of a task: their defaults, choices, bounds and meaning."""

from dataclasses import dataclass, fields

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON
from memorygym.tracks._qa.generated import check, option, reveal_option

WINDOWED = "sliding_window"
"""The eviction policy that keeps documents in view for some turns."""
WINDOW = 2
"""Turns of a sliding window."""
BY_HOP, AGENTIC = "hops", "agentic"
LARGEST = 10_000_000
"""Tokens of the longest instance."""
HIGHEST_DENSITY = 90
"""Highest percentage of filler documents that may be related to the question."""
_EACH = "percent of the look-ups, also of wrong branches, that have"
_PERCENT = range(101)


@dataclass(frozen=True, slots=True)
class ResearchSettings:
    """The settings of one task: everything that it is generated from."""

    template: str
    number: int
    seed: int
    hops: int = option("2,3,4,5,6,8", "look-ups of a question", range(2, 9))
    tokens: int = option("20k", "length of the instances", range(1, LARGEST + 1))
    """Tokens of all texts before the question, as they are shown to the memory."""
    shape: str = "bridge"
    reveal: str = reveal_option()
    eviction: str = option(
        "full_eviction",
        f"{WINDOWED}: documents stay in view for some turns",
        ("full_eviction", WINDOWED),
    )
    window: int = option(WINDOW, f"turns in view under {WINDOWED}", range(2, 9))
    order: str = option(
        "shuffled",
        f"{BY_HOP}: the needed documents come in the order of the hops",
        ("shuffled", BY_HOP),
    )
    mode: str = option(
        "scripted",
        f"{AGENTIC}: the agent searches and opens documents itself",
        ("scripted", AGENTIC),
    )
    distractor_density: int = option(
        20,
        "percent, for each hop, of the filler documents that name entities of the question's"
        " chain, its branches or its near misses: other facts about them, mentions, outdated"
        " values; the only distractors whose number grows with length and hops",
        range(HIGHEST_DENSITY + 1),
    )
    near_miss: int = option(
        50, f"{_EACH} a document on the same relation of an entity with a similar name", _PERCENT
    )
    other_time: int = option(40, f"{_EACH} a document with an earlier value", _PERCENT)
    conflict: int = option(
        40, f"{_EACH} a document of lower authority and a later date with another value", _PERCENT
    )
    paraphrase: int = option(30, f"{_EACH} a document on its subject without the fact", _PERCENT)

    def __post_init__(self) -> None:
        """Raises BadSettings with what is possible."""
        check(self)
        if self.window != WINDOW and self.eviction != WINDOWED:
            raise BadSettings(f"window {self.window} is for eviction={WINDOWED}")

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
        values = {item.name: getattr(self, item.name) for item in fields(self)[3:]}
        return {"mode": self.mode, **values, "window": self.shown}
