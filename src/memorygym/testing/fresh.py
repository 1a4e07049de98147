"""Asks a part in a fresh process, where what it left in modules, classes and closures is not."""

import json
import pickle
import sys
import warnings
from collections.abc import Callable
from subprocess import run
from typing import Any

_CHILD = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); import {0}; {0}.answer()"


class Fresh:
    """A part's factory as another process can make it; taken before the part has played.

    It must be importable by name: a lambda, a local class or one of `__main__` is not, and then a
    warning says that nothing was asked.
    """

    def __init__(self, make: Callable[..., object]) -> None:
        try:
            self._make = pickle.dumps(make)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            self._skip(make, str(error))
            return
        if b"__main__" in self._make:
            self._skip(make, "it is defined in __main__")

    def _skip(self, make: object, reason: str) -> None:
        self._make = b""
        text = f"{make!r} cannot be made in a fresh process, so state of classes and modules was"
        warnings.warn(f"{text} not looked for: {reason}", stacklevel=4)

    def ask(self, question: Callable[..., object], *told: object) -> Any:
        """What `question(make, *told)` returns there, through JSON; None if it cannot be asked.

        A str says in one sentence how the process failed.
        """
        if not self._make:
            return None
        code = _CHILD.format(__name__)
        child = run(
            [sys.executable, "-c", code, json.dumps([*sys.path, ""])],
            input=pickle.dumps((self._make, question, told)),
            capture_output=True,
            check=False,
        )
        if child.returncode:
            lines = child.stderr.decode(errors="replace").strip().split("\n")
            return f"in a fresh process it fails: {lines[-1]}"
        return json.loads(child.stdout)


def answer() -> None:
    """What the fresh process does."""
    # A part that prints must not spoil the answer.
    out, sys.stdout = sys.stdout, sys.stderr
    make, question, told = pickle.load(sys.stdin.buffer)
    json.dump(question(pickle.loads(make), *told), out)
