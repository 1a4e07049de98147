"""How many worlds a difference needs to be seen, and the least that a protocol can see."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from math import ceil, sqrt

from memorygym import registry
from memorygym.bench import OFFICIAL_SEEDS, Evaluation
from memorygym.commands._tasks import WORLDS
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.page import fit
from memorygym.runs.engine import perform
from memorygym.runs.results import Result, Wanted
from memorygym.runs.tasks import dealt
from memorygym.stats import (
    FIGURE,
    SEPARATE,
    design_effect,
    deviation,
    icc,
    mde,
    same_worlds,
    worlds_needed,
)
from memorygym.track import Options, find
from memorygym.tracks.worlds.dealing.tiers import TIERS


@dataclass(frozen=True, slots=True)
class Spread:
    """How the composite differs between worlds, in points."""

    sd: float
    source: str
    icc: float | None = None
    """Of the outcomes of a world's questions; None if nothing was played or none differ."""
    design_effect: float | None = None
    """By what the icc multiplies the variance of the share of right answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be seen; every figure by what the agent is compared with."""

    spread: Spread
    delta: float
    detectable: Mapping[str, tuple[int, Mapping[str, float]]]
    """By plan: its worlds, and the smallest differences they show, in points."""
    needed: Mapping[str, int]
    """Worlds that show delta."""
    seeds: Mapping[str, int]
    """Seeds of each template that are that many worlds."""

    def to_json(self) -> dict[str, JSON]:
        """All of it, in points."""
        return {
            "delta": self.delta,
            **{name: _rounded(value) for name, value in asdict(self.spread).items()},
            "detectable": {
                plan: {"worlds": worlds, **{name: _rounded(x) for name, x in least.items()}}
                for plan, (worlds, least) in self.detectable.items()
            },
            "worlds_needed": dict(self.needed),
            "seeds_needed": dict(self.seeds),
        }


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    what = parser.add_argument_group("what is to be seen")
    what.add_argument(
        "--delta", type=float, default=3.0, metavar="X", help="points of composite (default: 3)"
    )
    what.add_argument(
        "--power", type=float, default=0.8, metavar="P", help="chance to see it (default: 0.8)"
    )
    plan = parser.add_argument_group("what is played")
    official = find(WORLDS).official["tier"]
    plan.add_argument(
        "--tier", default=official, help=f"one of {', '.join(TIERS)} (default: standard)"
    )
    plan.add_argument(
        "--seeds", type=int, default=OFFICIAL_SEEDS, metavar="N", help="a template (default: 10)"
    )
    plan.add_argument(
        "--templates", type=int, metavar="K", help="how many templates (default: all)"
    )
    plan.add_argument(
        "--repeats", type=int, default=1, metavar="K", help="plays of every world (default: 1)"
    )
    how = parser.add_argument_group("how scores vary")
    how.add_argument(
        "--agent", default="strategic", help="the scripted agent that is measured for it"
    )
    how.add_argument(
        "--sd", type=float, metavar="X", help="between worlds, in points; nothing is played then"
    )
    how.add_argument(
        "--repeat-sd",
        type=float,
        default=0.0,
        metavar="X",
        help="between plays of one world, in points, beside that (default: 0)",
    )
    how.add_argument(
        "--r", type=float, default=0.5, help="correlation of two agents over worlds (default: 0.5)"
    )
    how.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """0."""
    _check(args)
    spread = _measured(args) if args.sd is None else Spread(args.sd, "as given")
    spread = _repeated(spread, args.repeats, args.repeat_sd)
    answer = _answer(args, spread)
    print(json.dumps(answer.to_json(), indent=1) if args.json else _as_text(args, answer))
    return 0


def _answer(args: argparse.Namespace, spread: Spread) -> Answer:
    designs = {
        "same_worlds": same_worlds(args.r), "other_worlds": SEPARATE, "fixed_figure": FIGURE,
    }  # fmt: skip
    templates = args.templates or len(registry.names("worlds"))
    official = OFFICIAL_SEEDS * len(registry.names("worlds"))
    plans = {"one_template": args.seeds, "these_settings": args.seeds * templates}
    if plans["these_settings"] in (args.seeds, official):
        del plans["these_settings"]
    if args.tier == find(WORLDS).official["tier"]:
        plans["official_protocol"] = official
    detectable = {
        plan: (worlds, {k: mde(spread.sd, worlds, d, args.power) for k, d in designs.items()})
        for plan, worlds in plans.items()
        if worlds > 1
    }
    try:
        needed = {
            k: worlds_needed(args.delta, spread.sd, d, args.power) for k, d in designs.items()
        }
    except ValueError as error:
        raise BadSettings(f"--delta {args.delta:g}: {error}") from error
    seeds = {name: ceil(worlds / templates) for name, worlds in needed.items()}
    return Answer(spread, args.delta, detectable, needed, seeds)


def _check(args: argparse.Namespace) -> None:
    """Raises UnknownPart or BadSettings, which name what would do."""
    if args.tier not in TIERS:
        raise UnknownPart("tier", args.tier, TIERS)
    most = len(registry.names("worlds"))
    bounds = {
        "delta": (args.delta, 0 < args.delta <= 100, "points above 0 and at most 100"),
        "power": (args.power, 0.5 <= args.power < 1, "a chance from 0.5 to below 1"),
        "r": (args.r, -1 <= args.r < 1, "a correlation from -1 to below 1"),
        "sd": (args.sd, args.sd is None or 0 < args.sd <= 100, "points above 0"),
        "seeds": (args.seeds, args.seeds > 0, "at least 1"),
        "repeats": (args.repeats, args.repeats > 0, "at least 1"),
        "repeat-sd": (args.repeat_sd, 0 <= args.repeat_sd <= 100, "points from 0"),
        "templates": (
            args.templates, args.templates is None or 0 < args.templates <= most, f"1 to {most}",
        ),
    }  # fmt: skip
    for name, (value, fits, choices) in bounds.items():
        if not fits:
            raise BadSettings(f"--{name} {value:g}: give {choices}")
    if args.seeds * (args.templates or most) < 2:
        raise BadSettings("one seed of one template: a single world has no interval")
    if args.repeats > 1 and not args.repeat_sd:
        raise BadSettings(
            f"--repeats {args.repeats} needs --repeat-sd, the deviation between plays of one world:"
            " a scripted agent plays the same each time, so only runs of a model can tell"
        )


def _measured(args: argparse.Namespace) -> Spread:
    """Plays the official worlds of the tier."""
    registry.check("agents", args.agent)
    tasks = dealt(WORLDS, Options(range(OFFICIAL_SEEDS), knobs={"tier": args.tier}))
    job = Evaluation(tasks=tasks, agents=(args.agent,)).job(Wanted(causes=False))
    played = perform(replace(job, workers=args.workers))
    results = [found for found in played if isinstance(found, Result)]
    sd = 100 * deviation([result.score.composite for result in results])
    if sd < 1e-9:
        raise BadSettings(
            f"{args.agent} scores the same on every world, so it shows no deviation:"
            " choose another --agent, or give --sd"
        )
    answers = [_answers(result) for result in results]
    found = icc(answers)
    effect = None if found is None else design_effect([len(world) for world in answers], found)
    return Spread(sd, f"{args.agent} on {len(tasks.recipes)} worlds", found, effect)


def _answers(result: Result) -> list[int]:
    """1 for each right answer and 0 for each other."""
    right, asked = (sum(column) for column in zip(*result.score.competencies.values(), strict=True))
    return [1] * right + [0] * (asked - right)


def _repeated(spread: Spread, repeats: int, repeat_sd: float) -> Spread:
    """The deviation of a world's mean over its repeats."""
    if not repeat_sd:
        return spread
    sd = sqrt(spread.sd**2 + repeat_sd**2 / repeats)
    plays = f"{spread.source}, {repeat_sd:g} more between plays, {repeats} of each world"
    return replace(spread, sd=sd, source=plays)


def _as_text(args: argparse.Namespace, answer: Answer) -> str:
    spread = answer.spread
    lines = fit(
        f"composite, tier {args.tier}: deviation between worlds {spread.sd:.1f} points"
        f" ({spread.source})"
    )
    if spread.icc is not None:
        lines += fit(
            f"its questions: intraclass correlation {spread.icc:.2f} within a world,"
            f" design effect {spread.design_effect:.2f}"
        )
    heads = "".join(f"{_words(name):>15}" for name in answer.needed)
    lines += ["", f"{'smallest difference':<22}{'worlds':>8}{heads}"]
    for plan, (worlds, least) in answer.detectable.items():
        lines.append(
            f"{_words(plan):<22}{worlds:8}" + "".join(f"{x:15.1f}" for x in least.values())
        )
    title = f"to see {answer.delta:g} points"
    lines += ["", f"{title:<30}{heads}"]
    for name, row in (("worlds", answer.needed), ("seeds a template", answer.seeds)):
        lines.append(f"{name:<30}" + "".join(f"{n:15,}" for n in row.values()))
    return "\n".join([*lines, "", *fit(_key(args))])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _key(args: argparse.Namespace) -> str:
    return (
        f"same worlds: two agents on the same worlds, r = {args.r:g}; other worlds: two agents,"
        " each on its own; fixed figure: one agent. In points, seen with"
        f" {100 * args.power:.0f} % power by a two-sided t test at 5 %."
    )


def _rounded(value: JSON) -> JSON:
    return round(value, 6) if isinstance(value, float) else value
