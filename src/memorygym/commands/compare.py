"""Hold the reasoner fixed, change only the memory: what it adds, what it costs, where it loses."""

import argparse
import os
from difflib import get_close_matches
from pathlib import Path

from memorygym import registry
from memorygym.commands._model import add_sampling, sampling_of
from memorygym.commands._recipe import (
    add_sizes,
    check_counts,
    seeds_of,
    sizes_of,
    templates_of,
)
from memorygym.errors import BadSettings, UnknownPart
from memorygym.isolation import arms
from memorygym.isolation.minds import Minds
from memorygym.isolation.playing import Comparison
from memorygym.isolation.plugging import plug_all
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
        "--curve", choices=("retention", "rewrite"), action="append", default=[],
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
    from memorygym.isolation.performing import perform

    comparison = comparison_of(args)
    default = THREADS if comparison.minds.waits else os.cpu_count() or 1
    found = perform(comparison, args.output, args.workers or default, quiet=args.quiet)
    for r in comparison.minds.reasoners:
        for l in comparison.limits:
            print(r, l.view)
            for name in dict.fromkeys(m.arm for m in found.measured):
                rows = [
                    m
                    for m in found.measured
                    if m.arm == name and m.reasoner == r and m.budget in (None, l.view)
                ]
                c = [c for m in rows for c in m.cases]
                if c:
                    print(
                        f"{name:40} {100 * sum(x.correct for x in c) / len(c):5.1f} surv {100 * sum(x.present for x in c) / sum(x.needs for x in c):5.1f} stale {100 * sum(x.stale for x in c) / max(1, sum(x.replaced for x in c)):5.1f} tok {sum(x.tokens for x in c) / len(c):7.0f}",
                        [(m.ingest.calls, m.ingest.tokens) for m in rows][:1],
                    )
    print(found.failed[:3])
    return 0
