"""Checks of parts that other people write; each returns what is wrong as sentences, [] if nothing:
`assert check_memory(MyMemory) == []`."""

from memorygym.testing.memories import check_memory
from memorygym.testing.policies import check_policy
from memorygym.testing.regressions import check_regressions, check_score
from memorygym.testing.tracks import check_track
from memorygym.testing.worlds import check_world

__all__ = [
    "check_memory", "check_policy", "check_regressions", "check_score", "check_track",
    "check_world",
]  # fmt: skip
