"""The statistics of the protocol: every figure with an interval, clustered by world."""

from memorygym.stats.comparing import (
    Difference,
    holm,
    paired,
    ranks,
    sign_flip,
    sign_flips,
    unpaired,
)
from memorygym.stats.detecting import FIGURE, SEPARATE, Design, mde, same_worlds, worlds_needed
from memorygym.stats.intervals import (
    Estimate,
    bootstrap,
    clustered,
    clustered_share,
    estimate,
    percentiles,
    resamples,
    wilson,
)
from memorygym.stats.kendall import kendall, tau_b
from memorygym.stats.percents import NOTHING, percent, span
from memorygym.stats.repeats import Repeats
from memorygym.stats.spread import design_effect, deviation, icc

__all__ = [
    "FIGURE",
    "NOTHING",
    "SEPARATE",
    "Design",
    "Difference",
    "Estimate",
    "Repeats",
    "bootstrap",
    "clustered",
    "clustered_share",
    "design_effect",
    "deviation",
    "estimate",
    "holm",
    "icc",
    "kendall",
    "mde",
    "paired",
    "percent",
    "percentiles",
    "ranks",
    "resamples",
    "same_worlds",
    "sign_flip",
    "sign_flips",
    "span",
    "tau_b",
    "unpaired",
    "wilson",
    "worlds_needed",
]
