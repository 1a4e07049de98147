"""codeqa: files of a package and a debugging session stream past a memory, then are asked about."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memorygym.core import Budget, Event, Task
from memorygym.core.errors import BadSettings
from memorygym.core.track import Instances, Track
from memorygym.datasets.instances.tasks import knobs_of, tasks_of
from memorygym.tracks._qa.defaults import SHARED
from memorygym.tracks._qa.deferred import deferred
from memorygym.tracks._qa.types import Fact, Question, QuestionGold
from memorygym.tracks.codeqa.generator.settings import SCHEMA, VERSION

if TYPE_CHECKING:
    from memorygym.tracks.codeqa.answers import CodeReader
    from memorygym.tracks.codeqa.generator.record import CodeQARecipe


def add_options(group: Any) -> None:
    """The options of this track, for a parser or a group of one."""
    group.add_argument(
        "--source", default="synth", metavar="synth|DIR",
        help="where the code comes from: dealt, or a folder of your own, as it is (synth)",
    )  # fmt: skip
    group.add_argument(
        "--form", default="mixed", choices=("files", "session", "mixed"),
        help="show files, a debugging session that opens them, or both by turns (mixed)",
    )  # fmt: skip
    for name, kind, default, metavar, told in (
        ("questions", int, 6, "N", "questions of an instance (6)"),
        ("hops", str, "", "LIST", "hops of the questions, in turn (1,2,3,4; of a folder 1,2,3)"),
        ("near-miss", int, 2, "N", "siblings of each name and topic, with other values (2)"),
        ("stale", int, 1, "N", "earlier values of what is asked for, which hold no longer (1)"),
        ("crowd", int, 25, "PERCENT",
         "share of what a dealt package is filled up with that mentions what is asked about and"
         " what is called alike; a folder has its own (25)"),
    ):  # fmt: skip
        group.add_argument(f"--{name}", type=kind, default=default, metavar=metavar, help=told)


def recipes(args: argparse.Namespace) -> list["CodeQARecipe"]:
    """Instance i is of length i, cyclically. Raises BadSettings with what can be reached."""
    from memorygym.tracks.codeqa.generator.record import CodeQARecipe
    from memorygym.tracks.codeqa.generator.settings import CodeQASettings

    told = args.hops or ("1,2,3,4" if args.source == "synth" else "1,2,3")
    try:
        hops = tuple(int(part) for part in told.split(","))
    except ValueError as error:
        raise BadSettings(f"hops {told!r} are no numbers; write them as 1,2,3") from error
    every = [
        CodeQASettings(
            tokens, args.questions, hops, args.form, args.near_miss, args.stale, args.source,
            args.crowd,
        )
        for tokens in args.tokens
    ]  # fmt: skip
    return [CodeQARecipe(every[n % len(every)], n, args.seed) for n in range(args.n)]


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


def gold_of(instance: Mapping[str, Any]) -> QuestionGold:
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
    return QuestionGold(facts, questions)


def facts(_: str) -> "CodeReader":
    """The strong reader; it needs nothing of the pinned message."""
    from memorygym.tracks.codeqa.answers import CodeReader

    return CodeReader()


verification = deferred(__name__, "verifier:verification")
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
    knobs=lambda: knobs_of(INSTANCES),
    instances=INSTANCES,
)
