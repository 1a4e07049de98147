"""The classes of tau2-bench that this adapter extends: orchestrator, agent and users.

Import it through `checkout.load` alone, because its base classes come from the user's checkout.
"""

import os
from collections.abc import Mapping
from copy import deepcopy
from time import perf_counter
from typing import Any

from tau2.agent.base_agent import HalfDuplexAgent
from tau2.agent.llm_agent import AGENT_INSTRUCTION, SYSTEM_PROMPT  # noqa: F401  # of tasks
from tau2.data_model.message import AssistantMessage, ToolCall, ToolMessage, UserMessage
from tau2.data_model.simulation import TerminationReason
from tau2.data_model.tasks import RewardType
from tau2.evaluator.evaluator import EvaluationType, evaluate_simulation
from tau2.orchestrator.orchestrator import Orchestrator, Role
from tau2.registry import registry
from tau2.user.user_simulator import UserSimulator
from tau2.user.user_simulator_base import STOP, HalfDuplexUser
from tau2.utils.utils import get_now

from memorygym.core.errors import ProviderFailure
from memorygym.core.json_values import thaw
from memorygym.core.types import Call, Message
from memorygym.tracks.dialogue.tau2.script import opening, prompt, stages


class MemoryAgent(HalfDuplexAgent):  # type: ignore[misc]  # tau2-bench is untyped here
    """The agent of tau2-bench whose next message the episode has already chosen.

    The episode asks the policy with the view that the memory composed, then lets the orchestrator
    call `generate_next_message`. The state is the full list of messages, as for their own agents.
    """

    reply: Any = None
    """The AssistantMessage to send next."""

    def get_init_state(self, message_history: list[Any] | None = None) -> list[Any]:
        return [*(message_history or ())]

    def generate_next_message(self, message: Any, state: list[Any]) -> tuple[Any, list[Any]]:
        reply, self.reply = self.reply, None
        return reply, [*state, message, reply]

    def set_seed(self, seed: int) -> None:
        """Nothing here is random."""


class ScriptedUser(HalfDuplexUser):  # type: ignore[misc]  # tau2-bench is untyped here
    """A customer without a model: states the whole request, then asks for it (see `script`).

    What the task's solution asks of the customer's own device, the customer does when asked.
    """

    def __init__(self, task: Any) -> None:
        super().__init__(instructions=str(task.user_scenario), tools=None)
        self._opening = opening(str(task.user_scenario))
        actions = [action.model_dump() for action in task.evaluation_criteria.actions or ()]
        _, self._stages = stages(actions)

    def get_init_state(self, message_history: list[Any] | None = None) -> dict[str, Any]:
        return {"turn": 0, "calls": []}

    def generate_next_message(
        self, message: Any, state: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        turn, waiting = state["turn"], state["calls"]
        if not waiting and isinstance(message, AssistantMessage):
            turn += 1
            waiting = list(self._stages[turn - 3]) if 0 <= turn - 3 < len(self._stages) else []
        if waiting:
            action, *waiting = waiting
            call = ToolCall(
                id=action["action_id"],
                name=action["name"],
                arguments=action["arguments"],
                requestor="user",
            )
            said = UserMessage(role="user", tool_calls=[call])
        else:
            text = self._opening if turn == 1 else prompt(turn - 2)
            over = turn - 2 > len(self._stages)
            said = UserMessage(role="user", content=STOP if over else text)
        return said, {"turn": turn, "calls": waiting}

    def set_seed(self, seed: int) -> None:
        """Nothing here is random."""


class ModelUser(UserSimulator):  # type: ignore[misc]  # tau2-bench is untyped here
    """The user simulator of tau2-bench, whose failures are a provider's and never a score of 0."""

    def generate_next_message(self, message: Any, state: Any) -> tuple[Any, Any]:
        try:
            said, state = super().generate_next_message(message, state)
            said.validate()
        except Exception as error:  # litellm's own are of many classes
            reason = f"{type(error).__name__}: {error}"
            raise ProviderFailure(f"the user simulator ({self.llm}): {reason}") from error
        return said, state


class Tau2Conversation(Orchestrator):  # type: ignore[misc]  # tau2-bench is untyped here
    """One task of tau2-bench, played step by step by whoever gives the agent's replies."""

    def __init__(self, domain: str, task: Any, settings: Mapping[str, Any]) -> None:
        self.settings = settings
        self.kwargs = environment_kwargs(domain, task)
        environment = registry.get_env_constructor(domain)(**self.kwargs)
        agent = MemoryAgent(environment.get_tools(), environment.get_policy())
        super().__init__(
            domain=domain,
            agent=agent,
            user=_user(environment, task, settings["user"]),
            environment=environment,
            task=task,
            max_steps=settings["steps"],
            seed=settings["seed"],
        )
        self._shown = 0

    def begin(self) -> list[Message]:
        """Starts; returns what the agent sees before its first message."""
        self._run_start_time, self._run_start_perf = get_now(), perf_counter()
        self.initialize()
        return self._play()

    def send(self, message: Message) -> list[Message]:
        """Sends the agent's message, a text or one call; returns what the agent sees next.

        An empty text breaks the rules of tau2-bench, which ends the task.
        """
        if not message.calls and not message.content.strip():
            self.done, self.termination_reason = True, TerminationReason.AGENT_ERROR
            return []
        self.agent.reply = to_tau2(message)
        self.step()
        self._check_termination()
        self._shown = len(self.trajectory)
        return self._play()

    def _play(self) -> list[Message]:
        """Lets the customer and the environment act until the agent is to speak, or it is over."""
        while not self.done and self.to_role != Role.AGENT:
            self.step()
            self._check_termination()
        shown = [from_tau2(m) for m in self.trajectory[self._shown :] if visible(m)]
        self._shown = len(self.trajectory)
        return shown

    def reward(self) -> tuple[float, dict[str, float], str]:
        """The reward of tau2-bench's own evaluator, its parts, and why the conversation ended."""
        run, task, kind = self._finalize(), self.task, EvaluationType.ALL_IGNORE_BASIS
        if self.settings["reward"] == "basis":
            task, kind = without_judge(task), EvaluationType.ALL
        info = evaluate_simulation(
            simulation=run,
            task=task,
            evaluation_type=kind,
            solo_mode=False,
            domain=self.domain,
            env_kwargs=self.kwargs,
        )
        parts = {part.value: worth for part, worth in (info.reward_breakdown or {}).items()}
        return float(info.reward), parts, run.termination_reason.value


def _user(environment: Any, task: Any, name: str) -> Any:
    """The customer: scripted, or tau2-bench's simulator with the model of that name."""
    if name == "scripted":
        return ScriptedUser(task)
    tools = environment.user_tools and environment.get_user_tools(include=task.user_tools)
    options: dict[str, Any] = {"temperature": 0.0}
    if url := os.environ.get("TAU2_USER_URL") or os.environ.get("OPENAI_BASE_URL"):
        options["api_base"] = url
    return ModelUser(
        llm=name, instructions=str(task.user_scenario), tools=tools or None, llm_args=options
    )


def environment_kwargs(domain: str, task: Any) -> dict[str, Any]:
    """What the domain's environment is made with; banking searches its documents with BM25."""
    if domain != "banking_knowledge":
        return {}
    actions = task.evaluation_criteria.actions or ()
    read = (a.arguments.get("agent_tool_name") for a in actions if "discoverable_agent" in a.name)
    return {"retrieval_variant": "bm25", "task": task, "read_log_allowlist": {*filter(None, read)}}


def without_judge(task: Any) -> Any:
    """The task without the part of its reward that needs a model as judge."""
    copy = deepcopy(task)
    criteria = copy.evaluation_criteria
    criteria.reward_basis = [p for p in criteria.reward_basis if p != RewardType.NL_ASSERTION]
    return copy


def visible(message: Any) -> bool:
    """Whether the agent sees a message: not the customer's own calls and their results."""
    if isinstance(message, ToolMessage):
        return bool(message.requestor == "assistant")
    return not (isinstance(message, UserMessage) and message.is_tool_call())


def from_tau2(message: Any) -> Message:
    """A message of tau2-bench as one of ours."""
    if isinstance(message, ToolMessage):
        return Message("tool", message.content or "", (), message.id)
    calls = tuple(Call(c.name, c.arguments, c.id) for c in message.tool_calls or ())
    return Message(message.role, message.content or "", calls)


def to_tau2(message: Message) -> Any:
    """An agent's message as one of tau2-bench: a text or calls, never both."""
    if not message.calls:
        return AssistantMessage(role="assistant", content=message.content)
    calls = [ToolCall(id=c.id, name=c.name, arguments=thaw(c.arguments)) for c in message.calls]
    return AssistantMessage(role="assistant", tool_calls=calls)
