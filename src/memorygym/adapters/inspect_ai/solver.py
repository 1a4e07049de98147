"""The solver: Inspect's model plays the same Episode as every other agent."""

import re
from collections.abc import Sequence

from anyio import get_cancelled_exc_class, to_thread
from inspect_ai.model import Model, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError, span

from memorygym.adapters.inspect_ai.messages import ChatLog, message_of, reply_of
from memorygym.adapters.inspect_ai.recipes import SampleRecipe
from memorygym.adapters.inspect_ai.registry_names import refusing, registered
from memorygym.adapters.inspect_ai.scripted_models import CURRENT_POLICY, ScriptedAPI
from memorygym.agents.chat import Chat
from memorygym.core.json_types import from_json
from memorygym.core.trace import LimitHit, Observation
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.models.model import Model as OurModel
from memorygym.models.model import Reply
from memorygym.runs.model_roles import NumberedReplies

TRACE = "memorygym_trace"
"""The key of a sample's store that holds the trace, as JSON lines."""
_HEADING = re.compile(r"=== (.+?) ===")


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
        try:
            reply = self.policy.act(view, tools)
        except NeedsReply as needed:
            await self._generate(state, needed.messages, needed.tools)
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
