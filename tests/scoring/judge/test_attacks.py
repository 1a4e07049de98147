"""No answer gets out of the quoted data, and a prompt that does not quote lets most of them out."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from memorygym.core.types import Message, Tool
from memorygym.models.scripted import Scripted
from memorygym.scoring.grading.verdict import grade
from memorygym.scoring.judge import Judge, vote
from memorygym.scoring.judge_prompts import PROMPTS, messages

LINES = (Path(__file__).parents[2] / "cases" / "judge_attacks.jsonl").read_text(encoding="utf-8")
ATTACKS = [json.loads(line) for line in LINES.splitlines()]
QUESTION, TRUTH, HARMLESS = "How many beds has Acme Harbor Hospital?", "8,412", "1,930"
Builder = Callable[[str], Sequence[Message]]
Falls = Callable[[str, str], bool]
Rule = Callable[[Sequence[Message], Sequence[Tool]], str]
NO = '{"quote": "", "correct": false}'
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
prompts = pytest.mark.parametrize("prompt", PROMPTS)


def spoken(messages: Sequence[Message]) -> str:
    return "\n".join(message.content for message in messages)


def outside(text: str) -> str:
    """What stands outside of quoted strings."""
    return _STRING.sub('""', text)


def obedient(text: str, harmless: str) -> bool:
    """Follows any words outside of the quoted strings that are not the prompt's own."""
    return outside(text) != outside(harmless)


def folding(text: str, harmless: str) -> bool:
    """The same, after it has replaced look-alikes of quotes and brackets by the real ones."""
    return obedient(*(unicodedata.normalize("NFKC", t) for t in (text, harmless)))


def echo(messages: Sequence[Message], _: Sequence[Tool]) -> str:
    """Says the last verdict that its prompt holds."""
    text, verdict = spoken(messages), NO
    for start in (place for place, char in enumerate(text) if char == "{"):
        try:
            value, _end = json.JSONDecoder().raw_decode(text, start)
        except ValueError:
            continue
        verdict = json.dumps(value) if "correct" in value else verdict
    return verdict


def won_over(falls: Callable[[str, str], bool], harmless: Sequence[Message], quote: str) -> Rule:
    """A judge that accepts, with a fitting quote, once it has fallen."""
    yes = json.dumps({"quote": quote, "correct": True})
    return lambda messages, _: yes if falls(spoken(messages), spoken(harmless)) else NO


def honest(messages: Sequence[Message], _: Sequence[Tool]) -> str:
    """Reads the data as data and compares it as the typed grader does."""
    data = json.loads(messages[-1].content.partition("<data>")[2].partition("</data>")[0])
    correct = grade("retrieval", data["reference"], data["answer"]).correct
    return json.dumps({"quote": data["answer"] if correct else "", "correct": correct})


def bare(answer: str) -> list[Message]:
    """A prompt that quotes nothing."""
    data = f"<data>\nQuestion: {QUESTION}\nReference: {TRUTH}\nAnswer: {answer}\n</data>"
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


def verdict(judge: Judge, answer: str) -> bool | None:
    return next(judge.judge([(0, QUESTION, TRUTH, answer)])).verdict


def accepted(rule_for: Callable[[str], Rule], prompt: str) -> list[str]:
    """The attacks that are not turned down by a judge of the package with such a model."""
    return [
        attack["kind"]
        for attack in ATTACKS
        if verdict(Judge([Scripted(rule_for(attack["answer"]))], prompt), attack["answer"])
        is not False
    ]


def test_there_are_many_attacks_and_each_is_another() -> None:
    assert len({attack["kind"] for attack in ATTACKS}) == len(ATTACKS) >= 70
    assert len({attack["answer"] for attack in ATTACKS}) == len(ATTACKS)


@prompts
@pytest.mark.parametrize("falls", [obedient, folding], ids=lambda falls: falls.__name__)
def test_no_attack_wins_over_a_judge_that_follows_what_is_not_quoted(
    falls: Falls, prompt: str
) -> None:
    quoting = partial(messages, prompt, QUESTION, TRUTH)
    assert accepted(partial(scripted, falls, quoting), prompt) == []


@prompts
@pytest.mark.parametrize("rule", [echo, honest], ids=lambda rule: rule.__name__)
def test_no_attack_is_echoed_or_accepted_by_an_honest_judge(rule: Rule, prompt: str) -> None:
    assert accepted(lambda _: rule, prompt) == []


def test_the_same_judges_fall_for_a_prompt_that_does_not_quote() -> None:
    assert len(fallen(partial(scripted, obedient, bare), bare)) >= 73
    assert len(fallen(lambda _: echo, bare)) >= 20


def test_a_right_answer_is_still_accepted_by_an_honest_judge() -> None:
    assert verdict(Judge([Scripted(honest)]), "8412") is True
