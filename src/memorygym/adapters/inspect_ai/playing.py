"""The solver: Inspect's model plays the same Episode as every other agent."""

import re
from collections.abc import Sequence

from anyio import get_cancelled_exc_class
from inspect_ai.model import Model, ModelOutput, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError, span

from memorygym.adapters.inspect_ai.messages import Chat, overflowed, reply_of
from memorygym.adapters.inspect_ai.recipes import Recipe
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.adapters.inspect_ai.scripted import SEAT, ScriptedAPI
from memorygym.agents.chat import merged
from memorygym.agents.protocol import as_text
from memorygym.core import JSON, Gold, Message, Policy, Task, Tool
from memorygym.models.model import CONTEXT_EXCEEDED
from memorygym.runner import episode_for, labels_of, policy_for
from memorygym.trace import Cut, Heard, Said, Shown, Trace

TRACE = "memorygym_trace"
"""Where a sample's store keeps the trace, as its JSON lines."""
_HEADING = re.compile(r"=== (.+?) ===")


class Asked(Policy):
    """Stands for a model that only Inspect can ask."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        raise NotImplementedError("Inspect asks the model")


class Player:
    """One episode, and the model that plays it."""

    def __init__(self, recipe: Recipe, task: Task, model: Model) -> None:
        scripted = isinstance(model.api, ScriptedAPI)
        self.policy = policy_for(model.api.model_name, task) if scripted else Asked()
        self.episode = episode_for(task, self.policy, recipe.settings.make_memory)
        self.chat = Chat()
        self._model = model
        # A scripted agent reads the view as it is; endpoints want it as our own chat sends it.
        self._plain = scripted
        self._text = recipe.tool_mode == "text" and not scripted
        self._mode = "text" if self._text else "native"
        self._usage: list[dict[str, JSON]] = []
        self._gold: Gold | None = task.gold
        self._agent = model.api.model_name if scripted else str(model)
        self._settings = recipe.settings

    async def turn(self, state: TaskState) -> None:
        """Asks the model once and takes its reply."""
        view, tools = self.episode.view(), self.episode.tools
        shown = as_text(view, tools) if self._text else view
        state.messages = self.chat.messages(shown if self._plain else merged(shown))
        offered = [] if self._text else self.chat.tools(tools)
        state.output = output = await self._model.generate(state.messages, offered)
        reply = reply_of(output, sum(len(message.calls) for message in view))
        self._usage.append(_usage(output, self._mode))
        self.episode.step(reply)
        if not self._text:
            said = (r for r in reversed(self.episode.trace.records) if isinstance(r, Said))
            self.chat.keep(next(said).message, output)

    @property
    def event(self) -> int | None:
        """The event at hand, None once the episode is over."""
        if self.episode.done:
            return None
        return next(r.event for r in reversed(self.episode.trace.records) if isinstance(r, Shown))

    @property
    def heading(self) -> str:
        """What the event at hand calls itself."""
        shown = self.episode.view()[-1].content
        found = _HEADING.search(shown)
        return found[1] if found else shown.split("\n", 1)[0][:80]

    def cut(self, reason: str) -> None:
        """Notes that something other than the referee ended the episode."""
        if self.event is not None:
            self.episode.trace.records.append(Cut(self.event, reason))

    def finished(self) -> Trace:
        """The trace as it stands, labelled as the runner labels it."""
        trace = self.episode.trace
        trace.gold = self._gold
        trace.labels.update(labels_of(self._settings, self._agent))
        if not self._plain:
            about = {"name": self._agent, "by": "inspect", "tool_mode": self._mode}
            trace.labels["model"] = about
            trace.labels["usage"] = self._usage
        return trace


def _usage(output: ModelOutput, mode: str) -> dict[str, JSON]:
    """Of one reply, in the words of our own chat agent."""
    usage = output.usage
    return {
        "prompt_tokens": usage.input_tokens if usage else None,
        "completion_tokens": usage.output_tokens if usage else None,
        "cached_tokens": usage.input_tokens_cache_read if usage else None,
        "finish": CONTEXT_EXCEEDED if overflowed(output) else output.stop_reason,
        "tools": mode,
    }


def play() -> Solver:
    """Plays the episode of a sample; its trace is kept in the sample's store, whatever happens."""

    async def solve(state: TaskState, _: Generate) -> TaskState:
        recipe = Recipe.from_json(state.metadata)
        player = Player(recipe, recipe.deal(), get_model())
        SEAT.set(player.policy)
        try:
            await _through(player, state)
        except LimitExceededError as limit:
            player.cut(f"Inspect's {limit.type} limit")
            raise
        except get_cancelled_exc_class():  # As a time limit does.
            player.cut("Inspect stopped the sample")
            raise
        finally:
            trace = player.finished()
            state.store.set(TRACE, list(trace.lines()))
        state.messages = player.chat.messages(_told(trace))
        return state

    return solve


async def _through(player: Player, state: TaskState) -> None:
    """All events, each in its own span of the transcript."""
    while (event := player.event) is not None:
        async with span(player.heading, type="event"):
            while player.event == event:
                await player.turn(state)


def _told(trace: Trace) -> list[Message]:
    """The whole history in order, evicted messages included, for whoever reads the log."""
    told = [Message("system", trace.system)]
    for record in trace.records:
        match record:
            case Shown() | Heard():
                told += record.messages
            case Said():
                told.append(record.message)
    return told


PLAY = registered(solver, play, "play")
