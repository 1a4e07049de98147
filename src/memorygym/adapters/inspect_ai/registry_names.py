"""What our parts need from Inspect: full names in its registry, and its way to refuse bad usage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from inspect_ai._util.error import PrerequisiteError  # Inspect exports no public name for it.
from inspect_ai.util import registry_info

from memorygym.core.errors import BadSettings, UnknownPart


def registered(register: Callable[..., Any], make: Callable[..., Any], name: str) -> Any:
    """What `register` makes of `make`, found as memorygym/NAME."""
    made = register(name=name)(make)
    full = f"memorygym/{name}"
    # Inspect leaves its prefix out in an editable install of a distribution of another name.
    return made if registry_info(made).name == full else register(name=full)(make)


@contextmanager
def refusing() -> Iterator[None]:
    """Turns a bad setting into the error that Inspect prints as one message and no traceback."""
    try:
        yield
    except (BadSettings, UnknownPart) as error:
        raise PrerequisiteError(str(error)) from error
