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
UNLIKE = ("markdown", "bm25", "llm_summarizing")
"""One that is used through tools, one that searches, one that asks a model."""


def maker(name: str) -> Callable[[], Memory]:
    return partial(registry.make, "memory", name)


def every(*but: str, of: Collection[str] = NAMES, quick: Collection[str] = NAMES) -> Any:
    """Runs a test for each memory; one that needs an extra bears its marker, one that is not in
    `quick` is slow."""
    cases = [
        pytest.param(name, marks=_marks(name, quick))
        for name in NAMES
        if name in of and name not in but
    ]
    return pytest.mark.parametrize("name", cases)


def _marks(name: str, quick: Collection[str]) -> Any:
    if name in EXTRAS:
        return getattr(pytest.mark, EXTRAS[name])
    return () if name in quick else pytest.mark.slow
