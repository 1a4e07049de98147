"""Packages that only some reports need."""

from memorygym.core.errors import BadSettings


def missing(feature: str, package: str, extra: str) -> BadSettings:
    """The error for a package that is not installed, with the line that installs it."""
    return BadSettings(
        f'{feature} needs {package}, which is not installed: pip install "agent-memorygym[{extra}]"'
    )
