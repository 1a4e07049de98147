"""What `import memorygym` offers: `evaluate` and `compare` play as the commands of these names do.

A memory, an agent or a model may be named as on the command line, or passed as an object; objects
run in this process and are marked `trusted`.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Unpack, cast, overload

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import Track, find
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.models.model import Model
from memorygym.reports.api_options import (
    AskedOptions,
    CompareOptions,
    EvaluateOptions,
    TrajectoryOptions,
    check_distinct,
    listed,
    split_names,
)
from memorygym.reports.argument_types import check_argument
from memorygym.reports.exports import write_exports
from memorygym.reports.results import Results
from memorygym.reports.survival import SurvivalReport, check_folder
from memorygym.reports.survival import perform as replay
from memorygym.runs.comparison.memory_specs import check_view, plug_all, plug_given
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.sanity_checks import invalid_text, played_checks
from memorygym.runs.comparison.survival import SurvivalJob, memories_of
from memorygym.runs.comparison.system_specs import REFERENCES, ComparisonLimits
from memorygym.runs.evaluation import OFFICIAL_SEEDS, Evaluation
from memorygym.runs.model_roles import OFFLINE, asked_reasoners, check_slip
from memorygym.runs.objects import Given, GivenMemory, given_agent, given_memory
from memorygym.runs.results import RunResults, load, perform
from memorygym.runs.tasks import Limits, check_episodes

BUDGET = 1_000
"""Tokens of context, unless `budgets` says otherwise."""


def evaluate(
    agent: object = None,
    *,
    model: str | Model | None = None,
    memory: object = "markdown",
    **options: Unpack[EvaluateOptions],
) -> Results:
    """Plays agents, or one model, on a track, as `memorygym bench` does.

    `agent` is a name, a class, a function that makes one, an object, or a list of these (default:
    all of the track). Raises MemoryGymError with what is wrong.
    """
    asked = AskedOptions("evaluate", options, EvaluateOptions)
    if model is not None and agent is not None:
        raise BadSettings("evaluate: agent and model are both given; a model plays alone")
    tasks = asked.tasks(OFFICIAL_SEEDS)
    agents, objects = _agents(find(tasks.track), agent)
    if isinstance(memory, str):
        memory = memory.strip()
        check_memory(memory)
        held = memory
    else:
        objects.append(own := given_memory(memory))
        held = own.name
    check_distinct([*agents, held] if held not in registry.names("memory") else agents)
    repeats = asked.count("repeats") or 1
    if repeats > 1 and model is None:
        raise BadSettings(
            f"repeats={repeats}: a scripted agent plays a task alike every time; repeats are for a"
            " model"
        )
    with ExitStack() as stack:
        models = asked.model_roles([] if model is None else [model], None, stack)
        objects += models.objects
        planned = Evaluation(
            tasks=tasks,
            agents=tuple(models.roles.models) or agents,
            memory=held,
            limits=Limits(*(asked.count(name) for name in Limits.__slots__)),
            model_roles=models.roles,
            repeats=repeats,
            objects=objects,
        )
        check_episodes(len(tasks.recipes), repeats, len(planned.agents))
        folder, workers = asked.folder(objects), asked.workers(objects, waits=models.roles.waits)
        run = perform(planned, folder.path, workers, quiet=asked.quiet)
        write_exports(folder.path, run)
    return Results([run], folder)


@overload
def compare(memories: object, **options: Unpack[CompareOptions]) -> Results: ...
@overload
def compare(
    memories: object = None,
    *,
    trajectories: str | Path | Sequence[str | Path],
    **options: Unpack[TrajectoryOptions],
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
    memories (default: all that ship) instead. Raises MemoryGymError with what is wrong.
    """
    if trajectories is not None:
        return _replayed(memories, trajectories, cast(TrajectoryOptions, options))
    asked = AskedOptions("compare", options, CompareOptions)
    named, objects = _memories(memories)
    tasks = asked.tasks()
    check_episodes(len(tasks.recipes), 1, len(named) + len(objects) + len(REFERENCES))
    budgets = asked.counts("budgets") or [BUDGET]
    check_view(find(tasks.track), tasks.recipes[0].generate(), budgets[0])
    with ExitStack() as stack:
        reasoners = split_names(asked.get("reasoner", "strong"))
        if not reasoners:
            raise BadSettings("reasoner names none: give one, as in reasoner='strong'")
        named_models = asked_reasoners(
            tasks.track, [who for who in reasoners if isinstance(who, str)]
        )
        models = [who for who in reasoners if who in named_models or not isinstance(who, str)]
        chosen = asked.model_roles(models, _writer(asked.get("memory_model", None)), stack)
        of_objects = iter(part.name for part in chosen.objects)
        names = tuple(who if isinstance(who, str) else next(of_objects) for who in reasoners)
        plugged = plug_all(named) | {part.name: plug_given(part) for part in objects}
        limits = [ComparisonLimits(view, asked.count("capacity")) for view in budgets]
        planned = Comparison(tasks, plugged, limits, names, chosen.roles, chosen.objects)
        folder = asked.folder([*objects, *chosen.objects])
        run = _compare(planned, asked, objects, folder.path)
    return Results([run], folder)


def _replayed(
    memories: object,
    trajectories: str | Path | Sequence[str | Path],
    options: TrajectoryOptions,
) -> SurvivalReport:
    """The report of recorded logs."""
    asked = AskedOptions("compare(trajectories=…)", options, TrajectoryOptions)
    paths = listed(trajectories)
    for path in paths:
        check_argument("trajectories", path, str | Path)
    named, objects = ([], []) if memories is None else _memories(memories)
    output = asked.get("output", None)
    check_folder(output and Path(output))
    with ExitStack() as stack:
        model = _writer(asked.get("memory_model", None))
        chosen = asked.model_roles([], model, stack)
        limits = [
            ComparisonLimits(view, asked.count("capacity"))
            for view in asked.counts("budgets") or [BUDGET]
        ]
        job = SurvivalJob(
            memories_of(named, objects), limits, chosen.roles, bool(asked.get("redact", True))
        )
        name = model if isinstance(model, str) else type(model).__name__ if model else OFFLINE
        workers = asked.workers(objects, waits=chosen.roles.waits)
        report = replay(job, [Path(path) for path in paths], name, workers, quiet=asked.quiet)
    if output:
        report.write(Path(output))
    return report


def _compare(
    planned: Comparison, asked: "AskedOptions", objects: Sequence[Given], folder: Path
) -> RunResults:
    """Plays the comparison and writes its files. Raises BadSettings if its set-up is invalid."""
    checks = played_checks(planned)
    if not all(check.holds for check in checks):
        raise BadSettings(invalid_text(checks))
    workers = asked.workers(objects, waits=planned.model_roles.waits)
    run = perform(planned, folder, workers, checks=checks, quiet=asked.quiet)
    write_exports(folder, run)
    if not run.valid:
        first = f"; the first failure: {run.failures[0].error}" if run.failures else ""
        raise BadSettings(run.invalid_text + first)
    return run


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


def _writer(model: object) -> object:
    """The model that memories call, if it is not the offline one."""
    if isinstance(model, str) and model != OFFLINE:
        check_slip("memory model", model, [OFFLINE])
    return None if model == OFFLINE else model


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


def _agents(track: Track, agent: object) -> tuple[tuple[str, ...], list[Given]]:
    """The names of all agents, and the agents that were passed as objects."""
    own, names, objects = agents_of(track), list[str](), list[Given]()
    chosen = [*own] if agent is None else split_names(agent)
    if not chosen:
        raise BadSettings(f"agent={agent!r}: name at least one, as in evaluate('naive')")
    for who in chosen:
        if isinstance(who, str):
            check_agent(who, own)
            names.append(who)
        else:
            objects.append(part := given_agent(who))
            names.append(part.name)
            if part.name in own:
                raise BadSettings(f"an agent of the track is named {part.name!r}; rename yours")
    return tuple(dict.fromkeys(names)), objects
