"""The recipes that a track makes from parameters, and the first task of them."""

from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any

from memorygym.core.types import Task


def recipes(
    track: ModuleType,
    *,
    n: int = 1,
    seed: int = 0,
    tokens: int | str = 12_000,
    **parameters: object,
) -> Sequence[Any]:
    texts = {name: str(value) for name, value in (parameters | {"tokens": tokens}).items()}
    made: Sequence[Any] = track.recipes(texts, n, seed)
    return made


@cache
def first_task(track: ModuleType, **parameters: Any) -> Task:
    """The first task of these; it is frozen, and generated once."""
    task: Task = recipes(track, **parameters)[0].generate()
    return task
