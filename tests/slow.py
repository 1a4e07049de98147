"""Which parameters of a long list every run tries; the rest is left to `make slow`."""

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_slow(names: str | tuple[str, ...], values: Iterable[Any], *, quick: int = 1) -> Any:
    """Parametrises a test; all values but a few, which are spread over the list, are slow."""
    rows = [(value,) if isinstance(names, str) else value for value in values]
    return pytest.mark.parametrize(names, slow_rows(rows, quick))


def slow_rows(rows: list[tuple[Any, ...]], quick: int = 1) -> list[Any]:
    """Parameters of a test or a fixture, of which all but a few are slow."""
    chosen = {number * len(rows) // quick for number in range(quick)}
    return [
        pytest.param(*row, marks=() if number in chosen else pytest.mark.slow)
        for number, row in enumerate(rows)
    ]
