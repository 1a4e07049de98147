"""A test track with two-hop questions among as many other facts as the length needs."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import sleep
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.core.track import Instances, Track
from memorygym.core.types import Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.datasets.instances.loader import parameters_of, tasks_of
from memorygym.tracks._qa.ablation import QuestionEvent, ShownDocument, TaskReadings, run_checks
from memorygym.tracks._qa.defaults import SHARED
from memorygym.tracks._qa.questions import Question, QuestionGold
from tests.tracks.qa.chains import Chains

VERSION = "toytrack-v1"


def add_options(group: Any) -> None:
    group.add_argument("--keys", choices=("plain", "odd"), default="plain", help="(default: plain)")


def recipes(args: Any) -> list["Recipe"]:
    if shortest := min((tokens_ for tokens_ in args.tokens if tokens_ < 100), default=0):
        raise BadSettings(f"{shortest} tokens: from 100 tokens on can be reached")
    return [
        Recipe(f"toy-{tokens}", number, args.seed, tokens, args.keys)
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

    def parameters(self) -> dict[str, Any]:
        return {"tokens": self.tokens, "drawn": self.drawn, "keys": self.keys}

    def generate(self) -> Task:
        sleep(float(os.environ.get("TOYTRACK_SECONDS", "0")))
        draw = named_rng("toy", self.drawn, self.template, self.seed)
        lab, city = f"Lab {draw.below(10**9)}", f"City {draw.below(10**9)}"
        facts = (("Ada", "lab", lab), (lab, "city", city))
        texts = [f"The {key} of {subject} is {value}." for subject, key, value in facts]
        while (left := self.tokens - sum(map(count, texts))) > 20:
            texts.append(f"The lab of Bob{len(texts)} is Vega{len(texts)}.")
        texts.append("on " * left)
        question = "What is the city of lab of Ada?"
        events = [*(Event("text", text) for text in texts), Event("question", question)]
        needs = tuple(Statement(*fact) for fact in facts)
        gold = QuestionGold(
            (Question(len(texts), "bridge", "em", question, city, needs=needs, hops=2),)
        )
        recipe = {"template": self.template, "seed": self.seed, "parameters": self.parameters()}
        task = Task("", "toytrack", recipe, "Read.", tuple(events), Budget(), gold)
        return replace(task, id=task_id(task))


def verification(task: Task) -> dict[str, Any]:
    (question,), parameters = task.gold.questions, task.recipe["parameters"]
    if re.search("raise", question.text):
        raise RuntimeError("the check broke")
    *texts, last = (event.text for event in task.events)
    documents = [ShownDocument(event, text) for event, text in enumerate(texts)]
    assert isinstance(parameters, Mapping)
    tokens, target = sum(map(count, texts)), int(str(parameters["tokens"]))
    return run_checks(
        TaskReadings(
            Chains(), documents, [QuestionEvent(question, last)],
            lambda *_: None, tokens, target,
        )
    )  # fmt: skip


INSTANCES = Instances(declare=add_options, recipes=recipes, verification=verification)
TRACK = Track(
    **SHARED,
    name="toytrack",
    version=VERSION,
    tasks=tasks_of("toytrack", INSTANCES),
    facts=lambda _: Chains(),
    parameters=lambda: parameters_of(INSTANCES),
    instances=INSTANCES,
)
