"""How many tasks a difference needs, and the smallest difference that a protocol can detect."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from math import ceil, sqrt
from typing import Any

from memorygym import stats
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.cli._checks import add_quiet
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, find
from memorygym.reports.table import to_rounded_json
from memorygym.reports.terminal import Row as TableRow
from memorygym.reports.terminal import fit, table
from memorygym.runs.engine import perform
from memorygym.runs.episode_result import Played, ResultOptions
from memorygym.runs.evaluation import OFFICIAL_SEEDS, Evaluation
from memorygym.runs.settings import WORLDS
from memorygym.runs.tasks import generated
from memorygym.tracks.worlds.generator.tiers import TIERS

Row = Mapping[str, Any]
"""As --json prints it, in points."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    difference = parser.add_argument_group("the difference")
    difference.add_argument(
        "--delta", type=float, default=3.0, metavar="X", help="points of the composite (default: 3)"
    )
    difference.add_argument(
        "--power",
        type=float,
        default=0.8,
        metavar="P",
        help="of detecting it (default: 0.8)",
    )
    plan = parser.add_argument_group("what is played")
    official = find(WORLDS).official["tier"]
    plan.add_argument(
        "--tier", default=official, help=f"one of {', '.join(TIERS)} (default: standard)"
    )
    plan.add_argument(
        "--seeds",
        type=int,
        default=OFFICIAL_SEEDS,
        metavar="N",
        help="per domain (default: 10)",
    )
    plan.add_argument("--templates", type=int, metavar="K", help="number of domains (default: all)")
    plan.add_argument(
        "--repeats", type=int, default=1, metavar="K", help="plays of every task (default: 1)"
    )
    how = parser.add_argument_group("how scores vary")
    how.add_argument(
        "--agent",
        "--strategy",
        default="strategic",
        metavar="AGENT",
        help="the scripted agent that is played to measure it (default: strategic)",
    )
    how.add_argument(
        "--sd",
        type=float,
        metavar="X",
        help="deviation between tasks, in points; plays nothing",
    )
    how.add_argument(
        "--repeat-sd", type=float, default=0.0, metavar="X",
        help="further deviation between plays of one task, in points (default: 0)",
    )  # fmt: skip
    how.add_argument(
        "--r", type=float, default=0.5, help="correlation of two agents over tasks (default: 0.5)"
    )
    how.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_quiet(parser)


def run(args: argparse.Namespace) -> int:
    """Prints the table and returns 0."""
    _check(args)
    spread = {"sd": args.sd, "source": "as given", "icc": None, "design_effect": None}
    if args.sd is None:
        spread = _measured(args)
    if args.repeat_sd:  # The deviation of a task's mean over its repeats.
        spread["sd"] = sqrt(spread["sd"] ** 2 + args.repeat_sd**2 / args.repeats)
        spread["source"] += f", {args.repeat_sd:g} more between plays, {args.repeats} of each task"
    row = {"delta": args.delta, **spread, **_seen(args, spread["sd"])}
    print(json.dumps(to_rounded_json(row), indent=1) if args.json else _as_text(args, row))
    return 0


def _seen(args: argparse.Namespace, sd: float) -> Row:
    """The smallest difference that each plan detects, and the tasks that delta needs."""
    designs = {
        "same_tasks": stats.same_tasks(args.r),
        "other_tasks": stats.SEPARATE,
        "fixed_figure": stats.FIGURE,
    }
    templates = args.templates or len(registry.names("domains"))
    official = OFFICIAL_SEEDS * len(registry.names("domains"))
    plans = {"one_template": args.seeds, "these_settings": args.seeds * templates}
    if plans["these_settings"] in (args.seeds, official):
        del plans["these_settings"]
    if args.tier == find(WORLDS).official["tier"]:
        plans["official_protocol"] = official
    try:
        needed = {k: stats.tasks_needed(args.delta, sd, d, args.power) for k, d in designs.items()}
    except ValueError as error:
        raise BadSettings(f"--delta {args.delta:g}: {error}") from error
    return {
        "detectable": {
            plan: {"tasks": n, **{k: stats.mde(sd, n, d, args.power) for k, d in designs.items()}}
            for plan, n in plans.items()
            if n >= stats.FEWEST_TASKS
        },
        "tasks_needed": needed,
        "seeds_needed": {name: ceil(tasks / templates) for name, tasks in needed.items()},
    }


def _check(args: argparse.Namespace) -> None:
    """Raises UnknownPart or BadSettings, whose messages name the valid choices."""
    if args.tier not in TIERS:
        raise UnknownPart("tier", args.tier, TIERS)
    most = len(registry.names("domains"))
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
    if args.seeds * (args.templates or most) < stats.FEWEST_TASKS:
        raise BadSettings(
            f"{args.seeds} of --seeds and {args.templates or most} of --templates: {stats.TOO_FEW};"
            f" give at least {stats.FEWEST_TASKS} together"
        )
    if args.repeats > 1 and not args.repeat_sd:
        raise BadSettings(
            f"--repeats {args.repeats} needs --repeat-sd, the deviation between plays of one task:"
            " a scripted agent plays the same each time; measure it with runs of a model"
        )


def _measured(args: argparse.Namespace) -> dict[str, Any]:
    """How scores differ between the official tasks of the tier, which are played."""
    check_agent(args.agent, agents_of(find(WORLDS)))
    tasks = generated(WORLDS, TaskOptions(range(OFFICIAL_SEEDS), parameters={"tier": args.tier}))
    job = Evaluation(tasks=tasks, agents=(args.agent,)).job(ResultOptions(causes=False))
    played = perform(replace(job, workers=args.workers, quiet=args.quiet))
    results = [outcome.result for outcome in played if isinstance(outcome, Played)]
    sd = 100 * stats.deviation([result.score.composite for result in results])
    if sd < 1e-9:
        raise BadSettings(
            f"{args.agent} scores the same on every task, so it shows no deviation:"
            " choose another --agent, or give --sd"
        )
    tallies = [
        map(sum, zip(*result.score.question_types.values(), strict=True)) for result in results
    ]
    # By task: 1 for each right answer and 0 for each other.
    answers = [[1] * right + [0] * (asked - right) for right, asked in tallies]
    icc, sizes = stats.icc(answers), [len(task) for task in answers]
    effect = None if icc is None else stats.design_effect(sizes, icc)
    source = f"{args.agent} on {len(tasks.recipes)} tasks"
    return {"sd": sd, "source": source, "icc": icc, "design_effect": effect}


def _as_text(args: argparse.Namespace, row: Row) -> str:
    lines = fit(
        f"composite, tier {args.tier}: deviation between tasks {row['sd']:.1f} points"
        f" ({row['source']})"
    )
    if row["icc"] is not None:
        lines += fit(
            f"its questions: intraclass correlation {row['icc']:.2f} within a task,"
            f" design effect {row['design_effect']:.2f}"
        )
    heads = [name.replace("_", "\n") for name in row["tasks_needed"]]
    detectable: list[TableRow | str] = [
        (plan.replace("_", " "), [str(tasks), *(f"{points:.1f}" for points in least)])
        for plan, (tasks, *least) in ((k, v.values()) for k, v in row["detectable"].items())
    ]
    needed: list[TableRow | str] = [
        (name, [f"{n:,}" for n in row[key].values()])
        for name, key in (("tasks", "tasks_needed"), ("seeds per domain", "seeds_needed"))
    ]
    lines += ["", *table("smallest difference", ["tasks", *heads], detectable)]
    lines += ["", *table(f"to detect {args.delta:g} points", heads, needed)]
    return "\n".join([
        *lines, "",
        *fit(
            f"same tasks: two agents on the same tasks, r = {args.r:g}; other tasks: two agents,"
            " each on its own tasks; fixed figure: one agent. In points, detected with"
            f" {100 * args.power:.0f} % power by a two-sided t test at 5 %."
        ),
    ])  # fmt: skip
