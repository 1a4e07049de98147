"""A stand-in for the package tau2 of tau2-bench: only what the adapter uses, written by us.

The domain is a shop with orders; in the task `phone` the customer has a device to restart, too.
"""

import json
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

AGENT_INSTRUCTION = "Follow the policy."
SYSTEM_PROMPT = "{agent_instruction}\n<policy>\n{domain_policy}\n</policy>"
STOP = "###STOP###"
Role = Enum("Role", ["AGENT", "USER", "ENV"])
RewardType = Enum("RewardType", {"DB": "DB", "COMMUNICATE": "COMMUNICATE", "NL_ASSERTION": "NL"})
EvaluationType = Enum("EvaluationType", ["ALL", "ALL_IGNORE_BASIS"])
TerminationReason = Enum(
    "TerminationReason",
    {name.upper(): name for name in ("user_stop", "agent_error", "too_many_errors")},
)


def get_now() -> str:
    return ""


@dataclass
class ToolCall:
    id: str = ""
    name: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    requestor: str = "assistant"


@dataclass
class ToolMessage:
    id: str
    content: str
    requestor: str
    error: bool = False
    role: str = "tool"


@dataclass
class Said:
    role: str
    content: str | None = None
    tool_calls: list[ToolCall] | None = None

    def is_tool_call(self) -> bool:
        return self.tool_calls is not None

    def validate(self) -> None:
        if not (self.content or self.tool_calls):
            raise ValueError("empty message")


AssistantMessage, UserMessage = type("AssistantMessage", (Said,), {}), type("User", (Said,), {})


class Participant:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.update(kwargs)


HalfDuplexAgent = HalfDuplexUser = Participant


class UserSimulator(Participant):
    """The customer with a model, which here always fails."""

    llm = ""

    def get_init_state(self) -> None:
        pass

    def generate_next_message(self, message: Any, state: Any) -> Any:
        raise RuntimeError("no such model")


class Record:
    """An object of the attributes that it is given."""

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)

    def model_dump(self, mode: str = "") -> dict[str, Any]:
        texts = (str, dict)
        return {name: value for name, value in vars(self).items() if isinstance(value, texts)}


def _task(id: str, scenario: str, actions: list[tuple[str, str, dict[str, Any]]], say: str) -> Any:
    names = ("requestor", "name", "arguments")
    made = [
        Record(action_id=f"{id}_{i}", **dict(zip(names, action, strict=True)))
        for i, action in enumerate(actions)
    ]
    criteria = Record(
        actions=made, communicate_info=[say], reward_basis=[*RewardType.__members__.values()]
    )
    return Record(id=id, user_scenario=scenario, evaluation_criteria=criteria, user_tools=None)


TASKS = [
    _task(
        f"cancel_{number}",
        "Known info:\n\tYou are Ann Lee.\nTask instructions:\n\tYou want to cancel order"
        f" #{number}. When that is done, say {STOP}.",
        [
            ("assistant", "find_order", {"order": f"#{number}"}),
            ("assistant", "cancel", {"order": f"#{number}"}),
        ],
        "cancelled",
    )
    for number in (101, 202, 303, 404)
] + [
    _task(
        "phone",
        "Your phone 555 has no signal.",
        [
            ("assistant", "reset_line", {"line": "555"}),
            ("user", "restart", {}),
            ("user", "look", {}),
            ("assistant", "close_case", {"line": "555"}),
        ],
        "signal",
    )
]


class Tool:
    def __init__(self, name: str, argument: str) -> None:
        self.name = name
        schema = {"type": "object", "properties": {argument: {"type": "string"}}}
        function = {"name": name, "description": name, "parameters": schema}
        self.openai_schema = {"type": "function", "function": function}


class Environment:
    user_tools = None

    def __init__(self, **_: Any) -> None:
        self.log: list[str] = []
        self.tools = Record(tool_mutates_state=lambda name: name not in ("find_order", "look"))

    def get_policy(self) -> str:
        return "Cancel what customers ask you to cancel."

    def get_tools(self) -> list[Tool]:
        orders = [Tool(name, "order") for name in ("find_order", "cancel")]
        return orders + [Tool(name, "line") for name in ("reset_line", "close_case")]

    def get_response(self, call: ToolCall) -> ToolMessage:
        known = call.name in ("restart", "look") or set(call.arguments.values()) - {"#0"}
        if known and call.name not in ("find_order", "look"):
            self.log.append(json.dumps([call.name, call.arguments]))
        text = f"{call.name} ok" if known else "Error: no such order"
        return ToolMessage(call.id, text, call.requestor, error=not known)


class Orchestrator:
    """Passes messages between agent, user and environment, as tau2-bench's own does."""

    def __init__(self, *, agent: Any, user: Any, environment: Any, task: Any, **rest: Any) -> None:
        self.agent, self.user, self.environment, self.task = agent, user, environment, task
        self.domain, self.num_errors = rest["domain"], 0
        self.done, self.termination_reason = False, None

    def initialize(self) -> None:
        self.message: Any = AssistantMessage("assistant", "Hi! How can I help you today?")
        self.trajectory: list[Any] = [self.message]
        self.user_state = self.user.get_init_state()
        self.agent_state = self.agent.get_init_state([self.message])
        self.from_role, self.to_role = Role.AGENT, Role.USER

    def step(self) -> None:
        if self.to_role == Role.ENV:
            results = [self.environment.get_response(call) for call in self.message.tool_calls]
            self.num_errors += sum(result.error for result in results)
            self.trajectory += results
            self.message = results[0]
            self.from_role, self.to_role = self.to_role, self.from_role
            return
        if speaks_user := self.to_role == Role.USER:
            said, self.user_state = self.user.generate_next_message(self.message, self.user_state)
        else:
            said, self.agent_state = self.agent.generate_next_message(
                self.message, self.agent_state
            )
        said.validate()
        if speaks_user and STOP in (said.content or ""):
            self.done, self.termination_reason = True, TerminationReason.USER_STOP
        self.trajectory.append(said)
        self.message, self.from_role = said, self.to_role
        other = Role.AGENT if speaks_user else Role.USER
        self.to_role = Role.ENV if said.is_tool_call() else other

    def _check_termination(self) -> None:
        if self.to_role == Role.ENV or self.done:
            return
        if self.num_errors >= 10:
            self.done, self.termination_reason = True, TerminationReason.TOO_MANY_ERRORS

    def _finalize(self) -> Any:
        if self.to_role == Role.ENV:
            raise ValueError("Environment should not receive the last message")
        return Record(termination_reason=self.termination_reason, log=self.environment.log,
                      messages=self.trajectory)  # fmt: skip


def evaluate_simulation(simulation: Any, task: Any, evaluation_type: Any, **_: Any) -> Any:
    """The reward: the calls that change something are those of the solution, and it was said."""
    basis = task.evaluation_criteria.reward_basis
    if evaluation_type == EvaluationType.ALL and RewardType.NL_ASSERTION in basis:
        raise RuntimeError("a judge would be asked")
    if simulation.termination_reason != TerminationReason.USER_STOP:
        return Record(reward=0.0, reward_breakdown=None)
    wanted = Environment()
    for action in task.evaluation_criteria.actions:
        wanted.get_response(ToolCall("", action.name, action.arguments))
    said = " ".join(m.content or "" for m in simulation.messages if m.role == "assistant")
    parts = {
        RewardType.DB: float(simulation.log == wanted.log),
        RewardType.COMMUNICATE: float(task.evaluation_criteria.communicate_info[0] in said),
    }
    return Record(reward=parts[RewardType.DB] * parts[RewardType.COMMUNICATE],
                  reward_breakdown=parts)  # fmt: skip


registry = Record(
    get_env_constructor=lambda domain: Environment, get_tasks_loader=lambda domain: lambda: TASKS
)
