"""What the fact reader returns."""

from typing import NamedTuple

from memorygym.core.statements import Statement


class Reading(NamedTuple):
    """What a text states."""

    facts: tuple[Statement, ...]
    unread: int
    """Number of statements with a known key and a value that belong to nothing."""
