"""The version hash: a hash of all code and texts that a score depends on.

Nothing is compared across version hashes. Imports are read from the text of modules; none is run.
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
"""What every track is played with: the episode, the default memory and agent, and the form in
which models are asked and answer."""
STOPS = frozenset(
    {"memorygym", *(f"memorygym.core.{name}" for name in ("registry", "factories", "files"))}
)
"""Modules that are imported, but that no score depends on: the package itself, the registry and
`factories`, which find and make parts that are counted themselves, and the writing of files."""
CHOSEN = frozenset({"tracks", "memory", "shims"})
"""Kinds of parts that a run names beside its version hash."""
_LOOKED_UP = re.compile(r'registry\.\w+\(\s*"(\w+)"')
"""The kind of a part that code looks up by name, which no import shows."""
Find = Callable[[str], Path | None]
"""A function from a module to its file; None for a module that is not followed."""

_STRING = (
    r'"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""',
    r"'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*'''",
    r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"',
    r"'[^'\\\n]*(?:\\.[^'\\\n]*)*'",
)
# Each alternative begins with a plain character, which makes the search fast.
_STRINGS = re.compile("|".join(_STRING), re.S)
_SILENT = re.compile("|".join([*_STRING, r"#[^\n]*", r"\n\s*(?:#[^\n]*\s*)*(?=\n)"]), re.S)
"""A string, a comment, or a line break before blank lines and comment lines."""
_TYPES = re.compile(r"^([ \t]*)if (?:\w+\.)?TYPE_CHECKING:.*\n(?:\1[ \t]+.*\n)*", re.M)
_IMPORT = re.compile(
    r"from(?<![\w.]from)[ \t]*(?P<dots>[. \t]*)(?P<module>[\w.]*)[ \t]+import\b[ \t]*"
    r"(?P<names>\([^)]*\)|[^\n;]*)"
    r"|import(?<![\w.]import)[ \t]+(?P<modules>[^\n;]*)"
)


@lru_cache(maxsize=16)
def version_hash(track: str) -> str:
    """The version hash of a track: its version, and a hash of all that its scores depend on."""
    return f"{find(track).version}@{digest(sources(track))}"


def digest(texts: Mapping[str, str]) -> str:
    """A hash of texts and their names."""
    hashed = sha256()
    for name in sorted(texts):
        hashed.update(f"{name}\0{texts[name]}\0".encode(errors="surrogateescape"))
    return hashed.hexdigest()[:8]


def sources(track: str, folder: Path = HERE) -> dict[str, str]:
    """What a track's scores depend on: code by module, and the texts in the track's folder.

    That is the track's folder, PLAYED, and all that either imports. `folder` holds this package.
    """
    module = registry.module_of("tracks", track)
    follow = _follower(module, folder)
    own = dict(_own(module, follow(module)))
    modules = reached([*own, *PLAYED], follow)
    modules |= reached(_looked_up(modules.values(), folder) - modules.keys(), follow)
    return modules | {name: text_of(own[name]) for name in own.keys() - modules.keys()}


def code_of(module: str, *others: str) -> dict[str, str]:
    """The code of modules and of all that they import."""
    return reached([module, *others], _follower(module, HERE))


def _follower(module: str, folder: Path) -> Find:
    """A finder of modules of this package and of the project that the module belongs to."""
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
    """The modules and texts of a package, each with its file; of a plain module only that."""
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
    """The modules of this package's parts, of each kind that code looks up by name."""
    kinds = {kind for text in texts for kind in _LOOKED_UP.findall(text)} - CHOSEN
    places = [place for kind in kinds & registry.FOLDERS.keys() for place in registry.FOLDERS[kind]]
    return {
        f"memorygym.{place}.{file.stem}"
        for place in places
        for file in folder.joinpath("memorygym", *place.split(".")).glob("[!_]*.py")
    }


@cache  # A run reads the code of every memory that it names, most of which is shared.
def code(text: str) -> str:
    r"""The lines of a module without comments, blank lines and trailing blanks.

    >>> code('# one\na = 1  # two\n\n  # three\nb = "# four"')
    'a = 1\nb = "# four"'
    """
    lines = _SILENT.sub(lambda match: match[0] if match[0][0] in "\"'" else "", f"\n{text}\n")
    return "\n".join(map(str.rstrip, lines.split("\n"))).strip("\n")


@cache
def imported(lines: str, package: str) -> tuple[str, ...]:
    r"""What code may import: modules, and names in them that may be modules.

    Imports for type checkers are left out.

    >>> list(imported("import a.b as c, d\nfrom .e import (f, g as h)", "x.y"))
    ['a.b', 'd', 'x.y.e', 'x.y.e.f', 'x.y.e.g']
    """
    bare = _STRINGS.sub("''", lines).replace("\\\n", " ")
    if "TYPE_CHECKING:" in bare:
        bare = _TYPES.sub("", f"{bare}\n")
    names: list[str] = []
    for match in _IMPORT.finditer(bare):
        if match["modules"]:
            names += _names(match["modules"])
            continue
        up = match["dots"].count(".")
        above = package.split(".")[: 1 - up or None] if up else []
        module = ".".join([*above, *filter(None, [match["module"]])])
        names += [module, *(f"{module}.{name}" for name in _names(match["names"]))]
    return tuple(names)


def _names(listed: str) -> Iterator[str]:
    return (name.split()[0] for name in listed.strip("() \t\n").split(",") if name.strip())


def reached(roots: Iterable[str], find: Find) -> dict[str, str]:
    """By module: the code of the roots, of all that they import, and of their packages."""
    files: dict[str, Path | None] = {}
    texts: dict[str, str] = {}
    waiting = deque(roots)
    while waiting:
        name = waiting.popleft()
        above = name.rpartition(".")[0]
        holder = files.get(above)
        if name in files or (holder and not is_package(holder)):
            continue  # Already seen, or a name in a module.
        files[name] = file = find(name)
        if not file:
            continue
        lines = text_of(file)
        if not (
            is_package(file) and _STRINGS.fullmatch(lines)
        ):  # A package with a docstring alone has no code.
            texts[name] = lines
        waiting.extend([above, *imported(lines, name if is_package(file) else above)])
    return texts


def text_of(file: Path) -> str:
    """The text of a file, with any line endings; of a module its code."""
    text = file.read_text(encoding="utf-8", errors="surrogateescape")
    return code(text) if file.suffix == ".py" else text


def is_package(file: Path) -> bool:
    """Whether a module's file makes it a package."""
    return file.name == "__init__.py"


def beside(module: str) -> Find:
    """A finder of modules of another project: in the same top package, or in the same folder.

    Packages in site-packages do not belong together.
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
    """The folder of a top-level module or package."""
    file = file_of(top)
    return file and (file.parent.parent if is_package(file) else file.parent)
