"""The rules for a track: each broken one is a sentence that says where and what to do.

The track must be found by its name, because its traces name it: by an entry point, or because it
was asked for as `module:OBJECT`.
"""

import json
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.errors import MemoryGymError, UnknownPart
from memorygym.core.guard import raised
from memorygym.core.json_types import to_json
from memorygym.core.json_values import FrozenDict
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import Task
from memorygym.memories.stores.notebook import TOOLS
from memorygym.runs.comparison.sanity_checks import UPPER_BOUND
from memorygym.testing.track_rules import RULES, PlayedTask, RuleViolation

_ID = re.compile(r"(\w+-)?[0-9a-f]{16}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def check_track(
    track: Track | str,
    seeds: int = 2,
    *,
    parameters: Mapping[str, str] = FrozenDict(),
    tasks: Sequence[TaskRecipe] | None = None,
) -> list[str]:
    """Every rule that the track breaks on the tasks of the first seeds, or on these `tasks`; [] if
    none. The track is an object, or what `--track` takes without its parameters."""
    try:
        checked = find(track) if isinstance(track, str) else track
    except MemoryGymError as error:
        return [f"{track}: {error}"]
    try:
        broken = _broken(checked, seeds, parameters, tasks)
    except Exception as error:  # noqa: BLE001  # the track's own, whatever it is
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}, line {frame.lineno}"
        broken = [f"it raised {type(error).__name__}: {error} ({where})"]
    return [f"{checked.name}: {sentence}" for sentence in broken]


def _broken(
    track: Track, seeds: int, parameters: Mapping[str, str], tasks: Sequence[TaskRecipe] | None
) -> list[str]:
    """The sentences; rules that depend on a broken one are not checked."""
    if broken := [*_names(track)]:
        return broken
    options = TaskOptions(range(seeds), "", parameters)
    try:
        recipes = track.tasks(options) if tasks is None else tasks
        cases = [PlayedTask(track, recipe, recipe.generate()) for recipe in recipes]
        broken = [*_tasks(cases)]
        if tasks is None and not broken:
            broken += _private(track, replace(options, salt="check_track"), cases)
    except MemoryGymError as error:
        return [f"a task cannot be made: {error}"]
    broken = broken or [sentence for case in cases for sentence in _played(case)]
    return broken or [*_scores(cases)]


def _names(track: Track) -> Iterator[str]:
    if not _NAME.fullmatch(track.name):
        yield f"its name {track.name!r} is no id: give a-z, 0-9 and _, a letter first"
    if not re.fullmatch(rf"{re.escape(track.name)}-v\d+", track.version):
        yield f'its version is {track.version!r}: give one such as "{track.name}-v1"'
    try:
        find(registry.require_name("tracks", track.name))
    except UnknownPart:
        yield (
            "nothing finds it by its name, so its traces cannot be read: declare an entry point"
            " `memorygym.tracks`, or give check_track its module:OBJECT"
        )
    taken = {tool.name for tool in TOOLS}
    for tool in track.tools:
        if tool.name in taken:
            yield f"its tool {tool.name!r} has the name of a memory's tool: rename it"


def _tasks(cases: Sequence[PlayedTask]) -> Iterator[str]:
    if not cases:
        yield "it makes no task: let `tasks` return at least one recipe for each seed"
    broken = [f"{case.where}: {sentence}" for case in cases for sentence in _task(case)]
    yield from broken
    for case, other in combinations(() if broken else cases, 2):
        if _bytes(case.task) == _bytes(other.task):
            yield f"{case.where} and {other.where} are the same task: use the seed in named_rng(…)"
        elif case.task.id == other.task.id:
            yield (
                f"{case.where} and {other.where} have the same id, {case.task.id}: give"
                " content_id(…) all that an agent can see"
            )


def _task(case: PlayedTask) -> Iterator[str]:
    task, recipe = case.task, case.recipe
    if task.track != case.track.name:
        yield f"`Task.track` is {task.track!r}: give the track's name, {case.track.name!r}"
    if (task.recipe.get("template"), task.recipe.get("seed")) != (recipe.template, recipe.seed):
        yield "`Task.recipe` lacks its template and seed: add them; they group the results"
    if not _ID.fullmatch(task.id):
        yield f"`Task.id` is {task.id!r:.40}, no hash of its content: give core.types.content_id(…)"
    if broken := [*_gold(case)]:
        yield from broken
    elif _bytes(recipe.generate()) != _bytes(task):
        yield "generated twice, it differs: draw from named_rng(…) alone, no clock, set or hash()"


def _gold(case: PlayedTask) -> Iterator[str]:
    if case.task.gold is None:
        yield "`Task.gold` is None: give the gold table, such as core.statements.SubTaskGold"
        return
    try:
        before = _gold_json(case.task)
        again = case.track.gold(before) if case.track.gold else before
        after = _gold_json(replace(case.task, gold=again))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        yield (
            f"its gold table cannot be written to JSON and read again ({error}): mend `Task.gold`"
            " and `Track.gold`"
        )
        return
    if after != before:
        yield "its gold table is another one after JSON: mend `Task.gold` and `Track.gold`"


def _gold_json(task: Task) -> Any:
    return json.loads(json.dumps(to_json(task.gold)))


def _bytes(task: Task) -> str:
    """All of a task but its recipe."""
    gold = task.gold if task.gold is None else _gold_json(task)
    rest = [repr(task.events), repr(task.budget), task.system, gold]
    return json.dumps([rest, task.state], sort_keys=True)


def _private(track: Track, options: TaskOptions, cases: Sequence[PlayedTask]) -> Iterator[str]:
    for case, recipe in zip(cases, track.tasks(options), strict=False):
        if _bytes(recipe.generate()) == _bytes(case.task):
            yield f"{case.where}: a secret changes nothing: use `TaskOptions.salt` in named_rng(…)"
        return


def _played(case: PlayedTask) -> Iterator[str]:
    """The rules that one task breaks when it is played."""
    try:
        for rules in RULES:
            broken = [f"{case.where}: {sentence}" for sentence in rules(case)]
            yield from broken
            if broken:
                return
    except RuleViolation as broken_rule:
        yield f"{case.where}: {broken_rule}"
    except Exception as error:  # noqa: BLE001  # the track's own code, whatever it raises
        yield (
            f"{case.where}: playing or scoring it {raised(error)}. Note that no environment,"
            " reasoner or trace has the gold table before the end"
        )


def _scores(cases: Sequence[PlayedTask]) -> Iterator[str]:
    """What the reasoner must reach with each reference memory, over all tasks."""
    full, none, silent, oracle = (
        sum(case.mean(getattr(case, system)) for case in cases) / len(cases)
        for system in ("full", "none", "silent", "oracle")
    )
    if oracle < UPPER_BOUND:
        yield (
            f"with gold evidence (`oracle`) its strong reasoner scores {oracle:.1%}, less than"
            " 95 %: let `oracle` give all needed facts, or mend the reasoner"
        )
    if full < none:
        yield (
            f"its strong reasoner scores {full:.1%} with the full context and {none:.1%} with none:"
            " mend the reasoner, which the texts mislead"
        )
    if silent > full:
        yield (
            f"an agent that does nothing scores {silent:.1%}, its strong reasoner {full:.1%}:"
            " reward no silence"
        )
