"""The keywords of `memorygym.evaluate` and `compare`: what they mean, and their checks."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from os import W_OK, access
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, TypedDict, TypeVar
from weakref import finalize

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, Track, find
from memorygym.models import specs
from memorygym.models.model import Model
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.argument_types import check_arguments, check_count
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, GivenModel, check_readable, given_model, sendable
from memorygym.runs.task_choice import LAST_SEED, agreed, enough_seeds, stored_tasks
from memorygym.runs.tasks import Tasks, checked_salt, generated

T = TypeVar("T")
OF_A_TRACK = ("track", "template", "tier", "parameters", "salt")
"""Options that only apply to generated tasks."""
KEYWORDS = ("template", "tier")
"""Parameters of a track that are keywords, too."""
THREADS = 16
"""Default number of threads for models, which wait for replies and not for this machine."""


class TaskChoice(TypedDict, total=False):
    """The options of tasks and runs; their defaults are those of the commands."""

    track: str
    """The kind of task, with its parameters after colons or in `parameters` (default: worlds)."""
    template: str | Sequence[str]
    """Domains of the track worlds (default: all ten)."""
    tier: str
    """A size of the track worlds (default: standard)."""
    parameters: Mapping[str, object]
    """Further parameters of the track, as {"hops": "2,4"}."""
    data: str | Path
    """Instead of a track: a folder of `memorygym generate`, or FORMAT:FILE of a data set."""
    seeds: int | range
    """Seeds 0 to N-1, or a range."""
    salt: str
    """The secret of a private test set."""
    workers: int
    """Processes, or threads where a model is asked (default: this process, or 16 threads)."""
    output: str | Path
    """The folder that keeps the run; to resume a stopped run, repeat the call."""
    quiet: bool
    """No progress line on a terminal."""


class ModelChoice(TaskChoice, total=False):
    """The options of models."""

    api_base: str
    """The endpoint (default: OPENAI_BASE_URL)."""
    temperature: float
    max_tokens: int
    model_seed: int
    replay: str | Path
    """A file of recorded replies, instead of the endpoint."""


class EvaluateOptions(ModelChoice, total=False):
    """The options of `evaluate`."""

    turns: int
    """Most replies in one event."""
    patience: int
    """Identical failing calls in a row after which an event ends."""
    capacity: int
    """Tokens that the memory may hold and show."""
    repeats: int
    """How often a model plays every task."""


class CompareOptions(ModelChoice, total=False):
    """The options of `compare`."""

    budgets: int | Sequence[int]
    """Tokens that a memory may put before an event (default: 1000)."""
    capacity: int
    """Most tokens that a memory may hold (default: no limit)."""
    reasoner: str | Model | Sequence[str | Model]
    """Who answers from the context: strong, weak or a model (default: strong)."""
    memory_model: str | Model
    """The model that memories call (default: the offline `extractive`)."""


class TrajectoryOptions(TypedDict, total=False):
    """The options of `compare(trajectories=…)`."""

    budgets: int | Sequence[int]
    """Tokens that a memory may put before a turn (default: 1000)."""
    capacity: int
    """Most tokens that a memory may hold (default: no limit)."""
    memory_model: str | Model
    """The model that memories call (default: the offline `extractive`)."""
    redact: bool
    """Whether secrets are masked in what is shown and kept (default: True)."""
    workers: int
    """Processes, or threads where a model is asked (default: this process, or 16 threads)."""
    output: str | Path
    """The folder that receives trajectories.json, two CSV tables and report.md."""
    quiet: bool
    """No progress line on a terminal."""


SHAPES = {"temperature": "temperature", "max_tokens": "max_tokens", "seed": "model_seed"}
"""The keyword for each option of a model."""
OF_A_MODEL = (*SHAPES.values(), "replay", "api_base")
"""Options that only apply to a model that is named."""


@dataclass(frozen=True, slots=True)
class AskedModels:
    """The models of a call."""

    roles: ModelRoles
    objects: Sequence[GivenModel]
    """The models that were passed as objects."""


class AskedOptions:
    """The keywords of a call, checked as they are read."""

    def __init__(self, call: str, options: Mapping[str, Any], known: type) -> None:
        check_arguments(call, options, known)
        self._options = {name: value for name, value in options.items() if value is not None}
        self.quiet = bool(options.get("quiet"))

    def get(self, name: str, default: T) -> Any | T:
        return self._options.get(name, default)

    def count(self, name: str) -> int | None:
        """The option as a number from 1; None if it is not given."""
        value = self._options.get(name)
        return None if value is None else check_count(name, value)

    def counts(self, name: str) -> list[int]:
        """The option as numbers from 1, each once, smallest first."""
        counts = self._options.get(name)
        return (
            sorted({check_count(name, number) for number in listed(counts)})
            if counts is not None
            else []
        )

    def tasks(self, seeds: int | None = None) -> Tasks:
        """The tasks to play; `seeds` is the default number of seeds, else enough for ten tasks."""
        if "data" in self._options:
            return self._stored(str(self._options["data"]))
        name, stated = registry.split_spec(self.get("track", "worlds"))
        if ":" not in registry.import_path("tracks", name) and name not in registry.names("tracks"):
            raise UnknownPart("track", name, registry.names("tracks"))
        track = find(name)
        parameters = {**track.official, **agreed(self._parameters(track), stated, name)}
        salt = self.get("salt", None)
        secret = "" if salt is None else checked_salt(salt, "salt")
        chosen = self._seeds(seeds or enough_seeds(track))
        return generated(track.name, TaskOptions(chosen, secret, parameters))

    def _stored(self, data: str) -> Tasks:
        for name in OF_A_TRACK:
            if name in self._options:
                raise BadSettings(f"data={data!r} and {name} are both given; give one of them")
        try:
            return stored_tasks(data, self._seeds(1) if "seeds" in self._options else None)
        except OSError as error:
            raise BadSettings(f"data={data!r} ({error.strerror}): give a file to read") from error

    def _parameters(self, track: Track) -> dict[str, str]:
        stated: Mapping[str, Any] = self.get("parameters", {})
        known = track.parameters()
        named = {name: self._options[name] for name in KEYWORDS if name in self._options}
        for name in [*stated, *named]:
            if name not in known:
                raise UnknownPart(f"parameter of the track {track.name}", str(name), known)
        return agreed(_texts(named), _texts(stated), "parameters")

    def _seeds(self, default: int) -> range:
        seeds = self.get("seeds", default)
        if not isinstance(seeds, range):
            return range(check_count("seeds", seeds))
        if seeds.step != 1 or not seeds or seeds[0] < 0 or seeds[-1] > LAST_SEED:
            raise BadSettings(f"seeds={seeds}: give whole numbers from 0 in a row, as range(5, 10)")
        return seeds

    def model_roles(self, models: Sequence[Any], writing: Any, stack: ExitStack) -> AskedModels:
        """The models of the call; `stack` closes the files that are opened."""
        options = {k: self._options[name] for k, name in SHAPES.items() if name in self._options}
        unused = [name for name in OF_A_MODEL if name in self._options]
        if unused and not any(isinstance(model, str) for model in (*models, writing)):
            raise BadSettings(
                f"{unused[0]} is for a model that is named, and none is; leave it out"
            )
        reply_log = None
        if replay := self.get("replay", None):
            reply_log = stack.enter_context(closing(ReplyLog(Path(replay), record=False)))
        objects: list[GivenModel] = []

        def made(model: Any) -> tuple[str, Model]:
            if isinstance(model, str):
                return model, specs.find(model, self.get("api_base", None), reply_log, **options)
            objects.append(part := given_model(model))
            return part.name, part.make()

        asked = [made(model) for model in models]
        check_distinct([name for name, _ in asked])
        writer = None if writing is None else made(writing)[1]
        return AskedModels(ModelRoles(dict(asked), writer), objects)

    def workers(self, objects: Sequence[Given], *, waits: bool) -> int:
        """The number of workers; 1 if an object cannot be sent to other processes."""
        wanted = self.count("workers") or (THREADS if waits else 1)
        return wanted if waits or sendable(objects) else 1

    def folder(self, objects: Sequence[Given]) -> "RunFolder":
        """Where the run is kept. Raises BadSettings if that cannot be written into, or holds a run
        whose objects cannot be compared with these."""
        folder = RunFolder(self.get("output", None))
        check_readable(objects, folder.path)
        return folder


class RunFolder:
    """The folder of a run: the given one, or a temporary one that is deleted with this object."""

    def __init__(self, path: str | Path | None) -> None:
        self.path = Path(path or mkdtemp(prefix="memorygym-"))
        if not path:
            finalize(self, rmtree, self.path, ignore_errors=True)
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            problem = "" if access(self.path, W_OK) else "it cannot be written into"
        except OSError as error:
            problem = str(error.strerror)
        if problem:
            raise BadSettings(f"output={str(path)!r}: {problem}; give another folder")


def listed(argument: Any) -> list[Any]:
    """The members of a list, tuple or range; anything else alone."""
    return list(argument) if isinstance(argument, (list, tuple, range)) else [argument]


def split_names(argument: Any) -> list[Any]:
    """The same; a text is split at its commas.

    >>> split_names("a, b"), split_names(["a,b", dict])
    (['a', 'b'], ['a', 'b', <class 'dict'>])
    """
    members = []
    for member in listed(argument):
        names = member.split(",") if isinstance(member, str) else [member]
        members += [name.strip() if isinstance(name, str) else name for name in names]
    return [member for member in members if member != ""]


def _texts(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {name: ",".join(map(str, listed(value))) for name, value in parameters.items()}


def check_distinct(names: Sequence[str]) -> None:
    """Raises BadSettings if two parts have the same name."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadSettings(
            f"two parts are called {twice[0]!r}; memories may be given names, as in"
            ' compare({"small": Mine(1), "large": Mine(2)})'
        )
