"""Typed grading: one claim per answer against one typed truth, without a model."""

from memorygym.grading.repair import repairable
from memorygym.grading.truths import Truth, UnreadableTruth, parse
from memorygym.grading.verdict import Verdict, grade

__all__ = ["Truth", "UnreadableTruth", "Verdict", "grade", "parse", "repairable"]
