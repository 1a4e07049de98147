"""What modules import, read off their text: none of it is run."""

import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from memorygym.sandbox.finding import file_of

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
    return tuple(_imported(lines, package))


def _imported(lines: str, package: str) -> Iterator[str]:
    bare = _STRINGS.sub("''", lines).replace("\\\n", " ")
    if "TYPE_CHECKING:" in bare:
        bare = _TYPES.sub("", f"{bare}\n")
    for found in _IMPORT.finditer(bare):
        if found["modules"]:
            yield from _names(found["modules"])
            continue
        up = found["dots"].count(".")
        above = package.split(".")[: 1 - up or None] if up else []
        module = ".".join([*above, *filter(None, [found["module"]])])
        yield module
        yield from (f"{module}.{name}" for name in _names(found["names"]))


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
        texts[name] = lines = text_of(file)
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
