"""`compare` and `check_memory` state what to mend in a badly written first memory."""

from memorygym.core.types import Memory
from memorygym.runs.episode_result import Failure
from tests.memories import first_memory as first
from tests.runs.comparison.small_runs import comparison, play
from tests.slow import mostly_slow

NOT_ALIKE = "after restore(dump()), compose() returned another context: message "
MEND = (
    "Keep all state in dump(), rebuild in restore() what is derived from it, store only what"
    " store(text) returns, and use no randomness."
)


def failures(memory: type[Memory]) -> list[str]:
    """What `compare` says of the memory's own row."""
    spec = f"{memory.__module__}:{memory.__qualname__}"
    outcomes = play(comparison(spec))
    return [o.error for o in outcomes if isinstance(o, Failure) and o.place.memory == spec]


@mostly_slow(
    ("memory", "parts"),
    [
        (first.ForgetsToDump, [NOT_ALIKE, "for dump() returned no entry", MEND]),
        (first.KeepsItsOwnText, [NOT_ALIKE, "for dump() returned a text that store() did", MEND]),
        (first.Shuffles, [NOT_ALIKE, " instead of ", MEND]),
        (first.LooksUpNothing, ["observe() raised KeyError: 'user' (first_memory.py, line 38) at"]),
    ],
    quick=2,
)
def test_compare_says_what_to_mend(memory: type[Memory], parts: list[str]) -> None:
    (error,) = failures(memory)
    assert error.startswith(f"memory {memory.__module__}:{memory.__qualname__}: ")
    assert [part for part in parts if part not in error] == []
    assert f"check_memory('{memory.__module__}:{memory.__qualname__}')" in error
