"""The samples that a task's arguments name: one recipe each, fit for a log, without secrets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from memorygym.agents.chat import ToolMode
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Track, find, version_of
from memorygym.core.types import JSON, Task
from memorygym.datasets.instances.folder import folder_tasks
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.runs.comparison.figures import left_out
from memorygym.runs.comparison.memory_specs import check_view, plug_all
from memorygym.runs.comparison.run import MemorySystem
from memorygym.runs.comparison.system_specs import ComparisonLimits, MemorySpec, systems
from memorygym.runs.metrics import measure
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import (
    BUDGET,
    OFFICIAL_SEEDS,
    TaskSettings,
    check_argument,
    check_count,
    checked_salt,
)
from memorygym.runs.systems import AgentSystem, SystemPlayer
from memorygym.runs.tasks import Limits, Tasks, salt_hash, tasks_of

ROLES = AGENT, REASONER = ("agent", "reasoner")
"""An agent uses its memory itself; a reasoner sees what the memory composes within a budget."""
TOOL_MODES = ("native", "text")
OWN = ("seed", "seeds", "role", "memory", "budget", "capacity", "tool_mode")
"""Arguments of all tracks."""
OF_FILES = ("format", "file", "most")
"""Arguments of a track whose tasks are in a file, in place of parameters."""
SALT, FOLDER, ALL = "salt_file", "data", "all"
Source = Mapping[str, JSON]
"""The settings that choose tasks, as a sample's metadata hold them; of a secret only its file."""


@dataclass(frozen=True, slots=True)
class SampleRecipe:
    """One sample, as its metadata hold it: task, role, memory, limits, how tools are described."""

    track: str
    template: str
    seed: int
    role: str
    memory: str
    budget: int | None
    """Most tokens of a reasoner's context."""
    capacity: int | None
    """Most tokens that the memory may store."""
    tool_mode: ToolMode
    """`text` describes the tools in the system message, for models without tool calling."""
    source: Source

    @property
    def name(self) -> str:
        """The sample's id."""
        return f"{self.template}-{self.seed}"

    @property
    def description(self) -> str:
        """The sample in one line."""
        parameters: Any = self.source.get("parameters", {})
        words = [f"{name} {value}" for name, value in parameters.items() if name != "template"]
        return " · ".join((self.track, self.template, f"seed {self.seed}", *words))

    def generate(self) -> Task:
        """The task."""
        return _task(json.dumps(self.source), self.template, self.seed)

    def player(self, agent: str) -> SystemPlayer:
        """The system with that agent, reasoner or model: as in `bench`, or as in `compare`."""
        if self.role == AGENT:
            return AgentSystem(agent, self.memory, Limits(capacity=self.capacity))
        rows = systems(plugged(self.memory), ComparisonLimits(self.budget or BUDGET, self.capacity))
        # The row with unlimited context follows it.
        return MemorySystem(agent, next(r for r in rows if r.spec == self.memory), ModelRoles())

    def labels(self, agent: str, task: Task, repeat: int) -> dict[str, JSON]:
        """The labels of its traces, and the questions that a comparison would leave out: those
        whose needed facts together do not fit the budget."""
        labels = self.player(agent).system.labels(self.track, repeat)
        if self.role == AGENT:
            return labels
        player = replace(self, memory="oracle").player(next(iter(find(self.track).reasoners)))
        (numbers,) = left_out([measure(player.play(task, 0, []))]).values()
        return {**labels, "left_out": [*sorted(numbers)]}


def recipes(track: str, arguments: Mapping[str, Any]) -> list[SampleRecipe]:
    """Every sample that the arguments name. Raises UnknownPart, BadSettings or MemoryFault."""
    found = find(track)
    source = _source(found, arguments)
    # Tracks whose tasks are in files ask about texts: there a fixed reasoner plays by default.
    usual = REASONER if found.instances or found.files else AGENT
    role = _chosen("role", arguments, ROLES, usual)
    mode: Any = _chosen("tool_mode", arguments, TOOL_MODES, TOOL_MODES[0])
    memory = str(arguments.get("memory", "markdown"))
    budget, capacity = _count("budget", arguments), _count("capacity", arguments)
    if role == REASONER:
        plugged(memory)
        budget = budget or BUDGET
    elif budget is not None:
        raise BadSettings(
            f"budget {budget}: an agent plays within the budget of its task; leave it out, or give"
            f" role={REASONER}"
        )
    else:
        check_memory(memory)
    for cached in (_tasks, _task):  # Files may have changed since.
        cached.cache_clear()
    tasks = _tasks(json.dumps(source))
    source |= {"parameters": tasks.recipe["parameters"]} if "parameters" in source else {}
    samples = [
        SampleRecipe(track, task.template, task.seed, role, memory, budget, capacity, mode, source)
        for task in tasks.recipes
    ]
    first = samples[0].generate()  # Finds what is impossible before anything is played.
    if budget is not None:
        check_view(found, first, budget)
    return samples


def about(recipe: SampleRecipe) -> dict[str, JSON]:
    """What a log says of the whole task; a secret only as its hash."""
    player = recipe.player("").system
    return {
        "version": version_of(recipe.track),
        "track": recipe.track,
        "role": recipe.role,
        "memory": player.memory,
        "budget": player.budget,
        "capacity": recipe.capacity,
        "source": dict(recipe.source),
        "salt": salt_hash(_secret(recipe.source) or ""),
    }


def _source(track: Track, arguments: Mapping[str, Any]) -> dict[str, JSON]:
    """The settings that choose the tasks. Raises UnknownPart or BadSettings."""
    parameters = () if track.files or FOLDER in arguments else tuple(track.parameters())
    known = (*OWN, *parameters, *(OF_FILES if track.files else (SALT,)))
    known += (FOLDER,) * bool(track.instances)
    for name in arguments:
        if name not in known:
            raise UnknownPart("argument", name, known)
    given = {name: value for name, value in arguments.items() if value is not None}
    check_argument("seed", given.get("seed", 0), int)
    number = "seed" if "seed" in given else "seeds"
    source: dict[str, JSON] = {number: given.get("seed", _count("seeds", given))}
    if track.files:
        for name in ("format", "file"):
            if name not in given:
                raise BadSettings(f"{track.name} plays the tasks of a file: give -T {name}=…")
        most = f":most={_count('most', given)}" if "most" in given else ""
        return {**source, FOLDER: f"{given['format']}:{_path(given['file'])}{most}"}
    if FOLDER in given:
        folder = _path(given[FOLDER])
        if (held := folder_tasks(Path(folder))[0].track) != track.name:
            raise BadSettings(f"{folder} holds instances of {held}, not of {track.name}")
        return {**source, FOLDER: folder}
    if SALT in arguments:  # Inspect reads `-T salt_file=` as None.
        source[SALT] = _path(checked_salt(str(given.get(SALT, "")), SALT))
    stated = {name: given[name] for name in parameters if given.get(name, ALL) != ALL}
    # A parameter is a text again, as it was before Inspect read it as YAML.
    texts = {n: str(v).lower() if isinstance(v, bool) else v for n, v in stated.items()}
    return {**source, "track": track.name, "parameters": texts}


def _secret(source: Source) -> str | None:
    """The secret of a private test set; None for the public set. Raises BadSettings.

    It is read from a file: a log keeps arguments, so none of them holds it.
    """
    if (path := source.get(SALT)) is None:
        return None
    try:
        secret = Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"{SALT} {path}: cannot be read ({error})") from error
    if not secret:
        raise BadSettings(f"{SALT} {path}: holds no secret")
    return secret


@lru_cache(maxsize=8)
def _tasks(source: str) -> Tasks:
    """The tasks of a source in order; none is generated yet."""
    chosen = json.loads(source)
    salt = _secret(chosen)
    chosen.pop(SALT, None)
    return tasks_of(TaskSettings(caller="inspect", salt=salt, **chosen), OFFICIAL_SEEDS)


@lru_cache(maxsize=1)
def _task(source: str, template: str, seed: int) -> Task:
    tasks = _tasks(source).recipes
    return next(t for t in tasks if (t.template, t.seed) == (template, seed)).generate()


def _path(value: object) -> str:
    return str(Path(str(value)).resolve())


def _count(name: str, arguments: Mapping[str, Any]) -> int | None:
    """A number of `-T`, at least 1; None if there is none. Raises BadSettings."""
    return None if arguments.get(name) is None else check_count(name, arguments[name])


def _chosen(name: str, arguments: Mapping[str, Any], choices: Sequence[str], usual: str) -> str:
    """The choice that `-T` gave. Raises UnknownPart."""
    if (choice := str(arguments.get(name, usual))) not in choices:
        raise UnknownPart(name, choice, choices)
    return choice


@lru_cache(maxsize=8)
def plugged(spec: str) -> Mapping[str, MemorySpec]:
    """That memory and the references, cached: starting a process for one may take seconds."""
    return plug_all([spec])
