"""Typed grading: compares the one claim of an answer with the one right answer, without a model."""

from memorygym.scoring.grading.repair import repairable
from memorygym.scoring.grading.truths import UnreadableTruth, parse
from memorygym.scoring.grading.verdict import grade

__all__ = ["UnreadableTruth", "grade", "parse", "repairable"]
