"""Parts that do not ship with this package: their identity, and those passed as Python objects.

A memory that the command line names runs in a process of its own. A class, a function that makes
one or an object is the caller's own code, so it runs where the caller is, as trusted code.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from inspect import getsource
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, cast

from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.factories import accepts
from memorygym.core.guard import raised
from memorygym.core.types import Policy, Task
from memorygym.memories.shims.add_search import AddSearch
from memorygym.models.model import Model

TRUSTED = "trusted"
"""Where a recipe names objects, with the identity of each."""
SOURCES = "sources"
"""Where a recipe names parts of other packages, with the identity of each."""
UNREADABLE = "unreadable: "
"""The start of the identity of an object whose source cannot be read; the rest says why."""
PACKAGE = Path(__file__).parents[1]
SEPARATORS = "+,:"
"""Characters that separate names elsewhere."""


@dataclass(frozen=True, slots=True)
class GivenObject:
    """A part that was passed as an object."""

    name: str
    """As rows call it."""
    make: Callable[..., Any]
    """Makes it for an episode: an agent from the task without answers, others from nothing."""
    source: str
    """Its identity: see `identity_of`."""


@dataclass(frozen=True, slots=True)
class GivenMemory(GivenObject):
    cls: str
    """The name of its class, for messages."""


class GivenAgent(GivenObject): ...


class GivenModel(GivenObject):
    """The object itself is the model, and keeps no state of an episode."""


@cache
def source_hash() -> str:
    """A hash of this package's source: information about a run, on which nothing is decided."""
    hashed = sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        hashed.update(f"{file.relative_to(PACKAGE)}\0".encode() + file.read_bytes())
    return hashed.hexdigest()[:8]


def identities(
    parts: Iterable[tuple[str, str]], objects: Sequence[GivenObject]
) -> Mapping[str, Any]:
    """The identities of objects, and of parts of other packages, each given by kind and spec, as a
    recipe holds them. What ships is promised by the version of the track."""
    sources: dict[str, str] = {}
    for kind, spec in parts:
        name, _ = registry.split_spec(spec)
        head, _, behind = name.partition(":")
        if kind == "memory" and registry.is_built_in("shims", head):
            name = behind
        if name and not registry.is_built_in(kind, name):
            file = registry.file_of(kind, name)
            sources[spec] = _hash(Path(file).read_text("utf-8", "surrogateescape") if file else "")
    passed = {part.name: part.source for part in objects}
    return {name: held for name, held in ((SOURCES, sources), (TRUSTED, passed)) if held}


def identity_of(part: object) -> str:
    """The identity of an object: a hash of its source, with the values that it carries; begins
    with UNREADABLE where there is none, as for a class typed at a prompt."""
    try:
        return _hash("\0".join(_texts(part)))
    except (OSError, TypeError) as error:
        return f"{UNREADABLE}{name_of(part)} ({error})"


def _texts(part: object) -> Iterator[str]:
    """The source texts of an object, its class and their bases, and the values it carries."""
    match part:
        case partial():
            yield from _texts(part.func)
            yield _text((part.args, part.keywords))
        case MethodType():
            yield from _texts(part.__self__)
            yield part.__func__.__qualname__
        case type():
            for cls in part.__mro__:
                if not cls.__module__.startswith(("builtins", "typing", "abc", "memorygym.")):
                    yield getsource(cls)
        case FunctionType():
            yield getsource(part)
            for cell in part.__closure__ or ():
                value = cell.cell_contents
                is_code = isinstance(value, type | FunctionType)
                yield from _texts(value) if is_code else [_text(value)]
        case _:
            yield from _texts(type(part))
            yield _text(sorted(getattr(part, "__dict__", {}).items()))


def _text(value: object) -> str:
    """A value as text. Raises TypeError for one that is another text in every process."""
    if " at 0x" in (text := repr(value)):
        raise TypeError(f"it carries {text[:60]}")
    return text


def _hash(text: str) -> str:
    return sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]


def given_memory(part: object, name: str = "") -> GivenMemory:
    """A memory from a class, a function without arguments, or an object, which is copied for every
    episode. Raises BadSettings for anything else."""
    name = _checked_name("memory", name.strip() or name_of(part))
    make = _factory(part, "compose", "add")
    try:
        memory = make()
    except MemoryGymError:
        raise
    except TypeError as error:
        raise BadSettings(
            f"{name} cannot be made without arguments ({error}); give an object, such as"
            f" {name}(...), or a function without arguments that makes one"
        ) from error
    except (Exception, SystemExit) as error:
        raise BadSettings(f"{name} cannot be made: it {raised(error)}; mend it") from error
    cls = type(memory).__name__
    if not _has(memory, "observe", "compose"):
        if not _has(memory, "add", "search"):
            raise BadSettings(
                f"{name} is no memory: a {cls} has not `observe` and `compose`, as"
                " examples/my_memory.py does, or `add` and `search`"
            )
        make = partial(AddSearch, make)
    return GivenMemory(name, make, identity_of(part), cls)


def given_agent(part: object, name: str = "") -> GivenAgent:
    """An agent from a class or function that takes nothing, or the task, or from an object, which
    is copied for every event. Raises BadSettings for anything else."""
    name = _checked_name("agents", name or name_of(part))
    return GivenAgent(name, partial(_agent, _factory(part, "act"), name), identity_of(part))


def given_model(part: object) -> GivenModel:
    """A model that has the methods of models.model.Model. Raises BadSettings for anything else."""
    if isinstance(part, type) or not _has(part, "complete", "describe", "sample"):
        raise BadSettings(
            f"{part!r:.60} is no model: give a name, or an object of a class that inherits"
            " memorygym.models.model.Model"
        )
    model = cast(Model, part)
    source = identity_of(model)
    if source.startswith(UNREADABLE):  # As of a client with an open connection.
        source = identity_of(type(model))
    return GivenModel(str(model.describe()["name"]), lambda: model, source)


def _agent(make: Callable[..., Any], name: str, task: Task) -> Policy:
    """The agent of an episode. Raises BadSettings for an object that is none."""
    policy = make() if accepts(make, (), {}) else make(task)
    if not _has(policy, "act"):
        raise BadSettings(
            f"{name} is no agent: a {type(policy).__name__} has not `act(view, tools)`, as"
            " examples/my_agent.py does"
        )
    return cast(Policy, policy)


def _factory(part: object, *methods: str) -> Callable[..., Any]:
    """The factory of the part: the class or function itself, or a copy of an object that has one of
    these methods."""
    is_object = not callable(part) or any(_has(part, method) for method in methods)
    if is_object and not isinstance(part, type):
        return partial(_copied, part)
    return cast(Callable[..., Any], part)


def _copied(part: object) -> object:
    try:
        return deepcopy(part)
    except Exception as error:
        raise BadSettings(
            f"the {type(part).__name__} cannot be copied, and every episode needs its own"
            f" ({type(error).__name__}: {error}); give a function that makes one"
        ) from error


def _has(part: object, *methods: str) -> bool:
    return all(callable(getattr(part, method, None)) for method in methods)


def name_of(part: object) -> str:
    """The name of an object that is passed without a name.

    >>> name_of(dict), name_of(partial(dict, a=1)), name_of({}), name_of(lambda: {})
    ('dict', 'dict', 'dict', 'lambda')
    """
    while isinstance(part, partial):
        part = part.func
    return str(getattr(part, "__name__", type(part).__name__)).strip("<>")


def _checked_name(kind: str, name: str) -> str:
    problems = {
        "stands for all systems": name == "all",
        "is that of a built-in part": name in registry.names(kind),
        f"holds one of {SEPARATORS}, which separate names": set(SEPARATORS) & set(name),
        "holds a control character": not name.isprintable(),
    }
    for problem in filter(problems.get, problems):
        raise BadSettings(
            f'the name {name!r} {problem}; name the object otherwise, as in {{"mine": MyMemory}}'
        )
    return name


def check_readable(parts: Sequence[GivenObject], folder: Path) -> None:
    """Raises BadSettings for a run in the folder that cannot be resumed, because nobody can tell
    whether its objects are these."""
    for part in parts:
        if part.source.startswith(UNREADABLE) and (folder / "run.json").exists():
            raise BadSettings(
                f"{folder} holds a run, and whether its {part.name} is this one cannot be told:"
                f" {part.source}; give a new folder, or read the run with load_results"
            )


def check_distinct(names: Sequence[str]) -> None:
    """Raises BadSettings if two parts have the same name."""
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadSettings(
            f"two parts are called {twice[0]!r}; memories may be given names, as in"
            ' compare({"small": Mine(1), "large": Mine(2)})'
        )


def sendable(parts: Sequence[GivenObject]) -> bool:
    """Whether they can be sent to another process: a lambda cannot."""
    try:
        pickle.dumps([part.make for part in parts])
    except Exception:  # noqa: BLE001  # a class may refuse in any way
        return False
    return True
