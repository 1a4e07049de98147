"""Whether an answer to a question is right: typed, or the exact match of SQuAD."""

from collections.abc import Sequence
from functools import lru_cache

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import reader_of
from memorygym.scoring.episode_scores import answered
from memorygym.scoring.grading import squad
from memorygym.scoring.grading.verdict import grade
from memorygym.tracks._qa.questions import Question

EXACT = "em"
"""The question type that asks for an exact match."""


def outcomes(trace: Trace) -> Sequence[Outcome]:
    """The outcome of each question. Raises BadTrace if the trace has no gold table."""
    return answered(trace, reader_of(trace).goals, verdict)


def is_correct(question: Question, answer: str) -> bool:
    """Whether the answer agrees with the truth or an alias."""
    return verdict(question, answer)[0]


def verdict(question: Question, answer: str) -> tuple[bool, str]:
    """Whether the answer agrees with the truth or an alias, and why in a short sentence."""
    truths = (question.truth, *question.aliases)
    return _verdict(question.question_type, truths, answer, question.rivals)


@lru_cache(maxsize=20_000)
def _verdict(
    question_type: str, truths: tuple[str, ...], answer: str, rivals: tuple[str, ...]
) -> tuple[bool, str]:
    if question_type == EXACT:
        is_match = squad.exact(answer, truths)
        return is_match, f"{'matches' if is_match else 'does not match'} {truths[0]}"
    verdicts = [grade(question_type, truth, answer, rivals) for truth in truths]
    chosen = next((candidate for candidate in verdicts if candidate.correct), verdicts[0])
    return chosen.correct, chosen.reason
