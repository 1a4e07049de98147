"""Hold the reasoner fixed, change only the memory: what it adds, what it costs, where it loses."""

import argparse
import os
import sys
from difflib import get_close_matches
from pathlib import Path

from memorygym import registry
from memorygym.commands._model import add_sampling, sampling_of
from memorygym.commands._page import one_line
from memorygym.commands._recipe import (
    add_sizes,
    check_counts,
    seeds_of,
    sizes_of,
    templates_of,
)
from memorygym.errors import BadSettings, UnknownPart
from memorygym.isolation import arms
from memorygym.isolation.agreement import agreement_text
from memorygym.isolation.curves import CURVES, curve_text
from memorygym.isolation.file import curve_csv
from memorygym.isolation.gates import invalid_text
from memorygym.isolation.minds import Minds
from memorygym.isolation.pareto import by_clock, by_tokens, plot
from memorygym.isolation.performing import Findings, perform, played_gates
from memorygym.isolation.playing import Comparison
from memorygym.isolation.plugging import plug_all
from memorygym.isolation.reporting import Outcome, clock_for, curve_of, outcome_of, write_files
from memorygym.isolation.tables import Setting, report_text
from memorygym.models.model import Model
from memorygym.models.naming import find
from memorygym.models.tape import Tape
from memorygym.results.consistency import check_episodes
from memorygym.runner import Settings
from memorygym.sandbox.limits import Limits as SandboxLimits
from memorygym.worlds.dealing.tiers import TIERS

BUDGET = 1000
THREADS = 16
"""For models, unless --workers says otherwise: they wait for replies, not for this machine."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    what = parser.add_argument_group("what is compared")
    what.add_argument(
        "--memories", required=True, metavar="LIST",
        help="names with commas between, knobs after colons: bm25:top_k=5,pkg.mod:make;"
        " none, full, recency and oracle are always there",
    )  # fmt: skip
    what.add_argument(
        "--budget", "--budgets", default=str(BUDGET), metavar="N[,N]", dest="budgets",
        help=f"tokens that a memory may add to a view (default: {BUDGET})",
    )  # fmt: skip
    what.add_argument("--capacity", type=int, metavar="N", help="most tokens that it may hold")
    what.add_argument("--memory-model", metavar="MODEL", help="what memories ask, not extractive")
    fixed = parser.add_argument_group("what is held fixed")
    fixed.add_argument(
        "--reasoner", default="strong", metavar="LIST",
        help="strong, weak, or a model; of two the rankings are compared (default: strong)",
    )  # fmt: skip
    fixed.add_argument("--track", default="worlds", help="default: worlds")
    fixed.add_argument("--template", "-t", help="one world (default: all ten)")
    fixed.add_argument("--tier", default="standard", help=f"one of {', '.join(TIERS)}")
    fixed.add_argument("--seed", type=int, metavar="N", help="a single seed")
    fixed.add_argument("--seeds", type=int, metavar="N", help="seeds 0 to N-1 (default: 1)")
    fixed.add_argument("--salt", default="", help="a secret: plug-ins cannot deal the worlds again")
    add_sizes(fixed)
    how = parser.add_argument_group("how models are asked")
    how.add_argument("--api-base", metavar="URL", help="the endpoint (default: OPENAI_BASE_URL)")
    add_sampling(how)
    how.add_argument("--replay", type=Path, metavar="FILE", help="recorded replies instead")
    _add_out(parser.add_argument_group("what comes out"))


def _add_out(out: argparse._ArgumentGroup) -> None:
    out.add_argument(
        "--output", "-o", type=Path, metavar="DIR",
        help="keep traces, JSON and CSV there; the same command goes on after a stop",
    )  # fmt: skip
    out.add_argument("--pareto", action="store_true", help="draw accuracy against cost")
    out.add_argument(
        "--curve", choices=tuple(CURVES), action="append", default=[],
        help="accuracy by tokens between telling and need, or by n-th rewrite",
    )  # fmt: skip
    out.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    out.add_argument("--quiet", "-q", action="store_true", help="no progress line")


def comparison_of(args: argparse.Namespace) -> Comparison:
    """What the options ask for. Raises UnknownPart, BadSettings or BadKey."""
    check_counts(args, "seeds", "workers", "capacity")
    registry.known("tracks", args.track)
    names, sizes, seeds = templates_of(args), sizes_of(args), seeds_of(args, 1)
    specs = [spec.strip() for spec in args.memories.split(",") if spec.strip()]
    check_episodes(len(names), seeds.stop - seeds.start, 1, len(specs) + len(arms.REFERENCES))
    worlds = [Settings(name, seed, args.tier, sizes, args.salt) for name in names for seed in seeds]
    limits = [arms.Limits(view, args.capacity) for view in _budgets(args, worlds[0])]
    return Comparison(worlds, plug_all(specs, SandboxLimits()), limits, minds_of(args))


def _budgets(args: argparse.Namespace, world: Settings) -> list[int]:
    """The budgets, each once, smallest first."""
    try:
        budgets = sorted({int(text) for text in args.budgets.split(",")})
    except ValueError:
        raise BadSettings(f"--budget {args.budgets}: give whole numbers, commas between") from None
    least: int = registry.load("tracks", args.track, "least_view")(world.deal())
    if budgets[0] < least:
        raise BadSettings(
            f"a budget of {budgets[0]} holds no fact of this track; the least that holds one is"
            f" {least} tokens"
        )
    return budgets


def minds_of(args: argparse.Namespace) -> Minds:
    """Who reasons, and who writes for memories. Raises UnknownPart, BadSettings or BadKey."""
    scripted = tuple(registry.load("tracks", args.track, "REASONERS"))
    named = tuple(dict.fromkeys(name.strip() for name in args.reasoner.split(",")))
    tape = Tape(args.replay, record=False) if args.replay else None

    def model(name: str) -> Model:
        if near := get_close_matches(name, scripted, 1, 0.7):
            raise UnknownPart("reasoner", name, near)
        return find(name, args.api_base, tape, **sampling_of(args))

    models = {name: model(name) for name in named if name not in scripted}
    writer = args.memory_model
    writing = model(writer) if writer and writer != "extractive" else None
    return Minds(named, models, writing)


def run(args: argparse.Namespace) -> int:
    """Plays and reports; the exit code of design §11."""
    comparison = comparison_of(args)
    played = played_gates(comparison)
    if not all(gate.holds for gate in played):
        print(invalid_text(played))
        return 1
    default = THREADS if comparison.minds.waits else os.cpu_count() or 1
    found = perform(comparison, args.output, args.workers or default, quiet=args.quiet)
    outcome = outcome_of(found, played)
    print(_text(args, found, outcome) if outcome.valid else invalid_text(outcome.gates))
    for failed in found.failed:
        print(one_line(f"{failed.episode}: {failed.error}"), file=sys.stderr)
    if args.output:
        drawn = {
            f"{kind}.csv": curve_csv((r, curve_of(found, r, kind)) for r in outcome.reports)
            for kind in args.curve
            if outcome.valid
        }
        write_files(args.output, found, outcome, drawn)
    if any(failed.kind == "provider" for failed in found.failed):
        return 3
    return 1 if found.failed or not outcome.valid else 0


def _text(args: argparse.Namespace, found: Findings, outcome: Outcome) -> str:
    """The tables of every reasoner and budget, what was asked for beside them, the agreement."""
    setting = Setting(args.track, args.tier, str(found.about["contract"]), args.capacity)
    parts = []
    for report in outcome.reports:
        clock = clock_for(found, report)
        parts.append(report_text(report, setting, clock))
        if args.pareto:
            parts.append(plot(by_tokens(report), "tokens a task"))
            if clock:
                parts.append(plot(by_clock(report, clock), "ms a step"))
        parts += [curve_text(curve_of(found, report, kind), kind) for kind in args.curve]
    return "\n\n".join([*parts, *map(agreement_text, outcome.agreements)])
