"""A whole comparison: checks the set-up, plays every arm on every task, keeps and measures them."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from memorygym import __version__
from memorygym.contract import code_of, contract, digest
from memorygym.core import JSON
from memorygym.errors import MemoryFault
from memorygym.isolation import canaries
from memorygym.isolation.gates import Gate
from memorygym.isolation.measures import Measured
from memorygym.isolation.playing import Comparison, Failed, play_all
from memorygym.isolation.timing import clocked
from memorygym.journal import playing
from memorygym.models import extractive
from memorygym.models.tape import Tape
from memorygym.progress import watched
from memorygym.runner import check_names

WRITING = ("memorygym.models.extractive", "memorygym.models.writing")
"""What memories ask by default, and how they ask any other model."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison found."""

    about: Mapping[str, JSON]
    """Contract, version and recipe, as run.json holds them."""
    reasoners: tuple[str, ...]
    budgets: tuple[int, ...]
    measured: Sequence[Measured]
    failed: Sequence[Failed]
    clocked: Mapping[tuple[str, str, int | None], Sequence[float]]
    """By reasoner, arm and budget: milliseconds of the memory in each step, of a kept run."""

    def under(self, reasoner: str, budget: int | None) -> "Findings":
        """What was found with that reasoner, at that budget or without one."""

        def of(whose: str, view: int | None) -> bool:
            return whose == reasoner and view in (None, budget)

        return replace(
            self,
            measured=[one for one in self.measured if of(one.reasoner, one.budget)],
            failed=[one for one in self.failed if of(one.reasoner, one.budget)],
            clocked={key: ms for key, ms in self.clocked.items() if of(key[0], key[2])},
        )


def about(comparison: Comparison) -> dict[str, JSON]:
    """What must agree for two comparisons to be one; a salt only as its hash."""
    return {
        "contract": contract(comparison.tasks.track),
        "version": __version__,
        "recipe": {
            "compares": digest(code_of(__name__, *WRITING)),
            **comparison.tasks.recipe,
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
    task, writer = comparison.tasks.dealt[0].deal(), extractive.write
    whole = canaries.returns(comparison.memories["full"].make, task, writer)
    gates = [Gate("full shows again what it was told", whole, "" if whole else "a word is missing")]
    for spec, plugged in comparison.memories.items():
        if spec == "oracle":
            continue  # The track makes it, from the task alone.
        try:
            mixed = canaries.mixes(plugged.make, task, writer)
        except MemoryFault:
            continue  # Its episodes will fail, and are reported as its failures.
        told = "one showed a word of the other" if mixed else ""
        gates.append(Gate(f"two episodes of {spec} stay apart", not mixed, told))
    return gates


def perform(comparison: Comparison, folder: Path | None, workers: int, *, quiet: bool) -> Findings:
    """Plays whatever is not kept yet. Raises BadKey, and BadSettings for a folder of another."""
    told, minds = about(comparison), comparison.minds
    if folder:
        check_names(folder, comparison.episodes())
    with playing(folder, told) as run, ExitStack() as stack:
        if minds.asks:
            # Kept or not: what a memory asks is asked again for what it holds, to the same reply.
            kept = run.path if run else Path(stack.enter_context(TemporaryDirectory()))
            tape = stack.enter_context(closing(Tape(kept / "replies.jsonl", record=True)))
            minds = minds.recorded(tape)
        played = replace(comparison, run=run, minds=minds)
        groups = play_all(played, workers)
        outcomes = list(watched(groups, len(played.tasks.dealt), quiet=quiet))
        times = clocked(run) if run else {}
    measured = [one for one in outcomes if isinstance(one, Measured)]
    failed = [one for one in outcomes if isinstance(one, Failed)]
    budgets = tuple(limits.view for limits in comparison.limits)
    return Findings(told, comparison.minds.reasoners, budgets, measured, failed, times)
