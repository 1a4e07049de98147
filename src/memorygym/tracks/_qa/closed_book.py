"""The closed-book check: how often a model is right that sees the questions alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from memorygym.core.types import JSON, Message
from memorygym.models.model import Model, check_reply
from memorygym.stats import clustered_share
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Question

SYSTEM = (
    "Answer the question from what you know. The texts that it is about are not shown to you. If"
    " you do not know, give your best guess. Reply with the answer alone."
)
Try = tuple[str, Question, Model]


def closed_book(
    model: Model,
    asked: Mapping[str, Sequence[Question]],
    samples: int,
    over: Callable[[Callable[[Try], bool], Sequence[Try]], Iterable[bool]],
) -> dict[str, Any] | None:
    """How often the model is right, with the 95 % interval, clustered by instance; None if nothing
    is asked. `asked` has the questions of each instance; `over` maps a function over tries.

    Raises ProviderFailure if the model does not answer.
    """
    tries = [
        (name, question, model.sample(k))
        for name, questions in asked.items()
        for question in questions
        for k in range(samples)
    ]
    if not tries:
        return None
    answers: dict[str, list[bool]] = {}
    for (name, _, _), is_right in zip(tries, over(_ask, tries), strict=True):
        answers.setdefault(name, []).append(is_right)
    right, share = sum(map(sum, answers.values())), clustered_share(list(answers.values()))
    interval: JSON = [round(share.low, 6), round(share.high, 6)] if share.has_interval else None
    return {
        "model": str(model.describe()["name"]),
        "samples": samples,
        "asked": len(tries),
        "right": right,
        "share": round(right / len(tries), 6),
        "interval": interval,
    }


def _ask(attempt: Try) -> bool:
    _, question, model = attempt
    reply = check_reply(model.complete(prompt(question.text), ()))
    return is_correct(question, reply.message.content)


def prompt(question: str) -> list[Message]:
    """What the model reads."""
    return [Message("system", SYSTEM), Message("user", question)]
