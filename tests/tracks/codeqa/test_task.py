"""The events of a task, and its gold table."""

import json

import pytest

from memorygym.core.json_types import from_json, to_json
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.codeqa.questions import CodeReader
from tests.tracks.codeqa.instances import generated, gold_of, texts_of

READER = CodeReader()


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_the_events_are_texts_and_then_questions(form: str) -> None:
    asked = generated("--form", form)
    shown = len(texts_of(asked))
    assert [event.kind for event in asked.events[shown:]] == ["question"] * 6
    for number, event in enumerate(asked.events, 1):
        assert f" · event {number} of {len(asked.events)} ===\n" in event.text
        assert (READER.ask(event.text) is not None) == (number > shown)


def test_the_gold_table_is_the_same_after_json_and_holds_the_facts_of_every_question() -> None:
    gold = gold_of(generated())
    assert from_json(QuestionGold, json.loads(json.dumps(to_json(gold)))) == gold
    assert all(question.needs for question in gold.questions)


def test_each_fact_is_stated_and_read_from_its_sentence() -> None:
    asked = generated(seed=2)
    read = [[statement[:3] for statement in READER.read(event.text)] for event in asked.events]
    for fact in gold_of(asked).needs:
        stated = (fact.subject, fact.key, fact.value)
        assert any(stated in statements for statements in read)
        assert [statement[:3] for statement in READER.read(READER.render(fact))] == [stated]
