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
from inspect import Parameter, getsource, signature
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, cast

from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.guard import raised
from memorygym.core.types import Memory, Message, Policy, Task, Tool
from memorygym.memories.sandbox.module_files import file_of
from memorygym.memories.shims.add_search import AddSearch
from memorygym.models.model import Model

TRUSTED = "trusted"
"""Where a recipe names objects, with the identity of each."""
SOURCES = "sources"
"""Where a recipe names parts of other packages, with the identity of each."""
UNREADABLE = "unreadable: "
"""The start of the identity of an object whose source cannot be read; the rest says why."""
PACKAGE = Path(__file__).parents[1]
OPEN_ENDED = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
"""Parameters that need no argument."""
SEPARATORS = "+,:"
"""Characters that separate names elsewhere."""
TAKEN = "all"
"""Stands for every system where systems are chosen by name."""


@dataclass(frozen=True, slots=True)
class GivenMemory:
    """A memory that was passed as an object."""

    name: str
    """As rows call it."""
    make: Callable[[], Memory]
    source: str
    """Its identity: see `identity_of`."""
    cls: str
    """The name of its class, for messages."""


@dataclass(frozen=True, slots=True)
class GivenAgent:
    """An agent that was passed as an object."""

    name: str
    """As rows call it."""
    make: Callable[[Task], Policy]
    """The task has no answers."""
    source: str
    """Its identity: see `identity_of`."""


@dataclass(frozen=True, slots=True)
class GivenModel:
    """A model that was passed as an object."""

    name: str
    """The name in its description."""
    make: Callable[[], Model]
    """Returns the object itself, which keeps no state of an episode."""
    source: str
    """Its identity, at least that of its class; its description is kept, too."""


Given = GivenMemory | GivenAgent | GivenModel


@cache
def source_hash() -> str:
    """A hash of this package's source: information about a run, on which nothing is decided."""
    hashed = sha256()
    for file in sorted(PACKAGE.rglob("*.py")):
        hashed.update(f"{file.relative_to(PACKAGE)}\0".encode() + file.read_bytes())
    return hashed.hexdigest()[:8]


def sources_of(parts: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """The identities of parts of other packages, each given by kind and spec, as a recipe holds
    them: a hash of the module's file. What ships is promised by the version of the track."""
    sources: dict[str, str] = {}
    for kind, spec in parts:
        name, _ = registry.split_spec(spec)
        head, _, behind = name.partition(":")
        if kind == "memory" and registry.is_built_in("shims", head):
            name = behind
        if name and not registry.is_built_in(kind, name):
            file = file_of(registry.module_of(kind, name))
            sources[spec] = _hash(file.read_text("utf-8", "surrogateescape") if file else "")
    return {SOURCES: sources} if sources else {}


def identity_of(part: object) -> str:
    """The identity of an object: a hash of its source, with the values that it carries; begins
    with UNREADABLE where there is none, as for a class typed at a prompt."""
    try:
        texts = [*_texts(part)]
    except (OSError, TypeError) as error:
        return f"{UNREADABLE}{name_of(part)} ({error})"
    return _hash("\0".join(texts))


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
    memory = _made(name, make)
    cls = type(memory).__name__
    if not _has(memory, "observe", "compose"):
        if not _has(memory, "add", "search"):
            methods = (
                "`observe` and `compose`, as examples/my_memory.py does, or `add` and `search`"
            )
            raise _unfit(name, "memory", memory, methods)
        make = partial(AddSearch, make)
    return GivenMemory(name, make, identity_of(part), cls)


def given_agent(part: object, name: str = "") -> GivenAgent:
    """An agent from a class or function that takes nothing, or the task, or from an object, which
    is copied for every event. Raises BadSettings for anything else."""
    name = _checked_name("agents", name or name_of(part))
    make = _factory(part, "act")
    return GivenAgent(name, partial(_agent, make, name), identity_of(part))


def given_model(part: object) -> GivenModel:
    """A model that has the methods of models.model.Model. Raises BadSettings for anything else."""
    if not isinstance(part, type) and _has(part, "complete", "describe", "sample"):
        model = cast(Model, part)
        name = str(model.describe()["name"])
        source = identity_of(model)
        if source.startswith(UNREADABLE):  # As of a client with an open connection.
            source = identity_of(type(model))
        return GivenModel(name, lambda: model, source)
    raise BadSettings(
        f"{part!r:.60} is no model: give a name, or an object of a class that inherits"
        " memorygym.models.model.Model"
    )


def _agent(make: Callable[..., Any], name: str, task: Task) -> Policy:
    try:
        parameters = signature(make).parameters.values()
        takes = any(p.default is p.empty and p.kind not in OPEN_ENDED for p in parameters)
        policy = make(task) if takes else make()
    except MemoryGymError:
        raise
    except (Exception, SystemExit) as error:
        raise BadSettings(f"the agent {name} cannot be made: it {raised(error)}") from error
    if not _has(policy, "act"):
        raise _unfit(name, "agent", policy, "`act(view, tools)`, as examples/my_agent.py does")
    return CheckedAgent(name, policy)


class CheckedAgent(Policy):
    """A caller's agent, whose mistakes are named."""

    def __init__(self, name: str, policy: Policy) -> None:
        self._name, self._policy = name, policy

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        try:
            reply: object = self._policy.act(view, tools)
        except MemoryGymError:
            raise
        except (Exception, SystemExit) as error:
            raise BadSettings(f"the agent {self._name}: act() {raised(error)}; mend it") from error
        if not isinstance(reply, Message):
            raise BadSettings(
                f"the agent {self._name}: act() returned {reply!r:.60}; return a Message, as"
                " examples/my_agent.py does"
            )
        return reply


def _made(name: str, make: Callable[[], Any]) -> Any:
    """A memory. Raises BadSettings if it cannot be made."""
    try:
        return make()
    except MemoryGymError:
        raise
    except TypeError as error:
        raise BadSettings(
            f"{name} cannot be made without arguments ({error}); give an object, such as"
            f" {name}(...), or a function without arguments that makes one"
        ) from error
    except (Exception, SystemExit) as error:
        raise BadSettings(f"{name} cannot be made: it {raised(error)}; mend it") from error


def _factory(part: object, *methods: str) -> Callable[..., Any]:
    """The factory of the part: the class or function itself, or a copy of an object that has one of
    these methods."""
    if isinstance(part, type) or (
        callable(part) and not any(_has(part, method) for method in methods)
    ):
        return part
    return partial(_copied, part)


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


def _unfit(name: str, kind: str, instance: object, methods: str) -> BadSettings:
    return BadSettings(f"{name} is no {kind}: a {type(instance).__name__} has not {methods}")


def name_of(part: object) -> str:
    """The name of an object that is passed without a name.

    >>> name_of(dict), name_of(partial(dict, a=1)), name_of({}), name_of(lambda: {})
    ('dict', 'dict', 'dict', 'lambda')
    """
    while isinstance(part, partial):
        part = part.func
    return str(getattr(part, "__name__", type(part).__name__)).strip("<>")


def _checked_name(kind: str, name: str) -> str:
    if name == TAKEN:
        problem = "stands for all systems"
    elif name in registry.names(kind):
        problem = "is that of a built-in part"
    elif set(SEPARATORS) & set(name):
        problem = f"holds one of {SEPARATORS}, which separate names"
    elif not name.isprintable():
        problem = "holds a control character"
    else:
        return name
    raise BadSettings(
        f'the name {name!r} {problem}; name the object otherwise, as in {{"mine": MyMemory}}'
    )


def check_readable(parts: Sequence[Given], folder: Path) -> None:
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


def sendable(parts: Sequence[Given]) -> bool:
    """Whether they can be sent to another process: a lambda cannot."""
    try:
        pickle.dumps([part.make for part in parts])
    except Exception:  # noqa: BLE001  # a class may refuse in any way
        return False
    return True


def trusted(parts: Sequence[Given]) -> Mapping[str, Any]:
    """Their part of a recipe; empty if there are none."""
    return {TRUSTED: {part.name: part.source for part in parts}} if parts else {}
