"""A panel of judge models: each votes once on an answer, and the majority decides.

A reply counts as a vote only if it has a verdict and quotes the words of the answer it rests on.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict, Vote
from memorygym.models.model import CONTEXT_EXCEEDED, Model, Reply, check_reply, without_endpoint
from memorygym.scoring.judge.judge_prompts import messages, prompt_hash

_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)


class Unreadable(Exception):
    """A reply that is no verdict; the text says why."""


def vote(model: str, reply: Reply, answer: str) -> Vote:
    """The vote that a model's reply expresses.

    >>> from memorygym.core.types import Message
    >>> reply = Reply(Message("assistant", '{"quote": "42 beds", "correct": true}'))
    >>> vote("m", reply, "It has  42 beds.")
    Vote(model='m', outcome='yes', quote='42 beds', problem='')
    >>> vote("m", reply, "It has 40 beds.").problem
    'the answer does not say the quote'
    """
    try:
        quote, correct = _verdict(reply, answer)
    except Unreadable as error:
        return Vote(model, "unreadable", "", str(error))
    return Vote(model, "yes" if correct else "no", quote)


def _verdict(reply: Reply, answer: str) -> tuple[str, bool]:
    """The quoted words and the verdict. Raises Unreadable."""
    if reply.finish == CONTEXT_EXCEEDED:
        raise Unreadable("the model's context does not hold the request")
    if reply.message.calls:
        raise Unreadable("it calls a tool")
    verdict = _object(reply.message.content)
    if not isinstance(verdict, dict) or verdict.keys() != {"quote", "correct"}:
        raise Unreadable("it is no object of a quote and a verdict")
    quote, correct = verdict["quote"], verdict["correct"]
    if not isinstance(quote, str) or not isinstance(correct, bool):
        raise Unreadable("its quote is no text or its verdict neither true nor false")
    words = _blanks(quote)
    if not occurs_in(words, answer):
        raise Unreadable("the answer does not say the quote")
    if correct and not words:
        raise Unreadable("it accepts without a quote")
    return words, correct


def _object(text: str) -> object:
    """The JSON value of a text, which may stand in a code fence. Raises Unreadable."""
    text = text.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Unreadable("it says a thing twice")
    return members


def occurs_in(quote: str, answer: str) -> bool:
    """Whether the answer contains these words, whatever its blanks."""
    return _blanks(quote) in _blanks(answer)


def _blanks(text: str) -> str:
    """The text with each run of blanks as one space."""
    return " ".join(text.split())


_MAX_PROBLEM = 200
"""Most characters of a provider's error that a vote keeps."""
_MAX_FAILURES = 3
"""Answers in a row on which every model failed, after which the judge gives up."""


class JudgeCase(NamedTuple):
    """An answer to judge, with its question and the right answer."""

    question: str
    truth: str
    answer: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Models that vote on answers. Raises BadSettings without a model."""

    models: Sequence[Model]
    prompt: str = "strict"
    """One of PROMPTS."""
    audit_accepted: bool = False
    """Judge also answers that the grader accepted: this measures agreement and changes no score."""

    def __post_init__(self) -> None:
        if not self.models:
            raise BadSettings("a judge needs at least one model")
        prompt_hash(self.prompt)

    @property
    def names(self) -> list[str]:
        """The names of the models, in order; a repeated name is numbered."""
        return voters([str(model.describe()["name"]) for model in self.models])

    def judge(self, question: str, truth: str, answer: str) -> PanelVerdict:
        """The votes on an answer; a provider's failure is a vote too. Raises BadKey."""
        request = messages(self.prompt, question, truth, answer)
        votes: list[Vote] = []
        for name, model in zip(self.names, self.models, strict=True):
            try:
                votes.append(vote(name, check_reply(model.complete(request, ())), answer))
            except BadKey:
                raise
            except ProviderFailure as error:
                votes.append(Vote(name, "failed", "", str(error)[:_MAX_PROBLEM]))
        return PanelVerdict(tuple(votes))

    def judge_all(self, cases: Iterable[JudgeCase]) -> Iterator[PanelVerdict]:
        """The verdict on each case, in order; after several failures no model is called."""
        failures = 0
        problem = f"not asked: {_MAX_FAILURES} answers before, no provider gave a reply"
        not_asked = PanelVerdict(tuple(Vote(name, "failed", "", problem) for name in self.names))
        for case in cases:
            panel_verdict = self.judge(*case) if failures < _MAX_FAILURES else not_asked
            failed = all(vote.outcome == "failed" for vote in panel_verdict.votes)
            failures = failures + 1 if failed else 0
            yield panel_verdict

    def describe(self) -> dict[str, JSON]:
        """Everything that the judge's verdicts depend on."""
        models: list[JSON] = [without_endpoint(model.describe()) for model in self.models]
        return {
            "models": models,
            "prompt": self.prompt,
            "hash": prompt_hash(self.prompt),
            "audit_accepted": self.audit_accepted,
        }


def voters(names: Sequence[str]) -> list[str]:
    """The names of models in votes: a repeated name is numbered.

    >>> voters(["a", "b", "a"])
    ['a', 'b', 'a #2']
    """
    earlier = [names[:index].count(name) for index, name in enumerate(names)]
    return [f"{n} #{k + 1}" if k else n for n, k in zip(names, earlier, strict=True)]
