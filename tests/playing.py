"""Worlds played in this process, through the engine."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, TaskRecipe
from memorygym.core.types import JSON, Memory, Policy, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.engine import Table
from memorygym.runs.episode_result import Failure, Result, ResultOptions
from memorygym.runs.evaluation import Evaluation, Findings, perform
from memorygym.runs.seats import AgentSeat, episode_for, played, policy_for
from memorygym.runs.tasks import Limits, dealt

TRACED = ResultOptions(causes=False, traced=True)


def play_agent(
    task: Task,
    agent: str,
    policy: Policy | None = None,
    memory: Callable[[], Memory] = Markdown,
    labels: Mapping[str, JSON] | None = None,
) -> Trace:
    """An episode of that agent, or of another policy in its seat."""
    policy = policy or policy_for(agent, task)
    return played(episode_for(agent, task, memory), policy, task, labels or {})


def results_of(
    recipe: TaskRecipe,
    agents: Sequence[str],
    wanted: ResultOptions = TRACED,
    limits: Limits | None = None,
    repeat: int = 0,
) -> list[Result | Failure]:
    """What agents come to on one world."""
    seats = tuple(AgentSeat(agent, limits=limits or Limits()) for agent in agents)
    return Table("worlds", seats, None, wanted).play_unit((recipe, repeat))


def lite(*agents: str, seeds: range = range(1), salt: str = "", **more: Any) -> Findings:
    """Agents on small worlds of one domain; `more` as `perform` takes it."""
    tasks = dealt("worlds", TaskOptions(seeds, salt, {"template": "company", "tier": "lite"}))
    return perform(Evaluation(tasks=tasks, agents=agents), **more)
