"""What an adversary may reach at most; `--validate` holds every one of them to it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """The adversary's mean composite, paired by world and pooled, stays at or below `most`."""

    most: float
    """In points of composite, 0 to 100."""
    over: str = ""
    """If given: the agent whose composite is subtracted first."""
