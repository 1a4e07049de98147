"""The proof: it accepts what was dealt, and every planted defect fails a check that names it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from memorygym.tracks import codeqa
from tests.slow import mostly_slow
from tests.tracks.codeqa.instances import instance

Instance = dict[str, Any]


def fresh() -> Instance:
    copy: Instance = json.loads(json.dumps(instance(seed=3)))
    return copy


def failed(made: Instance) -> set[str]:
    verdict = codeqa.verification(made)
    found = {name for name, check in verdict["checks"].items() if not check["ok"]}
    assert verdict["accepted"] == (not found)
    return found


def everywhere(made: Instance, old: str, new: str) -> None:
    """Changes a text in what is shown and in the files alike."""
    for texts in (made["memory_files"], made["repo_files"]):
        for name, text in texts.items():
            texts[name] = text.replace(old, new)


def fact_lost(made: Instance) -> None:
    last = made["grounding_facts"][-1]
    word = last["subject"].rpartition(".")[2]
    for name, text in made["memory_files"].items():
        kept = [part for part in text.split("\n\n") if word[1:] not in part]
        made["memory_files"][name] = "\n\n".join(kept)


def broken_test(made: Instance) -> None:
    value = next(
        found[0] for code in made["repo_files"].values()
        if (found := re.search(r"assert \w+\(\d+\) == \d+", code))
    )  # fmt: skip
    everywhere(made, value, f"{value}1")


def value_told(made: Instance) -> None:
    pair = made["qa_pairs"][1]
    pair["question"] += f"\nIs it {pair['gold_answer']}?"


def spare_fact(made: Instance) -> None:
    one, other = made["qa_pairs"][:2]
    one["linked_fact_ids"] = [*one["linked_fact_ids"], *other["linked_fact_ids"]]


def stale_right(made: Instance) -> None:
    changed = [fact for fact in made["grounding_facts"] if fact["rewrites"]]
    for pair in made["qa_pairs"]:
        for fact in changed:
            if pair["gold_answer"] == fact["value"]:
                pair["rivals"] = [pair["gold_answer"]]


def cut(made: Instance) -> None:
    name = next(iter(made["memory_files"]))
    made["memory_files"][name] = made["memory_files"][name][:-40]


DEFECTS: dict[str, tuple[Callable[[Instance], object], set[str]]] = {
    "a fact that is never told": (fact_lost, {"solvable", "full", "leave_one_out", "files_match"}),
    "another truth": (lambda m: m["qa_pairs"][0].update(gold_answer="4711"), {"solvable", "full"}),
    "a test that fails": (broken_test, {"executes"}),
    "a file that cannot be imported": (
        lambda m: m["repo_files"].update({"x/y.py": "import nothing_there"}),
        {"executes", "files_match"},
    ),
    "a value in the question": (value_told, {"question_leakage"}),
    "a fact that is not needed": (spare_fact, {"leave_one_out"}),
    "a needed fact that is not listed": (
        lambda m: m["qa_pairs"][3]["linked_fact_ids"].pop(0), {"solvable"},
    ),
    "a text that is not of the files": (cut, {"files_match"}),
    "another length": (lambda m: m.update(target_tokens=13_000), {"length"}),
    "a question that nobody understands": (
        lambda m: m["qa_pairs"][0].update(question="Why?"), {"solvable", "full", "stale"},
    ),
}  # fmt: skip


def test_what_was_dealt_is_accepted_again_from_its_json() -> None:
    made = fresh()
    assert json.loads(json.dumps(codeqa.verification(made))) == made["verification"]


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_named(defect: str) -> None:
    made = fresh()
    plant, checks = DEFECTS[defect]
    plant(made)
    assert checks <= failed(made)


@mostly_slow("seed", range(5), quick=1)
def test_executed_truths_are_run_again(seed: int) -> None:
    made = instance("--hops", "2,3", seed=seed)
    number = sum(pair["kind"] in ("output", "composition", "failing") for pair in made["qa_pairs"])
    assert made["verification"]["checks"]["executes"]["executed"] == number
