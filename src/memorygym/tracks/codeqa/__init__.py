"""The track codeqa: an agent reads files of a package and a debugging session, then answers
questions about them."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memorygym.core.statements import Statement
from memorygym.core.track import Instances, Track
from memorygym.core.types import Budget, Event, Task
from memorygym.datasets.instances.loader import parameters_of, tasks_of
from memorygym.tracks._qa.defaults import SHARED
from memorygym.tracks._qa.questions import Question, QuestionGold, Reader
from memorygym.tracks.codeqa.generator.settings import SCHEMA, VERSION, add_options

if TYPE_CHECKING:
    from memorygym.tracks.codeqa.generator.record import CodeQARecipe


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Task:
    """The task of an instance; only its gold table contains answers."""
    texts = list(instance["memory_files"].values())
    event_count = len(texts) + len(instance["qa_pairs"])
    events = [
        Event(turn["kind"], text) for turn, text in zip(instance["turns"], texts, strict=True)
    ]
    events += [
        Event("question", f"=== QUESTION · event {number} of {event_count} ===\n{pair['question']}")
        for number, pair in enumerate(instance["qa_pairs"], len(texts) + 1)
    ]
    recipe = {"template": template, "seed": seed, "instance": instance["instance_id"]}
    return Task(
        instance["instance_id"],
        "codeqa",
        recipe | {"settings": instance["settings"]},
        instance["system"],
        tuple(events),
        Budget(),
        gold_of(instance),
    )


def gold_of(instance: Mapping[str, Any]) -> QuestionGold:
    """The questions of an instance; events are counted from 0."""
    needs = {
        fact["id"]: Statement(fact["subject"], fact["key"], fact["value"], rank=tuple(fact["rank"]))
        for fact in instance["grounding_facts"]
    }
    questions = tuple(
        Question(
            event,
            pair["kind"],
            pair["question_type"],
            pair["question"],
            pair["gold_answer"],
            tuple(pair["aliases"]),
            tuple(pair["rivals"]),
            tuple(needs[id] for id in pair["linked_fact_ids"]),
            pair["hops"],
        )
        for event, pair in enumerate(instance["qa_pairs"], len(instance["memory_files"]))
    )
    return QuestionGold(questions)


def facts(_: str) -> Reader:
    """The fact reader; it does not depend on the system message."""
    from memorygym.tracks.codeqa.answers import CodeReader

    return CodeReader()


def recipes(args: argparse.Namespace) -> "list[CodeQARecipe]":
    """The recipes that the options ask for. Raises BadSettings with the possible values."""
    from memorygym.tracks.codeqa.generator import record

    return record.recipes(args)


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    """See verifier.verification."""
    from memorygym.tracks.codeqa import verifier

    return verifier.verification(instance)


INSTANCES = Instances(
    schema=SCHEMA,
    package=__name__,
    declare=add_options,
    recipes=recipes,
    task=task_of,
    verification=verification,
)
TRACK = Track(
    **SHARED,
    name="codeqa",
    version=VERSION,
    tasks=tasks_of("codeqa", INSTANCES),
    facts=facts,
    parameters=lambda: parameters_of(INSTANCES),
    instances=INSTANCES,
)
