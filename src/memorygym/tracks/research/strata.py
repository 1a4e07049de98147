"""What the command line asks for: strata of hops and lengths, and the instances in each."""

import argparse
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import cycle, product

from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tokens import short
from memorygym.tracks.research.dealing.crowding import distract
from memorygym.tracks.research.dealing.graph import Graph
from memorygym.tracks.research.dealing.length import LARGEST, add_turns, fill, least, unreachable
from memorygym.tracks.research.dealing.programs import LEAST, MOST, program, shapes
from memorygym.tracks.research.dealing.record import VERSION, record
from memorygym.tracks.research.dealing.settings import CROWD, DENSEST, Dials, Settings
from memorygym.tracks.research.dealing.turns import ORDERS, SHUFFLED, Plan, order, plan
from memorygym.tracks.research.proving import verification

HOPS = "2,3,4,5,6,8"
REVEALS = ("delayed", "immediate")
EVICTIONS = ("full_eviction", "sliding_window")
MODES = ("scripted", "agentic")
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
class Recipe:
    """One instance, not dealt yet."""

    settings: Settings

    @property
    def template(self) -> str:
        return self.settings.template

    @property
    def seed(self) -> int:
        """The number of the instance."""
        return self.settings.number

    def knobs(self) -> dict[str, JSON]:
        return {**self.settings.knobs(), "seed": self.settings.seed}

    def instance(self) -> dict[str, JSON]:
        """The first deal that every check accepts. Raises BadSettings if none of many is."""
        failed: list[str] = []
        for attempt in range(ATTEMPTS):
            bare = skeleton(self.settings, attempt)
            if not bare.sound or least(bare) > self.settings.tokens * _FULLEST:
                continue
            if failed := self._rehearsal(attempt):
                continue
            made = deal(self.settings, attempt)
            made["verification"] = found = {**verification(made), "attempts": attempt + 1}
            if not (failed := _failed(found)):
                return made
        raise BadSettings(
            f"{self.template}, instance {self.seed}: none of {ATTEMPTS} deals was accepted; "
            f"the last failed {', '.join(failed) or 'to ask one clear thing'}"
        )

    def _rehearsal(self, attempt: int) -> list[str]:
        if self.settings.tokens < REHEARSED:
            return []
        return _failed(verification(deal(replace(self.settings, tokens=_SHORT), attempt)))


def _failed(found: dict[str, JSON]) -> list[str]:
    checks = found["checks"]
    assert isinstance(checks, dict)
    return [name for name, one in checks.items() if not (isinstance(one, dict) and one["ok"])]


def declare(group: "argparse._ArgumentGroup") -> None:
    """The options of the track; all have defaults."""
    group.add_argument(
        "--hops", default=HOPS, metavar="H[,H]",
        help=f"look-ups of a question, {LEAST} to {MOST} (default: {HOPS})",
    )  # fmt: skip
    group.add_argument(
        "--reveal",
        choices=REVEALS,
        default="delayed",
        help="immediate: the question is told before the searches, too (default: delayed)",
    )
    group.add_argument(
        "--eviction",
        choices=EVICTIONS,
        default="full_eviction",
        help="sliding_window: documents stay in view for some turns (default: full_eviction)",
    )
    group.add_argument(
        "--window",
        type=int,
        metavar="N",
        help=f"turns in view under sliding_window (default: {WINDOW})",
    )
    group.add_argument(
        "--order",
        choices=ORDERS,
        default=SHUFFLED,
        help="hops: every chain's searches come in the order of its hops (default: shuffled)",
    )
    group.add_argument(
        "--mode", choices=MODES, default="scripted",
        help="agentic: the reasoner searches and opens documents itself (default: scripted)",
    )  # fmt: skip
    group.add_argument(
        "--crowd", type=int, default=CROWD, metavar="PERCENT",
        help="of the documents that fill an instance to its length, so many percent for each hop"
        " name entities of the question's chain, its siblings or its near misses: other facts of"
        " them, mentions, outdated tellings; the one dial that grows with length and hops"
        f" (default: {CROWD})",
    )  # fmt: skip
    for field in fields(Dials):
        group.add_argument(
            f"--{field.name.replace('_', '-')}", type=int, default=field.default, metavar="N",
            help=f"{_MEANING[field.name]} (default: {field.default})",
        )  # fmt: skip


_MEANING = {
    "near_miss": "documents an instance, whatever its length, that tell what is asked for of"
    " similar names",
    "other_time": "documents an instance, whatever its length, that tell what held earlier",
    "conflict": "documents an instance, whatever its length, of lower authority and a later date"
    " that say otherwise",
    "paraphrase": "documents an instance, whatever its length, about the right entity which leave"
    " the fact out",
    "red_herring": "searches an instance, whatever its length, that lead nowhere",
}


def asked(args: argparse.Namespace) -> list[Recipe]:
    """Recipe i is of stratum i, cyclically."""
    hops = list(_hops(args.hops))
    dials = Dials(**{field.name: _dial(args, field.name) for field in fields(Dials)})
    window = _window(args)
    if not 0 <= args.crowd <= DENSEST:
        raise BadSettings(f"--crowd {args.crowd}: give 0 to {DENSEST} percent")
    strata = list(product(hops, args.tokens))
    for many, tokens in strata:
        _check_length(args, many, tokens, dials, window)
    made = []
    for number, (many, tokens) in zip(range(args.n), cycle(strata), strict=False):
        choices = shapes(many)
        shape = choices[number // len(strata) % len(choices)]
        made.append(Recipe(_settings(args, (many, tokens, shape), number, dials, window)))
    return made


def _settings(
    args: argparse.Namespace, stratum: tuple[int, int, str], number: int, dials: Dials, window: int
) -> Settings:
    hops, tokens, shape = stratum
    return Settings(
        template=f"hops{hops}-{short(tokens)}",
        number=number,
        seed=args.seed,
        hops=hops,
        tokens=tokens,
        shape=shape,
        dials=dials,
        reveal=args.reveal,
        eviction=args.eviction,
        window=window,
        order=args.order,
        crowd=args.crowd,
        mode=args.mode,
    )


def _hops(text: str) -> Iterator[int]:
    seen: set[int] = set()
    for part in text.split(","):
        if not (part.isascii() and part.isdigit() and LEAST <= int(part) <= MOST):
            raise BadSettings(f"--hops {text}: {part!r} is no whole number from {LEAST} to {MOST}")
        if int(part) in seen:
            raise BadSettings(f"--hops {text}: {part} is given more than once")
        seen.add(int(part))
        yield int(part)


def _dial(args: argparse.Namespace, name: str) -> int:
    many: int = getattr(args, name)
    if not 0 <= many <= MOST_OF_A_KIND:
        option = name.replace("_", "-")
        raise BadSettings(f"--{option} {many}: give 0 to {MOST_OF_A_KIND:,}")
    return many


def _window(args: argparse.Namespace) -> int:
    if args.eviction != "sliding_window":
        if args.window is not None:
            raise BadSettings(f"--window {args.window} is for --eviction sliding_window")
        return 1
    window = WINDOW if args.window is None else int(args.window)
    if not 2 <= window <= WIDEST:
        raise BadSettings(f"--window {window}: sliding_window has 2 to {WIDEST} turns")
    return window


def _check_length(
    args: argparse.Namespace, hops: int, tokens: int, dials: Dials, window: int
) -> None:
    if tokens > LARGEST:
        raise BadSettings(f"--tokens {tokens:,}: reachable are at most {LARGEST:,}")
    if tokens > _ROOMY * window and not any(dial > 10 for dial in astuple(dials)):
        return
    samples = (
        _settings(args, (hops, tokens, shape), number, dials, window)
        for shape in shapes(hops)
        for number in range(_SAMPLED)
    )
    needed = max(least(skeleton(one)) for one in samples)
    if needed * _SPARE > tokens:
        raise BadSettings(f"--{unreachable(tokens, hops, int(needed * _SPARE))}")


def deal(settings: Settings, attempt: int = 0) -> dict[str, JSON]:
    """The instance of that name, number and seed, not verified yet."""
    made = skeleton(settings, attempt)
    path = _path(settings, attempt)
    add_turns(rng(*path, "turns"), made)
    order(rng(*path, "order"), made)
    shown = fill(rng(*path, "filler"), made)
    return record(made, shown, attempt)


def skeleton(settings: Settings, attempt: int = 0) -> Plan:
    """All of an instance that its length does not depend on."""
    path = _path(settings, attempt)
    asked = program(rng(*path, "program"), settings.shape, settings.hops)
    made = plan(rng(*path, "chains"), settings, asked, Graph(rng(*path, "graph")))
    distract(rng(*path, "distractors"), made)
    return made


def _path(settings: Settings, attempt: int) -> tuple[str | int, ...]:
    return (VERSION, settings.seed, settings.template, settings.number, attempt)
