"""What an instance is to be like: the parameters, and what is reachable."""

from dataclasses import asdict, dataclass

from memorygym.core.types import JSON

SIBLINGS = 3
"""Chains of the same form from other starts, so that the order of sub-queries tells nothing."""
WINDOWED = "sliding_window"
"""The eviction that keeps documents in view for some turns."""
CROWD = 8
DENSEST = 90
"""Most percent of an instance that are crowd."""


@dataclass(frozen=True, slots=True)
class DistractorCounts:
    """Distractors of each kind; every dial turns alone."""

    near_miss: int = 3
    other_time: int = 2
    conflict: int = 2
    paraphrase: int = 2
    red_herring: int = 1


@dataclass(frozen=True, slots=True)
class ResearchSettings:
    """One instance: with a name and a number, everything that it is dealt from."""

    template: str
    number: int
    seed: int
    hops: int
    tokens: int
    """At the memory's input: of all texts before the question, as they are shown."""
    shape: str
    dials: DistractorCounts = DistractorCounts()
    reveal: str = "delayed"
    eviction: str = "full_eviction"
    window: int = 1
    order: str = "shuffled"
    crowd: int = CROWD
    """For each hop, percent of the documents that fill it up which name entities of the question's
    chain, of its siblings or of its near misses."""
    mode: str = "scripted"
    """Whether the searches are scripted or the reasoner's own."""

    @property
    def crowded(self) -> int:
        """Percent of the documents that fill it up which are crowd."""
        return min(DENSEST, self.crowd * self.hops)

    @property
    def shown(self) -> int:
        """In how many turns a document is in view."""
        return self.window if self.eviction == WINDOWED else 1

    def parameters(self) -> dict[str, JSON]:
        """As results and instances tell them."""
        names = "mode hops tokens shape reveal eviction window order crowd".split()
        told: dict[str, JSON] = {name: getattr(self, name) for name in names}
        return {**told, "window": self.shown, **asdict(self.dials)}
