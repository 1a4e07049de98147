"""Plays agents or a model on the worlds track, prints the axes and, with --validate, the self-test."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from memorygym import registry
from memorygym.core import JSON
from memorygym.errors import BadSettings, MemoryGymError, ProviderFailure, UnknownPart
from memorygym.invariants import Invariant, inspect, validate
from memorygym.progress import Progress
from memorygym.runner import Plan, Result, Settings, contract, play_all
from memorygym.scoring import WEIGHTS, estimate
from memorygym.tables import agents_table, axis_estimate, by_agent, causes_table, invariants_table, questions_text
from memorygym.worlds.dealing.tiers import TIERS, Sizes

OFFICIAL = {"tier": "standard", "seeds": 10}
SCHEMA = "memorygym-results-1"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_argument_group("who plays")
    who.add_argument("--strategy", nargs="+", metavar="AGENT", help="scripted agents (default: all)")
    who.add_argument("--model", help="a model behind an OpenAI-compatible endpoint")
    who.add_argument("--api-base", help="its address (default: OPENAI_BASE_URL)")
    who.add_argument("--backend", default="markdown", help="memory (default: markdown)")
    what = parser.add_argument_group("what is played")
    what.add_argument("--template", "-t", help="one world (default: all ten)")
    what.add_argument("--tier", default="standard", help=f"one of {', '.join(TIERS)}")
    what.add_argument("--seed", type=int, help="a single seed")
    what.add_argument("--seeds", type=int, default=10, help="seeds 0 to N-1 (default: 10)")
    for name in ("entities", "tokens", "writes", "questions", "corrections"):
        what.add_argument(f"--{name}", type=int, metavar="N", help=f"instead of the tier's {name}")
    what.add_argument("--salt", default="", help="a secret that deals a sealed set")
    what.add_argument("--official", action="store_true", help="standard tier, seeds 0-9, all worlds")
    out = parser.add_argument_group("what comes out")
    out.add_argument("--validate", action="store_true", help="check every invariant; exit 1 if one fails")
    out.add_argument("--run", metavar="DIR", help="keep traces, results and timings there")
    out.add_argument("--output", "-o", metavar="FILE.json", help="write results as JSON")
    out.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    out.add_argument("--verbose", "-v", action="store_true", help="show every question")
    out.add_argument("--quiet", "-q", action="store_true", help="print only what fails")


def settings_of(args: argparse.Namespace) -> list[Settings]:
    """Every world that the options name. Raises UnknownPart or BadSettings."""
    tier = OFFICIAL["tier"] if args.official else args.tier
    seeds = range(10) if args.official else range(args.seeds)
    if args.seed is not None:
        seeds = range(args.seed, args.seed + 1)
    if not seeds or seeds[0] < 0:
        raise BadSettings(f"seeds {args.seed if args.seed is not None else args.seeds}: give at least one, from 0")
    names = registry.names("worlds")
    registry.load("memory", args.backend)
    if tier not in TIERS:
        raise UnknownPart("tier", str(tier), TIERS)
    if args.template:
        registry.load("worlds", args.template, "WORLD")
        names = [args.template]
    sizes = Sizes(args.entities, args.writes, args.questions, args.corrections, args.tokens)
    return [
        Settings(name, seed, str(tier), sizes, args.salt, args.backend) for name in names for seed in seeds
    ]


def agents_of(args: argparse.Namespace) -> tuple[str, ...]:
    """The scripted agents that the options name, each checked to exist."""
    agents = tuple(args.strategy or registry.names("agents"))
    for agent in agents:
        registry.load("agents", agent)
    if args.validate and args.strategy:
        raise BadSettings("--validate plays every agent; leave --strategy out")
    return agents


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code of design §11."""
    tasks = settings_of(args)
    tasks[0].deal()
    if args.model:
        return _run_model(args, tasks)
    plan = Plan(agents_of(args), traced=args.verbose or bool(args.run), inspect=inspect if args.validate else None)
    results = list(_watched(play_all(tasks, plan, args.workers), len(tasks), quiet=args.quiet))
    rows = validate(tasks, results, len({task.seed for task in tasks})) if args.validate else []
    return report(args, tasks, results, rows)


def _run_model(args: argparse.Namespace, tasks: Sequence[Settings]) -> int:
    from memorygym.endpoint import play_model

    results = list(_watched(play_model(args.model, args.api_base, tasks), len(tasks), quiet=args.quiet))
    return report(args, tasks, results, [])


def _watched(groups: Iterable[list[Result]], total: int, *, quiet: bool) -> Iterator[Result]:
    progress = Progress(total, quiet=quiet)
    for group in groups:
        progress.step()
        yield from group
    progress.close()


def report(
    args: argparse.Namespace, tasks: Sequence[Settings], results: Sequence[Result], rows: Sequence[Invariant]
) -> int:
    """Prints tables, writes files, and tells by the exit code whether all held."""
    if args.verbose:
        for result in results:
            if result.trace:
                print(f"\n== {result.agent} on {result.template}, seed {result.seed}")
                print(questions_text(result.trace))
    if not args.quiet:
        print(f"contract {contract()}, tier {tasks[0].tier}, memory {tasks[0].memory}\n")
        print(agents_table(results))
        if args.verbose:
            print("\n" + causes_table(results))
    failed = [row for row in rows if not row.holds]
    if rows and (failed or not args.quiet):
        print("\n" + invariants_table(failed if args.quiet else rows))
    if args.output:
        text = json.dumps(as_json(tasks, results, rows), indent=1, sort_keys=True)
        Path(args.output).write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


def as_json(
    tasks: Sequence[Settings], results: Sequence[Result], rows: Sequence[Invariant]
) -> dict[str, JSON]:
    """The results file."""
    summary: dict[str, JSON] = {}
    for agent, group in by_agent(results).items():
        axes: dict[str, JSON] = {}
        for axis in WEIGHTS:
            found = axis_estimate(group, axis)
            axes[axis] = None if found is None else _interval(found.mean, found.low, found.high)
        whole = estimate([r.score.composite for r in group])
        summary[agent] = {"composite": _interval(whole.mean, whole.low, whole.high), **axes}
    return {
        "schema": SCHEMA,
        "contract": contract(),
        "tier": tasks[0].tier,
        "memory": tasks[0].memory,
        "salted": bool(tasks[0].salt),
        "seeds": sorted({task.seed for task in tasks}),
        "templates": sorted({task.template for task in tasks}),
        "summary": summary,
        "episodes": [result.to_json() for result in results],
        "invariants": [row.to_json() for row in rows],
    }


def _interval(mean: float, low: float, high: float) -> dict[str, JSON]:
    """A single world has no interval: null, since JSON has no infinity."""
    if high == float("inf"):
        return {"mean": round(mean, 6), "low": None, "high": None}
    return {"mean": round(mean, 6), "low": round(low, 6), "high": round(high, 6)}


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m memorygym.bench`."""
    parser = argparse.ArgumentParser(prog="python -m memorygym.bench", description=__doc__)
    add(parser)
    try:
        return run(parser.parse_args(argv))
    except ProviderFailure as error:
        print(f"memorygym: {error}", file=sys.stderr)
        return 3
    except MemoryGymError as error:
        print(f"memorygym: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
