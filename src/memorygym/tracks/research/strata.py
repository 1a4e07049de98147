"""The strata that the command line asks for, by hops and length, and the instances in each."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import cycle, product

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.tokens import abbreviate
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.length import (
    LARGEST,
    add_turns,
    fill,
    too_short_message,
    unfilled_tokens,
)
from memorygym.tracks.research.generator.programs import LEAST, MOST, program, shapes
from memorygym.tracks.research.generator.search_turns import (
    Plan,
    add_distractors,
    order_turns,
    plan,
)
from memorygym.tracks.research.generator.settings import (
    DISTRACTORS,
    WIDEST,
    WINDOW,
    WINDOWED,
    ResearchSettings,
)
from memorygym.tracks.research.task import task_of
from memorygym.tracks.research.verifier import verification

STREAMS = "research-v2"
"""Names the random streams of tasks."""
HOPS = "2,3,4,5,6,8"
ATTEMPTS = 20
"""Most attempts to generate one instance."""
REHEARSAL_LENGTH = 200_000
"""Tokens from which an instance is first checked in a short version, because it takes minutes to
reject a long one."""
_SHORT = 40_000
_FULLEST = 0.98
"""The largest share of its length that an instance may have before filler is added."""
_SAMPLED = 2
"""Instances of each shape that are sampled to find the shortest possible length."""
_SPARE = 1.1
"""How much longer than the sampled instances another one may be."""
_ROOMY = 30_000
"""Tokens that are enough for any question with few distractors."""


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
        """The first generated task that passes every check.

        Raises BadSettings if none of ATTEMPTS does.
        """
        failures: list[str] = []
        for attempt in range(ATTEMPTS):
            plan = skeleton(self.settings, attempt)
            if not plan.unambiguous or unfilled_tokens(plan) > self.settings.tokens * _FULLEST:
                continue
            if failures := self._short_failures(attempt):
                continue
            task = generate(self.settings, attempt)
            if not (failures := failed(verification(task))):
                return task
        raise BadSettings(
            f"{self.template}, instance {self.seed}: none of {ATTEMPTS} attempts passed; "
            f"the last failed: {', '.join(failures) or 'one clear question'}; try another seed"
        )

    def _short_failures(self, attempt: int) -> list[str]:
        if self.settings.tokens < REHEARSAL_LENGTH:
            return []
        return failed(verification(generate(replace(self.settings, tokens=_SHORT), attempt)))


def add_options(group: "argparse._ArgumentGroup") -> None:
    """Adds the options of the track; all have defaults."""
    text = f"look-ups of a question, {LEAST} to {MOST} (default: {HOPS})"
    group.add_argument("--hops", default=HOPS, metavar="H[,H]", help=text)
    for item in fields(ResearchSettings):
        if "help" not in item.metadata:
            continue
        choices = item.metadata.get("choices")
        usual = WINDOW if item.name == "window" else item.default
        group.add_argument(
            f"--{item.name.replace('_', '-')}",
            type=type(usual),
            choices=choices,
            default=None if item.name == "window" else usual,  # None: it was not given.
            metavar=None if choices else item.metadata.get("unit", "").strip().upper() or "N",
            help=f"{item.metadata['help']} (default: {usual})",
        )


def recipes_of(args: argparse.Namespace) -> list[ResearchRecipe]:
    """The recipes; the strata alternate. Raises BadSettings with the possible values."""
    strata = list(product(_hops(args.hops), args.tokens))
    names = ("seed", "reveal", "eviction", "order", "mode", "distractor_density", *DISTRACTORS)
    parameters = {name: getattr(args, name) for name in names} | {"window": _window(args)}

    def settings(hops: int, tokens: int, shape: str, number: int) -> ResearchSettings:
        name = f"hops{hops}-{abbreviate(tokens)}"
        return ResearchSettings(name, number, hops=hops, tokens=tokens, shape=shape, **parameters)

    for hops, tokens in strata:
        samples = product(shapes(hops), range(_SAMPLED))
        _check_length([settings(hops, tokens, shape, number) for shape, number in samples])
    recipes = []
    for number, (hops, tokens) in zip(range(args.n), cycle(strata), strict=False):
        choices = shapes(hops)
        shape = choices[number // len(strata) % len(choices)]
        recipes.append(ResearchRecipe(settings(hops, tokens, shape, number)))
    return recipes


def _hops(text: str) -> Iterator[int]:
    seen: set[int] = set()
    for part in text.split(","):
        if not (part.isascii() and part.isdigit() and LEAST <= int(part) <= MOST):
            raise BadSettings(f"--hops {text}: {part!r} is not a whole number {LEAST} to {MOST}")
        if int(part) in seen:
            raise BadSettings(f"--hops {text}: {part} is given more than once")
        seen.add(int(part))
        yield int(part)


def _window(args: argparse.Namespace) -> int:
    if args.eviction != WINDOWED:
        if args.window is not None:
            raise BadSettings(f"--window {args.window} is for --eviction {WINDOWED}")
        return 1
    window = WINDOW if args.window is None else int(args.window)
    if not 2 <= window <= WIDEST:
        raise BadSettings(f"--window {window}: {WINDOWED} has 2 to {WIDEST} turns")
    return window


def _check_length(samples: Sequence[ResearchSettings]) -> None:
    """Raises BadSettings if instances like these cannot have their length."""
    first = samples[0]
    if first.tokens > LARGEST:
        raise BadSettings(f"--tokens {first.tokens:,}: reachable are at most {LARGEST:,}")
    if (
        first.tokens > _ROOMY * first.window
        and max(getattr(first, name) for name in DISTRACTORS) <= 10
    ):
        return
    needed = max(unfilled_tokens(skeleton(sample)) for sample in samples) * _SPARE
    if needed > first.tokens:
        raise BadSettings(f"--{too_short_message(first.tokens, first.hops, int(needed))}")


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
