"""Verification: each check fails on a task with the defect that it should find."""

import re
from dataclasses import replace

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks import research
from memorygym.tracks._qa import ablation
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.strata import ResearchRecipe

NUMERICAL = ResearchSettings("hops4", 1, 4, 4, 12_000, "numerical")
"""The sum of the populations of two towns."""
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


def test_sub_queries_of_the_true_chain_alone_are_found(task):
    last = event_of(task, task.gold.needs[-1])
    events = tuple(
        event if event.kind != "search" or number == last
        else replace(event, text=re.sub("Sub-query: .*", "Sub-query: news", event.text))
        for number, event in enumerate(task.events)
    )  # fmt: skip
    assert "subquery_shortcut" in failed(replace(task, events=events))


def test_a_sum_that_is_guessed_from_the_commonest_number_is_found():
    task, rank = ResearchRecipe(NUMERICAL).generate(), (2, 20310101)
    stated = [
        Statement(f"{first}rm Ford", "population", "5000", rank=rank) for first in "BCDFGHJKLM"
    ]
    common = extended(task, 0, *map(READER.render, stated))
    assert "closed_book" in failed(with_question(common, truth="10000"))
