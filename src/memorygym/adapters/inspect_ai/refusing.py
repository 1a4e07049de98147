"""Bad usage as Inspect reports it: our sentence, without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

from inspect_ai._util.error import PrerequisiteError  # Inspect exports no public name for it.

from memorygym.errors import BadSettings, UnknownPart


@contextmanager
def refusing() -> Iterator[None]:
    """Turns a bad setting into the error that Inspect prints as one message."""
    try:
        yield
    except (BadSettings, UnknownPart) as error:
        raise PrerequisiteError(str(error)) from error
