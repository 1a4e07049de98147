"""`compare` and `check_memory` state what to mend in a badly written first memory."""

import pytest

from memorygym.core.types import Memory
from memorygym.runs.episode_result import Failure
from tests.memories import first_memory as first
from tests.runs.comparison.small_runs import comparison, play

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


@pytest.mark.parametrize(
    ("memory", "part"),
    [
        (first.KeepsItsOwnText, "for dump() returned a text that store() did"),
        (first.Shuffles, " instead of "),
    ],
)
def test_compare_says_what_to_mend(memory: type[Memory], part: str) -> None:
    (error,) = failures(memory)
    assert error.startswith(f"memory {memory.__module__}:{memory.__qualname__}: ")
    assert NOT_ALIKE in error and part in error and MEND in error
    assert f"check_memory('{memory.__module__}:{memory.__qualname__}')" in error
