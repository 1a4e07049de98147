"""Typed grading: one claim per answer against one typed truth, without a model."""

from memorygym.grading.repair import repairable
from memorygym.grading.truths import UnreadableTruth, parse
from memorygym.grading.verdict import grade

__all__ = ["UnreadableTruth", "grade", "parse", "repairable"]
