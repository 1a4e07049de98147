"""The statistics of the protocol: every figure with an interval, clustered by world."""

from memorygym.stats.comparing import (
    Difference,
    holm,
    kendall,
    paired,
    ranks,
    sign_flip,
    sign_flips,
    tau_b,
    unpaired,
)
from memorygym.stats.detecting import FIGURE, SEPARATE, Design, mde, same_worlds, worlds_needed
from memorygym.stats.intervals import (
    NOTHING,
    Estimate,
    bootstrap,
    clustered,
    clustered_share,
    estimate,
    percent,
    percentiles,
    resamples,
    span,
    wilson,
)
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
