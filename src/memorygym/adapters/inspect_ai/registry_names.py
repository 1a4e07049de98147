"""Full names in Inspect's registry, and Inspect's error for bad usage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from inspect_ai._util.error import PrerequisiteError  # Inspect exports no public name for it.
from inspect_ai.util import registry_info

from memorygym.core.errors import BadSettings, UnknownPart


def registered(register: Callable[..., Any], make: Callable[..., Any], name: str) -> Any:
    """Registers `make` as memorygym/NAME."""
    registered = register(name=name)(make)
    full = f"memorygym/{name}"
    # Inspect omits the prefix in an editable install whose distribution has another name.
    return registered if registry_info(registered).name == full else register(name=full)(make)


@contextmanager
def refusing() -> Iterator[None]:
    """Turns bad settings into the error that Inspect prints without a traceback."""
    try:
        yield
    except (BadSettings, UnknownPart) as error:
        raise PrerequisiteError(str(error)) from error
