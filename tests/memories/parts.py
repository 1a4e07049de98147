"""Memories that tests open, and those of the registry, as parameters of a test."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import pytest

from memorygym.core import registry
from memorygym.core.budget import BudgetTracker
from memorygym.core.types import Budget, Memory, Writer

EXTRAS = {"chromadb": "chroma"}
"""Memories that need an extra, and its marker."""
NAMES = registry.names("memory")
UNLIKE = ("markdown", "bm25", "llm_summarizing")
"""One that is used through tools, one that searches, one that asks a model."""


def maker(name: str) -> Callable[[], Memory]:
    return partial(registry.make, "memory", name)


def opened(
    memory: Memory | str,
    writer: Writer | None = None,
    capacity: int | None = None,
    known: Iterable[str] = (),
) -> Memory:
    """A memory, or that of a spec, which was opened; the words of these texts are known to it."""
    made: Memory = registry.make("memory", memory) if isinstance(memory, str) else memory
    tracker = BudgetTracker(Budget(capacity=capacity))
    tracker.unread_texts += known
    made.open(tracker.context(writer))
    return made


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
