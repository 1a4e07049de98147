"""The strata that the command line asks for, by hops and length, and the instances in each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import cycle

from memorygym.core.rng import named_rng
from memorygym.core.tokens import abbreviate
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks._qa.generated import strata
from memorygym.tracks._qa.verification import NoDraft, sound_task
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.length import (
    add_turns,
    fill,
    too_short_message,
    unfilled_tokens,
)
from memorygym.tracks.research.generator.programs import program, shapes
from memorygym.tracks.research.generator.search_turns import (
    Plan,
    add_distractors,
    order_turns,
    plan,
)
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.task import task_of
from memorygym.tracks.research.verifier import verification

STREAMS = "research-v2"
"""Names the random streams of tasks."""
REHEARSAL_LENGTH = 200_000
"""Tokens from which an instance is first checked in a short version, because it takes minutes to
reject a long one."""
_SHORT = 40_000
_FULLEST = 0.98
"""The largest share of its length that an instance may have before filler is added."""


@dataclass(frozen=True, slots=True)
class ResearchRecipe:
    """The recipe of one instance."""

    settings: ResearchSettings

    @property
    def template(self) -> str:
        return self.settings.template

    @property
    def seed(self) -> int:
        """The number of the instance."""
        return self.settings.number

    def generate(self) -> Task:
        """The first task that passes every check. Raises BadSettings if no draft does."""
        return sound_task(f"{self.template}, instance {self.seed}", self._draft, verification)

    def _draft(self, attempt: int) -> Task:
        """The task of an attempt. Raises NoDraft."""
        plan = skeleton(self.settings, attempt)
        needed, tokens = unfilled_tokens(plan), self.settings.tokens
        if needed > tokens * _FULLEST:
            raise NoDraft(too_short_message(tokens, self.settings.hops, needed))
        if not plan.unambiguous:
            raise NoDraft("the question has several answers")
        if tokens >= REHEARSAL_LENGTH:
            short = generate(replace(self.settings, tokens=_SHORT), attempt)
            if failures := failed(verification(short)):
                raise NoDraft(", ".join(failures))
        return generate(self.settings, attempt)


def recipes_of(parameters: Mapping[str, str], n: int, seed: int) -> list[ResearchRecipe]:
    """The recipes; the strata alternate. Raises BadSettings with the possible values."""
    chosen = strata("research", ResearchSettings, parameters)
    recipes = []
    for number, values in zip(range(n), cycle(chosen), strict=False):
        name, choices = (
            f"hops{values['hops']}-{abbreviate(values['tokens'])}",
            shapes(values["hops"]) or ("",),  # So few hops that the settings refuse them.
        )
        shape = choices[number // len(chosen) % len(choices)]
        recipes.append(ResearchRecipe(ResearchSettings(name, number, seed, shape=shape, **values)))
    return recipes


def generate(settings: ResearchSettings, attempt: int = 0) -> Task:
    """The task of these settings, not verified yet."""
    return task_of(filled(settings, attempt), attempt)


def filled(settings: ResearchSettings, attempt: int = 0) -> Plan:
    """The plan of these settings, with all documents."""
    plan = skeleton(settings, attempt)
    path = _path(settings, attempt)
    add_turns(named_rng(*path, "turns"), plan)
    order_turns(named_rng(*path, "order"), plan)
    fill(named_rng(*path, "filler"), plan)
    return plan


def skeleton(settings: ResearchSettings, attempt: int = 0) -> Plan:
    """The part of an instance that does not depend on its length."""
    path = _path(settings, attempt)
    query = program(named_rng(*path, "program"), settings.shape, settings.hops)
    new_plan = plan(
        named_rng(*path, "chains"), settings, query, EntityGraph(named_rng(*path, "graph"))
    )
    add_distractors(named_rng(*path, "distractors"), new_plan)
    return new_plan


def _path(settings: ResearchSettings, attempt: int) -> tuple[str | int, ...]:
    return (STREAMS, settings.seed, settings.template, settings.number, attempt)
