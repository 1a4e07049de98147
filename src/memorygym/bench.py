"""A whole evaluation: plays every episode of a job, keeps them, and sums up what they found."""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from memorygym import __version__
from memorygym.contract import contract
from memorygym.core import JSON
from memorygym.invariants import Invariant, inspect, validate
from memorygym.journal import finish, playing
from memorygym.models.tape import Tape
from memorygym.players import Player, play_model
from memorygym.progress import watched
from memorygym.results.file import Document, document, write_results
from memorygym.results.summary import ROLES, Summary, summaries
from memorygym.runner import Failure, Plan, Result, check_names, play_all
from memorygym.settings import LIMITS, Settings, recipe_of

OFFICIAL_TIER, OFFICIAL_SEEDS = "standard", 10


@dataclass(frozen=True, slots=True)
class Job:
    """What is played, by whom, and where it is kept."""

    tasks: Sequence[Settings]
    """Worlds and repeats, in the order of the results."""
    who: tuple[str, ...] | Player
    """Scripted agents, or a model."""
    folder: Path | None = None
    """Of the run; one that was stopped goes on."""
    validate: bool = False
    traced: bool = False
    workers: int = 1
    quiet: bool = True

    @property
    def player(self) -> Player | None:
        """The model, if one plays."""
        return self.who if isinstance(self.who, Player) else None

    @property
    def agents(self) -> tuple[str, ...]:
        """Who plays, by name."""
        return (self.who.name,) if isinstance(self.who, Player) else self.who

    def about(self) -> dict[str, JSON]:
        """What must agree for two runs to be one; a salt only as its hash."""
        first, player = self.tasks[0], self.player
        return {
            "contract": contract(),
            "version": __version__,
            "recipe": {
                **recipe_of(self.tasks),
                "memory": first.memory,
                "agents": list(self.agents),
                **{name: getattr(first, name) for name in LIMITS},
                "repeats": max(task.repeat for task in self.tasks) + 1,
                "model": player.describe() if player else None,
                "judge": player.judge.describe() if player and player.judge else None,
            },
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """What a job found."""

    job: Job
    results: Sequence[Result]
    failures: Sequence[Failure]
    summaries: Sequence[Summary]
    """One an agent, best composite first."""
    references: Mapping[str, Summary]
    """By role: scripted agents on the same worlds, beside a model."""
    invariants: Sequence[Invariant]
    document: Document
    """The results file."""


def perform(job: Job) -> Findings:
    """Plays, keeps and sums up. Raises BadKey at once, and BadSettings for a folder of another."""
    if job.folder:
        check_names(job.folder, (task.episode(who) for task in job.tasks for who in job.agents))
    with playing(job.folder, job.about()) as run:
        plan = Plan(
            job.agents, traced=job.traced, inspect=inspect if job.validate else None, run=run,
        )  # fmt: skip
        outcomes = list(watched(_outcomes(job, plan), len(job.tasks), quiet=job.quiet))
        found = _findings(job, outcomes)
        if run:
            finish(run, [outcome.to_json() for outcome in outcomes])
            write_results(run.path / "results.json", found.document)
    return found


def _outcomes(job: Job, plan: Plan) -> Iterator[list[Result | Failure]]:
    """Of one task after another."""
    if (player := job.player) is None:
        yield from play_all(job.tasks, plan, job.workers)
        return
    with ExitStack() as stack:
        if plan.run and not player.replays:
            tape = Tape(plan.run.path / "replies.jsonl", record=True)
            player = player.recorded(stack.enter_context(closing(tape)))
        for outcome in play_model(job.tasks, player, plan, job.workers):
            yield [outcome]


def _findings(job: Job, outcomes: Sequence[Result | Failure]) -> Findings:
    results = [outcome for outcome in outcomes if isinstance(outcome, Result)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    seeds = len({task.seed for task in job.tasks})
    rows = validate(job.tasks, results, seeds) if job.validate else []
    beside = references(job) if job.player and results else {}
    planned = len(job.tasks) * len(job.agents)
    found = document(job.about(), planned, outcomes, beside, rows)
    return Findings(job, results, failures, summaries(found["episodes"]), beside, rows, found)


def references(job: Job) -> dict[str, Summary]:
    """Floor, ceiling and best scripted agent on the worlds of a job."""
    worlds = list(dict.fromkeys(replace(task, repeat=0) for task in job.tasks))
    plan = Plan(tuple(ROLES.values()), attributed=False)
    played = [r for group in play_all(worlds, plan, os.cpu_count() or 1) for r in group]
    found = {
        one.agent: one for one in summaries(r.to_json() for r in played if isinstance(r, Result))
    }
    return {role: found[agent] for role, agent in ROLES.items() if agent in found}


if __name__ == "__main__":
    from memorygym.cli import main  # the command `bench` under its older name

    sys.exit(main(["bench", *sys.argv[1:]]))
