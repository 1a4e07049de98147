"""Whether an answer to a question is right: typed, or the exact match of SQuAD."""

from memorygym.scoring.grading import grade, squad
from memorygym.tracks._qa.questions import Question

EXACT = "em"
"""The question type that asks for an exact match."""


def is_correct(question: Question, answer: str) -> bool:
    """Whether the answer agrees with the truth or an alias."""
    return verdict(question, answer)[0]


def verdict(question: Question, answer: str) -> tuple[bool, str]:
    """Whether the answer agrees with the truth or an alias, and why in a short sentence."""
    truths = (question.truth, *question.aliases)
    if question.question_type == EXACT:
        is_match = squad.exact(answer, truths)
        return is_match, f"{'matches' if is_match else 'does not match'} {question.truth}"
    verdicts = [grade(question.question_type, truth, answer, question.rivals) for truth in truths]
    chosen = next((candidate for candidate in verdicts if candidate.correct), verdicts[0])
    return chosen.correct, chosen.reason
