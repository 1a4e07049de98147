"""The engine: it plays every system of a run on every task, and keeps each episode that ended.

An episode that is kept is never played again. The clocks are here.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import KW_ONLY, dataclass, field
from functools import cache, partial
from itertools import product
from operator import call
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from memorygym import __version__
from memorygym.core import registry
from memorygym.core.errors import BadKey, BadSettings, MemoryFault, ProviderFailure
from memorygym.core.guard import raised
from memorygym.core.json_types import parts_of
from memorygym.core.json_values import canonical
from memorygym.core.text import replace_surrogates
from memorygym.core.trace import Trace
from memorygym.core.track import Invariant, TaskRecipe, find, gold_table, version_of
from memorygym.core.types import JSON, Task
from memorygym.models.reply_log import ReplyLog
from memorygym.runs.episode_result import (
    EpisodeKey,
    Failure,
    Kind,
    Played,
    Result,
    ResultOptions,
    place_of,
    played_result,
)
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import source_hash
from memorygym.runs.store import Run, open_run
from memorygym.runs.systems import AgentFault, System, SystemPlayer
from memorygym.runs.tasks import Tasks, check_episodes

LONGEST_NAME = 220
"""Characters of an episode's name; file systems take 255, its endings included."""
Unit = tuple[TaskRecipe, int]
"""A task and the number of its repeat, which one worker plays."""


@dataclass(frozen=True, slots=True)
class Job(ABC):
    """The tasks of a run, and the systems that play them: an evaluation or a comparison."""

    tasks: Tasks
    _: KW_ONLY
    model_roles: ModelRoles = field(default_factory=ModelRoles)

    @property
    def repeats(self) -> int:
        """How often every task is played."""
        return 1

    @abstractmethod
    def players(self, model_roles: ModelRoles) -> Sequence[SystemPlayer]:
        """The systems, which ask these models."""

    @abstractmethod
    def recipe(self) -> Mapping[str, JSON]:
        """What must agree, beside the tasks and models, for a run to be resumed."""

    @abstractmethod
    def options(self, wanted: ResultOptions) -> ResultOptions:
        """What every result holds, given what is wanted of it."""

    def beside(self, ended: Sequence[Played]) -> tuple[Sequence[Invariant], Sequence[Result]]:
        """What is measured beside its episodes: invariants, and episodes of references."""
        return (), ()

    @property
    def units(self) -> list[Unit]:
        """Tasks and repeats, in the order of the results."""
        return list(product(self.tasks.recipes, range(self.repeats)))

    def about(self) -> dict[str, JSON]:
        """What run.json holds, but for how the run was started; a secret only as its hash."""
        recipe = {**self.tasks.recipe, "repeats": self.repeats, **self.recipe()}
        about: dict[str, JSON] = {
            "version": version_of(self.tasks.track),
            "package": __version__,
            "source": source_hash(),
            "tasks": self.tasks.description,
        }
        if surroundings := find(self.tasks.track).surroundings():
            about["surroundings"] = surroundings
        return {**about, "recipe": {**recipe, **self.model_roles.recipe()}}

    def episodes(self) -> Iterator[EpisodeKey]:
        """All episodes, in the order of the results."""
        players = self.players(self.model_roles)
        for (recipe, repeat), player in product(self.units, players):
            yield place_of(self.tasks.track, recipe, repeat, player.system)


def perform(
    job: Job,
    wanted: ResultOptions,
    folder: Path | None = None,
    workers: int = 1,
    *,
    quiet: bool = True,
) -> list[Played | Failure]:
    """Plays every episode that the folder does not keep yet; returns all, in the order of the
    results.

    Raises BadKey at once, and BadSettings for the folder of another run.
    """
    wanted = job.options(wanted)
    check_episodes(len(job.tasks.recipes), job.repeats, len(job.players(job.model_roles)))
    _check_once(job.tasks)
    if folder:
        _check_names(folder, job.episodes())
    with ExitStack() as stack:
        run = stack.enter_context(open_run(folder, job.about())) if folder else None
        model_roles = job.model_roles
        if model_roles.asks:
            # A replay log is needed even without a folder: a memory may ask the same thing twice.
            kept = run.path if run else Path(stack.enter_context(TemporaryDirectory()))
            reply_log = ReplyLog(kept / "replies.jsonl", record=True)
            model_roles = model_roles.recorded(stack.enter_context(closing(reply_log)))
        runner = Runner(job.tasks.track, tuple(job.players(model_roles)), run, wanted)
        over = over_threads if any(player.waits for player in runner.players) else over_processes
        groups = over(runner.play_unit, job.units, workers)
        return list(watched(groups, len(job.units), quiet=quiet))


def _check_once(tasks: Tasks) -> None:
    """Raises BadSettings if a task is named twice: its episodes would have the same names."""
    counts = Counter((recipe.template, recipe.seed) for recipe in tasks.recipes)
    (template, seed), times = counts.most_common(1)[0]
    if times > 1:
        raise BadSettings(
            f"the task {template}, seed {seed}, is named {times} times: name each template and task"
            " once"
        )


def _check_names(folder: Path, episodes: Iterator[EpisodeKey]) -> None:
    """Raises BadSettings if an episode's name is too long for a file of the folder."""
    longest = max((place.episode for place in episodes), key=len, default="")
    if len(longest) > LONGEST_NAME:
        raise BadSettings(
            f"{folder}: the name of episode {longest[:60]}… has {len(longest)} characters, and a"
            f" file's may have {LONGEST_NAME}; give the memory or the agent a shorter name"
        )


def _failure(place: EpisodeKey, system: System, error: BaseException) -> Failure:
    """An episode that failed; the words of another's code may hold what no file can."""
    kind: Kind = "memory"
    text = f"memory {system.spec} {raised(error)}." if isinstance(error, SystemExit) else str(error)
    if isinstance(error, ProviderFailure | AgentFault):
        kind = "provider" if isinstance(error, ProviderFailure) else "agent"
    elif system.passed:
        text += f" memorygym.check_memory({system.passed}) lists every broken rule."
    elif not registry.is_built_in("memory", registry.split_spec(system.spec)[0]):
        text += f" memorygym.testing.check_memory({system.spec!r}) lists every broken rule."
    return Failure(place, kind, replace_surrogates(text))


@dataclass(frozen=True, slots=True)
class Runner:
    """The systems of a run, and the folder that keeps their episodes."""

    track: str
    players: tuple[SystemPlayer, ...]
    run: Run | None = None
    wanted: ResultOptions = field(default_factory=ResultOptions)

    def play_unit(self, unit: Unit) -> list[Played | Failure]:
        """Plays every system on one task, which is generated once.

        A memory from outside this package can read files, and a trace holds the answers. If one
        plays, the traces of a task are written only when its last system has ended.
        """
        generate, late = cache(unit[0].generate), list[Callable[[], None]]()
        gold = cache(lambda: canonical(generate().gold, parts_of))
        keep = late.append if any(player.system.foreign for player in self.players) else call
        outcomes = [self._outcome(unit, player, generate, gold, keep) for player in self.players]
        for write in late:
            write()
        return outcomes

    def _outcome(
        self,
        unit: Unit,
        player: SystemPlayer,
        generate: Callable[[], Task],
        gold: Callable[[], str],
        keep: Callable[[Callable[[], None]], object],
    ) -> Played | Failure:
        """The result of an episode, which is played unless the run keeps it already."""
        system = player.system
        place = place_of(self.track, *unit, system)
        if trace := self._kept(place, system):
            return played_result(place, trace, self.wanted)
        steps, start = list[float](), perf_counter()
        try:
            trace = player.play(generate(), place.repeat, steps)
        except BadKey:
            raise
        except (ProviderFailure, AgentFault, MemoryFault, SystemExit) as error:
            # A memory that exits must not end the caller's process.
            return _failure(place, system, error)
        if self.run:
            clocked: dict[str, JSON] = {"memory_ms": steps} if steps else {}
            seconds = perf_counter() - start
            keep(partial(self.run.keep, place.episode, trace, seconds, gold(), **clocked))
        return played_result(place, trace, self.wanted)

    def _kept(self, place: EpisodeKey, system: System) -> Trace | None:
        """The trace of an episode that the run keeps, if its labels and task agree."""
        trace = self.run.trace(place.episode) if self.run else None
        if trace is None:
            return None
        labels = system.labels(self.track, place.repeat)
        same = {label: trace.labels.get(label) for label in labels} == labels
        task = trace.recipe.get("template"), trace.recipe.get("seed")
        if not same or task != (place.template, place.seed):
            return None
        trace.gold = gold_table(trace)  # Parsed once here, for all that read it.
        return trace
