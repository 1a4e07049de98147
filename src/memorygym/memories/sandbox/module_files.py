"""The files of modules outside this package, found without running their code."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path


def search_path() -> list[str]:
    """Where a memory's process looks for modules: this process's path, then the current folder."""
    return [*sys.path, str(Path.cwd())]


def file_of(module: str) -> Path | None:
    """The file of a module; None if the module has no file or is not found.

    >>> file_of("json.decoder").name, file_of("nowhere.at_all")
    ('decoder.py', None)
    """
    path = search_path()
    origin: str | None = None
    for name in module.split("."):
        # One name at a time: a dotted name would import the packages above it.
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            return None
        origin, path = spec.origin, list(spec.submodule_search_locations or ())
    return Path(origin) if origin else None
