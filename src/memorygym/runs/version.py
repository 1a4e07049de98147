"""What a score depends on, as a version and a hash: nothing compares across contracts.

What modules import is read off their text: none of it is run.
"""

import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from memorygym.core import registry
from memorygym.core.track import find
from memorygym.memories.sandbox.module_files import file_of

HERE = Path(__file__).parents[2]
"""The folder in which this package lies."""
PLAYED = (
    "memorygym.core.episode",
    "memorygym.core.trace",
    "memorygym.scoring.episode_scores",
    "memorygym.scoring.attribution",
    "memorygym.memories.markdown",
    "memorygym.agents.chat",
    "memorygym.agents.reasoner_agent",
    "memorygym.models.chat_completions",
    "memorygym.runs.tasks",
)
"""What every track is played with: the referee, the memory and the agent that are used unless
others are named, and the form in which any model is asked and answers."""
STOPS = frozenset({"memorygym", "memorygym.core.registry", "memorygym.core.files"})
"""Imported, though no score depends on it: the front, which states the version and leads to all;
what finds parts by name, which count themselves; how files are written."""
CHOSEN = frozenset({"tracks", "memory", "shims"})
"""Kinds of which a run names its own part, and says so beside its contract."""
_LOOKED_UP = re.compile(r'registry\.\w+\(\s*"(\w+)"')
"""The kind of what code looks up by name, which no import shows."""
Find = Callable[[str], Path | None]
"""The file of a module; None for one that is not followed."""

_STRING = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
    r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
    r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"',
    r"'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
)
# Each way that these begin is a plain character, so that the search leaps from one to the next.
_STRINGS = re.compile("|".join(_STRING), re.S)
_SILENT = re.compile("|".join([*_STRING, r"#[^\n]*", r"\n\s*(?:#[^\n]*\s*)*(?=\n)"]), re.S)
"""A string, a comment, or a line's end with blank lines and lines of comments behind it."""
_TYPES = re.compile(r"^([ \t]*)if (?:\w+\.)?TYPE_CHECKING:.*\n(?:\1[ \t]+.*\n)*", re.M)
_IMPORT = re.compile(
    r"from(?<![\w.]from)[ \t]*(?P<dots>[. \t]*)(?P<module>[\w.]*)[ \t]+import\b[ \t]*"
    r"(?P<names>\([^)]*\)|[^\n;]*)"
    r"|import(?<![\w.]import)[ \t]+(?P<modules>[^\n;]*)"
)


@lru_cache(maxsize=16)
def version_hash(track: str) -> str:
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


@cache  # A run asks for the code of every memory that it names, and most of that is the same.
def code(text: str) -> str:
    r"""The lines of a module without comments, blank lines and blanks at their ends.

    >>> code('# one\na = 1  # two\n\n  # three\nb = "# four"')
    'a = 1\nb = "# four"'
    """
    told = _SILENT.sub(lambda found: found[0] if found[0][0] in "\"'" else "", f"\n{text}\n")
    return "\n".join(map(str.rstrip, told.split("\n"))).strip("\n")


@cache
def imported(lines: str, package: str) -> tuple[str, ...]:
    r"""What `code` of a package may import anywhere: modules, and names in them that may be some.

    What only type checkers import is left out.

    >>> list(imported("import a.b as c, d\nfrom .e import (f, g as h)", "x.y"))
    ['a.b', 'd', 'x.y.e', 'x.y.e.f', 'x.y.e.g']
    """
    bare = _STRINGS.sub("''", lines).replace("\\\n", " ")
    if "TYPE_CHECKING:" in bare:
        bare = _TYPES.sub("", f"{bare}\n")
    names: list[str] = []
    for found in _IMPORT.finditer(bare):
        if found["modules"]:
            names += _names(found["modules"])
            continue
        up = found["dots"].count(".")
        above = package.split(".")[: 1 - up or None] if up else []
        module = ".".join([*above, *filter(None, [found["module"]])])
        names += [module, *(f"{module}.{name}" for name in _names(found["names"]))]
    return tuple(names)


def _names(listed: str) -> Iterator[str]:
    return (name.split()[0] for name in listed.strip("() \t\n").split(",") if name.strip())


def reached(roots: Iterable[str], find: Find) -> dict[str, str]:
    """By module: the code of the roots, of all that they import, and of the packages above."""
    files: dict[str, Path | None] = {}
    texts: dict[str, str] = {}
    waiting = deque(roots)
    while waiting:
        name = waiting.popleft()
        above = name.rpartition(".")[0]
        holder = files.get(above)
        if name in files or (holder and not is_package(holder)):
            continue  # It is known, or a name in a module.
        files[name] = file = find(name)
        if not file:
            continue
        lines = text_of(file)
        if not (is_package(file) and _STRINGS.fullmatch(lines)):  # A guide to modules is no code.
            texts[name] = lines
        waiting.extend([above, *imported(lines, name if is_package(file) else above)])
    return texts


def text_of(file: Path) -> str:
    """What a file says, whatever ends its lines; of a module its code."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    return code(text) if file.suffix == ".py" else text


def is_package(file: Path) -> bool:
    """Whether a module's file makes it a package."""
    return file.name == "__init__.py"


def beside(module: str) -> Find:
    """Finds modules of another project: what is in the same package on top, or beside it.

    Where all packages are installed nothing is beside another.
    """
    top = module.partition(".")[0]
    place = _place(top)
    shared = place is None or place.name in ("site-packages", "dist-packages")

    def find(name: str) -> Path | None:
        head = name.partition(".")[0]
        if head != top and (shared or head in sys.stdlib_module_names or _place(head) != place):
            return None
        return file_of(name)

    return find


def _place(top: str) -> Path | None:
    """The folder in which a module or package on top lies."""
    file = file_of(top)
    return file and (file.parent.parent if is_package(file) else file.parent)
