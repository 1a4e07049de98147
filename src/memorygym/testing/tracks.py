"""What a track must keep to: each rule that it breaks is a sentence that says where and what to do.

The track must be found by its name, as its traces name it: by an entry point, or asked for as
`module:OBJECT`.
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
from memorygym.core.json_values import FrozenDict
from memorygym.core.track import TaskOptions, TaskRecipe, Track, find
from memorygym.core.types import Gold, Task
from memorygym.memories.stores.notebook import TOOLS
from memorygym.runs.comparison.sanity_checks import CEILING
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
    none. The track is one, or what `--track` takes without parameters."""
    try:
        made = find(track) if isinstance(track, str) else track
    except MemoryGymError as error:
        return [f"{track}: {error}"]
    try:
        broken = _broken(made, seeds, parameters, tasks)
    except Exception as error:  # noqa: BLE001  # A track of somebody else may raise anything.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}, line {frame.lineno}"
        broken = [f"it raised {type(error).__name__}: {error} ({where})"]
    return [f"{made.name}: {found}" for found in broken]


def _broken(
    track: Track, seeds: int, parameters: Mapping[str, str], tasks: Sequence[TaskRecipe] | None
) -> list[str]:
    """The sentences; what rests on a broken rule is not looked at."""
    if broken := [*_names(track)]:
        return broken
    options = TaskOptions(range(seeds), "", parameters)
    try:
        recipes = track.tasks(options) if tasks is None else tasks
        cases = [PlayedTask(track, recipe, recipe.generate()) for recipe in recipes]
        broken = [*_made(cases)]
        if tasks is None and not broken:
            broken += _salted(track, replace(options, salt="check_track"), cases)
    except MemoryGymError as error:
        return [f"a task of it cannot be made: {error}"]
    broken = broken or [found for case in cases for found in _of(case)]
    return broken or [*_scores(cases)]


def _names(track: Track) -> Iterator[str]:
    if not _NAME.fullmatch(track.name):
        yield "its name is no id: give small letters, digits and _, beginning with a letter"
    if not re.fullmatch(rf"{re.escape(track.name)}-v\d+", track.version):
        yield f'its version is {track.version!r}: give one such as "{track.name}-v1"'
    try:
        find(registry.require_name("tracks", track.name))
    except UnknownPart:
        yield (
            "nothing finds it by its name, so its traces cannot be read: declare an entry point"
            " `memorygym.tracks`, or give check_track its module:OBJECT"
        )
    theirs = {tool.name for tool in TOOLS}
    for tool in track.tools:
        if tool.name in theirs:
            yield f"its tool {tool.name!r} has the name of a memory's tool: rename it"


def _made(cases: Sequence[PlayedTask]) -> Iterator[str]:
    if not cases:
        yield "it makes no task: let `tasks` give at least one for each seed"
    broken = [f"{case.where}: {found}" for case in cases for found in _task(case)]
    yield from broken
    for one, other in combinations(() if broken else cases, 2):
        if _bytes(one.task) == _bytes(other.task):
            yield f"{one.where} and {other.where} are one task: let the seed into its rng(…)"
        elif one.task.id == other.task.id:
            yield (
                f"{one.where} and {other.where} have one id, {one.task.id}: let all that an agent"
                " can see into its content_id(…)"
            )


def _task(case: PlayedTask) -> Iterator[str]:
    task, recipe = case.task, case.recipe
    if task.track != case.track.name:
        yield f"the task says that it is of {task.track!r}: give the track's name"
    if (task.recipe.get("template"), task.recipe.get("seed")) != (recipe.template, recipe.seed):
        yield "`Task.recipe` does not hold its template and seed: results are grouped by them"
    if not _ID.fullmatch(task.id):
        yield f"its id {task.id!r:.40} is no hash of its content: give core.content_id(…)"
    if broken := [*_gold(case)]:
        yield from broken
    elif _bytes(recipe.generate()) != _bytes(task):
        yield "dealt twice it differs: draw from rng(…) alone, never from a clock, a set or hash()"


def _gold(case: PlayedTask) -> Iterator[str]:
    if case.task.gold is None:
        yield "it has no gold table: give `Task.gold`, such as statements.Goals"
        return
    try:
        before = _gold_json(case.task)
        again = case.track.gold(before) if case.track.gold else before
        after = _gold_json(replace(case.task, gold=again))
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        yield f"its gold table does not go through JSON ({error}): mend to_json and `Track.gold`"
        return
    if after != before:
        yield "its gold table comes back from JSON as another: mend to_json and `Track.gold`"


def _gold_json(task: Task) -> Any:
    gold: Gold | Mapping[str, Any] | None = task.gold
    assert gold is not None
    return json.loads(json.dumps(gold if isinstance(gold, Mapping) else gold.to_json()))


def _bytes(task: Task) -> str:
    """All of a task but where it comes from."""
    gold = task.gold if task.gold is None else _gold_json(task)
    rest = [repr(task.events), repr(task.budget), task.system, gold]
    return json.dumps([rest, task.state], sort_keys=True)


def _salted(track: Track, options: TaskOptions, cases: Sequence[PlayedTask]) -> Iterator[str]:
    for case, recipe in zip(cases, track.tasks(options), strict=False):
        if _bytes(recipe.generate()) == _bytes(case.task):
            yield f"{case.where}: a salt makes the same task: let `Options.salt` into its rng(…)"
        return


def _of(case: PlayedTask) -> Iterator[str]:
    """What one task shows."""
    try:
        for rules in RULES:
            broken = [f"{case.where}: {found}" for found in rules(case)]
            yield from broken
            if broken:
                return
    except RuleViolation as broken_rule:
        yield f"{case.where}: {broken_rule}"
    except Exception as error:  # noqa: BLE001  # the track's own code, whatever it raises
        yield (
            f"{case.where}: it cannot be played and scored: {type(error).__name__}: {error}; no"
            " environment, reasoner or trace of an agent has the gold table before the end"
        )


def _scores(cases: Sequence[PlayedTask]) -> Iterator[str]:
    """What the arms must come to, over all tasks."""
    full, none, silent, oracle = (
        sum(case.mean(getattr(case, system)) for case in cases) / len(cases)
        for system in ("full", "none", "silent", "oracle")
    )
    if oracle < CEILING:
        yield (
            f"with the oracle its strong reasoner reaches {oracle:.1%}, not 95 %: show all needs,"
            " or let it act on them"
        )
    if full < none:
        yield (
            f"its strong reasoner reaches {full:.1%} if it sees all and {none:.1%} if nothing: it"
            " must not be led astray by what it sees"
        )
    if silent > full:
        yield (
            f"to do nothing is worth {silent:.1%}, what its strong reasoner does {full:.1%}: give"
            " no reward for silence"
        )
