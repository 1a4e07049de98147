"""The solver: Inspect's model plays the same Episode as every other agent.

Scripted agents and reasoners are models too: `--model memorygym/strategic`, without a network.
"""

import re
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from anyio import get_cancelled_exc_class, to_thread
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolChoice, ToolInfo
from inspect_ai.util import LimitExceededError, span

from memorygym.adapters.inspect_ai.messages import ChatLog, assistant, message_of, reply_of, tool_of
from memorygym.adapters.inspect_ai.recipes import SampleRecipe
from memorygym.adapters.inspect_ai.registry_names import refusing, registered
from memorygym.agents.chat import Chat
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.json_types import from_json
from memorygym.core.trace import LimitHit, Observation
from memorygym.core.track import find
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.models.model import Model as OurModel
from memorygym.models.model import Reply
from memorygym.runs.model_roles import NumberedReplies

TRACE = "memorygym_trace"
"""The key of a sample's store that holds the trace, as JSON lines."""
_HEADING = re.compile(r"=== (.+?) ===")


CURRENT_POLICY: ContextVar[Policy] = ContextVar("CURRENT_POLICY")
"""The policy that plays the current sample. The solver sets it, so no message holds gold."""


class ScriptedAPI(ModelAPI):  # type: ignore[misc]  # untyped while the extra is absent
    """A scripted agent or reasoner as a model; it runs here and costs no tokens."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  # The signature is Inspect's.
        **model_args: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        with refusing():
            known = {player for track in registry.names("tracks") for player in players(track)}
            check_agent(model_name, known)
            if model_args:
                raise BadSettings(
                    f"-M {next(iter(model_args))}: a scripted agent takes no options; leave it out"
                )

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """The agent's next reply."""
        if (policy := CURRENT_POLICY.get(None)) is None:
            with refusing():
                raise BadSettings(
                    f"memorygym/{self.model_name} plays only tasks of memorygym; give another model"
                )
        view = [message_of(message) for message in input]
        message = policy.act(view, [tool_of(tool) for tool in tools])
        stop = "tool_calls" if message.calls else "stop"
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=assistant(message), stop_reason=stop)],
            # Without a usage of our own, Inspect would fetch a tokenizer from the web.
            usage=ModelUsage(),
        )

    def max_connections(self) -> int:
        """Any number: no network is used."""
        return 64


def players(track: str) -> set[str]:
    """The agents and reasoners of a track; none if it cannot be loaded, so that other tracks still
    work."""
    try:
        loaded = find(track)
    except (ImportError, BadSettings):
        return set()
    return {*loaded.reasoners, *agents_of(loaded)}


class NeedsReply(Exception):
    """The chat agent needs a reply of Inspect's model to these messages."""

    def __init__(self, messages: Sequence[Message], tools: Sequence[Tool]) -> None:
        super().__init__("Inspect asks the model")
        self.messages, self.tools = messages, tools


class AwaitedModel(OurModel):
    """Inspect's model as one of ours: it is asynchronous, so a reply is asked for by NeedsReply,
    and given when the agent asks again."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        if not self.replies:
            raise NeedsReply(messages, tools)
        return self.replies.pop()


class InspectEpisode:
    """An episode and the model that plays it."""

    def __init__(self, recipe: SampleRecipe, task: Task, model: Model, repeat: int) -> None:
        self._model, self._awaited = model, AwaitedModel()
        self._scripted = isinstance(model.api, ScriptedAPI)
        agent = model.api.model_name if self._scripted else str(model)
        chat = None if self._scripted else Chat(self._awaited, recipe.tool_mode)
        player = recipe.player(agent)
        self.episode = player.begin(task, [])
        self.policy: Policy = player.policy(task, chat)
        labels = recipe.labels(agent, task, repeat)
        if chat:
            about = {"name": agent, "by": "inspect", "tool_mode": recipe.tool_mode}
            labels |= {"model": about, "usage": chat.usage}
            self.policy = NumberedReplies(self.policy, chat)
        self.episode.trace.labels.update(labels)
        self.log = ChatLog()

    async def turn(self, state: TaskState) -> None:
        """Takes one reply of the policy; the model is asked only if it is needed."""
        view, tools = self.episode.view(), self.episode.tools
        if self._scripted:  # It reads the view as it is.
            await self._generate(state, view, tools)
            self.episode.step(message_of(state.output.message))
            return
        asked = None
        try:
            reply = self.policy.act(view, tools)
        except NeedsReply as needed:
            asked = needed.messages, needed.tools
        if asked:  # Behind the handler: an error of the model must not hold this one.
            await self._generate(state, *asked)
            self._awaited.replies.append(reply_of(state.output))
            # The policies before the model keep nothing, so they can be asked again.
            reply = self.policy.act(view, tools)
        self.episode.step(reply)

    async def _generate(
        self, state: TaskState, messages: Sequence[Message], tools: Sequence[Tool]
    ) -> None:
        """Has the model reply to the messages."""
        state.messages = self.log.messages(messages)
        state.output = await self._model.generate(state.messages, self.log.tools(tools))
        self.log.keep(state.output)

    @property
    def heading(self) -> str:
        """The heading of the running event."""
        records = reversed(self.episode.trace.records)
        shown = next(r for r in records if isinstance(r, Observation)).messages[-1].content
        match = _HEADING.search(shown)
        return match[1] if match else shown.split("\n", 1)[0][:80]

    def cut(self, reason: str) -> None:
        """Records that something other than the episode's own limits ended it."""
        if not self.episode.done:
            self.episode.trace.records.append(LimitHit(self.episode.event, reason))


def play() -> Solver:
    """Plays the episode of a sample; the trace is kept in the sample's store even if it fails."""

    async def solve(state: TaskState, _: Generate) -> TaskState:
        recipe = from_json(SampleRecipe, state.metadata)
        with refusing():
            # Generating a long instance takes minutes, during which other samples go on.
            task = await to_thread.run_sync(recipe.generate)
            match = InspectEpisode(recipe, task, get_model(), state.epoch - 1)
        episode, trace = match.episode, match.episode.trace
        CURRENT_POLICY.set(match.policy)
        try:
            while not episode.done:
                async with span(match.heading, type="event"):
                    event = episode.event
                    while episode.event == event and not episode.done:
                        await match.turn(state)
        except LimitExceededError as limit:
            match.cut(f"Inspect's {limit.type} limit")
            raise
        except get_cancelled_exc_class():  # As a time limit does.
            match.cut("Inspect stopped the sample")
            raise
        finally:
            trace.gold = task.gold
            state.store.set(TRACE, list(trace.lines()))
        state.messages = match.log.messages(list(trace.messages()))
        return state

    return solve


PLAY = registered(solver, play, "play")
# Providers are found by this name alone, with or without a prefix.
PROVIDER = modelapi(name="memorygym")(lambda: ScriptedAPI)
