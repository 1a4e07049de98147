"""Checks of what a memory may be set to, in one wording."""

from memorygym.errors import BadSettings


def at_least(lowest: int, **knobs: int | None) -> None:
    """Raises BadSettings for the knobs below the lowest value that makes sense.

    >>> at_least(1, top_k=5)
    >>> at_least(1, top_k=0, chunk_size=9)
    Traceback (most recent call last):
    memorygym.errors.BadSettings: top_k 0: give at least 1
    """
    low = [
        f"{name} {value}" for name, value in knobs.items() if value is not None and value < lowest
    ]
    if low:
        raise BadSettings(f"{', '.join(low)}: give at least {lowest}")
