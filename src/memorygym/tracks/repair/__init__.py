"""repair: an agent mends a package, issue after issue, by what it was told and found out before.

Bugs are put into a package by mutation of its syntax tree; its tests, run in a sandbox, judge. In
the place of SWE-Gym (Pan et al. 2024) under a memory budget.
"""

from collections.abc import Sequence

from memorygym.core.track import TaskOptions, TaskRecipe, Track, lazily
from memorygym.tracks._qa.defaults import session_recipes, sub_task_fields
from memorygym.tracks._qa.self_test import self_test
from memorygym.tracks.repair.agents import AGENTS, LEAST_OF_NOTES, note_taker, reasoner
from memorygym.tracks.repair.env import TOOLS, RepairEnv

_lazy = lazily(__name__)


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    """The recipes of sessions. Raises UnknownPart or BadSettings."""
    from memorygym.tracks.repair.generator import RepairRecipe

    parameters = dict(options.parameters)
    packages = parameters.pop("package", "generated").split(",")
    return session_recipes("repair", RepairRecipe, packages, options, parameters)


def surroundings() -> str:
    """Says so where tests do not run in a sandbox."""
    from memorygym.tracks.repair.judge import is_sandboxed, sandbox_line

    return "" if is_sandboxed() else sandbox_line()


TRACK = Track(
    name="repair",
    version="repair-v2",
    tasks=tasks,
    env=RepairEnv,
    **sub_task_fields(__name__, reasoner),
    note_taker=note_taker,
    tools=TOOLS,
    agents=AGENTS,
    self_test=self_test("repair", LEAST_OF_NOTES),
    axes=("mend", "error", "limit", "name", "frozen"),
    surroundings=surroundings,
    fetch=_lazy("real:fetched"),
    parameters=lambda: {
        "package": "generated, or real ones as NAME==VERSION that `generate --package` has fetched",
        "tokens": "length of all that maintainers say and tools print for them (20,000)",
    },
)
