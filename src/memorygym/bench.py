"""Plays agents or a model on the worlds track; with --validate, the self-test as well."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from memorygym import __version__, journal, registry
from memorygym.agents.chat import Chat
from memorygym.core import JSON
from memorygym.errors import BadSettings, UnknownPart
from memorygym.invariants import Invariant, inspect, validate
from memorygym.models import openai
from memorygym.progress import Progress
from memorygym.runner import Failure, Plan, Result, Settings, contract, play_all, play_model
from memorygym.scoring import WEIGHTS, estimate
from memorygym.tables import (
    agents_table,
    axis_estimate,
    by_agent,
    causes_table,
    invariants_table,
    questions_text,
)
from memorygym.worlds.dealing.tiers import TIERS, Sizes

OFFICIAL_TIER, OFFICIAL_SEEDS = "standard", 10
SCHEMA = "memorygym-results-1"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_argument_group("who plays")
    who.add_argument(
        "--strategy", nargs="+", metavar="AGENT", help="scripted agents (default: all)"
    )
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
    what.add_argument(
        "--official", action="store_true", help="standard tier, seeds 0-9, all worlds"
    )
    out = parser.add_argument_group("what comes out")
    out.add_argument(
        "--validate", action="store_true", help="check every invariant; exit 1 if one fails"
    )
    out.add_argument("--run", metavar="DIR", help="keep traces, results and timings there")
    out.add_argument("--output", "-o", metavar="FILE.json", help="write results as JSON")
    out.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    out.add_argument("--verbose", "-v", action="store_true", help="show every question")
    out.add_argument("--quiet", "-q", action="store_true", help="print only what fails")


def settings_of(args: argparse.Namespace) -> list[Settings]:
    """Every world that the options name. Raises UnknownPart or BadSettings."""
    tier, seeds = args.tier, range(args.seeds)
    if args.official:
        tier, seeds = OFFICIAL_TIER, range(OFFICIAL_SEEDS)
        fixed = ("seed", "template", *Sizes.__slots__)
        chosen = [name for name in fixed if getattr(args, name) is not None]
        if chosen or args.tier != tier:
            raise BadSettings(
                f"--official is the {tier} tier, seeds 0-9, all worlds;"
                f" leave --{(chosen or ['tier'])[0]} out"
            )
    if args.seed is not None:
        seeds = range(args.seed, args.seed + 1)
    if not seeds or seeds[0] < 0:
        raise BadSettings(
            f"seeds {args.seed if args.seed is not None else args.seeds}: give at least one, from 0"
        )
    names = registry.names("worlds")
    registry.load("memory", args.backend)
    if tier not in TIERS:
        raise UnknownPart("tier", str(tier), TIERS)
    if args.template:
        registry.load("worlds", args.template, "WORLD")
        names = [args.template]
    sizes = Sizes(args.entities, args.writes, args.questions, args.corrections, args.tokens)
    return [
        Settings(name, seed, str(tier), sizes, args.salt, args.backend)
        for name in names
        for seed in seeds
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
    if args.workers < 1:
        raise BadSettings(f"{args.workers} workers: give at least 1")
    tasks = settings_of(args)
    tasks[0].deal()
    kept = journal.open_run(Path(args.run), about(args, tasks)) if args.run else None
    watch = Watch(len(tasks), kept, quiet=args.quiet)
    traced = args.verbose or kept is not None
    if args.model:
        return _run_model(args, tasks, watch, Plan((), traced=traced))
    agents = agents_of(args)
    plan = Plan(agents, traced=traced, inspect=inspect if args.validate else None)
    groups = play_all(tasks, plan, args.workers)
    results = [result for group in groups for result in watch.saw(group)]
    watch.close(results)
    rows = validate(tasks, results, len({task.seed for task in tasks})) if args.validate else []
    return report(args, tasks, results, rows)


def _run_model(
    args: argparse.Namespace, tasks: Sequence[Settings], watch: "Watch", plan: Plan
) -> int:
    """A model; what its provider failed is told on the first line and is exit code 3."""
    if args.validate or args.strategy:
        raise BadSettings("--model plays a model alone; leave --validate and --strategy out")
    model = openai.make(args.model, args.api_base)
    results: list[Result] = []
    failures: list[Failure] = []
    for outcome in play_model(tasks, args.model, lambda: Chat(model), plan, args.workers):
        if isinstance(outcome, Failure):
            failures.append(outcome)
            watch.saw([])
        else:
            results += watch.saw([outcome])
    watch.close(results)
    print(f"{len(failures)} of {len(tasks)} episodes failed at the provider and are not scored")
    for failure in failures:
        print(f"{failure.template} seed {failure.seed}: {failure.error}", file=sys.stderr)
    if results:
        report(args, tasks, results, [])
    return 3 if failures else 0


class Watch:
    """Shows progress and keeps every episode of a run as it ends."""

    def __init__(self, total: int, kept: journal.Run | None, *, quiet: bool) -> None:
        self._progress = Progress(total, quiet=quiet)
        self._run = kept

    def saw(self, results: list[Result]) -> list[Result]:
        """One task is done."""
        self._progress.step()
        for result in results:
            if self._run and result.trace:
                name = journal.episode_name(result.template, result.seed, result.agent)
                journal.append_episode(self._run, name, result.trace, result.seconds)
        return results

    def close(self, results: Sequence[Result]) -> None:
        """All tasks are done."""
        self._progress.close()
        if self._run:
            journal.finish(self._run, [result.to_json() for result in results])


def about(args: argparse.Namespace, tasks: Sequence[Settings]) -> dict[str, JSON]:
    """What `run.json` says; a salt only as its hash."""
    sizes = {name: getattr(args, name) for name in Sizes.__slots__}
    salt = sha256(args.salt.encode()).hexdigest() if args.salt else None
    return {
        "contract": contract(),
        "version": __version__,
        "recipe": {
            "templates": sorted({task.template for task in tasks}),
            "seeds": sorted({task.seed for task in tasks}),
            "tier": tasks[0].tier,
            "memory": tasks[0].memory,
            "agents": [args.model] if args.model else list(agents_of(args)),
            "sizes": sizes,
            "salt": salt,
        },
    }


def report(
    args: argparse.Namespace,
    tasks: Sequence[Settings],
    results: Sequence[Result],
    rows: Sequence[Invariant],
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
        "sizes": {name: getattr(tasks[0].sizes, name) for name in Sizes.__slots__},
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


if __name__ == "__main__":
    from memorygym.cli import main  # the command `bench` under its older name

    sys.exit(main(["bench", *sys.argv[1:]]))
