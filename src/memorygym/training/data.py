"""Data for supervised fine-tuning: scripted agents play tasks, and what happened is kept.

Every tool result is one that the memory or the environment gave, every budget was enforced, and no
message rests on what was shown later. The tasks are those of the split `train`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.files import is_standard_output, write_atomically
from memorygym.core.json_values import FrozenDict
from memorygym.core.track import TaskRecipe, Track, find
from memorygym.core.types import Tool
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, ResultOptions
from memorygym.runs.executors import over_processes, watched
from memorygym.runs.settings import split_names
from memorygym.runs.systems import AgentSystem
from memorygym.runs.tasks import Limits, seeds_of, track_of
from memorygym.training.rollouts import rollout
from memorygym.training.rows import FORMATS, Trajectory, trajectory
from memorygym.training.settings import DataSettings
from memorygym.training.tasks import recipes

SPLIT = "train"
SEEDS = 10
"""Seeds of a data set or a profile, by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataOptions:
    """What is played, by whom, and how it is written."""

    track: str = "worlds"
    parameters: Mapping[str, str] = field(default_factory=FrozenDict)
    """Parameters of the track: template, tier, sizes."""
    seeds: range = range(10)
    agents: tuple[str, ...] = ()
    """Scripted agents; none means the track's best one."""
    memory: str = "markdown"
    limits: Limits = field(default_factory=Limits)
    format: str = "openai"
    """One of FORMATS."""
    segments: bool = False
    """Whether each context is a row of its own; else each episode is one row."""
    min_score: float = 0.0
    """The lowest score of an episode that is kept, from 0 to 1."""


def options_of(settings: DataSettings) -> DataOptions:
    """What these settings ask for. Raises UnknownPart or BadSettings."""
    lowest = settings.min_score or 0
    if not 0 <= lowest <= 100:
        raise settings.bad("min_score", "a score lies between 0 and 100", f"{lowest:g}")
    track, parameters = track_of(settings)
    return DataOptions(
        track=track.name,
        parameters=parameters,
        seeds=seeds_of(settings, SEEDS),
        agents=tuple(split_names(settings.agent or "")),
        memory=settings.memory,
        limits=Limits(capacity=settings.capacity),
        format=settings.format,
        segments=settings.segments,
        min_score=lowest / 100,
    )


@dataclass(frozen=True, slots=True)
class DataSummary:
    """What a data set holds."""

    options: DataOptions
    """With the agents that played."""
    kept: Sequence[Trajectory]
    left_out: Sequence[Trajectory]
    """The episodes below the lowest score."""
    failures: Sequence[Failure]


def make_data(
    options: DataOptions, path: Path, *, force: bool = False, workers: int = 1, quiet: bool = True
) -> DataSummary:
    """Plays the tasks and writes the file of rows, whole or not at all.

    Raises UnknownPart or BadSettings; BadSettings also for a file that exists, unless `force`.
    """
    if options.format not in FORMATS:
        raise UnknownPart("format", options.format, FORMATS)
    check_free(path, force=force)
    check_memory(options.memory)
    options = replace(options, agents=agents_to_imitate(find(options.track), options.agents))
    tasks = recipes(options.track, SPLIT, options.seeds, **options.parameters)
    groups = over_processes(partial(_trajectories, options), tasks, workers)
    played: list[Trajectory | Failure] = []
    write_atomically(path, _lines(options, watched(groups, len(tasks), quiet=quiet), played))
    trajectories = [each for each in played if isinstance(each, Trajectory)]
    return DataSummary(
        options,
        [each for each in trajectories if each.score >= options.min_score],
        [each for each in trajectories if each.score < options.min_score],
        [each for each in played if isinstance(each, Failure)],
    )


def check_free(path: Path, *, force: bool) -> None:
    """Raises BadSettings if no file can be written here, or one exists and may not be replaced."""
    if path.is_dir() or not path.parent.is_dir():
        problem = "that is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise BadSettings(f"{path}: {problem}; give the path of a file")
    if path.is_file() and not is_standard_output(path) and not force:
        raise BadSettings(f"{path} exists; give another path, or --force to replace it")


def default_agent(track: Track) -> str:
    """The track's best scripted agent that decides from what it is shown, as a learner must.

    Raises BadSettings if the track has none.
    """
    own = agents_of(track)
    names = (track.references.get("best scripted", ""), *own)
    honest = (name for name in names if name in own and not knows_answers(track, name))
    if name := next(honest, None):
        return name
    raise BadSettings(
        f"every scripted agent of the track {track.name} knows the answers, so a learner cannot"
        " imitate it; give --agent pkg.mod:OBJECT"
    )


def knows_answers(track: Track, agent: str) -> bool:
    """Whether an agent of the track may read the right answers, or plays without budgets."""
    own = agents_of(track)
    if agent not in own:
        return False
    noting = track.reasoners_see_gold and not track.agents and agent in track.reasoners
    return noting or own[agent].kind == "truth" or own[agent].unbounded


def agents_to_imitate(track: Track, names: Sequence[str]) -> tuple[str, ...]:
    """The agents of these names, each once; by default the best. Raises UnknownPart, or BadSettings
    for an agent that shows what no learner can know."""
    for name in names:
        check_agent(name, agents_of(track))
        if knows_answers(track, name):
            raise BadSettings(
                f"the agent {name} knows the answers or plays without budgets, so a learner cannot"
                f" imitate it; give another one, such as {default_agent(track)}"
            )
    return tuple(dict.fromkeys(names)) or (default_agent(track),)


def _trajectories(options: DataOptions, recipe: TaskRecipe) -> list[Trajectory | Failure]:
    """Every agent's trajectory of a task; tools may differ from task to task."""
    players = tuple(AgentSystem(name, options.memory, options.limits) for name in options.agents)
    runner = Runner(options.track, players, None, ResultOptions(causes=False, traced=True))
    played: list[Trajectory | Failure] = []
    tools: Sequence[Tool] = ()
    for outcome in runner.play_unit((recipe, 0)):
        if isinstance(outcome, Failure):
            played.append(outcome)
            continue
        assert outcome.trace
        tools = tools or players[0].begin(recipe.generate(), []).tools
        whole = rollout(outcome.trace, outcome.result.score.composite)
        played.append(trajectory(whole, tools, options.format, SPLIT, segments=options.segments))
    return played


def _lines(
    options: DataOptions,
    outcomes: Iterable[Trajectory | Failure],
    played: list[Trajectory | Failure],
) -> Iterator[bytes]:
    """The rows that are kept; `played` receives all outcomes without their rows. Raises BadSettings
    if no row is kept."""
    best = -1.0
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            played.append(outcome)
            continue
        played.append(replace(outcome, lines=()))
        best = max(best, outcome.score)
        if outcome.score >= options.min_score:
            yield from (f"{line}\n".encode() for line in outcome.lines)
    if best >= options.min_score:
        return
    if best >= 0:
        asked = f"{100 * options.min_score:g} points: the best had {100 * best:.1f}"
        raise BadSettings(f"no episode reached {asked}; nothing was written")
    error = next(each.error for each in played if isinstance(each, Failure))
    raise BadSettings(f"every episode failed: {error}; nothing was written")
