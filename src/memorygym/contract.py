"""What a score depends on, as a version and a hash: nothing compares across contracts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from memorygym import registry
from memorygym.imports import Find, beside, is_package, reached, text_of
from memorygym.track import find

HERE = Path(__file__).parents[1]
"""The folder in which this package lies."""
PLAYED = (
    "memorygym.episode",
    "memorygym.trace",
    "memorygym.scoring",
    "memorygym.attribution",
    "memorygym.memory.markdown",
    "memorygym.agents.chat",
    "memorygym.agents.note_taker",
    "memorygym.models.wire",
    "memorygym.runs.limits",
)
"""What every track is played with: the referee, the memory and the agent that are used unless
others are named, and the form in which any model is asked and answers."""
STOPS = frozenset({"memorygym", "memorygym.registry", "memorygym.disk"})
"""Imported, though no score depends on it: the front, which states the version and leads to all;
what finds parts by name, which count themselves; how files are written."""
CHOSEN = frozenset({"tracks", "memory", "shims"})
"""Kinds of which a run names its own part, and says so beside its contract."""
_LOOKED_UP = re.compile(r'registry\.\w+\(\s*"(\w+)"')
"""The kind of what code looks up by name, which no import shows."""


@lru_cache(maxsize=16)
def contract(track: str) -> str:
    """The version of the track and a hash of all that its scores depend on."""
    return f"{find(track).version}@{digest(sources(track))}"


def digest(texts: Mapping[str, str]) -> str:
    """A hash of texts under their names."""
    found = sha256()
    for name in sorted(texts):
        found.update(f"{name}\0{texts[name]}\0".encode(errors="surrogateescape"))
    return found.hexdigest()[:8]


def sources(track: str, folder: Path = HERE) -> dict[str, str]:
    """What scores of the track depend on: the code by module, and the texts beside the track's.

    It is all that is imported from the track's own folder and from what every track is played
    with. This package is read where it lies in the folder.
    """
    module = registry.module_of("tracks", track)
    follow = _follower(module, folder)
    own = dict(_own(module, follow(module)))
    found = reached([*own, *PLAYED], follow)
    found |= reached(_looked_up(found.values(), folder) - found.keys(), follow)
    return found | {name: text_of(own[name]) for name in own.keys() - found.keys()}


def code_of(module: str, *others: str) -> dict[str, str]:
    """The code of a module and of all that it imports, and so of others of this package."""
    return reached([module, *others], _follower(module, HERE))


def _follower(module: str, folder: Path) -> Find:
    """Finds modules of this package and of the project that the module belongs to."""
    ours = "memorygym"
    theirs = None if module.partition(".")[0] == ours else beside(module)

    def follow(name: str) -> Path | None:
        if name in STOPS:
            return None
        if name.partition(".")[0] != ours:
            return theirs(name) if theirs else None
        path = folder.joinpath(*name.split("."))
        files = (path / "__init__.py", path.with_name(f"{path.name}.py"))
        return next((file for file in files if file.is_file()), None)

    return follow


def _own(module: str, file: Path | None) -> Iterator[tuple[str, Path]]:
    """The modules and texts of a package, or the module if it is none, each with its file."""
    if file is None or not is_package(file):
        yield from [(module, file)] if file else []
        return
    for path in file.parent.rglob("*"):
        parts = [module, *path.relative_to(file.parent).parts]
        if path.suffix == ".py":
            yield ".".join(parts).removesuffix(".py").removesuffix(".__init__"), path
        elif path.suffix in (".json", ".txt"):
            yield ".".join(parts), path


def _looked_up(texts: Iterable[str], folder: Path) -> set[str]:
    """The modules of this package's parts of each kind that code looks up by name."""
    kinds = {kind for text in texts for kind in _LOOKED_UP.findall(text)} - CHOSEN
    places = [place for kind in kinds & registry.FOLDERS.keys() for place in registry.FOLDERS[kind]]
    return {
        f"memorygym.{place}.{file.stem}"
        for place in places
        for file in folder.joinpath("memorygym", *place.split(".")).glob("[!_]*.py")
    }
