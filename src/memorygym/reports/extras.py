"""Packages that only some reports need."""

from memorygym.core.errors import BadSettings


def missing(what: str, package: str, extra: str) -> BadSettings:
    """The error for a package that is not installed, with the line that installs it."""
    return BadSettings(
        f'{what} needs {package}, which is not installed: pip install "agent-memorygym[{extra}]"'
    )
