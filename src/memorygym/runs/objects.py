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
from typing import Any, cast

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.types import Memory, Policy, Task
from memorygym.memories.shims.add_search import AddSearch
from memorygym.models.model import Model
from memorygym.runs.object_digest import UNREADABLE, digest_of

TRUSTED = "trusted"
"""Where a recipe names such parts, with a hash of the code of each."""
OPEN_ENDED = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
"""Parameters that need no argument."""
SEPARATORS = "+,:"
"""Characters that separate names elsewhere."""


@dataclass(frozen=True, slots=True)
class GivenMemory:
    """A memory that was passed as an object."""

    name: str
    """As rows call it."""
    make: Callable[[], Memory]
    source: str
    """A hash of its code and state."""


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
    """A hash of its code."""


Given = GivenMemory | GivenAgent | GivenModel


def given_memory(part: object, name: str = "") -> GivenMemory:
    """A memory from a class, a function without arguments, or an object, which is copied for every
    episode. Raises BadSettings for anything else."""
    name = _checked_name("memory", name or name_of(part))
    make = _factory(part, "compose", "add")
    try:
        memory = make()
    except TypeError as error:
        raise BadSettings(
            f"{name} cannot be made without arguments ({error}); give an object, such as"
            f" {name}(...), or a function without arguments that makes one"
        ) from error
    if not _has(memory, "observe", "compose"):
        if not _has(memory, "add", "search"):
            methods = (
                "`observe` and `compose`, as examples/my_memory.py does, or `add` and `search`"
            )
            raise _unfit(name, "memory", memory, methods)
        make = partial(AddSearch, make)
    return GivenMemory(name, make, digest_of(part))


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
        return GivenModel(name, lambda: model, source_of(type(model)))
    raise BadSettings(
        f"{part!r:.60} is no model: give a name, or an object of a class that inherits"
        " memorygym.models.model.Model"
    )


def _agent(make: Callable[..., Any], name: str, task: Task) -> Policy:
    parameters = signature(make).parameters.values()
    takes = any(p.default is p.empty and p.kind not in OPEN_ENDED for p in parameters)
    policy: Policy = make(task) if takes else make()
    if not _has(policy, "act"):
        raise _unfit(name, "agent", policy, "`act(view, tools)`, as examples/my_agent.py does")
    return policy


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
    if name in registry.names(kind) or set(SEPARATORS) & set(name) or not name.isprintable():
        raise BadSettings(
            f"the name {name!r} is that of a built-in part, or holds one of {SEPARATORS}; name the"
            ' object otherwise, as in {"mine": MyMemory}'
        )
    return name


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
