"""Verification: each check fails on an instance with the defect that it should find."""

from copy import deepcopy

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks import research
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.generator.task_texts import file_name
from memorygym.tracks.research.strata import ResearchRecipe

NUMERICAL = ResearchSettings("hops4", 1, 4, 4, 12_000, "numerical")
"""The sum of the populations of two towns."""
OPTIONS = ("--hops", "4", "--conflict", "4")


@pytest.fixture
def instance(instance):
    return deepcopy(instance(*OPTIONS))


def failed(instance):
    verification = research.verification(instance)
    names = {name for name, check in verification["checks"].items() if not check["ok"]}
    assert verification["accepted"] == (not names)
    return names


def support(instance, hop=1):
    """The turn that states a fact, and the document there."""
    fact = instance["grounding_facts"][hop - 1]
    turn = instance["turns"][fact["first_available_at_turn"]]
    return turn, next(document for document in turn["documents"] if document["is_supporting"])


def replace_text(instance, turn, old, new):
    """Replaces a text in the documents of a turn and in its shown text."""
    for document in turn["documents"]:
        document["text"] = document["text"].replace(old, new)
    name = file_name(turn["turn_index"])
    instance["memory_files"][name] = instance["memory_files"][name].replace(old, new)


def test_a_stored_verification_is_reproduced(instance):
    assert {**research.verification(instance), "attempts": 1} == instance["verification"]
    assert not failed(instance)


def test_a_fact_that_no_document_states_is_found(instance):
    turn, _ = support(instance)
    replace_text(instance, turn, instance["grounding_facts"][0]["content"], "Nothing was said.")
    assert {"solvable", "full", "leave_one_out"} <= failed(instance)


def test_a_fact_that_another_value_outranks_is_found(instance):
    fact = instance["grounding_facts"][-1]
    turn, document = support(instance)
    statement = Statement(fact["subject"], fact["key"], "1", rank=(3, 20400101))
    replace_text(
        instance, turn, document["text"], f"{document['text']} {ResearchReader().render(statement)}"
    )
    assert "full" in failed(instance)


def test_a_question_that_one_document_answers_is_found(instance):
    turn = instance["turns"][0]
    text = turn["documents"][0]["text"]
    facts = " ".join(fact["content"] for fact in instance["grounding_facts"])
    replace_text(instance, turn, text, f"{text} {facts}")
    assert "one_fact_each" in failed(instance)


def test_a_question_that_names_a_fact_to_be_found_is_reported(instance):
    bridge = instance["decomposition"][0]["sub_answer"]
    instance["question"] = instance["question"].replace("?", f" (and of {bridge})?")
    assert "question_leakage" in failed(instance)


def test_evidence_in_view_with_the_question_is_found(instance):
    instance["question"] = " ".join(
        [f"{instance['question']}\n\n[Register · A · 1 May 2031]"]
        + [fact["content"] for fact in instance["grounding_facts"]]
    )
    assert "question_leakage" in failed(instance)


def test_a_text_that_differs_from_its_turn_is_found(instance):
    instance["turns"][0]["sub_query"] = "the mayor of Orm Ford"
    assert failed(instance) == {"turns_match"}


def test_a_missing_length_is_found(instance):
    instance["target_tokens"] *= 2
    assert failed(instance) == {"length"}


def test_sub_queries_of_the_true_chain_alone_are_found(instance):
    last = instance["decomposition"][-1]["sub_question"][8:-1]
    for turn in instance["turns"]:
        if turn["sub_query"] != last:
            replace_text(instance, turn, f"Sub-query: {turn['sub_query']}", "Sub-query: news")
            turn["sub_query"] = "news"
    assert "subquery_shortcut" in failed(instance)


def test_a_wrong_value_that_the_grader_takes_is_found(instance):
    contradiction = instance["contradictions"]
    terminal = next(value for value in contradiction if value["fact_id"] == "f4")
    instance["aliases"] = [terminal["value"]]
    assert "stale" in failed(instance)


def test_a_check_that_raises_an_error_is_not_passed(instance):
    instance["question"] = "What is love?"
    verification = research.verification(instance)
    assert not verification["accepted"]
    assert "no question" in verification["checks"]["solvable"]["error"]


def test_an_empty_file_is_not_passed(instance):
    turn, _ = support(instance)
    instance["memory_files"][file_name(turn["turn_index"])] = ""
    assert {"full", "turns_match", "length"} <= failed(instance)


def test_a_sum_that_is_guessed_from_the_commonest_number_is_found():
    instance = deepcopy(ResearchRecipe(NUMERICAL).instance())
    turn, rank = instance["turns"][0], (2, 20310101)
    stated = [
        Statement(f"{first}rm Ford", "population", "5000", rank=rank) for first in "BCDFGHJKLM"
    ]
    text = turn["documents"][0]["text"]
    replace_text(instance, turn, text, " ".join([text, *map(ResearchReader().render, stated)]))
    instance["answer"] = "10000"
    assert "closed_book" in failed(instance)
