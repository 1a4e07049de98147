"""Finds parts (memories, agents, templates, tracks, data sets) by name, and makes them.

A *spec* is a name with parameters, as in `bm25:top_k=5:chunk_size=256`. A name is that of a file of
this package, of an entry point of another package, or `package.module:object`; modules that are not
installed are looked for in the working folder. Nothing is imported before it is needed, and no list
of parts is kept by hand.
"""

import re
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.abc import SourceLoader
from importlib.machinery import PathFinder
from typing import Any

from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.core.factories import accepts, set_parameters, unmet

FOLDERS = {
    "templates": ("tracks.worlds.templates",),
    "desks": ("tracks.dialogue.desks",),
    "apps": ("tracks.web.apps",),
    "memory": ("memories",),
    "shims": ("memories.shims",),
    "agents": (),
    "tracks": ("tracks",),
    "datasets": ("datasets",),
    "rewards": (),
}
"""Folders of this package that hold the parts of each kind; a track is a folder, any other part a
file. Built-in agents belong to their track: only other people's agents are found by name."""
REQUIRED_METHODS = {
    "agents": {"act": "def act(self, view, tools)"},
    "memory": {
        "observe": "def observe(self, new)",
        "compose": "def compose(self, live, budget)",
    },
}
"""The methods that a part of each kind must have, each with its first line."""
SHAPES = {
    "add_search": ("add", "search"),
    "manage_context": ("manage_context",),
    "condenser": ("condense",),
}
"""By shim: the methods of the objects that it takes."""
EXAMPLES = {
    "agents": "examples/my_agent.py",
    "memory": "examples/my_memory.py",
    "tracks": "examples/my_track.py",
}
WORKING_FOLDER = ""
"""The name of the working folder in `sys.path`."""

_PARAMETER = re.compile(r":(?=[A-Za-z_]\w*=)")


def split_spec(spec: str) -> tuple[str, dict[str, str]]:
    """The name and the parameters of a spec; a value may hold colons.

    >>> split_spec("bm25:top_k=5"), split_spec("my.mod:make:model=qwen3:8b")
    (('bm25', {'top_k': '5'}), ('my.mod:make', {'model': 'qwen3:8b'}))
    """
    name, *parameters = _PARAMETER.split(spec)
    return name, dict(parameter.split("=", 1) for parameter in parameters)


def is_built_in(kind: str, name: str) -> bool:
    """Whether the part belongs to this package."""
    return name in _built_in(kind)


@cache
def _built_in(kind: str) -> dict[str, str]:
    """By name: the module of each built-in part, or its `package.module:object`."""
    from importlib.resources import files  # Importing it takes longer than this whole module.

    modules: dict[str, str] = {}
    for folder in FOLDERS[kind]:
        package_folder = files("memorygym").joinpath(*folder.split("."))
        for item in package_folder.iterdir():
            name, _, ending = item.name.partition(".")
            if ending == "json":
                modules[name] = f"memorygym.{folder}:{name}"
            elif item.is_dir() if kind == "tracks" else ending == "py":
                modules[name] = f"memorygym.{folder}.{name}"
    return {name: modules[name] for name in sorted(modules) if name[:1] not in "_."}


_REMEMBERED: dict[tuple[str, str], str] = {}
"""By kind and name: the spec of each part that `remember` has named in this process."""


_EXTERNAL: dict[tuple[str, str], None] = {}
"""By kind and spec: other people's parts that this process has loaded, in order."""


def external_specs(kind: str) -> list[str]:
    """The specs of other people's parts of a kind that this process has loaded, in order."""
    return [spec for kind_, spec in _EXTERNAL if kind_ == kind]


def remember(kind: str, name: str, spec: str) -> None:
    """Makes a name stand for the part of a spec in this process.

    Raises BadSettings if another part has the name.
    """
    if "/" in spec and ":" not in spec:
        spec = import_path(kind, spec)
    if ":" not in spec or _REMEMBERED.get((kind, name)) == spec:
        return
    if name in names(kind):
        raise BadSettings(
            f"{kind} {spec}: another part is named {name!r}; give it a name of its own"
        )
    _REMEMBERED[kind, name] = spec


def remembered_specs() -> dict[tuple[str, str], str]:
    """The specs that `remember` received, by kind and name; a worker process repeats the calls."""
    return dict(_REMEMBERED)


def group_of(kind: str) -> str:
    """The group of entry points under which other packages declare parts of a kind."""
    return "memorygym.template" if kind == "templates" else f"memorygym.{kind}"


@cache
def _plugged(kind: str) -> dict[str, str]:
    from importlib.metadata import entry_points  # Slow to import, too.

    return {point.name: point.value for point in entry_points(group=group_of(kind))}


def names(kind: str) -> list[str]:
    """The names of all parts of a kind, built in or not, sorted."""
    remembered = {name for kind_, name in _REMEMBERED if kind_ == kind}
    return sorted(remembered | _plugged(kind).keys() | _built_in(kind).keys())


def require_name(kind: str, name: str) -> str:
    """Returns the name if it is registered; a name read from a file must not load new code.

    Raises UnknownPart, which suggests the nearest name.
    """
    if name not in names(kind):
        raise _unknown(kind, name)
    return name


def _unknown(kind: str, name: str) -> MemoryGymError:
    """The error for a name that no part has; it may be that of a file in the working folder."""
    own = own_part(kind, name.removesuffix(".py"))
    if not own:
        return UnknownPart(kind, name, names(kind))
    return BadSettings(f"no {kind} named {name!r}; your own is {own}")


def own_part(kind: str, module: str) -> str:
    """The spec of the part that a file of the working folder seems to define; "" without a file.

    The file is read, not imported.
    """
    module_spec = PathFinder.find_spec(module, [WORKING_FOLDER]) if module.isidentifier() else None
    if not (module_spec and isinstance(module_spec.loader, SourceLoader)):
        return ""
    pattern = r"^(\w+)\b.*= Track\(" if kind == "tracks" else r"^class (\w+)"
    parts = re.findall(pattern, module_spec.loader.get_source(module) or "", re.M)
    return f"{module}:{parts[-1] if parts else 'OBJECT'}"


def import_path(kind: str, name: str) -> str:
    """The `package.module:object` of another package's part; else the name itself.

    The track `a/b` is the adapter `b` in the folder of the track `a`.
    """
    if ":" in name:
        return name
    if kind == "tracks" and re.fullmatch(r"\w+/\w+", name):
        return f"memorygym.tracks.{name.replace('/', '.')}:TRACK"
    return _plugged(kind).get(name) or _REMEMBERED.get((kind, name), name)


def load(kind: str, spec: str, attribute: str = "make") -> Any:
    """The object behind a name: a module's `attribute`, or the object of `package.module:object`.

    Raises UnknownPart, with the nearest name, if no part has the name, and BadSettings if its
    module cannot be imported or lacks the object.
    """
    if spec in _built_in(kind):
        module, _, name = _built_in(kind)[spec].partition(":")
        return getattr(import_module(module), name or attribute)
    module, colon, name = import_path(kind, spec).partition(":")
    if not colon or not module or module.startswith("."):
        raise _unknown(kind, spec)
    imported = _imported(kind, spec, module)
    _EXTERNAL[kind, spec] = None
    try:
        part = getattr(imported, name)
    except AttributeError as error:
        near = get_close_matches(name, dir(imported), n=1)
        hint = f"; did you mean {module}:{near[0]}?" if near else ""
        raise BadSettings(f"{kind} {spec}: {error}{hint}") from error
    if kind == "templates" and isinstance(part, type):
        raise BadSettings(
            f"{kind} {spec}: that is a class; give the Template that read_template makes"
        )
    return part


def module_of(kind: str, spec: str) -> str:
    """The name of the module that defines a part."""
    return (_built_in(kind).get(spec) or import_path(kind, spec)).partition(":")[0]


def file_of(kind: str, spec: str) -> str | None:
    """The path of the module that defines a part, found without running any code; None if there is
    no such file.

    >>> file_of("memory", "nowhere.at_all:make")
    """
    path = [*sys.path, WORKING_FOLDER]
    origin: str | None = None
    for name in module_of(kind, spec).split("."):
        # One name at a time: a dotted name would import the packages above it.
        module_spec = PathFinder.find_spec(name, path)
        if module_spec is None:
            return None
        origin, path = module_spec.origin, [*(module_spec.submodule_search_locations or ())]
    return origin


def load_module(kind: str, spec: str) -> Any:
    """The module that defines a part. Raises BadSettings if it cannot be imported."""
    module = module_of(kind, spec)
    return import_module(module) if is_built_in(kind, spec) else _imported(kind, spec, module)


def _imported(kind: str, spec: str, module: str) -> Any:
    """Imports another package's module. Raises BadSettings for any error in it."""
    if WORKING_FOLDER not in sys.path:
        # The path stays: the module may later import files beside it.
        sys.path.append(WORKING_FOLDER)
    try:
        return import_module(module)
    except MemoryGymError:
        raise
    except ImportError as error:
        raise BadSettings(f"{kind} {spec}: {module} cannot be imported ({error})") from error
    except Exception as error:
        reason = str(error) if isinstance(error, TypeError) else f"{type(error).__name__}: {error}"
        hint = f"; see {EXAMPLES[kind]}" if kind in EXAMPLES else ""
        raise BadSettings(f"{kind} {spec}: {module} cannot be imported ({reason}){hint}") from error


def make(kind: str, spec: str, *subject: object) -> Any:
    """Makes the part of a spec. Raises BadSettings if its factory or the result does not fit.

    A factory that needs one argument receives the `subject`: for an agent, the task.
    """
    factory, arguments, parameters = _call_of(kind, spec, *subject)
    part = factory(*arguments, **parameters)
    for method, example in REQUIRED_METHODS.get(kind, {}).items():
        if not callable(getattr(part, method, None)):
            advice = f"give it `{example}`, as {EXAMPLES[kind]} does"
            if kind == "memory" and (shim := _shim_of(part)):
                advice = f"name it {shim}:{spec}, for it has {' and '.join(SHAPES[shim])}"
            raise BadSettings(
                f"{kind} {spec}: it makes an object of {type(part).__name__}, which has no"
                f" `{method}`; {advice}"
            )
    return part


def _shim_of(part: object) -> str:
    """The shim that takes such an object; "" if none does."""
    shapes = SHAPES.items()
    fits = (s for s, names in shapes if all(callable(getattr(part, n, None)) for n in names))
    return next(fits, "")


def check_spec(kind: str, spec: str) -> None:
    """Raises what `make` would raise for a spec; an agent that needs a task is only loaded."""
    task = [None] if kind == "agents" else []
    if not _call_of(kind, spec, *task)[1]:
        make(kind, spec)


def _call_of(
    kind: str, spec: str, *subject: object
) -> tuple[Any, Sequence[object], dict[str, object]]:
    """The factory of a spec with the arguments and parameters that it takes."""
    name, values = split_spec(spec)
    factory = load(kind, name)
    if not callable(factory):
        raise BadSettings(f"{kind} {spec}: {factory!r:.60} is no class or function that makes one")
    parameters = set_parameters(f"{kind} {name}", factory, values)
    for arguments in ((), subject):
        if accepts(factory, arguments, parameters):
            return factory, arguments, parameters
    raise BadSettings(f"{kind} {spec}: {unmet(kind, spec, factory, parameters)}")
