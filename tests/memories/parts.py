"""The memories of the registry, as parameters of a test."""

from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.types import Memory

EXTRAS = {"chromadb": "chroma"}
"""Memories that need an extra, and its marker."""
NAMES = registry.names("memory")


def maker(name: str) -> Callable[[], Memory]:
    return partial(registry.make, "memory", name)


def every(*but: str, of: Collection[str] = NAMES) -> Any:
    """Runs a test for each memory; one that needs an extra bears its marker."""
    found = [
        pytest.param(name, marks=getattr(pytest.mark, EXTRAS[name]) if name in EXTRAS else ())
        for name in NAMES
        if name in of and name not in but
    ]
    return pytest.mark.parametrize("name", found)
