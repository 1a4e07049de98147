"""Checks of arguments that most commands share."""

import argparse
import ast
import sys
from collections.abc import Sequence
from contextlib import ExitStack, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from memorygym.core.errors import BadSettings
from memorygym.core.files import is_standard_output
from memorygym.core.text import one_line

if TYPE_CHECKING:
    from memorygym.runs.episode_result import Failure

RUN = "the folder of a run (bench -o, compare -o)"
"""The help of an argument."""


def given_path(text: str) -> Path:
    """The path of an argument. Raises ArgumentTypeError for an empty one: as a `Path` it would be
    the current folder."""
    if not text.strip():
        raise argparse.ArgumentTypeError(
            f"{text!r} is empty, perhaps from an unset variable: give a path, or leave it out"
        )
    return Path(text)


def headline(source: Path) -> str:
    """The first line of a module's docstring, read without importing the module; "" without one."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return (ast.get_docstring(tree) or "").partition("\n")[0]


def refuse(args: argparse.Namespace, names: Sequence[str], why: str) -> None:
    """Raises BadSettings, with the reason, if one of these options is given."""
    for name in names:
        value = getattr(args, name)
        # A temperature of 0 is given: it must not count as False.
        if value is not None and value is not False and value not in ([], "auto", ""):
            raise BadSettings(f"--{name.replace('_', '-')} is for {why}")


def tell_failures(failures: Sequence["Failure"]) -> int:
    """Prints the failed episodes to standard error; returns the exit code, 0 without any."""
    for failure in failures:
        place = failure.place
        where = f"{place.template} seed {place.seed}, {place.agent}"
        print(one_line(f"{where}: {failure.error}"), file=sys.stderr)
    if any(failure.kind == "provider" for failure in failures):
        return 3
    return 1 if failures else 0


def outputs_of(args: argparse.Namespace, stack: ExitStack) -> tuple[Path | None, Path | None]:
    """The folder that keeps the run and the file (.json, .csv) or device that receives the result
    alone, as --output names them. If the file is standard output, whatever is printed goes to
    standard error until `stack` closes.

    Raises BadSettings for two of a kind, or a file in a folder that does not exist.
    """
    files = [path for path in args.output or () if is_file(path)]
    folders = [path for path in args.output or () if path not in files]
    for paths in (files, folders):
        if len(paths) > 1:
            raise BadSettings(f"--output {paths[0]} and {paths[1]}: give one of them")
    for path in files:
        require_folder(path)
        if is_standard_output(path):
            stack.enter_context(redirect_stdout(sys.stderr))
    return next(iter(folders), None), next(iter(files), None)


def require_folder(path: Path) -> None:
    """Raises BadSettings for a file to write in a folder that does not exist."""
    if not path.parent.is_dir():
        raise BadSettings(f"{path}: there is no folder {path.parent}")


def is_file(path: Path) -> bool:
    """Whether a path receives a result: .json, .csv, or anything that exists and is no folder.

    >>> is_file(Path("r.JSON")), is_file(Path("/dev/null")), is_file(Path("duel"))
    (True, True, False)
    """
    return not path.is_dir() and (path.suffix.lower() in (".json", ".csv") or path.exists())
