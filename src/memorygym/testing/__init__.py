"""Conformance checks for memories, agents, domains and tracks: each broken rule is one sentence.

A part that keeps every rule gives an empty list: `assert check_memory(MyMemory) == []`. `memories`
and `views` check a memory, `policies` an agent, `tracks` and `track_rules` a track, `domains` a
domain, `regressions` scores. `fixed_episodes` holds the episodes that memories are shown.
"""

from memorygym.testing.domains import check_domain
from memorygym.testing.memories import check_memory
from memorygym.testing.policies import check_policy
from memorygym.testing.regressions import check_regressions, check_score
from memorygym.testing.tracks import check_track

__all__ = [
    "check_domain",
    "check_memory",
    "check_policy",
    "check_regressions",
    "check_score",
    "check_track",
]  # fmt: skip
