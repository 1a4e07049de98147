"""What a memory of other people may use, and the clock's share of it for one call."""

from dataclasses import dataclass

from memorygym.errors import BadSettings


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one memory's process.

    >>> Limits(seconds=0)
    Traceback (most recent call last):
    memorygym.errors.BadSettings: limits of a memory: seconds is 0; give more than 0
    """

    seconds: float = 60.0
    """Longest wait for one call of the memory; while its model writes, the clock stands still."""
    memory: int = 4096
    """Most address space of the process, in MiB; libraries such as torch map far more than they
    use."""
    processor: int = 600
    """Most processor time of the process over its whole life, in seconds."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not (value := getattr(self, name)) > 0:
                raise BadSettings(f"limits of a memory: {name} is {value}; give more than 0")


DEFAULT = Limits()
