"""Every format becomes tasks; the evidence reader answers exactly from all of the evidence."""

import pickle
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.statements import StatementIndex
from memorygym.core.tokens import count, normalize
from memorygym.core.types import Task
from memorygym.datasets._samples import Sample, SampleQuestion, Unit
from memorygym.memories.stores.splitter import passages
from memorygym.scoring.grading import squad
from memorygym.tracks import data
from memorygym.tracks._qa.defaults import oracle
from memorygym.tracks._qa.questions import Found, Missing, Question, QuestionGold, Reader
from memorygym.tracks.data.generator import generate
from tests.datasets import published

LONG = "This sentence is about lamp number {}."
ASKED = {
    "2wiki": 3, "ama_bench": 3, "beam": 6, "hotpotqa": 3, "locomo": 12, "longmemeval": 3,
    "longmemeval_v2": 1, "memgym_dr": 3, "memgym_rm": 3, "memoryagentbench": 3, "musique": 3,
}  # fmt: skip
"""Questions with evidence in the files of `published`."""


def gold_of(task: Task) -> QuestionGold:
    assert isinstance(task.gold, QuestionGold)
    return task.gold


def tasks(name: str, folder: Path) -> list[Task]:
    return [recipe.generate() for recipe in data.files(name, published.file_of(name, folder))]


def concluded(by: Reader, task: Task, question: Question, texts: list[str]) -> Found | Missing:
    query = by.ask(task.events[question.event].text)
    return by.answer(query, StatementIndex([one for text in texts for one in by.read(text)]))


def sample(text: str) -> Sample:
    units = (Unit("a", text, title="Lamps"), Unit("b", "No lamp.", title="Lamps"))
    return Sample("s", units, (SampleQuestion("q", "Which?", ("lamp 9",), ("a",), "x"),))


@pytest.mark.parametrize("name", registry.names("datasets"))
def test_the_oracle_scores_100_percent_and_no_memory_nothing(name: str, tmp_path: Path) -> None:
    asked = 0
    for task in tasks(name, tmp_path):
        by, shown = data.informed_reader(gold_of(task)), oracle(task)
        for question in gold_of(task).questions:
            told = shown[question.event]
            found = concluded(by, task, question, [told])
            assert isinstance(found, Found)
            assert squad.exact(found.answer, (question.truth, *question.aliases))
            assert isinstance(concluded(by, task, question, []), Missing)
            asked += 1
    assert asked == ASKED[name]


@pytest.mark.parametrize("name", registry.names("datasets"))
def test_all_that_was_shown_answers_and_less_than_a_question_needs_does_not(
    name: str, tmp_path: Path
) -> None:
    for task in tasks(name, tmp_path):
        gold = gold_of(task)
        by, told = data.informed_reader(gold), {fact.id: fact.sentence for fact in gold.facts}
        for question in gold.questions:
            texts = [event.text for event in task.events if event.kind == "text"]
            assert isinstance(concluded(by, task, question, texts), Found)
            for need in question.needs:
                others = [told[other] for other in question.needs if other != need]
                assert isinstance(concluded(by, task, question, others), Missing)


@pytest.mark.parametrize("size", [20, 64, 512])
def test_passages_of_a_memory_are_read_whatever_their_size(size: int) -> None:
    task = generate(sample(" ".join(map(LONG.format, range(90)))), "x:s", 0)
    by, (question,) = data.informed_reader(gold_of(task)), gold_of(task).questions
    kept = [part for event in task.events[:-1] for part in passages(event.text, size, count)]
    assert len(question.needs) > 1
    assert isinstance(concluded(by, task, question, ["\n\n".join(map(normalize, kept))]), Found)


def test_a_long_unit_is_told_in_parts_and_all_of_them_are_needed() -> None:
    task = generate(sample(" ".join(map(LONG.format, range(900)))), "x:s", 0)
    texts = [event.text for event in task.events if event.kind == "text"]
    assert len(texts) > 1 and all(count(text) <= 2_600 for text in texts)
    by, (question,) = data.informed_reader(gold_of(task)), gold_of(task).questions
    assert isinstance(concluded(by, task, question, texts), Found)
    assert isinstance(concluded(by, task, question, texts[1:]), Missing)


def test_headings_are_distinct_and_give_no_session_id_away(tmp_path: Path) -> None:
    (task, *_) = tasks("longmemeval", tmp_path)
    text = "\n".join(event.text for event in task.events)
    assert "[session 2 · 2023/05/02 · user · turn 1]\nMy cat is Otto." in text
    assert "answer_2" not in text
    heads = [line for line in text.splitlines() if line.startswith("[")]
    assert len(heads) == len(set(heads)) == 6


def test_questions_come_last_in_events_of_their_own(tmp_path: Path) -> None:
    (task, *_) = tasks("locomo", tmp_path)
    assert [event.kind for event in task.events] == ["text", *["question"] * 4]
    assert task.events[1].text == "=== QUESTION · event 2 of 5 ===\n\nWhat did Ann buy?"
    assert task.recipe["questions"] == 4 and task.recipe["not_asked"] == 1
    assert [one.kind for one in gold_of(task).questions] == ["4", "2", "1", "5"]


def test_most_limits_the_questions_of_a_task(tmp_path: Path) -> None:
    path = published.file_of("locomo", tmp_path)
    (recipe, *_) = data.files("locomo", path, 2)
    assert len(gold_of(recipe.generate()).questions) == 2
    with pytest.raises(BadSettings, match="most 0"):
        data.files("locomo", path, 0)


def test_recipes_are_picklable_and_name_each_task_once(tmp_path: Path) -> None:
    made = data.files("hotpotqa", published.hotpot_file(tmp_path))
    assert len({(recipe.template, recipe.seed) for recipe in made}) == len(made)
    again = pickle.loads(pickle.dumps(made[0]))
    assert again.generate() == made[0].generate() and made[0].generate().id == again.generate().id
    assert made[0].template.startswith("hotpotqa:")


def test_a_file_of_which_nothing_can_be_asked_is_refused(tmp_path: Path) -> None:
    row = published.hotpot(supporting_facts=[])
    path = published.write(tmp_path / "a.json", [row])
    with pytest.raises(BadSettings, match="no question has both evidence and an answer"):
        data.files("hotpotqa", path)


def test_the_reader_without_a_side_table_reads_nothing(tmp_path: Path) -> None:
    (task, *_) = tasks("hotpotqa", tmp_path)
    by = data.facts(task.system)
    assert by.read(task.events[0].text) == () and by.ask(task.events[-1].text) is None
