"""An optional LLM judge: models vote on answers, and may accept what the typed grader rejected."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure, UnknownPart
from memorygym.core.trace import Judgement, Record, Trace, Vote
from memorygym.core.types import JSON
from memorygym.models.model import Model, Reply, check_reply, without_endpoint
from memorygym.scoring.episode_scores import may_repair, outcomes
from memorygym.scoring.judge_prompts import PROMPTS, messages

_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
_MAX_PROBLEM = 200
"""Most characters of a provider's error that a vote keeps."""
_MAX_FAILURES = 3
"""Answers in a row on which every model failed, after which the judge gives up."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Models, each of which votes once on an answer; the majority decides. Raises BadSettings
    without a model, UnknownPart for a prompt that is not one of PROMPTS."""

    models: Sequence[Model]
    prompt: str = "strict"

    def __post_init__(self) -> None:
        if not self.models:
            raise BadSettings("a judge needs at least one model")
        if self.prompt not in PROMPTS:
            raise UnknownPart("judge prompt", self.prompt, PROMPTS)

    def votes(self, question: str, truth: str, answer: str) -> Iterator[Vote]:
        """The vote of each model; a provider's failure is one too, for neither. Raises BadKey."""
        request = messages(self.prompt, question, truth, answer)
        for model in self.models:
            name = str(model.describe()["name"])
            try:
                yield vote(name, check_reply(model.complete(request, ())), answer)
            except BadKey:
                raise
            except ProviderFailure as error:
                yield Vote(name, "failed", "", str(error)[:_MAX_PROBLEM])

    def judge(self, answers: Iterable[tuple[int, str, str, str]]) -> Iterator[Judgement]:
        """The judgement of each answer: its number, the question, the right answer, the answer.

        After several answers to which no model replied, none is asked, and all count as failed.
        """
        failures = 0
        for number, *texts in answers:
            if failures < _MAX_FAILURES:
                votes = tuple(self.votes(*texts))
            judgement = Judgement(number, votes)
            failures = failures + 1 if judgement.failed else 0
            yield judgement

    def describe(self) -> dict[str, JSON]:
        """Everything that the judge's verdicts depend on."""
        models: list[JSON] = [without_endpoint(model.describe()) for model in self.models]
        return {"models": models, "prompt": self.prompt}


def vote(model: str, reply: Reply, answer: str) -> Vote:
    """The vote that a reply expresses: only one that quotes the words of the answer counts.

    >>> from memorygym.core.types import Message
    >>> reply = Reply(Message("assistant", '{"quote": "42 beds", "correct": true}'))
    >>> vote("m", reply, "It has  42 beds.")
    Vote(model='m', outcome='yes', quote='42 beds', problem='')
    >>> vote("m", reply, "It has 40 beds.").problem
    'the answer does not say the quote'
    """
    text = reply.message.content.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        verdict = json.loads(fenced[1] if fenced else text)
    except (ValueError, RecursionError):
        return Vote(model, "unreadable", "", "it is no JSON")
    match verdict:
        case {"quote": str(quote), "correct": bool(correct)}:
            quote, said = " ".join(quote.split()), " ".join(answer.split())
        case _:
            return Vote(model, "unreadable", "", "it is no object of a quote and a verdict")
    if quote not in said:
        return Vote(model, "unreadable", "", "the answer does not say the quote")
    if correct and not quote:
        return Vote(model, "unreadable", "", "it accepts without a quote")
    return Vote(model, "yes" if correct else "no", quote)


def judge_trace(trace: Trace, judge: Judge) -> Trace:
    """The trace with the judge's verdicts at its end, in place of those of an earlier judge.

    It is asked about rejects that it may repair, and about accepted answers, for its agreement.
    """
    played: list[Record] = [record for record in trace.records if not isinstance(record, Judgement)]
    answers = [
        (outcome.goal.event, outcome.goal.text, outcome.goal.truth, outcome.answer)
        for outcome in outcomes(replace(trace, records=played))
        if outcome.answer is not None
        and (may_repair(outcome) or (outcome.correct and outcome.goal.kind != "abstention"))
    ]
    labels = {**trace.labels, "judge": judge.describe()}
    return replace(trace, records=[*played, *judge.judge(answers)], labels=labels)
