"""What an adversary may reach at most; `--validate` holds every one of them to it.

Where a bound is not a matter of principle (0, 1 or 5 points), it is the mean over ten worlds and
ten seeds of the standard tier plus three standard errors, in whole points. The other tiers are
held to it as well: a tighter budget or a smaller world gains none of them anything.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bound:
    """The adversary's mean composite, paired by world and pooled, stays at or below `most`."""

    most: float
    """In points of composite, 0 to 100."""
    over: str = ""
    """If given: the agent whose composite is subtracted first."""
