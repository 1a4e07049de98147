"""A whole comparison: checks the set-up, plays every arm on every task, keeps and measures them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from memorygym.core import JSON
from memorygym.errors import MemoryFault
from memorygym.isolation import canaries
from memorygym.isolation.gates import Gate
from memorygym.isolation.playing import Comparison
from memorygym.isolation.timing import clocked
from memorygym.models import extractive
from memorygym.runs.engine import perform as play
from memorygym.runs.folder import Run
from memorygym.runs.measures import Measured
from memorygym.runs.results import Failure, Result


@dataclass(frozen=True, slots=True)
class Findings:
    """What a comparison found."""

    about: Mapping[str, JSON]
    """Contract, version and recipe, as run.json holds them."""
    reasoners: tuple[str, ...]
    budgets: tuple[int, ...]
    outcomes: Sequence[Result | Failure]
    """Of all episodes, in the order of the tasks."""
    clocked: Mapping[tuple[str, str, int | None], Sequence[float]]
    """By reasoner, arm and budget: milliseconds of the memory in each step, of a kept run."""

    @property
    def measured(self) -> list[Measured]:
        """What the episodes that ended tell."""
        ended = [one for one in self.outcomes if isinstance(one, Result)]
        return [one.measured for one in ended if one.measured]

    @property
    def failed(self) -> list[Failure]:
        """The episodes without a score."""
        return [one for one in self.outcomes if isinstance(one, Failure)]

    def under(self, reasoner: str, budget: int | None) -> "Findings":
        """What was found with that reasoner, at that budget or without one."""

        def of(whose: str, view: int | None) -> bool:
            return whose == reasoner and view in (None, budget)

        return replace(
            self,
            outcomes=[one for one in self.outcomes if of(one.place.agent, one.place.budget)],
            clocked={key: ms for key, ms in self.clocked.items() if of(key[0], key[2])},
        )


def played_gates(comparison: Comparison) -> list[Gate]:
    """The gates that take episodes of their own: a canary returns, and episodes stay apart."""
    # What memories ask does not matter here, and no model is to be asked beside the record.
    task, writer = comparison.tasks.recipes[0].deal(), extractive.write
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
    job = replace(comparison.job(), folder=folder, workers=workers, quiet=quiet)
    return findings(comparison, job.about(), play(job), folder)


def findings(
    comparison: Comparison,
    about: Mapping[str, JSON],
    outcomes: Sequence[Result | Failure],
    folder: Path | None,
) -> Findings:
    """What the episodes of a comparison come to."""
    return Findings(
        about=about,
        reasoners=comparison.reasoners,
        budgets=tuple(limits.view for limits in comparison.limits),
        outcomes=outcomes,
        clocked=clocked(Run(folder)) if folder else {},
    )
