"""Conformance checks for memories, agents, templates and tracks: each broken rule is one sentence.

A part that keeps every rule gives an empty list: `assert check_memory(MyMemory) == []`.
"""

from memorygym.testing.memories import check_memory
from memorygym.testing.policies import check_policy
from memorygym.testing.regressions import check_regressions, check_score
from memorygym.testing.tracks import check_track
from memorygym.tracks.worlds.template_rules import check_template

__all__ = (
    "check_memory",
    "check_policy",
    "check_regressions",
    "check_score",
    "check_template",
    "check_track",
)
