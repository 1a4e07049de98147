"""The task of an instance: what is shown, what is asked, and that only its gold can tell."""

import json

import pytest

from memorygym.tracks import codeqa
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.codeqa.answers import CodeReader
from tests.tracks.codeqa.instances import instance

READER = CodeReader()


@pytest.mark.parametrize("form", ["files", "mixed"])
def test_the_events_are_the_texts_and_then_the_questions(form: str) -> None:
    made = instance("--form", form)
    task = codeqa.task_of(made, "synth-12k", 7)
    texts = [event.text for event in task.events]
    number = len(made["memory_files"])
    assert texts[:number] == list(made["memory_files"].values())
    assert [event.kind for event in task.events[number:]] == ["question"] * 6
    for place, text in enumerate(texts, 1):
        assert f" · event {place} of {len(texts)} ===\n" in text
        assert (READER.ask(text) is not None) == (place > number)
    assert task.recipe["template"] == "synth-12k" and task.recipe["seed"] == 7


def test_its_gold_survives_json_and_holds_the_facts_of_every_question() -> None:
    gold = codeqa.task_of(instance(), "synth-12k", 0).gold
    assert gold and QuestionGold.from_json(json.loads(json.dumps(gold.to_json()))) == gold
    assert isinstance(gold, QuestionGold)
    ids = {fact.id for fact in gold.facts}
    assert all(set(question.needs) <= ids and question.needs for question in gold.questions)


def test_a_fact_is_told_first_where_it_says() -> None:
    made = instance(seed=2)
    task = codeqa.task_of(made, "synth-12k", 0)
    assert isinstance(task.gold, QuestionGold)
    for fact in task.gold.facts:
        telling = [
            n for n, event in enumerate(task.events)
            if any(o[:3] == (fact.subject, fact.key, fact.value) for o in READER.read(event.text))
        ]  # fmt: skip
        assert telling[0] == fact.event
        assert [one[:3] for one in READER.read(fact.sentence)] == [
            (fact.subject, fact.key, fact.value)
        ]
