"""One ruling: every model of a judge is asked once, and most of those that ruled decide.

A model's reply is worth a verdict with the words that it rests on, or nothing.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure
from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict, Vote
from memorygym.models.model import CONTEXT_EXCEEDED, Model, Reply, sound, unaddressed
from memorygym.scoring.judge.judge_prompts import messages, prompt_hash

_FENCED = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)


class Unreadable(Exception):
    """A reply that is no verdict, and why."""


def vote(model: str, reply: Reply, answer: str) -> Vote:
    """The vote that a reply is.

    >>> from memorygym.core.types import Message
    >>> reply = Reply(Message("assistant", '{"quote": "42 beds", "correct": true}'))
    >>> vote("m", reply, "It has  42 beds."), vote("m", reply, "It has 40 beds.").problem
    (Vote(model='m', said='yes', quote='42 beds', problem=''), 'the answer does not say the quote')
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
    raw = _object(reply.message.content)
    if not isinstance(raw, dict) or raw.keys() != {"quote", "correct"}:
        raise Unreadable("it is no object of a quote and a verdict")
    quote, correct = raw["quote"], raw["correct"]
    if not isinstance(quote, str) or not isinstance(correct, bool):
        raise Unreadable("its quote is no text or its verdict neither true nor false")
    words = _blanks(quote)
    if not said_in(words, answer):
        raise Unreadable("the answer does not say the quote")
    if correct and not words:
        raise Unreadable("it accepts without a quote")
    return words, correct


def _object(text: str) -> object:
    """The one JSON value that a text is, perhaps in a fence. Raises Unreadable."""
    text = text.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        return json.loads(fenced[1] if fenced else text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("it is no JSON") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("it says a thing twice")
    return found


def said_in(quote: str, answer: str) -> bool:
    """Whether the answer says these words, blanks aside."""
    return _blanks(quote) in _blanks(answer)


def _blanks(text: str) -> str:
    """The text with every run of blanks one space."""
    return " ".join(text.split())


_LONGEST_PROBLEM = 200
"""Characters of a provider's failure that are kept."""
_PATIENCE = 3
"""Answers in a row on which every model failed, after which no more are asked."""


class JudgeCase(NamedTuple):
    """What is ruled on."""

    question: str
    truth: str
    answer: str


@dataclass(frozen=True, slots=True)
class Judge:
    """Models that vote on answers; off unless somebody makes one."""

    models: Sequence[Model]
    prompt: str = "strict"
    """One of PROMPTS."""
    audit_accepted: bool = False
    """Rule also on answers that the grader accepted: changes no score, and shows agreement."""

    def __post_init__(self) -> None:
        if not self.models:
            raise BadSettings("a judge needs at least one model")
        prompt_hash(self.prompt)

    @property
    def names(self) -> list[str]:
        """Of the models, in order; a name that comes again is numbered."""
        return voters([str(model.describe()["name"]) for model in self.models])

    def judge(self, question: str, truth: str, answer: str) -> PanelVerdict:
        """What the models say about an answer. A refused key flies; any other failure is a vote."""
        asked = messages(self.prompt, question, truth, answer)
        votes: list[Vote] = []
        for name, model in zip(self.names, self.models, strict=True):
            try:
                votes.append(vote(name, sound(model.complete(asked, ())), answer))
            except BadKey:
                raise
            except ProviderFailure as error:
                votes.append(Vote(name, "failed", "", str(error)[:_LONGEST_PROBLEM]))
        return PanelVerdict(tuple(votes))

    def judge_all(self, cases: Iterable[JudgeCase]) -> Iterator[PanelVerdict]:
        """A ruling on each, in order; a judge that failed on several in a row is not asked on."""
        failures = 0
        problem = f"not asked: {_PATIENCE} answers before, no provider gave a reply"
        unasked = PanelVerdict(tuple(Vote(name, "failed", "", problem) for name in self.names))
        for case in cases:
            panel_verdict = self.judge(*case) if failures < _PATIENCE else unasked
            failed = all(vote.outcome == "failed" for vote in panel_verdict.votes)
            failures = failures + 1 if failed else 0
            yield panel_verdict

    def describe(self) -> dict[str, JSON]:
        """All that its verdicts depend on."""
        models: list[JSON] = [unaddressed(model.describe()) for model in self.models]
        return {
            "models": models,
            "prompt": self.prompt,
            "hash": prompt_hash(self.prompt),
            "audit_accepted": self.audit_accepted,
        }


def voters(names: Sequence[str]) -> list[str]:
    """What models are called in votes.

    >>> voters(["a", "b", "a"])
    ['a', 'b', 'a #2']
    """
    earlier = [names[:at].count(name) for at, name in enumerate(names)]
    return [f"{n} #{k + 1}" if k else n for n, k in zip(names, earlier, strict=True)]
