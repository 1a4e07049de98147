"""The exception tree, named after boundaries."""

from collections.abc import Iterable
from difflib import get_close_matches


class MemoryGymError(Exception):
    """Base of everything that this package raises on purpose."""


class UnknownPart(MemoryGymError):
    """A name that no domain, memory, agent or track answers to."""

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        known = sorted(choices)
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}"
        own = "; --plug pkg.mod:OBJECT tells of one of yours" if kind == "tracks" else ""
        super().__init__(f"no {kind} named {name!r}; {hint}{own}")
        self._told = (kind, name, known)

    def __reduce__(self) -> tuple[type["UnknownPart"], tuple[str, str, list[str]]]:
        """Raised in a worker process, it reaches its parent as it was."""
        return type(self), self._told


class BadSettings(MemoryGymError):
    """Sizes, budgets or options that contradict each other or cannot be met."""


class BadTrace(MemoryGymError):
    """A trace on disk is damaged, of another format, or cannot be scored."""


class ProviderFailure(MemoryGymError):
    """The model endpoint failed after all retries: an error, never a score of 0."""


class BadKey(ProviderFailure):
    """The endpoint refused the key: stop at once."""


class MemoryFault(MemoryGymError):
    """A memory broke its protocol: neither the model's mistake nor the provider's."""


class Refused(MemoryGymError):
    """A call is turned down, as a budget demands; nothing was done; the agent reads the text."""


def clipped(text: str, most: int) -> str:
    """A value for a message: at most so many characters.

    >>> clipped("abcdef", 6), clipped("abcdefg", 6)
    ('abcdef', 'abc...')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def at_least(lowest: int, **parameters: int | None) -> None:
    """Raises BadSettings for the parameters below the lowest value that makes sense.

    >>> at_least(1, top_k=5)
    >>> at_least(1, top_k=0, chunk_size=9)
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: top_k 0: give at least 1
    """
    low = [
        f"{name} {value}"
        for name, value in parameters.items()
        if value is not None and value < lowest
    ]
    if low:
        raise BadSettings(f"{', '.join(low)}: give at least {lowest}")
