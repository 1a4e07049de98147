"""Every format gives tasks; the evidence reader answers only from all of the evidence."""

import pickle
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.statements import StatementIndex
from memorygym.core.tokens import count, normalize
from memorygym.core.types import Message, Task
from memorygym.datasets._samples import Sample, SampleQuestion, Unit
from memorygym.memories.stores.splitter import passages
from memorygym.tracks import data
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Found, Missing, Question, QuestionGold, Reader
from memorygym.tracks._qa.reasoners import oracle
from memorygym.tracks._qa.stream import pack
from memorygym.tracks.data.generator import EVENT_TOKENS, DataRecipe, EvidenceReader
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


def answer_from(
    reader: Reader, task: Task, question: Question, texts: list[str]
) -> Found | Missing:
    query = reader.ask(task.events[question.event].text)
    statements = [statement for text in texts for statement in reader.read(text)]
    return reader.answer(query, StatementIndex(statements))


def sample(text: str, title: str = "Lamps") -> Sample:
    units = (Unit("a", text, title=title), Unit("b", "No lamp.", title="Lamps"))
    return Sample("s", units, (SampleQuestion("q", "Which?", ("lamp 9",), ("a",), "x"),))


@pytest.mark.parametrize("name", registry.names("datasets"))
def test_exactly_the_whole_evidence_gives_the_answer(name: str, tmp_path: Path) -> None:
    question_count = 0
    for task in tasks(name, tmp_path):
        reader, evidence = EvidenceReader(gold_of(task)), oracle(task)
        texts = [event.text for event in task.events if event.kind == "text"]
        for question in gold_of(task).questions:
            for shown in ([evidence[question.event]], texts):
                result = answer_from(reader, task, question, shown)
                assert isinstance(result, Found) and is_correct(question, result.answer)
            for need in question.needs:
                others = [other.text for other in question.needs if other != need]
                assert isinstance(answer_from(reader, task, question, others), Missing)
            assert isinstance(answer_from(reader, task, question, []), Missing)
            question_count += 1
    assert question_count == ASKED[name]


@pytest.mark.parametrize("size", [20, 64, 512])
def test_passages_of_any_size_are_read(size: int) -> None:
    task = DataRecipe("x:s", 0, sample(" ".join(map(LONG.format, range(90))))).generate()
    reader, (question,) = EvidenceReader(gold_of(task)), gold_of(task).questions
    passages_ = [part for event in task.events[:-1] for part in passages(event.text, size, count)]
    assert len(question.needs) > 1
    assert isinstance(
        answer_from(reader, task, question, ["\n\n".join(map(normalize, passages_))]), Found
    )


def test_a_long_unit_is_shown_in_parts_and_all_are_needed() -> None:
    task = DataRecipe("x:s", 0, sample(" ".join(map(LONG.format, range(900))))).generate()
    texts = [event.text for event in task.events if event.kind == "text"]
    assert len(texts) > 1 and all(count(text) <= 2_600 for text in texts)
    reader, (question,) = EvidenceReader(gold_of(task)), gold_of(task).questions
    assert isinstance(answer_from(reader, task, question, texts), Found)
    assert isinstance(answer_from(reader, task, question, texts[1:]), Missing)


def test_headings_are_distinct_and_give_no_session_id_away(tmp_path: Path) -> None:
    (task, *_) = tasks("longmemeval", tmp_path)
    text = "\n".join(event.text for event in task.events)
    assert "[session 2 · 2023/05/02 · user · turn 1]\nMy cat is Otto." in text
    assert "answer_2" not in text
    headings = [line for line in text.splitlines() if line.startswith("[")]
    assert len(headings) == len(set(headings)) == 6


def test_a_heading_holds_no_brackets() -> None:
    lamps = sample("One lamp.", title="Lamps [old]")
    assert "[Lamps (old)]\nOne lamp." in DataRecipe("x:s", 0, lamps).generate().events[0].text


def test_questions_come_last_in_their_own_events(tmp_path: Path) -> None:
    (task, *_) = tasks("locomo", tmp_path)
    assert [event.kind for event in task.events] == ["text", *["question"] * 4]
    assert task.events[1].text == "=== QUESTION · event 2 of 5 ===\n\nWhat did Ann buy?"
    assert task.recipe["questions"] == 4 and task.recipe["not_asked"] == 1
    assert [question.kind for question in gold_of(task).questions] == ["4", "2", "1", "5"]


REFUSALS = (
    "Not mentioned", "Not mentioned in the conversation", "no information available",
    "No information available in the conversation.", "I have no record of that.", "unanswerable",
    "Unanswerable.", "The conversation does not mention this.", "I don't know", "Unknown",
    "She did not say.", "This was never discussed.", "Nothing is said about it.",
    "Ann never mentions it.", "The question cannot be answered from the texts.",
)  # fmt: skip
CLAIMS = ("a kayak", "Not mentioned, but probably a kayak", "Ben bought a kayak", "", "2023")


def test_any_refusal_is_right_where_the_data_set_wants_one_and_nothing_else(tmp_path: Path) -> None:
    (task, *_) = tasks("locomo", tmp_path)
    *others, adversarial = gold_of(task).questions
    assert (adversarial.kind, adversarial.question_type) == ("5", "abstention")
    stated = task.system.partition("If the texts do not tell, answer")[2].strip(' "')
    assert [one for one in (stated, *REFUSALS) if not is_correct(adversarial, one)] == []
    assert [answer for answer in CLAIMS if is_correct(adversarial, answer)] == []
    for question in others:
        assert question.question_type == "em" and is_correct(question, question.truth)
        assert not any(is_correct(question, answer) for answer in REFUSALS)


def test_a_reasoner_that_sees_no_evidence_does_not_score_by_refusing(tmp_path: Path) -> None:
    (task, *_) = tasks("locomo", tmp_path)
    adversarial = gold_of(task).questions[-1]
    view = [Message("system", task.system), Message("user", task.events[adversarial.event].text)]
    asked = data.strong(task).act(view, ())
    reply = data.strong(task).act([*view, asked, Message("tool", "(nothing found)")], ())
    assert asked.calls[0].name == "recall"
    (call,) = reply.calls
    assert call.name == "submit_answer" and not is_correct(adversarial, call.arguments["answer"])


def test_most_limits_the_questions_of_a_task(tmp_path: Path) -> None:
    path = published.file_of("locomo", tmp_path)
    (recipe, *_) = data.files("locomo", path, 2)
    assert len(gold_of(recipe.generate()).questions) == 2
    with pytest.raises(BadSettings, match="most 0"):
        data.files("locomo", path, 0)


def test_recipes_are_picklable_and_name_each_task_once(tmp_path: Path) -> None:
    recipes = data.files("hotpotqa", published.hotpot_file(tmp_path))
    assert len({(recipe.template, recipe.seed) for recipe in recipes}) == len(recipes)
    assert pickle.loads(pickle.dumps(recipes[0])).generate() == recipes[0].generate()
    assert recipes[0].template.startswith("hotpotqa:")


def test_a_file_without_answerable_questions_is_refused(tmp_path: Path) -> None:
    row = published.hotpot(supporting_facts=[])
    path = published.write(tmp_path / "a.json", [row])
    with pytest.raises(BadSettings, match="no question has both evidence and an answer"):
        data.files("hotpotqa", path)


def test_the_reader_without_a_gold_table_reads_nothing(tmp_path: Path) -> None:
    (task, *_) = tasks("hotpotqa", tmp_path)
    reader = data.TRACK.facts(task.system)
    assert reader.read(task.events[0].text) == () and reader.ask(task.events[-1].text) is None


@pytest.mark.parametrize(("more", "events"), [(0, 1), (1, 2)])
def test_an_event_is_filled_to_its_last_token(more: int, events: int) -> None:
    first = "lamp " * (EVENT_TOKENS // 2)
    last = "lamp " * ((EVENT_TOKENS - count(first)) // count("lamp ") + more)
    assert count(first) + count(last) == EVENT_TOKENS + more * count("lamp ")
    assert len(pack([first, last], EVENT_TOKENS, count)) == events
