"""The libraries of trainers and harnesses: whether one is installed, and new enough."""

from importlib import metadata

from memorygym.core.errors import BadSettings, missing


def require(feature: str, library: str, tested: str, extra: str = "") -> None:
    """Raises BadSettings, with the line that installs it, unless the library's version has at least
    the first two numbers of the tested one. Its extra has its name unless another is given."""
    try:
        found = metadata.version(library)
    except metadata.PackageNotFoundError:
        raise missing(feature, library, extra or library) from None
    if _numbers(found) < _numbers(tested):
        raise BadSettings(
            f"{library} {found} is too old (tested: {tested}): pip install -U {library}"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")[:2]))
