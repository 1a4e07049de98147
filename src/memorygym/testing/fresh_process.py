"""What the checks share: a part asked in another process, and where two episodes differ."""

import json
import pickle
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import current_process, get_context
from typing import Any

from memorygym.core.trace import Record, first_difference


def is_second_run(check: str) -> bool:
    """Whether a fresh process is running the caller's script again to find the part in it.

    A script that calls `check` without `if __name__ == "__main__":` calls it there, too. Then a
    warning says so, and nothing is checked a second time.
    """
    # multiprocessing sets this while it runs the script, to refuse processes that are begun there.
    if not getattr(current_process(), "_inheriting", False):
        return False
    warnings.warn(
        f"{check} looks for the part in a fresh process, which runs this script again: what follows"
        ' is done twice. Put the work of the script under `if __name__ == "__main__":`.',
        stacklevel=3,
    )
    return True


class FreshProcess:
    """Makes a part in a process where classes and modules hold nothing, and asks it there.

    The factory is pickled before the part has played, so it must be importable by name, as what
    stands in a script is. A lambda or a local class is not; then a warning says what was not
    checked.
    """

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = b""
        try:
            self._make = pickle.dumps(make)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            warnings.warn(
                f"{make!r} cannot be made in a fresh process ({error}), so state of classes and"
                " modules was not looked for. Give a class or a function that can be imported by"
                " name.",
                stacklevel=3,
            )

    def compare(
        self, sentence: str, here: list[list[str]], ask: Callable[..., Any], *arguments: object
    ) -> list[str]:
        """The sentence, with its {event}, if `ask(make, *arguments)` there gives another list of
        lists of texts, one an event, than `here`; or how the process failed. [] if it cannot ask.
        """
        if not self._make:
            return []
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            try:
                there = json.loads(pool.submit(_answer, self._make, ask, arguments).result())
            except BrokenProcessPool:
                return [
                    "A fresh process that made it ended. Put the work of a script under"
                    ' `if __name__ == "__main__":`.'
                ]
            except Exception as error:  # noqa: BLE001  # the part's own, whatever it is
                return [
                    f"In a fresh process it raised {type(error).__name__}: {error}. Use nothing"
                    " that an earlier event left in the class, the module or a global."
                ]
        event = first_difference(here, there)
        return [] if event is None else [sentence.format(event=event + 1)]


def _answer(make: bytes, ask: Callable[..., object], arguments: tuple[object, ...]) -> str:
    return json.dumps(ask(pickle.loads(make), *arguments))


def differing_event(records: Sequence[Record], others: Sequence[Record]) -> int | None:
    """The event, from 1, in which two episodes first differ; None if they are equal."""
    index = first_difference(records, others)
    return None if index is None else records[min(index, len(records) - 1)].event + 1
