"""What `import memorygym` offers: `evaluate` and `compare` play as the commands of these names do.

A memory, an agent or a model may be named as on the command line, or passed as an object; objects
run in this process and are marked `trusted`.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from os import W_OK, access
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, overload
from weakref import finalize

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.models.model import Model
from memorygym.reports.exports import write_exports
from memorygym.reports.results import Results
from memorygym.reports.survival import SurvivalReport, check_folder
from memorygym.reports.survival import perform as replay
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import invalid_text, played_checks
from memorygym.runs.comparison.survival import survival_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.jobs import comparison_of, evaluation_of
from memorygym.runs.objects import (
    GivenMemory,
    GivenObject,
    check_distinct,
    check_readable,
    given_agent,
    given_memory,
    given_model,
    sendable,
)
from memorygym.runs.results import load, perform
from memorygym.runs.settings import (
    OFFLINE,
    BenchSettings,
    CompareSettings,
    TaskSettings,
    check_argument,
    listed,
    split_names,
)


def evaluate(
    agent: object = None,
    *,
    model: str | Model | None = None,
    memory: object = "markdown",
    **options: Any,
) -> Results:
    """Plays agents, or one model, on a track, as `memorygym bench` does.

    `agent` is a name, a class, a function that makes one, an object, or a list of these (default:
    all of the track). `options` are those of `BenchSettings` in memorygym.runs.settings. Raises
    MemoryGymError with what is wrong.
    """
    agents, objects = _agents(agent)
    if model is not None and not isinstance(model, str):
        objects.append(given_model(model))
    if not isinstance(memory, str):
        objects.append(given_memory(memory))
    held = memory.strip() if isinstance(memory, str) else objects[-1].name
    names = agents or []
    check_distinct([*names, held] if held not in registry.names("memory") else names)
    named = model if isinstance(model, str) else None
    settings = BenchSettings.from_keywords(
        "evaluate", options, agent=agents, model=named, memory=held
    )
    with ExitStack() as stack:
        return _performed(evaluation_of(settings, stack, objects), settings, objects)


@overload
def compare(memories: object, **options: Any) -> Results: ...
@overload
def compare(
    memories: object = None, *, trajectories: str | Path | Sequence[str | Path], **options: Any
) -> SurvivalReport: ...
def compare(
    memories: object = None,
    *,
    trajectories: str | Path | Sequence[str | Path] | None = None,
    **options: Any,
) -> Results | SurvivalReport:
    """Holds the reasoner fixed and changes the memory, as `memorygym compare` does.

    `memories` is a list of names, classes, functions that make one, and objects, or a mapping from
    names to these. With `trajectories`, files or folders of your agents' logs are replayed past the
    memories (default: all that ship) instead. `options` are those of `CompareSettings` in
    memorygym.runs.settings. Raises MemoryGymError with what is wrong.
    """
    if trajectories is not None:
        return _replayed(memories, trajectories, options)
    named, objects = _memories(memories)
    settings = CompareSettings.from_keywords("compare", options, memory=named)
    with ExitStack() as stack:
        planned = comparison_of(settings, stack, objects)
        return _performed(planned, settings, [*objects, *planned.models])


def _performed(
    source: Evaluation | Comparison, settings: TaskSettings, objects: Sequence[GivenObject]
) -> Results:
    """Plays a run and keeps it. Raises BadSettings for a folder that cannot be written into or that
    holds a run whose objects cannot be compared with these, or if a sanity check fails."""
    folder = RunFolder(settings.output)
    check_readable(objects, folder.path)
    checks = played_checks(source) if isinstance(source, Comparison) else []
    if not all(check.holds for check in checks):
        raise BadSettings(invalid_text(checks))
    workers = _workers(settings, objects, waits=source.model_roles.waits)
    run = perform(source, folder.path, workers, checks=checks, quiet=settings.quiet)
    write_exports(folder.path, run)
    if not run.valid:
        first = f"; the first failure: {run.failures[0].error}" if run.failures else ""
        raise BadSettings(run.invalid_text + first)
    return Results([run], folder)


def _replayed(
    memories: object, trajectories: str | Path | Sequence[str | Path], options: Mapping[str, Any]
) -> SurvivalReport:
    """The report of recorded logs."""
    for path in (paths := listed(trajectories)):
        check_argument("trajectories", path, str | Path)
    named, objects = ([], []) if memories is None else _memories(memories)
    settings = CompareSettings.from_keywords(
        "compare(trajectories=…)", options, memory=named, trajectories=[*map(Path, paths)]
    )
    output = Path(settings.output) if settings.output else None
    with ExitStack() as stack:
        job = survival_of(settings, stack, objects)
        check_folder(output)
        writer = settings.memory_model or OFFLINE
        name = writer if isinstance(writer, str) else type(writer).__name__
        workers = _workers(settings, objects, waits=job.model_roles.waits)
        report = replay(job, settings.trajectories, name, workers, quiet=settings.quiet)
    if output:
        report.write(output)
    return report


evaluate.__signature__ = BenchSettings.signature(evaluate)  # type: ignore[attr-defined]
compare.__signature__ = CompareSettings.signature(compare)  # type: ignore[attr-defined]


class RunFolder:
    """The folder of a run: the given one, or a temporary one that is deleted with this object."""

    def __init__(self, path: str | Path | None) -> None:
        self.path = Path(path or mkdtemp(prefix="memorygym-"))
        if not path:
            finalize(self, rmtree, self.path, ignore_errors=True)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            problem = "" if access(self.path, W_OK) else "it cannot be written into"
        except OSError as error:
            problem = str(error.strerror)
        if problem:
            raise BadSettings(f"output={str(path)!r}: {problem}; give another folder")


def _workers(settings: TaskSettings, objects: Sequence[GivenObject], *, waits: bool) -> int:
    """The number of workers; 1 if an object cannot be sent to other processes."""
    return settings.workers_of(waits=waits) if waits or sendable(objects) else 1


def load_results(*folders: str | Path) -> Results:
    """Loads finished runs from the folders of `output=`, `bench -o` or `compare -o`.

    Several runs must be of one kind and one benchmark version, else BadSettings is raised.
    """
    if len(folders) < 2:
        return Results([load(folder) for folder in folders])
    return Results([load(folder, name) for folder, name in _named(folders).items()])


def _named(folders: Sequence[str | Path]) -> dict[str | Path, str]:
    """The names of runs beside each other. Raises BadSettings for the same run twice."""
    for folder in folders:
        check_argument("load_results", folder, str | Path)
    places = [Path(folder).resolve() for folder in folders]
    for place, folder in zip(places, folders, strict=True):
        if places.count(place) > 1:
            raise BadSettings(f"{folder} is given twice; give every run once")
    names = [place.name for place in places]
    distinct = len({*names}) == len(names)
    return {
        folder: name if distinct else str(folder)
        for folder, name in zip(folders, names, strict=True)
    }


def _memories(memories: object) -> tuple[list[str], list[GivenMemory]]:
    """Splits the memories into specs and objects."""
    if isinstance(memories, Mapping):
        pairs = [(str(name), memory) for name, memory in memories.items()]
    else:
        pairs = [("", memory) for memory in listed(memories)]
    named, objects = [], []
    for name, memory in pairs:
        if not isinstance(memory, str):
            objects.append(given_memory(memory, name))
        elif name not in ("", memory):
            raise BadSettings(f"{name!r}: {memory!r} keeps its own name; only objects are named")
        else:
            named += split_names(memory)
    if not (named or objects):
        raise BadSettings(f"memories={memories!r}: name at least one, as in compare(['bm25'])")
    check_distinct([*named, *(part.name for part in objects)])
    return named, objects


def _agents(agent: object) -> tuple[list[str] | None, list[GivenObject]]:
    """The names of all agents, None for those of the track, and those passed as objects."""
    if agent is None:
        return None, []
    if not (chosen := split_names(agent)):
        raise BadSettings(f"agent={agent!r}: name at least one, as in evaluate('naive')")
    objects: list[GivenObject] = [given_agent(who) for who in chosen if not isinstance(who, str)]
    passed = iter(objects)
    return [who if isinstance(who, str) else next(passed).name for who in chosen], objects
