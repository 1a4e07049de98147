"""A test track with two-hop questions among as many other facts as the length needs."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from types import SimpleNamespace
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.core.trace import CANARY
from memorygym.core.track import Instances, Track
from memorygym.datasets.instances.loader import tasks_of
from memorygym.datasets.instances.schemas import instance_id
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument, run_checks
from memorygym.tracks._qa.defaults import SHARED
from memorygym.tracks._qa.questions import Question, QuestionGold
from tests.tracks.qa.chains import Chains

VERSION = "toytrack-v1"
SCHEMA = "memorygym-toytrack-1"


def add_options(group: Any) -> None:
    group.add_argument("--keys", choices=("plain", "odd"), default="plain", help="(default: plain)")
    group.add_argument(
        "--spoil", type=int, default=-1, help="an instance whose facts are stated twice"
    )
    group.add_argument("--source", type=Path, help="a folder")


def recipes(args: Any) -> list["Recipe"]:
    if shortest := min((tokens_ for tokens_ in args.tokens if tokens_ < 100), default=0):
        raise BadSettings(f"{shortest} tokens: from 100 tokens on can be reached")
    return [
        Recipe(f"toy-{tokens}", number, args.seed, tokens, args.keys, number == args.spoil)
        for tokens in args.tokens
        for number in range(args.n)
    ]


@dataclass(frozen=True, slots=True)
class Recipe:
    template: str
    seed: int
    drawn: int
    tokens: int
    keys: str
    spoilt: bool

    def parameters(self) -> dict[str, Any]:
        return {"tokens": self.tokens, "drawn": self.drawn, "keys": self.keys}

    def instance(self) -> dict[str, Any]:
        sleep(float(os.environ.get("TOYTRACK_SECONDS", "0")))
        draw = named_rng("toy", self.drawn, self.template, self.seed)
        lab, city = f"Lab {draw.below(10**9)}", f"City {draw.below(10**9)}"
        texts = [f"The lab of Ada is {lab}."]
        texts.append(f"The city of {lab} is {city}.")
        while (left := self.tokens - sum(map(count, texts))) > 20:
            texts.append(f"The lab of Bob{len(texts)} is Vega{len(texts)}.")
        texts.append("on " * left)
        texts += [texts[0]] if self.spoilt else []
        instance: dict[str, Any] = {
            "schema": SCHEMA,
            "canary": CANARY,
            "generator_version": VERSION,
            "memory_files": {f"{n:06}.txt": text for n, text in enumerate(texts)},
            "question": "What is the city of lab of Ada?",
            "answer": city,
            "facts": [["Ada", "lab", lab], [lab, "city", city]],
            "target_tokens": self.tokens,
        }
        instance["instance_id"] = instance_id(instance)
        return {**instance, "verification": verification(instance)}


def gold(instance: Mapping[str, Any]) -> QuestionGold:
    facts = tuple(Statement(*fact) for fact in instance["facts"])
    end = len(instance["memory_files"])
    text, answer = instance["question"], instance["answer"]
    return QuestionGold((Question(end, "bridge", "em", text, answer, needs=facts, hops=2),))


def task_of(instance: Mapping[str, Any], template: str, seed: int) -> Any:
    """The parts of a task that the tests use."""
    return SimpleNamespace(gold=gold(instance), recipe={"template": template, "seed": seed})


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    if re.search("raise", instance["question"]):
        raise RuntimeError("the check broke")
    texts = list(instance["memory_files"].values())
    (question,) = gold(instance).questions
    tokens, target = sum(map(count, texts)), instance["target_tokens"]
    documents = [ShownDocument(event, text) for event, text in enumerate(texts)]
    return run_checks(
        AblationInput(
            Chains(), documents, [QuestionEvent(question, question.text)],
            lambda query: None, tokens, target,
        )
    )  # fmt: skip


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
    name="toytrack",
    version=VERSION,
    tasks=tasks_of("toytrack", INSTANCES),
    facts=lambda _: Chains(),
    instances=INSTANCES,
)
