"""A reply is a vote only if it is one object whose quote the answer holds; the majority decides."""

import pytest

from memorygym.core.errors import BadKey, BadSettings, ProviderFailure, UnknownPart
from memorygym.core.trace import Judgement
from memorygym.core.types import JSON, Message
from memorygym.models.model import OVERFLOW, Reply
from memorygym.models.scripted import Line, Scripted
from memorygym.scoring.judge import Judge, vote

YES, NO = '{"quote": "8412", "correct": true}', '{"quote": "8412", "correct": false}'
DOWN = ProviderFailure("timed out")
ANSWER = "It has\n 8,412   beds."


class Named(Scripted):
    """A scripted model with a name and an address."""

    def describe(self) -> dict[str, JSON]:
        return {"name": "judge-x", "temperature": 0.0, "endpoint": "http://127.0.0.1/v1"}


def ruled(*replies: Line) -> Judgement:
    judge = Judge([Scripted([reply]) for reply in replies])
    return next(judge.judge([(0, "beds?", "8412", "8412 beds")]))


@pytest.mark.parametrize(
    ("replies", "verdict"),
    [
        ((YES,), True),
        ((NO,), False),
        ((YES, YES, NO), True),
        ((YES, NO, NO), False),
        ((YES, NO), False),
        ((YES, "hm", DOWN), True),
        ((YES, NO, "hm"), False),
        ((DOWN, "hm"), None),
    ],
)
def test_the_majority_of_votes_decides_and_a_tie_rejects(
    replies: tuple[Line, ...], verdict: bool | None
) -> None:
    assert ruled(*replies).verdict is verdict


def test_each_vote_is_kept_with_its_words_or_its_problem() -> None:
    votes = ruled(YES, NO, "hm", DOWN).votes
    assert [vote.outcome for vote in votes] == ["yes", "no", "unreadable", "failed"]
    assert [vote.quote or vote.problem for vote in votes] == [
        "8412", "8412", "it is no JSON", "timed out",
    ]  # fmt: skip


def test_a_refused_key_is_raised() -> None:
    with pytest.raises(BadKey):
        ruled(YES, BadKey("no"))


def test_a_judge_describes_itself_without_addresses() -> None:
    about = Judge([Named([])], "lenient").describe()
    asked = {"name": "judge-x", "temperature": 0.0}
    assert about == {"models": [asked], "prompt": "lenient"}


@pytest.mark.parametrize(
    ("replies", "verdicts", "asked"),
    [([DOWN] * 9, [None] * 9, 3), ([DOWN, DOWN, YES] * 2, [None, None, True] * 2, 6)],
)
def test_only_a_judge_that_keeps_failing_is_asked_no_more(
    replies: list[Line], verdicts: list[bool | None], asked: int
) -> None:
    model = Scripted(replies)
    answers = [(number, "beds?", "8412", "8412") for number in range(len(replies))]
    judgements = list(Judge([model]).judge(answers))
    assert [judgement.verdict for judgement in judgements] == verdicts
    assert len(model.seen) == asked


def test_a_judge_needs_models_and_a_known_prompt() -> None:
    with pytest.raises(BadSettings, match="at least one model"):
        Judge([])
    with pytest.raises(UnknownPart, match="choose from lenient, strict"):
        Judge([Scripted([])], "kind")


def read(text: str) -> tuple[str, str]:
    result = vote("m", Reply(Message("assistant", text)), ANSWER)
    return result.outcome, result.problem or result.quote


@pytest.mark.parametrize(
    ("text", "outcome", "quote"),
    [
        ('{"quote": "8,412 beds", "correct": true}', "yes", "8,412 beds"),
        ('{"correct": false, "quote": "8,412"}', "no", "8,412"),
        ('{"quote": "", "correct": false}', "no", ""),
        ('{"quote": "It has 8,412\\nbeds", "correct": true}', "yes", "It has 8,412 beds"),
        (' ```json\n{"quote": "8,412", "correct": true}\n``` ', "yes", "8,412"),
    ],
)
def test_a_verdict_is_read(text: str, outcome: str, quote: str) -> None:
    assert read(text) == (outcome, quote)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is no JSON"),
        ("true", "no object of a quote and a verdict"),
        ('Yes. {"quote": "8,412", "correct": true}', "it is no JSON"),
        ('{"quote": "8,412", "correct": true} {"quote": "8,412", "correct": true}', "no JSON"),
        ('{"quote": "8,412", "correct": fal', "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"correct": true}', "no object of a quote and a verdict"),
        ('{"quote": "8,412", "correct": "true"}', "no object of a quote and a verdict"),
        ('{"quote": 8412, "correct": true}', "no object of a quote and a verdict"),
        ('{"quote": "8,412", "correct": 1}', "no object of a quote and a verdict"),
        ('{"quote": "8412", "correct": true}', "the answer does not say the quote"),
        ('{"quote": "8,413", "correct": false}', "the answer does not say the quote"),
        ('{"quote": " ", "correct": true}', "it accepts without a quote"),
    ],
)
def test_anything_else_is_unreadable_and_says_why(text: str, problem: str) -> None:
    outcome, why = read(text)
    assert outcome == "unreadable"
    assert problem in why


def test_a_request_beyond_the_context_gets_no_verdict() -> None:
    assert vote("m", OVERFLOW, ANSWER).outcome == "unreadable"
