"""Prices of models, from a table that the user keeps: none is built in, since prices change.

{"gpt-x": {"prompt": 2.5, "completion": 10, "cached": 1.25}}    US dollars a million tokens
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from memorygym.errors import BadSettings, UnknownPart, clipped


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens."""

    prompt: float
    completion: float
    cached: float | None = None
    """For prompt tokens that the provider had already; None if it makes no difference."""


def read_prices(path: str | Path) -> dict[str, Price]:
    """The price of each model of a table. Raises BadSettings for anything else."""
    try:
        raw = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is no price table: not JSON ({error})") from error
    if not isinstance(raw, dict):
        raise BadSettings(
            f"{path} is no price table: an object of models, not {clipped(repr(raw), 80)}"
        )
    return {name: _price(f"{path}, {name!r}", row) for name, row in raw.items()}


def _price(where: str, row: object) -> Price:
    if not isinstance(row, Mapping):
        raise BadSettings(
            f"{where}: an object with prompt and completion, not {clipped(repr(row), 80)}"
        )
    for key, value in row.items():
        if key not in Price.__slots__:
            raise BadSettings(f"{where}: {UnknownPart('price', key, Price.__slots__)}")
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not (is_number and isfinite(value) and value >= 0):
            raise BadSettings(
                f"{where}: {key} is {clipped(repr(value), 80)}; give US dollars a million tokens,"
                " from 0"
            )
    if lacking := [key for key in ("prompt", "completion") if key not in row]:
        raise BadSettings(f"{where}: no price for {lacking[0]}")
    return Price(**row)
