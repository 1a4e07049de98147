"""Gives every part its full name in Inspect's registry, however this package is installed."""

from collections.abc import Callable
from typing import Any

from inspect_ai.util import registry_info


def registered(register: Callable[..., Any], make: Callable[..., Any], name: str) -> Any:
    """What `register` makes of `make`, found as memorygym/NAME."""
    made = register(name=name)(make)
    full = f"memorygym/{name}"
    # Inspect leaves its prefix out in an editable install of a distribution of another name.
    return made if registry_info(made).name == full else register(name=full)(make)
