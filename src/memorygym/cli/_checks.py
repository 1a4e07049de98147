"""The checks and options that most commands have."""

import argparse
import ast
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings

THREADS = 16
"""For models, unless --workers says otherwise: they wait for replies, not for this machine."""
_Group = argparse.ArgumentParser | argparse._ArgumentGroup


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


def check_counts(args: argparse.Namespace, *names: str) -> None:
    """Raises BadSettings if one of these options is given and below 1."""
    for name in names:
        if (given := getattr(args, name)) is not None and given < 1:
            raise BadSettings(f"--{name.replace('_', '-')} {given}: give at least 1")


def workers_of(args: argparse.Namespace, *, waits: bool) -> int:
    """How many work at a time: threads where a model is waited for, else processes."""
    given: int | None = args.workers
    return given or (THREADS if waits else os.cpu_count() or 1)


class _Salt(argparse.Action):
    def __call__(self, _: object, namespace: argparse.Namespace, given: Any, *__: object) -> None:
        from memorygym.runs.tasks import checked_salt

        setattr(namespace, self.dest, checked_salt(given, "--salt"))


def add_salt(parser: _Group, what: str = "a secret that deals a sealed set") -> None:
    """Declares --salt, "" unless given."""
    parser.add_argument("--salt", action=_Salt, default="", help=what)
