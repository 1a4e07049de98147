"""The task of an instance, its grading, and instances of the original's schema."""

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.types import Call, Message
from memorygym.scoring.grading import grade
from memorygym.tracks import research
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.research.fact_reader import ResearchReader

ROW = {
    "question": "Who runs the place where Ann works?",
    "answer": "Bo Roe",
    "turns": [
        {
            "documents": [
                {"title": "Ann", "text": "Ann works\n\nat Orm Hall.", "is_supporting": True}
            ]
        },
        {"sub_query": "Orm Hall", "documents": [{"text": "Bo Roe runs Orm Hall."}]},
    ],
    "grounding_facts": [{"content": "Ann works at Orm Hall.", "source_paragraph_title": "Ann"}],
}


@pytest.mark.parametrize("reveal", ["immediate", "delayed"])
def test_the_question_comes_last_and_before_the_searches_if_it_is_revealed(instance, reveal):
    data = instance("--hops", "3", "--reveal", reveal)
    task = research.task_of(data, "hops3-12k", 7)
    events_with_question = [data["question"] in event.text for event in task.events]
    assert events_with_question == [
        reveal == "immediate",
        *[False] * (len(events_with_question) - 2),
        True,
    ]
    assert task.recipe["seed"] == 7
    assert data["question"] not in task.system


def test_every_needed_fact_is_read_from_its_event_and_from_its_sentence(instance):
    task = research.task_of(instance("--hops", "6"), "hops6-12k", 0)
    reader = ResearchReader()
    assert task.gold.questions[0].needs == tuple(fact.id for fact in task.gold.facts)
    for fact in task.gold.facts:
        (statement,) = reader.read(fact.sentence)
        assert statement[:3] == (fact.subject, fact.key, fact.value)
        assert statement in reader.read(task.events[fact.event].text)


@pytest.mark.parametrize("hops", ["2", "4", "5", "8"])
def test_near_misses_stale_values_and_starts_are_graded_wrong(instance, hops):
    data = instance("--hops", hops, "--near-miss", "8", "--other-time", "8", "--conflict", "8",
                    tokens=20_000)  # fmt: skip
    question = research.task_of(data, "made", 0).gold.questions[0]
    last = data["grounding_facts"][-1]["fact_id"]
    reader = ResearchReader()
    wrong_values = [
        statement.value
        for document in data["distractors"]
        if document["interferes_with"] == last
        for statement in reader.read(document["content"])
    ]
    assert is_correct(question, data["answer"])
    assert not any(
        is_correct(question, value) for value in [*wrong_values, *data["start_entities"]]
    )


@pytest.mark.parametrize(
    ("truth", "near"),
    [("Orm Institute", "Orm Laboratory"), ("Ann Lee", "Ann Leeds"), ("12400", "12,401"),
     ("1931", "1913"), ("Velmar Sieve", "Velmor Sieve")],
)  # fmt: skip
def test_a_near_miss_is_not_the_truth(truth, near):
    assert grade("retrieval", truth, truth).correct
    assert not grade("retrieval", truth, near).correct


def test_an_instance_of_the_original_gets_all_its_fields():
    made = research.imported(ROW, "row 1")
    assert made["eviction_policy"] == {"mode": "full_eviction", "window_size": 1}
    assert made["memory_files"]["search_results_turn_1.txt"].endswith(
        "[Ann]\nAnn works\nat Orm Hall."
    )
    assert [turn["turn_index"] for turn in made["turns"]] == [0, 1]
    assert [fact["fact_id"] for fact in made["grounding_facts"]] == ["f1"]
    assert made["num_hops"] == 1


def test_an_instance_of_the_original_is_a_task():
    task = research.task_of(research.imported(ROW, "row 1"), "original", 1)
    (fact,) = task.gold.facts
    assert (fact.sentence, fact.event) == ("Ann works at Orm Hall.", 0)
    assert task.events[-1].text.startswith("=== QUESTION")


def test_our_own_instance_is_imported_unchanged(instance):
    made = instance("--hops", "3")
    assert research.imported(made) == made


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": " "}, "row 3.question"),
        ({"turns": [{"documents": [{"title": "a"}]}]}, r"row 3.turns\[0\].documents\[0\].*text"),
        ({"turns": [{"documents": "none"}]}, r"row 3.turns\[0\].documents must be array"),
        ({"grounding_facts": [{"content": 4}]}, r"row 3.grounding_facts\[0\].content"),
        ({"eviction_policy": {"mode": "never"}}, "row 3.eviction_policy.mode must be one of"),
    ],
)
def test_an_invalid_instance_is_refused_with_the_wrong_field(change, message):
    with pytest.raises(BadSettings, match=message):
        research.imported({**ROW, **change}, "row 3")


def test_the_texts_of_the_scripted_mode_match_their_snapshot(instance, snapshot):
    task = research.task_of(instance("--hops", "4", "--reveal", "immediate"), "hops4-12k", 0)
    texts = [task.system, *(task.events[index].text for index in (0, 1, -1))]
    snapshot("research-scripted", "\n\n----\n\n".join(texts))


def test_the_texts_of_the_agentic_mode_match_their_snapshot(instance, snapshot):
    task = research.task_of(instance("--hops", "4", "--mode", "agentic"), "hops4-12k", 0)
    env = research.env(task)
    search = Call("search", {"query": task.gold.facts[0].subject}, "1")
    steps = [env.reset(), env.step(Message("assistant", "", (search,)))]
    texts = [task.system, *(message.content for step in steps for message in step.messages)]
    snapshot("research-agentic", "\n\n----\n\n".join(texts))
