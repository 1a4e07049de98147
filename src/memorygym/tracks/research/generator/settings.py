"""The parameters of an instance and their bounds."""

from dataclasses import asdict, dataclass

from memorygym.core.types import JSON

SIBLINGS = 3
"""Chains of the same form from other starts, so the order of sub-queries gives nothing away."""
WINDOWED = "sliding_window"
"""The eviction policy that keeps documents in view for some turns."""
DISTRACTOR_DENSITY = 8
HIGHEST_DENSITY = 90
"""Highest percentage of filler documents that may be related to the question."""


@dataclass(frozen=True, slots=True)
class DistractorCounts:
    """The number of distractors of each kind; each is set independently."""

    near_miss: int = 3
    other_time: int = 2
    conflict: int = 2
    paraphrase: int = 2
    red_herring: int = 1


@dataclass(frozen=True, slots=True)
class ResearchSettings:
    """The settings of one instance: everything that it is generated from."""

    template: str
    number: int
    seed: int
    hops: int
    tokens: int
    """Tokens of all texts before the question, as they are shown to the memory."""
    shape: str
    distractor_counts: DistractorCounts = DistractorCounts()
    reveal: str = "delayed"
    eviction: str = "full_eviction"
    window: int = 1
    order: str = "shuffled"
    distractor_density: int = DISTRACTOR_DENSITY
    """Percent, for each hop, of the filler documents that name entities of the question's chain,
    of its siblings or of its near misses."""
    mode: str = "scripted"
    """Either `scripted` searches, or `agentic`: the agent searches itself."""

    @property
    def density_percent(self) -> int:
        """Percent of the filler documents that are related to the question."""
        return min(HIGHEST_DENSITY, self.distractor_density * self.hops)

    @property
    def shown(self) -> int:
        """In how many turns each document is in view."""
        return self.window if self.eviction == WINDOWED else 1

    def parameters(self) -> dict[str, JSON]:
        """The parameters as results and instances store them."""
        names = "mode hops tokens shape reveal eviction window order distractor_density".split()
        parameters: dict[str, JSON] = {name: getattr(self, name) for name in names}
        return {**parameters, "window": self.shown, **asdict(self.distractor_counts)}
