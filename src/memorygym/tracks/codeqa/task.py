"""Makes the task of an instance: what is shown event by event, what is asked, what is true."""

from collections.abc import Mapping
from typing import Any

from memorygym.core import Budget, Event, Task
from memorygym.instances.model import Fact, Gold, Question


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """The task; nothing of the instance that could tell an answer is in it but for its gold."""
    texts = list(instance["memory_files"].values())
    number = len(texts) + len(instance["qa_pairs"])
    events = [
        Event(turn["kind"], text) for turn, text in zip(instance["turns"], texts, strict=True)
    ]
    events += [
        Event("question", f"=== QUESTION · event {n} of {number} ===\n{pair['question']}")
        for n, pair in enumerate(instance["qa_pairs"], len(texts) + 1)
    ]
    recipe = {"template": template, "seed": seed, "instance": instance["instance_id"]}
    return Task(
        instance["instance_id"], "codeqa", recipe | {"settings": instance["settings"]},
        instance["system"], tuple(events), Budget(), gold_of(instance),
    )  # fmt: skip


def gold_of(instance: Mapping[str, Any]) -> Gold:
    """The facts and questions of an instance; events are counted from 0."""
    facts = tuple(
        Fact(
            fact["id"], fact["subject"], fact["key"], fact["value"], fact["content"],
            fact["first_available_at_turn"] - 1, fact["rewrites"],
        )
        for fact in instance["grounding_facts"]
    )  # fmt: skip
    questions = tuple(
        Question(
            event, pair["kind"], pair["competency"], pair["question"], pair["gold_answer"],
            tuple(pair["aliases"]), tuple(pair["rivals"]), tuple(pair["linked_fact_ids"]),
            pair["hops"],
        )
        for event, pair in enumerate(instance["qa_pairs"], len(instance["memory_files"]))
    )  # fmt: skip
    return Gold(facts, questions)
