"""Asks a part in a fresh process, where what it left in modules, classes and closures is not."""

import json
import pickle
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any


class Fresh:
    """A part's factory as another process can make it; taken before the part has played.

    It must be importable by name: a lambda or a local class is not, and then a warning says that
    nothing was asked. A part of a script is, if what the script does stands under
    `if __name__ == "__main__":`.
    """

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = b""
        try:
            self._make = pickle.dumps(make)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            text = f"{make!r} cannot be made in a fresh process ({error})"
            warnings.warn(f"{text}: state of classes and modules was not looked for", stacklevel=3)

    def ask(self, question: Callable[..., object], *told: object) -> Any:
        """What `question(make, *told)` returns there, through JSON; None if it cannot be asked.

        A str says in one sentence how the process failed.
        """
        if not self._make:
            return None
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            try:
                return json.loads(pool.submit(_answer, self._make, question, told).result())
            except BrokenProcessPool:
                return (
                    "in a fresh process it fails: the process ended; a script must do its work"
                    ' under if __name__ == "__main__":'
                )
            except Exception as error:  # noqa: BLE001  # the part's own, whatever it is
                return f"in a fresh process it fails: {type(error).__name__}: {error}"


def _answer(make: bytes, question: Callable[..., object], told: tuple[object, ...]) -> str:
    return json.dumps(question(pickle.loads(make), *told))
