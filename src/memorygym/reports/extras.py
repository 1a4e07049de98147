"""Packages that only some reports need."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from memorygym.core.errors import BadSettings

if TYPE_CHECKING:
    import pandas


def missing(feature: str, package: str, extra: str) -> BadSettings:
    """The error for a package that is not installed, with the line that installs it."""
    return BadSettings(
        f'{feature} needs {package}, which is not installed: pip install "agent-memorygym[{extra}]"'
    )


def frame(rows: Sequence[Mapping[str, Any]]) -> "pandas.DataFrame":
    """The rows as a DataFrame (extra `data`)."""
    try:
        import pandas
    except ImportError as error:
        raise missing("to_pandas", "pandas", "data") from error
    return pandas.DataFrame([*rows])
