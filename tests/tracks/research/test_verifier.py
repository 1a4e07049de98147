"""Verification: every check fails on an instance with the defect that it is there to find."""

from copy import deepcopy

import pytest

from memorygym.core.statements import Statement
from memorygym.tracks import research
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.task_texts import file_name

OPTIONS = ("--hops", "4", "--conflict", "4")


@pytest.fixture
def made(instance):
    return deepcopy(instance(*OPTIONS))


def failed(made):
    found = research.verification(made)
    names = {name for name, one in found["checks"].items() if not one["ok"]}
    assert found["accepted"] == (not names)
    return names


def support(made, hop=1):
    """The turn that tells a fact, and the document there."""
    fact = made["grounding_facts"][hop - 1]
    turn = made["turns"][fact["first_available_at_turn"]]
    return turn, next(one for one in turn["documents"] if one["is_supporting"])


def shown(made, turn, old, new):
    """Replaces a text in the documents of a turn and in what is shown of it."""
    for one in turn["documents"]:
        one["text"] = one["text"].replace(old, new)
    name = file_name(turn["turn_index"])
    made["memory_files"][name] = made["memory_files"][name].replace(old, new)


def test_an_instance_is_accepted_and_says_so_again(made):
    assert {**research.verification(made), "attempts": 1} == made["verification"]
    assert not failed(made)


def test_a_fact_that_no_document_tells_is_found(made):
    turn, _ = support(made)
    shown(made, turn, made["grounding_facts"][0]["content"], "Nothing was said.")
    assert {"solvable", "full", "leave_one_out"} <= failed(made)


def test_a_fact_that_another_value_outranks_is_found(made):
    fact = made["grounding_facts"][-1]
    turn, document = support(made)
    told = Statement(fact["subject"], fact["key"], "1", (9, 20400101))
    shown(made, turn, document["text"], f"{document['text']} {ResearchReader().render(told)}")
    assert "full" in failed(made)


def test_a_question_that_one_document_answers_is_found(made):
    turn = made["turns"][0]
    text = turn["documents"][0]["text"]
    told = " ".join(fact["content"] for fact in made["grounding_facts"])
    shown(made, turn, text, f"{text} {told}")
    assert "one_fact_each" in failed(made)


def test_a_question_that_names_what_must_be_found_is_found(made):
    bridge = made["decomposition"][0]["sub_answer"]
    made["question"] = made["question"].replace("?", f" (and of {bridge})?")
    assert "question_leakage" in failed(made)


def test_evidence_in_view_with_the_question_is_found(made):
    made["question"] = " ".join(
        [f"{made['question']}\n\n[Register · A · 1 May 2031]"]
        + [fact["content"] for fact in made["grounding_facts"]]
    )
    assert "question_leakage" in failed(made)


def test_a_text_that_is_not_that_of_its_turn_is_found(made):
    made["turns"][0]["sub_query"] = "the mayor of Orm Ford"
    assert failed(made) == {"turns_match"}


def test_a_missing_length_is_found(made):
    made["target_tokens"] *= 2
    assert failed(made) == {"length"}


def test_sub_queries_of_the_true_chain_alone_are_found(made):
    last = made["decomposition"][-1]["sub_question"][8:-1]
    for turn in made["turns"]:
        if turn["sub_query"] != last:
            shown(made, turn, f"Sub-query: {turn['sub_query']}", "Sub-query: news")
            turn["sub_query"] = "news"
    assert "subquery_shortcut" in failed(made)


def test_a_wrong_value_that_the_grader_takes_is_found(made):
    contradiction = made["contradictions"]
    terminal = next(one for one in contradiction if one["fact_id"] == "f4")
    made["aliases"] = [terminal["value"]]
    assert "stale" in failed(made)


def test_a_check_that_cannot_run_is_no_pass(made):
    made["question"] = "What is love?"
    found = research.verification(made)
    assert not found["accepted"]
    assert "no question" in found["checks"]["solvable"]["error"]


def test_a_missing_file_is_no_pass(made):
    turn, _ = support(made)
    made["memory_files"][file_name(turn["turn_index"])] = ""
    assert {"full", "turns_match", "length"} <= failed(made)
