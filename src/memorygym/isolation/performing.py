"""A whole comparison: checks the set-up, plays every arm on every task, keeps and measures them."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from memorygym import __version__
from memorygym.contract import contract, digest
from memorygym.core import JSON
from memorygym.errors import MemoryFault
from memorygym.isolation import canaries
from memorygym.isolation.gates import Gate
from memorygym.isolation.measures import Measured
from memorygym.isolation.playing import Comparison, Failed, play_all
from memorygym.journal import Run, open_run
from memorygym.models import extractive
from memorygym.models.tape import Tape
from memorygym.progress import Progress
from memorygym.runner import salt_hash
from memorygym.worlds.dealing.tiers import Sizes


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison found."""

    about: Mapping[str, JSON]
    """Contract, version and recipe, as run.json holds them."""
    reasoners: tuple[str, ...]
    budgets: tuple[int, ...]
    measured: Sequence[Measured]
    failed: Sequence[Failed]
    clocked: Mapping[tuple[str, str, str], Sequence[float]]
    """By reasoner, arm and budget: milliseconds of the memory in each step, of a kept run."""

    def under(self, reasoner: str, budget: int) -> list[Measured]:
        """What was measured with that reasoner, at that budget or without one."""
        return [
            one
            for one in self.measured
            if one.reasoner == reasoner and one.budget in (None, budget)
        ]


def about(comparison: Comparison) -> dict[str, JSON]:
    """What must agree for two comparisons to be one; a salt only as its hash."""
    worlds, sizes = comparison.worlds, comparison.worlds[0].sizes
    return {
        "contract": contract(),
        "version": __version__,
        "recipe": {
            "compares": digest("isolation"),
            "track": "worlds",
            "templates": sorted({world.template for world in worlds}),
            "seeds": sorted({world.seed for world in worlds}),
            "tier": worlds[0].tier,
            "sizes": {name: getattr(sizes, name) for name in Sizes.__slots__},
            "salt": salt_hash(worlds[0].salt),
            "memories": {spec: plugged.source for spec, plugged in comparison.memories.items()},
            "budgets": [limits.view for limits in comparison.limits],
            "capacity": comparison.limits[0].capacity,
            "reasoners": list(comparison.minds.reasoners),
            "models": comparison.minds.describe(),
        },
    }


def played_gates(comparison: Comparison) -> list[Gate]:
    """The gates that take episodes of their own: a canary returns, and episodes stay apart."""
    # What memories ask does not matter here, and no model is to be asked beside the record.
    task, writer = comparison.worlds[0].deal(), extractive.write
    gates = [
        Gate(
            "an ingested canary is in full's view",
            canaries.returns(comparison.memories["full"].make, task, writer),
            "",
        )
    ]
    for spec, plugged in comparison.memories.items():
        try:
            mixed = canaries.mixes(plugged.make, task, writer)
        except MemoryFault:
            continue  # Its episodes will fail, and are reported as its failures.
        gates.append(Gate(f"episodes of {spec} do not see each other", not mixed, ""))
    return gates


def perform(comparison: Comparison, folder: Path | None, workers: int, *, quiet: bool) -> Findings:
    """Plays whatever is not kept yet. Raises BadKey, and BadSettings for a folder of another."""
    told = about(comparison)
    with _folder(folder, told) as run, ExitStack() as stack:
        minds = comparison.minds
        if run and minds.waits:
            tape = stack.enter_context(closing(Tape(run.path / "replies.jsonl", record=True)))
            minds = minds.recorded(tape)
        played = replace(comparison, run=run, minds=minds)
        outcomes = list(_watched(played, workers, quiet=quiet))
        clocked = _clocked(run) if run else {}
    measured = [one for one in outcomes if isinstance(one, Measured)]
    failed = [one for one in outcomes if isinstance(one, Failed)]
    budgets = tuple(limits.view for limits in comparison.limits)
    return Findings(told, comparison.minds.reasoners, budgets, measured, failed, clocked)


@contextmanager
def _folder(folder: Path | None, told: Mapping[str, JSON]) -> Iterator[Run | None]:
    if folder is None:
        yield None
        return
    with open_run(folder, told) as run:
        try:
            yield run
        except KeyboardInterrupt:
            kept = f"{len(run.kept)} episodes are kept in {run.path}"
            print(f"\nstopped; {kept}; the same command goes on", file=sys.stderr)
            raise


def _watched(comparison: Comparison, workers: int, *, quiet: bool) -> Iterator[Measured | Failed]:
    progress = Progress(len(comparison.worlds), quiet=quiet)
    try:
        for group in play_all(comparison, workers):
            progress.step()
            yield from group
    finally:
        progress.close()


def _clocked(run: Run) -> dict[tuple[str, str, str], list[float]]:
    """Milliseconds of memories, by step, from the journal's clocks."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for name, steps in _rows(run.path / "timings.jsonl").items():
        _, _, reasoner, arm, budget = (unquote(part) for part in name.split("+"))
        found.setdefault((reasoner, arm, budget), []).extend(steps)
    return found


def _rows(path: Path) -> dict[str, list[float]]:
    """By episode, the last row of each: one that was stopped may have been played twice."""
    found: dict[str, list[float]] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        with suppress(ValueError):  # The last line of a run that was killed may be cut.
            row = json.loads(line)
            found[row["episode"]] = row["memory_ms"]
    return found
