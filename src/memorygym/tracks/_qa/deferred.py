"""Functions of modules that are imported when they are first called.

Who only reads a trace imports no generator, and who only generates no agent.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from operator import attrgetter
from typing import Any


def deferred(package: str, place: str) -> Callable[..., Any]:
    """What stands at a place of a package, to be called; it can be sent to another process.

    >>> deferred("memorygym.core", "tokens:count")("two words")
    2
    """
    module, _, name = place.partition(":")
    return partial(_called, f"{package}.{module}", name)


def _called(module: str, name: str, *given: Any, **named: Any) -> Any:
    return attrgetter(name)(import_module(module))(*given, **named)
