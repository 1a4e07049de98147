"""What the command line asks for: strata of hops and lengths, and the instances in each."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from itertools import cycle, product
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.rng import named_rng
from memorygym.core.tokens import abbreviate
from memorygym.core.types import JSON
from memorygym.datasets.instances.folder import failed_checks
from memorygym.tracks.research.generator.graph import EntityGraph
from memorygym.tracks.research.generator.length import LARGEST, add_turns, fill, least, unreachable
from memorygym.tracks.research.generator.programs import LEAST, MOST, program, shapes
from memorygym.tracks.research.generator.record import VERSION, record
from memorygym.tracks.research.generator.search_turns import BY_HOP, Plan, distract, order, plan
from memorygym.tracks.research.generator.settings import (
    CROWD,
    DENSEST,
    WINDOWED,
    DistractorCounts,
    ResearchSettings,
)
from memorygym.tracks.research.task import AGENTIC
from memorygym.tracks.research.verifier import verification

HOPS = "2,3,4,5,6,8"
ATTEMPTS = 20
"""Deals of one instance before something must be wrong."""
WINDOW, WIDEST = 2, 8
"""Turns of a window unless told otherwise, and of the widest."""
MOST_OF_A_KIND = 1_000
REHEARSED = 200_000
"""Tokens from which an instance is first proved short: a long one takes minutes to reject."""
_SHORT = 40_000
_FULLEST = 0.98
"""The share of its length that an instance may have before it is filled."""
_SAMPLED = 2
"""Instances of each shape that say how short a stratum can be."""
_SPARE = 1.1
"""How much longer than a sampled one an instance may be."""
_ROOMY = 30_000
"""Tokens that hold any question with few distractors."""


@dataclass(frozen=True, slots=True)
class ResearchRecipe:
    """One instance, not dealt yet."""

    settings: ResearchSettings

    @property
    def template(self) -> str:
        return self.settings.template

    @property
    def seed(self) -> int:
        """The number of the instance."""
        return self.settings.number

    def parameters(self) -> dict[str, JSON]:
        return {**self.settings.parameters(), "seed": self.settings.seed}

    def instance(self) -> dict[str, JSON]:
        """The first deal that every check accepts. Raises BadSettings if none of many is."""
        failed: list[str] = []
        for attempt in range(ATTEMPTS):
            bare = skeleton(self.settings, attempt)
            if not bare.sound or least(bare) > self.settings.tokens * _FULLEST:
                continue
            if failed := self._rehearsal(attempt):
                continue
            made = generate(self.settings, attempt)
            made["verification"] = found = {**verification(made), "attempts": attempt + 1}
            if not (failed := failed_checks(found)):
                return made
        raise BadSettings(
            f"{self.template}, instance {self.seed}: none of {ATTEMPTS} deals was accepted; "
            f"the last failed {', '.join(failed) or 'to ask one clear thing'}"
        )

    def _rehearsal(self, attempt: int) -> list[str]:
        if self.settings.tokens < REHEARSED:
            return []
        return failed_checks(verification(generate(replace(self.settings, tokens=_SHORT), attempt)))


_OPTIONS: tuple[tuple[str, Any, str | None, str], ...] = (
    ("hops", HOPS, "H[,H]", f"look-ups of a question, {LEAST} to {MOST}"),
    ("reveal", ("delayed", "immediate"), None, "the question is told before the searches, too"),
    ("eviction", ("full_eviction", WINDOWED), None, "documents stay in view for some turns"),
    ("window", WINDOW, "N", f"turns in view under {WINDOWED}"),
    ("order", ("shuffled", BY_HOP), None, "every chain's searches come in the order of its hops"),
    ("mode", ("scripted", AGENTIC), None, "the reasoner searches and opens documents itself"),
    (
        "crowd", CROWD, "PERCENT",
        "of the documents that fill an instance to its length, so many percent for each hop"
        " name entities of the question's chain, its siblings or its near misses: other facts of"
        " them, mentions, outdated tellings; the one dial that grows with length and hops",
    ),
)  # fmt: skip
"""Name, what it is unless given, what stands for it in the help, and meaning; or in place of what
it is two choices, the first for unless given, and the meaning of the second."""
_EACH = "documents an instance, whatever its length,"
_DIALS = {
    "near_miss": f"{_EACH} that tell what is asked for of similar names",
    "other_time": f"{_EACH} that tell what held earlier",
    "conflict": f"{_EACH} of lower authority and a later date that say otherwise",
    "paraphrase": f"{_EACH} about the right entity which leave the fact out",
    "red_herring": "searches an instance, whatever its length, that lead nowhere",
}


def declare(group: "argparse._ArgumentGroup") -> None:
    """The options of the track; all have defaults."""
    many = asdict(DistractorCounts())
    dials = ((name, many[name], "N", text) for name, text in _DIALS.items())
    for name, default, metavar, text in (*_OPTIONS, *dials):
        choices = default if isinstance(default, tuple) else None
        usual = default[0] if choices else default
        told = f"{default[1]}: {text}" if choices else text
        group.add_argument(
            f"--{name.replace('_', '-')}", type=type(usual), choices=choices, default=usual,
            metavar=metavar, help=f"{told} (default: {usual})",
        )  # fmt: skip
    group.set_defaults(window=None)  # That it was given without need must be seen.


def asked(args: argparse.Namespace) -> list[ResearchRecipe]:
    """Recipe i is of stratum i, cyclically. Raises BadSettings that says what is reachable."""
    strata = list(product(_hops(args.hops), args.tokens))
    dials = DistractorCounts(
        **{name: _within(args, name, MOST_OF_A_KIND) for name in DistractorCounts.__slots__}
    )
    _within(args, "crowd", DENSEST, " percent")
    given = ("seed", "reveal", "eviction", "order", "crowd", "mode")
    chosen: dict[str, Any] = {name: getattr(args, name) for name in given}
    chosen |= {"dials": dials, "window": _window(args)}

    def settings(hops: int, tokens: int, shape: str, number: int) -> ResearchSettings:
        name = f"hops{hops}-{abbreviate(tokens)}"
        return ResearchSettings(name, number, hops=hops, tokens=tokens, shape=shape, **chosen)

    for hops, tokens in strata:
        samples = product(shapes(hops), range(_SAMPLED))
        _check_length([settings(hops, tokens, shape, number) for shape, number in samples])
    made = []
    for number, (hops, tokens) in zip(range(args.n), cycle(strata), strict=False):
        choices = shapes(hops)
        shape = choices[number // len(strata) % len(choices)]
        made.append(ResearchRecipe(settings(hops, tokens, shape, number)))
    return made


def _hops(text: str) -> Iterator[int]:
    seen: set[int] = set()
    for part in text.split(","):
        if not (part.isascii() and part.isdigit() and LEAST <= int(part) <= MOST):
            raise BadSettings(f"--hops {text}: {part!r} is no whole number from {LEAST} to {MOST}")
        if int(part) in seen:
            raise BadSettings(f"--hops {text}: {part} is given more than once")
        seen.add(int(part))
        yield int(part)


def _within(args: argparse.Namespace, name: str, most: int, unit: str = "") -> int:
    many: int = getattr(args, name)
    if not 0 <= many <= most:
        raise BadSettings(f"--{name.replace('_', '-')} {many}: give 0 to {most:,}{unit}")
    return many


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
    """Raises BadSettings if instances such as these cannot be as long as they are to be."""
    one = samples[0]
    if one.tokens > LARGEST:
        raise BadSettings(f"--tokens {one.tokens:,}: reachable are at most {LARGEST:,}")
    if one.tokens > _ROOMY * one.window and max(astuple(one.dials)) <= 10:
        return
    needed = max(least(skeleton(sample)) for sample in samples) * _SPARE
    if needed > one.tokens:
        raise BadSettings(f"--{unreachable(one.tokens, one.hops, int(needed))}")


def generate(settings: ResearchSettings, attempt: int = 0) -> dict[str, JSON]:
    """The instance of that name, number and seed, not verified yet."""
    made = skeleton(settings, attempt)
    path = _path(settings, attempt)
    add_turns(named_rng(*path, "turns"), made)
    order(named_rng(*path, "order"), made)
    shown = fill(named_rng(*path, "filler"), made)
    return record(made, shown, attempt)


def skeleton(settings: ResearchSettings, attempt: int = 0) -> Plan:
    """All of an instance that its length does not depend on."""
    path = _path(settings, attempt)
    asked = program(named_rng(*path, "program"), settings.shape, settings.hops)
    made = plan(named_rng(*path, "chains"), settings, asked, EntityGraph(named_rng(*path, "graph")))
    distract(named_rng(*path, "distractors"), made)
    return made


def _path(settings: ResearchSettings, attempt: int) -> tuple[str | int, ...]:
    return (VERSION, settings.seed, settings.template, settings.number, attempt)
