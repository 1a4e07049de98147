"""The ceiling: each question is shown one canonical sentence for every fact that it needs."""

from collections.abc import Mapping

from memorygym.core import Task
from memorygym.instances.model import Gold


def sentences(task: Task) -> dict[int, str]:
    """By event of a question: what it needs, in the order of its hops."""
    gold = task.gold
    assert isinstance(gold, Gold)
    told: Mapping[str, str] = {fact.id: fact.sentence for fact in gold.facts}
    return {
        question.event: "\n\n".join(told[need] for need in question.needs)
        for question in gold.questions
        if question.needs
    }
