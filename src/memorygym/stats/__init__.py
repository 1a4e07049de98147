"""The statistics of the protocol: every figure with an interval, clustered by world."""

from memorygym.stats.comparing import Difference, holm, paired, ranks, sign_flip, unpaired
from memorygym.stats.detecting import FIGURE, SEPARATE, Design, mde, same_worlds, worlds_needed
from memorygym.stats.intervals import Estimate, bootstrap, clustered, estimate
from memorygym.stats.repeats import Repeats, Sources
from memorygym.stats.shares import rule_of_three, wilson
from memorygym.stats.spread import design_effect, deviation, icc

__all__ = [
    "FIGURE",
    "SEPARATE",
    "Design",
    "Difference",
    "Estimate",
    "Repeats",
    "Sources",
    "bootstrap",
    "clustered",
    "design_effect",
    "deviation",
    "estimate",
    "holm",
    "icc",
    "mde",
    "paired",
    "ranks",
    "rule_of_three",
    "same_worlds",
    "sign_flip",
    "unpaired",
    "wilson",
    "worlds_needed",
]
