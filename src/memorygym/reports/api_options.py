"""The keywords of `memorygym.evaluate` and `compare`: what they mean, and their checks."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
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
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, GivenModel, given_model, sendable
from memorygym.runs.task_choice import LAST_SEED, enough_seeds, stored_tasks
from memorygym.runs.tasks import Tasks, checked_salt, generated

T = TypeVar("T")
OF_A_TRACK = ("track", "template", "tier", "parameters", "salt")
"""Options of tasks that are generated."""
THREADS = 16
"""For models: they wait for replies, not for this machine."""


class TaskChoice(TypedDict, total=False):
    """Which tasks are played, and how; all have defaults, those of the commands."""

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
    """The folder that keeps the run; the same call goes on after a stop."""
    quiet: bool
    """No progress line on a terminal."""


class ModelChoice(TaskChoice, total=False):
    """How models are asked."""

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
    """Who answers from what memory shows: strong, weak or a model (default: strong)."""
    memory_model: str | Model
    """The model that memories ask (default: the offline `extractive`)."""


SHAPES = {"temperature": "temperature", "max_tokens": "max_tokens", "seed": "model_seed"}
"""By option of models: the keyword."""


@dataclass(frozen=True, slots=True)
class AskedModels:
    """The models of a call."""

    roles: ModelRoles
    given: Sequence[GivenModel]
    """Those that were passed as objects."""


class AskedOptions:
    """The keywords of a call, checked as they are read."""

    def __init__(self, call: str, options: Mapping[str, Any], known: type) -> None:
        for name in options:
            if name not in known.__annotations__:
                raise UnknownPart(f"option of {call}", name, known.__annotations__)
        self._options = {name: value for name, value in options.items() if value is not None}
        self.quiet = bool(options.get("quiet"))

    def get(self, name: str, default: T) -> Any | T:
        return self._options.get(name, default)

    def count(self, name: str) -> int | None:
        """A number from 1; None if it is not given."""
        value = self._options.get(name)
        return None if value is None else _count(name, value)

    def counts(self, name: str) -> list[int]:
        """Numbers from 1, each once, smallest first."""
        given = self._options.get(name)
        return sorted({_count(name, one) for one in listed(given)}) if given is not None else []

    def tasks(self, seeds: int | None = None) -> Tasks:
        """What is played; `seeds` is how many unless they are given, else enough for ten tasks."""
        if "data" in self._options:
            return self._stored(str(self._options["data"]))
        name, stated = registry.split_spec(self.get("track", "worlds"))
        track = find(name)
        parameters = {**track.official, **self._parameters(track), **stated}
        salt = self.get("salt", None)
        secret = "" if salt is None else checked_salt(salt, "salt")
        chosen = self._seeds(seeds or enough_seeds(track))
        return generated(track.name, TaskOptions(chosen, secret, parameters))

    def _stored(self, data: str) -> Tasks:
        for name in OF_A_TRACK:
            if name in self._options:
                raise BadSettings(f"data={data!r} and {name} are both given; give one of them")
        return stored_tasks(data, self._seeds(1) if "seeds" in self._options else None)

    def _parameters(self, track: Track) -> dict[str, str]:
        given = dict(self.get("parameters", {}))
        given |= {
            name: self._options[name] for name in ("template", "tier") if name in self._options
        }
        known = track.parameters()
        for name in given:
            if name not in known:
                raise UnknownPart(f"parameter of the track {track.name}", name, known)
        return {name: ",".join(map(str, listed(value))) for name, value in given.items()}

    def _seeds(self, default: int) -> range:
        given = self.get("seeds", default)
        if not isinstance(given, range):
            return range(_count("seeds", given))
        if given.step != 1 or not given or given[0] < 0 or given[-1] > LAST_SEED:
            raise BadSettings(f"seeds={given}: give whole numbers from 0 in a row, as range(5, 10)")
        return given

    def model_roles(self, models: Sequence[Any], writing: Any, stack: ExitStack) -> AskedModels:
        """The models that are asked; `stack` closes what it opens."""
        options = {k: self._options[name] for k, name in SHAPES.items() if name in self._options}
        unused = [name for name in (*SHAPES.values(), "replay") if name in self._options]
        if unused and not models and writing is None:
            raise BadSettings(f"{unused[0]} is for a model, and none is asked; leave it out")
        reply_log = None
        if replay := self.get("replay", None):
            reply_log = stack.enter_context(closing(ReplyLog(Path(replay), record=False)))
        given: list[GivenModel] = []

        def made(model: Any) -> tuple[str, Model]:
            if isinstance(model, str):
                return model, specs.find(model, self.get("api_base", None), reply_log, **options)
            given.append(part := given_model(model))
            return part.name, part.make()

        asked = [made(model) for model in models]
        check_distinct([name for name, _ in asked])
        writer = None if writing is None else made(writing)[1]
        return AskedModels(ModelRoles(dict(asked), writer), given)

    def workers(self, given: Sequence[Given], *, waits: bool) -> int:
        """How many work at a time; what cannot be sent to other processes runs in this one."""
        wanted = self.count("workers") or (THREADS if waits else 1)
        return wanted if waits or sendable(given) else 1

    def folder(self) -> "RunFolder":
        """Where the run is kept."""
        return RunFolder(self.get("output", None))


class RunFolder:
    """The folder of a run: a temporary one, which goes with this object, unless one is given."""

    def __init__(self, path: str | Path | None) -> None:
        self.path = Path(path or mkdtemp(prefix="memorygym-"))
        if not path:
            finalize(self, rmtree, self.path, ignore_errors=True)


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadSettings(f"{name}={value!r} is no whole number; give one, as in {name}=5")
    if value < 1:
        raise BadSettings(f"{name}={value}: give at least 1")
    return value


def listed(what: Any) -> list[Any]:
    """The members of a list or tuple; anything else alone."""
    return list(what) if isinstance(what, (list, tuple)) else [what]


def check_distinct(names: Sequence[str]) -> None:
    """Raises BadSettings for a name that two parts have."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadSettings(
            f"two parts are called {twice[0]!r}; memories may be given names, as in"
            ' compare({"small": Mine(1), "large": Mine(2)})'
        )
