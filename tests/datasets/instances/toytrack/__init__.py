"""A test track with two-hop questions among as many other facts as the length needs."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import sleep
from typing import Any

from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.core.track import Instances, Track
from memorygym.core.types import Budget, Event, Task
from memorygym.datasets.instances.folder import task_id
from memorygym.tracks._qa.ablation import TaskReadings, run_checks
from memorygym.tracks._qa.defaults import SHARED
from memorygym.tracks._qa.generated import check, generated, option, strata
from memorygym.tracks._qa.questions import Question, QuestionGold
from tests.tracks.qa.chains import Chains

VERSION = "toytrack-v1"


@dataclass(frozen=True, slots=True)
class Settings:
    tokens: int = option("20k", "length", range(100, 10**7 + 1))
    keys: str = option("plain", "of the facts", ("plain", "odd"))

    def __post_init__(self) -> None:
        check(self)


def recipes(parameters: Mapping[str, str], n: int, seed: int) -> list["Recipe"]:
    chosen = [Settings(**values) for values in strata("toytrack", Settings, parameters)]
    return [Recipe(settings, number, seed) for settings in chosen for number in range(n)]


@dataclass(frozen=True, slots=True)
class Recipe:
    settings: Settings
    seed: int
    drawn: int

    @property
    def template(self) -> str:
        return f"toy-{self.settings.tokens}"

    def parameters(self) -> dict[str, Any]:
        settings = self.settings
        return {"tokens": settings.tokens, "drawn": self.drawn, "keys": settings.keys}

    def generate(self) -> Task:
        sleep(float(os.environ.get("TOYTRACK_SECONDS", "0")))
        draw = named_rng("toy", self.drawn, self.template, self.seed)
        lab, city = f"Lab {draw.below(10**9)}", f"City {draw.below(10**9)}"
        facts = (("Ada", "lab", lab), (lab, "city", city))
        texts = [f"The {key} of {subject} is {value}." for subject, key, value in facts]
        while (left := self.settings.tokens - sum(map(count, texts))) > 20:
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
    if any(re.search("raise", question.text) for question in task.gold.questions):
        raise RuntimeError("the check broke")
    return run_checks(TaskReadings(task, Chains()))


TRACK = Track(
    **SHARED,
    **generated("toytrack", Settings, Instances(recipes=recipes, verification=verification)),
    version=VERSION,
    facts=lambda _: Chains(),
)
