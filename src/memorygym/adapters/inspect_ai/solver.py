"""The solver: Inspect's model plays the same Episode as every other agent."""

import re
from collections.abc import Sequence
from typing import TypeVar

from anyio import get_cancelled_exc_class, to_thread
from inspect_ai.model import Model, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError, span

from memorygym.adapters.inspect_ai.messages import ChatLog, overflowed, reply_of
from memorygym.adapters.inspect_ai.recipes import SampleRecipe
from memorygym.adapters.inspect_ai.registry_names import refusing, registered
from memorygym.adapters.inspect_ai.scripted_models import CURRENT_POLICY, ScriptedAPI
from memorygym.agents.chat import merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.json_types import from_json
from memorygym.core.trace import Action, LimitHit, Observation, Trace
from memorygym.core.types import JSON, Message, Policy, Task, Tool
from memorygym.models.model import CONTEXT_EXCEEDED

R = TypeVar("R")
TRACE = "memorygym_trace"
"""The key of a sample's store that holds the trace, as JSON lines."""
_HEADING = re.compile(r"=== (.+?) ===")


class NeedsReply(Exception):
    """The policy needs a reply of Inspect's model."""

    def __init__(self, view: Sequence[Message], tools: Sequence[Tool]) -> None:
        super().__init__("Inspect asks the model")
        self.view, self.tools = view, tools


class Proxy(Policy):
    """A policy in the place of Inspect's model; it gives each of `replies` once."""

    def __init__(self) -> None:
        self.replies: list[Message] = []

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if not self.replies:
            raise NeedsReply(view, tools)
        return self.replies.pop()


class InspectEpisode:
    """An episode and the model that plays it."""

    def __init__(self, recipe: SampleRecipe, task: Task, model: Model, repeat: int) -> None:
        scripted = isinstance(model.api, ScriptedAPI)
        self._agent = model.api.model_name if scripted else str(model)
        self._proxy = Proxy()
        player = recipe.player(self._agent)
        self.episode = player.begin(task, [])
        self.policy = player.policy(task, None if scripted else self._proxy)
        self.chat = ChatLog()
        self._model = model
        # A scripted agent reads the view as it is; a provider gets it as the chat agent sends it.
        self._plain = scripted
        self._mode = "native" if scripted else recipe.tool_mode
        self._usage: list[dict[str, JSON]] = []
        self._replies = 0
        """The number of replies so far, of the model and of scripts."""
        self._gold = task.gold
        self._labels = recipe.labels(self._agent, task, repeat)

    async def turn(self, state: TaskState) -> None:
        """Takes one reply of the policy; the model is asked only if it is needed."""
        view, tools, model_reply = self.episode.view(), self.episode.tools, None
        if self._plain:
            reply = model_reply = await self._model_reply(state, view, tools)
        else:
            try:
                reply = self.policy.act(view, tools)
            except NeedsReply as needed:
                model_reply = await self._model_reply(state, needed.view, needed.tools)
                self._proxy.replies.append(model_reply)
                # The policies before the model keep nothing, so they can be asked again.
                reply = self.policy.act(view, tools)
        self.episode.step(reply)
        self._replies += 1
        if model_reply is None:
            return
        self._usage.append(_usage(state.output, self._mode) | {"reply": self._replies - 1})
        if reply is model_reply and self._mode == "native":
            self.chat.keep(self._last(Action).message, state.output)

    async def _model_reply(
        self, state: TaskState, view: Sequence[Message], tools: Sequence[Tool]
    ) -> Message:
        """The reply of the model to a view."""
        shown, offered = view, tools
        if self._mode == "text":
            shown, offered = as_text(view, tools), ()
        state.messages = self.chat.messages(shown if self._plain else merge_neighbours(shown))
        state.output = await self._model.generate(state.messages, self.chat.tools(offered))
        return reply_of(state.output, sum(len(message.calls) for message in view))

    @property
    def event(self) -> int | None:
        """The running event; None when the episode is over."""
        return None if self.episode.done else self.episode.event

    @property
    def heading(self) -> str:
        """The heading of the running event."""
        shown = self._last(Observation).messages[-1].content
        match = _HEADING.search(shown)
        return match[1] if match else shown.split("\n", 1)[0][:80]

    def _last(self, kind: type[R]) -> R:
        """The newest record of a class."""
        return next(r for r in reversed(self.episode.trace.records) if isinstance(r, kind))

    def cut(self, reason: str) -> None:
        """Records that something other than the episode's own limits ended it."""
        if self.event is not None:
            self.episode.trace.records.append(LimitHit(self.event, reason))

    def finished(self) -> Trace:
        """The trace so far, with its labels."""
        trace = self.episode.trace
        trace.gold = self._gold
        trace.labels.update(self._labels)
        if not self._plain:
            about = {"name": self._agent, "by": "inspect", "tool_mode": self._mode}
            trace.labels |= {"model": about, "usage": self._usage}
        return trace


def _usage(output: ModelOutput, mode: str) -> dict[str, JSON]:
    """The usage of one reply, as the chat agent records it."""
    usage = output.usage
    return {
        "prompt_tokens": usage.input_tokens if usage else None,
        "completion_tokens": usage.output_tokens if usage else None,
        "cached_tokens": usage.input_tokens_cache_read if usage else None,
        "finish": CONTEXT_EXCEEDED if overflowed(output) else output.stop_reason,
        "tools": mode,
    }


def play() -> Solver:
    """Plays the episode of a sample; the trace is kept in the sample's store even if it fails."""

    async def solve(state: TaskState, _: Generate) -> TaskState:
        recipe = from_json(SampleRecipe, state.metadata)
        with refusing():
            # Generating a long instance takes minutes, during which other samples go on.
            task = await to_thread.run_sync(recipe.generate)
            match = InspectEpisode(recipe, task, get_model(), state.epoch - 1)
        CURRENT_POLICY.set(match.policy)
        try:
            await _through(match, state)
        except LimitExceededError as limit:
            match.cut(f"Inspect's {limit.type} limit")
            raise
        except get_cancelled_exc_class():  # As a time limit does.
            match.cut("Inspect stopped the sample")
            raise
        finally:
            trace = match.finished()
            state.store.set(TRACE, list(trace.lines()))
        state.messages = match.chat.messages(list(trace.messages()))
        return state

    return solve


async def _through(match: InspectEpisode, state: TaskState) -> None:
    """All events, each in its own span of the transcript."""
    while (event := match.event) is not None:
        async with span(match.heading, type="event"):
            while match.event == event:
                await match.turn(state)


PLAY = registered(solver, play, "play")
