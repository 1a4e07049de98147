"""The task: its events, its questions and its gold table."""

import json

import pytest

from memorygym.core.json_types import from_json, to_json
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.codeqa.questions import CodeReader
from tests.tracks.codeqa.instances import generated

READER = CodeReader()


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_the_events_are_the_texts_and_then_the_questions(form: str) -> None:
    task = generated("--form", form)
    texts = [event.text for event in task.events]
    shown = len(texts) - 6
    assert [event.kind == "question" for event in task.events] == [False] * shown + [True] * 6
    for event, text in enumerate(texts, 1):
        assert f" · event {event} of {len(texts)} ===\n" in text
        assert (READER.ask(text) is not None) == (event > shown)
    assert (task.recipe["template"], task.recipe["seed"]) == ("synth-12k", 0)


def test_the_gold_table_is_the_same_after_json_and_holds_the_facts_of_every_question() -> None:
    gold = generated().gold
    assert from_json(QuestionGold, json.loads(json.dumps(to_json(gold)))) == gold
    ids = {fact.id for fact in gold.facts}
    assert all(set(question.needs) <= ids and question.needs for question in gold.questions)


def test_each_fact_is_first_stated_in_its_event() -> None:
    task = generated(seed=2)
    for fact in task.gold.facts:
        key = (fact.subject, fact.key, fact.value)
        read = [[statement[:3] for statement in READER.read(event.text)] for event in task.events]
        events = [number for number, statements in enumerate(read) if key in statements]
        assert events[0] == fact.event
        assert [statement[:3] for statement in READER.read(fact.sentence)] == [key]
