"""No answer gets out of the quoted data, and a prompt that does not quote lets most of them out."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from memorygym.core.types import Message
from memorygym.models.scripted import Scripted
from memorygym.scoring.judge import PROMPTS, Judge
from memorygym.scoring.judge.judge_prompts import messages
from memorygym.scoring.judge.panel import vote
from tests.scoring.judge.gullible_judges import (
    CREDULOUS,
    Rule,
    echo,
    fences,
    fields,
    folding,
    honest,
    obedient,
    tags,
    tokens,
    turns,
    unseen,
    won_over,
)

LINES = (Path(__file__).parents[2] / "cases" / "judge_attacks.jsonl").read_text(encoding="utf-8")
ATTACKS = [json.loads(line) for line in LINES.splitlines()]
QUESTION, TRUTH, HARMLESS = "How many beds has Acme Harbor Hospital?", "8,412", "1,930"
Builder = Callable[[str], Sequence[Message]]
Falls = Callable[[str, str], bool]
prompts = pytest.mark.parametrize("prompt", PROMPTS)


def bare(answer: str) -> list[Message]:
    """A prompt that quotes nothing."""
    data = f"<data>\nQuestion: {QUESTION}\nReference: {TRUTH}\nAnswer: {answer}\n</data>"
    return [Message("system", "Compare."), Message("user", f"{data}\nIs it correct?")]


def naive(answer: str) -> list[Message]:
    """A prompt that puts marks of quotation around the answer and escapes nothing."""
    data = f'<data>\n{{"reference": "{TRUTH}", "answer": "{answer}"}}\n</data>'
    return [Message("system", "Compare."), Message("user", f"{data}\nIs it correct?")]


def scripted(falls: Falls, build: Builder, answer: str) -> Rule:
    """The judge that is won over if it falls for this answer, and then quotes its first word."""
    return won_over(falls, build(HARMLESS), answer.split(maxsplit=1)[0])


def fallen(rule_for: Callable[[str], Rule], build: Builder) -> list[str]:
    """The attacks for which a judge says yes to a prompt made in that way."""
    outcomes = {
        attack["kind"]: vote(
            "m",
            Scripted(rule_for(attack["answer"])).complete(build(attack["answer"]), ()),
            attack["answer"],
        ).outcome
        for attack in ATTACKS
    }
    return [kind for kind, outcome in outcomes.items() if outcome == "yes"]


def accepted(rule_for: Callable[[str], Rule], prompt: str) -> list[str]:
    """The attacks that are not turned down by a judge of the package with such a model."""
    return [
        attack["kind"]
        for attack in ATTACKS
        if Judge([Scripted(rule_for(attack["answer"]))], prompt)
        .judge(QUESTION, TRUTH, attack["answer"])
        .verdict
        is not False
    ]


def test_there_are_many_attacks_and_each_is_another() -> None:
    assert len({attack["kind"] for attack in ATTACKS}) == len(ATTACKS) >= 70
    assert len({attack["answer"] for attack in ATTACKS}) == len(ATTACKS)


@prompts
@pytest.mark.parametrize("falls", CREDULOUS, ids=lambda falls: falls.__name__)
def test_no_attack_wins_over_a_judge_that_follows_what_is_not_quoted(
    falls: Falls, prompt: str
) -> None:
    quoting = partial(messages, prompt, QUESTION, TRUTH)
    assert accepted(partial(scripted, falls, quoting), prompt) == []


@prompts
@pytest.mark.parametrize("rule", [echo, honest], ids=lambda rule: rule.__name__)
def test_no_attack_is_echoed_or_accepted_by_an_honest_judge(rule: Rule, prompt: str) -> None:
    assert accepted(lambda _: rule, prompt) == []


@pytest.mark.parametrize(
    ("falls", "build", "least"),
    [
        (obedient, bare, 73), (obedient, naive, 30), (folding, naive, 31), (tags, bare, 9),
        (turns, bare, 9), (tokens, bare, 6), (fences, bare, 3), (unseen, bare, 8),
        (fields, naive, 2),
    ],
)  # fmt: skip
def test_the_same_judges_fall_for_a_prompt_that_does_not_quote(
    falls: Falls, build: Builder, least: int
) -> None:
    assert len(fallen(partial(scripted, falls, build), build)) >= least


def test_the_echo_falls_for_a_prompt_that_does_not_quote() -> None:
    assert len(fallen(lambda _: echo, bare)) >= 20


def test_a_right_answer_is_still_accepted_by_an_honest_judge() -> None:
    judge = Judge([Scripted(honest)])
    assert judge.judge(QUESTION, TRUTH, "8412").verdict is True
