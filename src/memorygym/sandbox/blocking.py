"""Refuses a memory's process the parts of the package that could tell the answers.

A barrier against the obvious way, not a wall: code that means harm can read files or start another
process (docs/add-a-memory.md says what helps).
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

ALLOWED = frozenset(
    "arguments core errors facts frozen grading ledger memory models registry rng rulings sandbox"
    " shapes stores tokens trace".split()
)
"""Rooms of this package that hold no world, question, answer or result."""


class Blocked(ImportError):
    """The import would lead to the answers."""


class Blocker(MetaPathFinder):
    """Stands before all other finders and finds nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises Blocked for a room that is not allowed."""
        package, _, rest = fullname.partition(".")
        if package == "memorygym" and rest and rest.partition(".")[0] not in ALLOWED:
            raise Blocked(
                f"a memory may not import {fullname}, which could tell the answers; it may import"
                f" memorygym.{{{', '.join(sorted(ALLOWED))}}}"
            )
        return None


def block() -> None:
    """From now on this process refuses such imports."""
    sys.meta_path.insert(0, Blocker())


def was_blocked(error: BaseException | None) -> bool:
    """Whether an error comes of such an import."""
    while error:
        if isinstance(error, Blocked):
            return True
        error = error.__cause__ or error.__context__
    return False
