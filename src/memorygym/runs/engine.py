"""Plays every seat of a run on every task; an episode that ended is kept, and never played again.

Clocks live here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import product
from operator import call
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from memorygym import __version__
from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.core.trace import Trace
from memorygym.core.track import TaskRecipe, gold_table
from memorygym.core.types import JSON, Task
from memorygym.models.reply_log import ReplyLog
from memorygym.runs.episode_result import (
    EpisodeKey,
    Failure,
    Kind,
    Result,
    ResultOptions,
    place_of,
    result_of,
)
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.store import Run, append_episode, playing
from memorygym.runs.systems import SystemPlayer
from memorygym.runs.tasks import Tasks
from memorygym.runs.version import version_hash

Keep = Callable[[], None]
LONGEST_NAME = 220
"""Characters of an episode's name; file systems take 255, its endings included."""
Unit = tuple[TaskRecipe, int]
"""A task and the number of its repeat: what one worker plays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is played, by whom, and where it is kept."""

    tasks: Tasks
    players: Callable[[ModelRoles], Sequence[SystemPlayer]]
    """Who plays, asking these models."""
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    repeats: int = 1
    recipe: Mapping[str, JSON] = field(default_factory=dict)
    """What must agree for two runs to be one, beside the tasks."""
    folder: Path | None = None
    """Of the run; one that was stopped goes on."""
    wanted: ResultOptions = field(default_factory=ResultOptions)
    workers: int = 1
    quiet: bool = True

    @property
    def units(self) -> list[Unit]:
        """Tasks and repeats, in the order of the results."""
        return list(product(self.tasks.recipes, range(self.repeats)))

    def about(self) -> dict[str, JSON]:
        """What run.json holds, but for how it was started; a salt only as its hash."""
        recipe = {**self.tasks.recipe, "repeats": self.repeats, **self.recipe}
        told: dict[str, JSON] = {
            "version_hash": version_hash(self.tasks.track),
            "version": __version__,
        }
        return {**told, "recipe": {**recipe, **self.model_roles.recipe()}}

    def episodes(self) -> Iterator[EpisodeKey]:
        """All of them, in the order of the results."""
        players = self.players(self.model_roles)
        for (recipe, repeat), player in product(self.units, players):
            yield place_of(self.tasks.track, recipe, repeat, player.system)


def perform(job: Job) -> list[Result | Failure]:
    """Plays whatever is not kept yet, in the order of the results.

    Raises BadKey at once, and BadSettings for a folder of another run.
    """
    if job.folder:
        _check_names(job.folder, job.episodes())
    with playing(job.folder, job.about()) as run, ExitStack() as stack:
        model_roles = job.model_roles
        if model_roles.asks:
            # Kept or not: what a memory asks is asked again for what it holds, to the same reply.
            kept = run.path if run else Path(stack.enter_context(TemporaryDirectory()))
            reply_log = ReplyLog(kept / "replies.jsonl", record=True)
            model_roles = model_roles.recorded(stack.enter_context(closing(reply_log)))
        runner = Runner(job.tasks.track, tuple(job.players(model_roles)), run, job.wanted)
        return list(watched(runner.play(job.units, job.workers), len(job.units), quiet=job.quiet))


def _check_names(folder: Path, episodes: Iterator[EpisodeKey]) -> None:
    """Raises BadSettings if an episode's name is too long for a file of the folder."""
    longest = max((place.episode for place in episodes), key=len, default="")
    if len(longest) > LONGEST_NAME:
        raise BadSettings(
            f"{folder}: the name of an episode is too long for files of {LONGEST_NAME} characters:"
            f" {longest[:60]}…"
        )


@dataclass(frozen=True, slots=True)
class Runner:
    """The seats of a run, and the folder that keeps what they play."""

    track: str
    players: tuple[SystemPlayer, ...]
    run: Run | None = None
    wanted: ResultOptions = field(default_factory=ResultOptions)

    def play(self, units: Sequence[Unit], workers: int) -> Iterator[list[Result | Failure]]:
        """Every seat on every task, in the order of the tasks."""
        over = over_threads if any(player.waits for player in self.players) else over_processes
        yield from over(self.play_unit, units, workers)

    def play_unit(self, unit: Unit) -> list[Result | Failure]:
        """Every seat on one task, which is made and parsed once.

        Somebody else's memory can read files, and a trace holds the answers: where one plays, all
        traces of a task are written when its last seat has ended.
        """
        recipe, late = unit[0], list[Keep]()
        made = cache(recipe.generate)
        foreign = any(player.foreign for player in self.players)
        keep = late.append if foreign else call
        found = [self._outcome(unit, player, made, keep) for player in self.players]
        for write in late:
            write()
        return found

    def _outcome(
        self,
        unit: Unit,
        player: SystemPlayer,
        made: Callable[[], Task],
        keep: Callable[[Keep], None],
    ) -> Result | Failure:
        """The result of an episode, which is played unless the run has kept it."""
        place = place_of(self.track, *unit, player.system)
        if trace := self._kept(place, player):
            return result_of(place, trace, self.wanted)
        steps, start = list[float](), perf_counter()
        try:
            trace = player.play(made(), place.repeat, steps)
        except BadKey:
            raise
        except (ProviderFailure, MemoryFault) as error:
            kind: Kind = "provider" if isinstance(error, ProviderFailure) else "memory"
            return Failure(place, kind, str(error))
        if self.run:
            clocked: dict[str, JSON] = {"memory_ms": steps} if steps else {}
            seconds = perf_counter() - start
            keep(partial(append_episode, self.run, place.episode, trace, seconds, **clocked))
        return result_of(place, trace, self.wanted)

    def _kept(self, place: EpisodeKey, player: SystemPlayer) -> Trace | None:
        """The trace of an episode, if the run has kept it, whatever the name of its file."""
        trace = self.run.trace(place.episode) if self.run else None
        if trace is None:
            return None
        labels = player.system.labels(self.track, place.repeat)
        same = {label: trace.labels.get(label) for label in labels} == labels
        made = trace.recipe.get("template"), trace.recipe.get("seed")
        if not same or made != (place.template, place.seed):
            return None
        trace.gold = gold_table(trace)  # All that looks into the table would read it again.
        return trace
