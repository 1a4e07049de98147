"""Where modules of other people are, without running a line of them."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path


def search_path() -> list[str]:
    """Where a memory's process looks for modules: as this one does, then in the current folder."""
    return [*sys.path, str(Path.cwd())]


def file_of(module: str) -> Path | None:
    """The file of a module; None if it is found by other means than a path, or not at all.

    >>> file_of("json.decoder").name, file_of("nowhere.at_all")
    ('decoder.py', None)
    """
    path = search_path()
    origin: str | None = None
    for name in module.split("."):
        # Each name alone: a dotted one would ask for the packages above it, which nobody imported.
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            return None
        origin, path = spec.origin, list(spec.submodule_search_locations or ())
    return Path(origin) if origin else None
