"""Parts that are passed as Python objects: they are made and play in this process, as trusted code.

A memory that the command line names runs in a process of its own. A class, a function that makes
one or an object is the caller's own code, so it runs where the caller is.
"""

import pickle
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, cast

from memorygym.core import registry
from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.guard import raised
from memorygym.core.types import Memory, Message, Policy, Task, Tool
from memorygym.memories.shims.add_search import AddSearch
from memorygym.models.model import Model
from memorygym.runs.object_digest import UNREADABLE, digest_of

TRUSTED = "trusted"
"""Where a recipe names such parts, with a hash of the code of each."""
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
    """A hash of its code and state."""
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
    """A hash of its code and state."""


@dataclass(frozen=True, slots=True)
class GivenModel:
    """A model that was passed as an object."""

    name: str
    """The name in its description."""
    make: Callable[[], Model]
    """Returns the object itself, which keeps no state of an episode."""
    source: str
    """A hash of its code, and of its state if that can be read; its description is kept, too."""


Given = GivenMemory | GivenAgent | GivenModel


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
    return GivenMemory(name, make, digest_of(part), cls)


def given_agent(part: object, name: str = "") -> GivenAgent:
    """An agent from a class or function that takes nothing, or the task, or from an object, which
    is copied for every event. Raises BadSettings for anything else."""
    name = _checked_name("agents", name or name_of(part))
    make = _factory(part, "act")
    return GivenAgent(name, partial(_agent, make, name), digest_of(part))


def given_model(part: object) -> GivenModel:
    """A model that has the methods of models.model.Model. Raises BadSettings for anything else."""
    if not isinstance(part, type) and _has(part, "complete", "describe", "sample"):
        model = cast(Model, part)
        name = str(model.describe()["name"])
        source = digest_of(model)
        if source.startswith(UNREADABLE):  # As of a client with an open connection.
            source = digest_of(type(model))
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
