"""The exceptions that this package raises on purpose, named after who must act."""

from collections.abc import Iterable
from difflib import get_close_matches


class MemoryGymError(Exception):
    """Base class: `except MemoryGymError` catches all of them."""


class UnknownPart(MemoryGymError):
    """No part (template, memory, agent, track, …) has this name; the message suggests one."""

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        known = sorted(choices)
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(known)}"
        own = "; --plug pkg.mod:OBJECT adds yours" if kind == "tracks" else ""
        super().__init__(f"no {kind} named {name!r}; {hint}{own}")
        self._arguments = (kind, name, known)

    def __reduce__(self) -> tuple[type["UnknownPart"], tuple[str, str, list[str]]]:
        """A worker process sends the exception to its parent unchanged."""
        return type(self), self._arguments


class BadSettings(MemoryGymError):
    """Options, sizes or budgets that are invalid, contradict each other or cannot be met."""


class BadTrace(MemoryGymError):
    """A trace is damaged, of another format, or cannot be scored."""


class ProviderFailure(MemoryGymError):
    """A model endpoint failed after all retries: an error, never a score of 0."""


class BadKey(ProviderFailure):
    """The endpoint rejected the API key: no retry can help."""


class MemoryFault(MemoryGymError):
    """A memory broke its protocol: an error in its code, not in the model or its provider."""


class Refused(MemoryGymError):
    """A tool call was refused, for example by a budget, and changed nothing.

    The agent reads the text and may try again.
    """


def missing(feature: str, package: str | None, extra: str) -> BadSettings:
    """The error for a package that is not installed, with the line that installs it."""
    return BadSettings(
        f'{feature} needs {package}, which is not installed: pip install "agent-memorygym[{extra}]"'
    )


def clip(text: str, most: int) -> str:
    """The text shortened to at most `most` characters, for use in a message.

    >>> clip("abcdef", 6), clip("abcdefg", 6)
    ('abcdef', 'abc...')
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def require_at_least(lowest: int, **parameters: int | None) -> None:
    """Raises BadSettings if a parameter is below its lowest valid value; None is no value.

    >>> require_at_least(1, top_k=5)
    >>> require_at_least(1, top_k=0, chunk_size=9)
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: top_k 0: give at least 1
    """
    too_low = [
        f"{name} {value}"
        for name, value in parameters.items()
        if value is not None and value < lowest
    ]
    if too_low:
        raise BadSettings(f"{', '.join(too_low)}: give at least {lowest}")
