"""Verification: each check fails on a task with the defect that it should find."""

import re
from dataclasses import replace

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks import research
from memorygym.tracks._qa import ablation
from memorygym.tracks.research.adversaries import together
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe
from memorygym.tracks.research.verifier import measured
from tests.tracks.generate_options import recipes

NUMERICAL = ResearchSettings("hops4", 2, 4, 4, 12_000, "numerical")
"""The sum of the staff of two laboratories."""
READER = ResearchReader()


@pytest.fixture
def task(generated):
    return generated(hops="4", conflict="4")


def failed(task):
    return set(ablation.failed(research.verification(task)))


def altered(task, alter):
    """The task with other texts."""
    events = tuple(replace(event, text=alter(event.text)) for event in task.events)
    return replace(task, events=events)


def with_question(task, **changes):
    """The task with another question, also in its text."""
    (question,) = task.gold.questions
    changed = replace(question, **changes)
    task = altered(task, lambda text: text.replace(question.text, changed.text))
    return replace(task, gold=replace(task.gold, questions=(changed,)))


def event_of(task, fact):
    """The event that states a fact first."""
    texts = enumerate(event.text for event in task.events)
    return next(number for number, text in texts if fact in READER.read(text))


def document_with(task, fact):
    """The document that states a fact."""
    paragraphs = task.events[event_of(task, fact)].text.split("\n\n")
    return next(paragraph for paragraph in paragraphs if fact in READER.read(paragraph))


def extended(task, number, *statements):
    """The task in which the document with a fact also states others."""
    document = document_with(task, task.gold.needs[number])
    longer = " ".join([document, *statements])
    return altered(task, lambda text: text.replace(document, longer))


def test_a_question_that_one_document_answers_is_found(task):
    assert "one_fact_each" in failed(extended(task, 0, *map(READER.render, task.gold.needs)))


def test_a_question_in_the_words_of_a_document_is_found(task):
    (question,), fact = task.gold.questions, task.gold.needs[-1]
    sentences = re.split(r"(?<=\.) ", document_with(task, fact).partition("\n")[2])
    read = [(READER.read(sentence), sentence) for sentence in sentences]
    said = next(sentence for facts, sentence in read if facts and facts[0].key == fact.key)
    quoted = with_question(task, text=f"{question.text} ({said.lower()})")
    assert "question_leakage" in failed(quoted)


def test_a_sum_that_is_guessed_from_the_commonest_number_is_found():
    task, rank = ResearchRecipe(NUMERICAL).generate(), (2, 20310101)
    stated = [Statement(f"{first}rm Academy", "staff", "5000", rank=rank) for first in "BCDFGHJKLM"]
    common = extended(task, 0, *map(READER.render, stated))
    assert "closed_book" in failed(with_question(common, truth="10000"))


def strategies(task):
    """How often each strategy is right on a task: 0 to 1."""
    (_, shares) = measured(task)["adversaries"].values()
    return {name: value / 1_000 for name, value in shares.items()}


def test_searches_that_name_what_their_facts_are_about_give_the_answer_away(task):
    names = "; ".join(fact.subject for fact in task.gold.needs)
    telling = altered(task, lambda text: re.sub("Sub-query: .*", f"Sub-query: {names}", text))
    assert strategies(task)["keep first 2,000"] == 0
    assert strategies(telling)["keep first 2,000"] == 1


def test_needed_facts_alone_give_the_answer_to_strategies_that_ignore_the_question(task):
    needed = [document_with(task, fact) for fact in task.gold.needs]

    def bare(text):
        parts = text.split("\n\n")
        return "\n\n".join(part for part in parts if part[0] != "[" or part in needed)

    whole, few = strategies(task), strategies(altered(task, bare))
    assert whole["walk, as deep"] < 0.2 and few["walk, as deep"] == 1
    assert whole["about most documented 1,000"] == 0 and few["about most documented 1,000"] == 1


def test_verify_prints_what_the_strategies_reach():
    verified = research.TRACK.verify(recipes(research, n=2, hops="2,4"), map)
    assert not verified.failures
    assert "walk, as deep" in verified.text and "keep newest 1,000" in verified.text


@pytest.mark.parametrize(("right", "fails"), [(10_000, False), (40_000, True)])
def test_a_strategy_far_above_chance_fails(right, fails):
    sums = {"asked": 100, "chance": 2_000, "walk, nearest": right}
    results = together(
        {"adversaries": {"few": dict.fromkeys(sums, 0) | {"asked": 1}, "many": sums}}
    )
    assert [result["ok"] for result in results.values()] == [True, not fails]
