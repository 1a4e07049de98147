"""Finds parts by name: a file's name is its id; entry points and `package.module:factory` add more.

A module that is not installed is looked for in the working folder, for every kind of part.
Parameters may follow the name, as in `bm25:top_k=5:chunk_size=256`. Nothing is
imported until it is made, and no list of parts is kept by hand.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from inspect import Parameter, signature
from typing import Any, get_args

from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart

FOLDERS = {
    "domains": ("tracks.worlds.domains",),
    "memory": ("memories",),
    "shims": ("memories.shims",),
    "agents": (),
    "tracks": ("tracks",),
    "datasets": ("datasets",),
}
"""Where each kind lives, below the package; a track is a folder, every other part a file. Agents of
ours are their track's: only those of somebody else are found by name."""
DOES = {
    "agents": {"act": "def act(self, view, tools)"},
    "memory": {
        "observe": "def observe(self, new)",
        "compose": "def compose(self, live, budget)",
    },
}
"""What a part of the kind has, once it is made, and how that begins."""
EXAMPLES = {
    "agents": "examples/my_agent.py",
    "memory": "examples/my_memory.py",
    "tracks": "examples/my_track.py",
}
WORKING_FOLDER = ""
"""As the search path of modules names it."""

_KNOB = re.compile(r":(?=[A-Za-z_]\w*=)")


def split(spec: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters of a spec; a value may hold colons.

    >>> split("bm25:top_k=5"), split("my.mod:make:model=qwen3:8b")
    (('bm25', {'top_k': '5'}), ('my.mod:make', {'model': 'qwen3:8b'}))
    """
    name, *parameters = _KNOB.split(spec)
    return name, dict(parameter.split("=", 1) for parameter in parameters)


def is_ours(kind: str, name: str) -> bool:
    """Whether the part belongs to this package."""
    return name in _built_in(kind)


@cache
def _built_in(kind: str) -> dict[str, str]:
    """By name: the module of a part, or `package.module:object`."""
    from importlib.resources import files  # It takes longer than all the rest here.

    found: dict[str, str] = {}
    for folder in FOLDERS[kind]:
        place = files("memorygym").joinpath(*folder.split("."))
        for item in place.iterdir():
            name, _, ending = item.name.partition(".")
            if ending == "json":
                found[name] = f"memorygym.{folder}:{name}"
            elif item.is_dir() if kind == "tracks" else ending == "py":
                found[name] = f"memorygym.{folder}.{name}"
    return {name: found[name] for name in sorted(found) if name[:1] not in "_."}


_GIVEN: dict[tuple[str, str], str] = {}
"""By kind and name: the spec under which this process was given a part that calls itself so."""


_OUTSIDE: dict[tuple[str, str], None] = {}
"""By kind and spec: the parts of somebody else that this process has loaded, in order."""


def outside(kind: str) -> list[str]:
    """The specs of these parts."""
    return [spec for of, spec in _OUTSIDE if of == kind]


def remember(kind: str, name: str, spec: str) -> None:
    """From now on the name stands for what the spec brought, if no other part has it.

    Raises BadSettings if one has.
    """
    if ":" not in spec or _GIVEN.get((kind, name)) == spec:
        return
    if name in names(kind):
        raise BadSettings(
            f"{kind} {spec}: another part is named {name!r}; give it a name of its own"
        )
    _GIVEN[kind, name] = spec


def given() -> dict[tuple[str, str], str]:
    """What `remember` keeps; another process that is to know it calls `remember` again."""
    return dict(_GIVEN)


def group_of(kind: str) -> str:
    """The group of entry points under which other packages declare parts of a kind."""
    return "memorygym.domain" if kind == "domains" else f"memorygym.{kind}"


@cache
def _plugged(kind: str) -> dict[str, str]:
    from importlib.metadata import entry_points  # Likewise.

    return {point.name: point.value for point in entry_points(group=group_of(kind))}


def names(kind: str) -> list[str]:
    """The ids of all parts of a kind, sorted: built in, then plugged in by other packages."""
    mine = {name for of, name in _GIVEN if of == kind}
    return sorted(mine | _plugged(kind).keys() | _built_in(kind).keys())


def known(kind: str, name: str) -> str:
    """The name, if a part has it: one that a file gives must not bring code of its own in.

    Raises UnknownPart with the nearest name.
    """
    if name not in names(kind):
        raise UnknownPart(kind, name, names(kind))
    return name


def target_of(kind: str, name: str) -> str:
    """Where a part of another package is: what its entry point says, or the name itself."""
    if ":" in name:
        return name
    return _plugged(kind).get(name) or _GIVEN.get((kind, name), name)


def load(kind: str, spec: str, attribute: str = "make") -> Any:
    """The object that `spec` names: an id's `attribute`, or what `package.module:object` is.

    Raises UnknownPart with the nearest name if nothing answers to it, and BadSettings for a module
    that cannot be imported or lacks the object.
    """
    if spec in _built_in(kind):
        module, _, name = _built_in(kind)[spec].partition(":")
        return getattr(import_module(module), name or attribute)
    module, colon, name = target_of(kind, spec).partition(":")
    if not colon or not module or module.startswith("."):
        raise UnknownPart(kind, spec, names(kind))
    found = _imported(kind, spec, module)
    _OUTSIDE[kind, spec] = None
    try:
        return getattr(found, name)
    except AttributeError as error:
        raise BadSettings(f"{kind} {spec}: {error}") from error


def module_of(kind: str, spec: str) -> str:
    """The module that states a part: an id's own, or that of `package.module:object`."""
    return (_built_in(kind).get(spec) or target_of(kind, spec)).partition(":")[0]


def load_module(kind: str, spec: str) -> Any:
    """The same, imported. Raises BadSettings if that fails."""
    module = module_of(kind, spec)
    return import_module(module) if is_ours(kind, spec) else _imported(kind, spec, module)


def _imported(kind: str, spec: str, module: str) -> Any:
    """Somebody else's module. Raises BadSettings with whatever it raised."""
    if WORKING_FOLDER not in sys.path:
        # It stays there: what the module imports later may lie beside it.
        sys.path.append(WORKING_FOLDER)
    try:
        return import_module(module)
    except MemoryGymError:
        raise
    except ImportError as error:
        raise BadSettings(f"{kind} {spec}: {module} cannot be imported ({error})") from error
    except Exception as error:
        said = str(error) if isinstance(error, TypeError) else f"{type(error).__name__}: {error}"
        hint = f"; see {EXAMPLES[kind]}" if kind in EXAMPLES else ""
        raise BadSettings(f"{kind} {spec}: {module} cannot be imported ({said}){hint}") from error


def make(kind: str, spec: str, *subject: object, **given: object) -> Any:
    """The part that `spec` names, with its parameters. Raises BadSettings if it makes none.

    A factory that needs one argument is given the `subject`: for an agent, the task.
    """
    name, told = split(spec)
    factory = load(kind, name)
    parameters = {**set_parameters(f"{kind} {name}", factory, told), **given}
    arguments = next((args for args in ((), subject) if _takes(factory, args, parameters)), None)
    if arguments is None:
        what = type(factory).__name__
        needs = "at most the task" if kind == "agents" else "no arguments"
        raise BadSettings(f"{kind} {spec}: that is a {what}, not a factory that needs {needs}")
    part = factory(*arguments, **parameters)
    for does, example in DOES.get(kind, {}).items():
        if not callable(getattr(part, does, None)):
            raise BadSettings(
                f"{kind} {spec}: it makes a {type(part).__name__}, which has no `{does}`; give it"
                f" `{example}`, as {EXAMPLES[kind]} does"
            )
    return part


def set_parameters(what: str, factory: Any, told: Mapping[str, str]) -> dict[str, object]:
    """The parameters in the types that the factory states. Raises UnknownPart, with the nearest
    name, for one that it does not have, and BadSettings for a value that does not fit."""
    stated = parameters_of(factory) if told else {}
    if told and not stated:
        raise BadSettings(f"{what} has no parameters, so no {', '.join(told)}")
    for name in told:
        if name not in stated:
            raise UnknownPart(f"parameter of {what}", name, stated)
    return {n: _value(f"{what}: {n}", stated[n].annotation, text) for n, text in told.items()}


def parameters_of(factory: Any) -> dict[str, Parameter]:
    """The parameters of a factory that have a default, by name."""
    parameters = signature(factory, eval_str=True).parameters
    return {name: p for name, p in parameters.items() if p.default is not Parameter.empty}


def _value(what: str, annotation: Any, text: str) -> object:
    """A parameter's text as the type that it is annotated with; text where that tells nothing."""
    kinds = get_args(annotation) or (annotation,)
    if type(None) in kinds and text == "none":
        return None
    if bool in kinds:
        if text not in ("true", "false"):
            raise BadSettings(f"{what}={text}: give true or false")
        return text == "true"
    for kind, called in ((int, "a whole number"), (float, "a number")):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError:
                raise BadSettings(f"{what}={text}: give {called}") from None
    return text


def check(kind: str, spec: str) -> None:
    """Raises what `load` and `make` would; a part of the package itself need not be made."""
    if is_ours(kind, spec):
        load(kind, spec)
    elif kind != "agents" or not needs_task(spec):
        make(kind, spec)


def needs_task(spec: str) -> bool:
    """Whether an agent is made for a task, as `make(task)` does, so that none is made before."""
    name, stated = split(spec)
    factory = load("agents", name)
    parameters = set_parameters(f"agents {name}", factory, stated)
    return not _takes(factory, (), parameters) and _takes(factory, (None,), parameters)


def _takes(factory: Any, arguments: Sequence[object], parameters: dict[str, object]) -> bool:
    """Whether it can be called with these arguments and parameters and no more."""
    try:
        signature(factory).bind(*arguments, **parameters)
    except TypeError:  # It is no callable, or takes others.
        return False
    except ValueError:  # Some functions in C do not tell what they take.
        pass
    return True
