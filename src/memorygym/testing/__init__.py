"""Conformance checks for parts that other people write; each returns the broken rules as sentences.

assert check_memory(MyMemory) == []
assert check_policy(lambda _: MyPolicy()) == []
assert check_world(WORLD) == []
"""

from memorygym.testing.memories import check_memory
from memorygym.testing.policies import check_policy
from memorygym.testing.worlds import check_world

__all__ = ["check_memory", "check_policy", "check_world"]
