"""Whether an answer to a question is right: typed, or the exact match of SQuAD."""

from memorygym.scoring.grading import grade, squad
from memorygym.tracks._qa.questions import Question

EXACT = "em"
"""The competency that asks for an exact match."""


def right(question: Question, answer: str) -> bool:
    """Whether it agrees with the truth or an alias."""
    return verdict(question, answer)[0]


def verdict(question: Question, answer: str) -> tuple[bool, str]:
    """Whether it agrees with the truth or an alias, and why in a short sentence."""
    truths = (question.truth, *question.aliases)
    if question.question_type == EXACT:
        same = squad.exact(answer, truths)
        return same, f"{'matches' if same else 'does not match'} {question.truth}"
    found = [grade(question.question_type, truth, answer, question.rivals) for truth in truths]
    best = next((one for one in found if one.correct), found[0])
    return best.correct, best.reason
