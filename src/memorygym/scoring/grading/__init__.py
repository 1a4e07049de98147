"""Typed grading: compares the one claim of an answer with the one right answer, without a model."""
