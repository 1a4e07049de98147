"""The sessions that are played: tasks of a domain of tau2-bench, in an order drawn by the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.factories import set_parameters
from memorygym.core.json_values import json_hash
from memorygym.core.rng import named_rng
from memorygym.core.track import TaskOptions
from memorygym.core.types import JSON, Budget, Task, Tool, content_id
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.script import identity, leaves, opening

NAME = "tau2"
REWARDS = {
    "basis": "what the task's own reward rests on, but for assertions that need a model as judge",
    "all": "final state, calls and communication, whatever the task's reward rests on",
}
SEVERAL = """

Several customers are served in one session. Each message begins with the number of its customer, as
in [Customer 2]. Your tools act on the records of the customer whose message you are answering."""


@dataclass(frozen=True)
class Domain:
    """One domain of the checkout."""

    tasks: Mapping[str, Any]
    """By id: the tasks of tau2-bench, of its split `base` where it has one."""
    system: str
    """The system message of tau2-bench's own agent, with the policy."""
    tools: tuple[Tool, ...]
    changing: frozenset[str]
    """The tools that change the state."""


@lru_cache(maxsize=8)
def domain(name: str) -> Domain:
    """A domain. Raises BadSettings if the checkout lacks it."""
    checkout.require(name)
    simulation = checkout.load("memorygym.tracks.dialogue.tau2.simulation")
    tasks = {task.id: task for task in simulation.registry.get_tasks_loader(name)()}
    first = next(iter(tasks.values()))
    make = simulation.registry.get_env_constructor(name)
    environment = make(**simulation.environment_kwargs(name, first))
    tools = [Tool(**tool.openai_schema["function"]) for tool in environment.get_tools()]
    changing = (t.name for t in tools if environment.tools.tool_mutates_state(t.name))
    system = simulation.SYSTEM_PROMPT.format(
        agent_instruction=simulation.AGENT_INSTRUCTION, domain_policy=environment.get_policy()
    )
    return Domain(tasks, system, tuple(tools), frozenset(changing))


@dataclass(frozen=True)
class Tau2Recipe:
    """A session; what has a type and a default is a parameter of the track."""

    seed: int
    salt: str
    domain: str = "airline"
    session: int = 5
    at_once: int = 1
    user: str = "scripted"
    reward: str = "basis"
    steps: int = 200

    @property
    def template(self) -> str:
        return self.domain

    def generate(self) -> Task:
        ids = list(domain(self.domain).tasks)
        named_rng(NAME, self.domain, self.salt).shuffle(ids)
        most = len(ids) // self.session
        if self.seed >= most:
            seeds = f"give seeds below {most}, or a" if most else "give a"
            raise BadSettings(
                f"seed {self.seed}: the {len(ids)} tasks of {self.domain} make {most} sessions of"
                f" {self.session}; {seeds} smaller session"
            )
        return self.of(ids[self.seed * self.session :][: self.session])

    def of(self, ids: Sequence[str]) -> Task:
        """The session of these tasks."""
        source = domain(self.domain)
        recipe = {name: value for name, value in asdict(self).items() if name != "salt"}
        tasks = [source.tasks[id] for id in ids]
        state: dict[str, JSON] = {
            **recipe,
            "tasks": list(ids),
            "sha256": json_hash([task.model_dump(mode="json") for task in tasks]),
        }
        system = source.system + (SEVERAL if len(ids) > 1 else "")
        scripted = {"scripted": self.user == "scripted"}
        gold = {"tasks": [solved | scripted for solved in solutions(self.domain, ids)]}
        recipe |= {"template": self.template, "tasks": list(ids)}
        id = content_id(NAME, system, state)
        return Task(id, NAME, recipe, system, (), Budget(), gold, state)


def solutions(name: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The reference solutions of tasks of a domain."""
    source = domain(name)
    return [_solution(source.tasks[id], source.changing) for id in ids]


def _solution(task: Any, changing: frozenset[str]) -> dict[str, Any]:
    """The calls that solve a task, each with the values that it needs of what the customer states:
    who that is, and the arguments; and what must be said."""
    scenario = str(task.user_scenario)
    said, who = opening(scenario), identity(scenario)
    criteria = task.evaluation_criteria
    actions = [
        {
            "requestor": action.requestor,
            "name": action.name,
            "arguments": action.arguments,
            "stated": [*who, *(v for v in leaves(action.arguments) if v and v in said)],
        }
        for action in criteria.actions or ()
    ]
    changes = any(action["name"] in changing for action in actions)
    return {
        "id": task.id,
        "opening": said,
        "actions": actions,
        "communicate": list(criteria.communicate_info or ()),
        "type": "change" if changes else "no_change",
    }


def recipes(options: TaskOptions) -> list[Tau2Recipe]:
    """One session for each seed. Raises BadSettings or UnknownPart."""
    parameters: Mapping[str, Any] = set_parameters(NAME, Tau2Recipe, options.parameters)
    made = [Tau2Recipe(seed, options.salt, **parameters) for seed in options.seeds]
    for recipe in made[:1]:
        require_at_least(1, session=recipe.session, at_once=recipe.at_once, steps=recipe.steps)
        if recipe.reward not in REWARDS:
            raise UnknownPart("reward", recipe.reward, REWARDS)
        if recipe.domain not in checkout.NEEDED:
            raise UnknownPart("domain of tau2-bench", recipe.domain, checkout.NEEDED)
    return made


def parameters() -> dict[str, str]:
    """The parameters of the track, each with its meaning."""
    return {
        "domain": f"one of {', '.join(checkout.NEEDED)} (airline)",
        "session": "tasks in one session (5)",
        "at_once": "customers served in turn, message by message; 1: one after the other (1)",
        "user": "scripted, or the model of tau2-bench's user simulator, as litellm names it",
        "reward": "; ".join(f"{name}: {about}" for name, about in REWARDS.items()),
        "steps": "messages after which tau2-bench ends a task (200)",
    }
