"""Finds parts by name: a file's name is its id; entry points and `package.module:factory` add more.

Nothing is imported until it is made, and no list of parts is kept by hand.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.resources import files
from typing import Any

from memorygym.errors import UnknownPart

FOLDERS = {
    "worlds": ("worlds",),
    "memory": ("memory",),
    "agents": ("agents.honest", "agents.adversaries"),
    "tracks": ("tracks",),
}
"""Where each kind lives, below the package; a track is a folder, every other part a file."""


@cache
def _built_in(kind: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in FOLDERS[kind]:
        path = files("memorygym")
        for part in folder.split("."):
            path = path / part
        for item in path.iterdir():
            name = item.name.removesuffix(".py")
            is_part = item.is_dir() if kind == "tracks" else item.name.endswith(".py")
            if is_part and not name.startswith("_"):
                found[name] = f"memorygym.{folder}.{name}"
    return dict(sorted(found.items()))


@cache
def _plugged(kind: str) -> dict[str, str]:
    return {point.name: point.value for point in entry_points(group=f"memorygym.{kind}")}


def names(kind: str) -> list[str]:
    """The ids of all parts of a kind, sorted: built in, then plugged in by other packages."""
    return sorted({**_plugged(kind), **_built_in(kind)})


def known(kind: str, name: str) -> str:
    """The name, if a part has it: one that a file gives must not bring code of its own in.

    Raises UnknownPart with the nearest name.
    """
    if name not in names(kind):
        raise UnknownPart(kind, name, names(kind))
    return name


def load(kind: str, spec: str, attribute: str = "make") -> Any:
    """The object that `spec` names: an id's `attribute`, or what `package.module:object` is.

    Raises UnknownPart with the nearest name if nothing answers to it.
    """
    if spec in _built_in(kind):
        return getattr(import_module(_built_in(kind)[spec]), attribute)
    target = _plugged(kind).get(spec, spec)
    module, colon, name = target.partition(":")
    if not colon or not module or module.startswith("."):
        raise UnknownPart(kind, spec, names(kind))
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise UnknownPart(kind, f"{spec} ({error})", names(kind)) from error


def load_module(kind: str, spec: str) -> Any:
    """The module that states a part: an id's own, or that of `package.module:object`."""
    if spec in _built_in(kind):
        return import_module(_built_in(kind)[spec])
    return import_module(_plugged(kind).get(spec, spec).partition(":")[0])


def make(kind: str, spec: str, **knobs: object) -> Any:
    """Makes the part that `spec` names, with its knobs."""
    return load(kind, spec)(**knobs)
