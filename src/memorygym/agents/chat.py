"""The LLM agent: it sends the view and the tools to a model, without any prompt of its own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from memorygym.agents.text_protocol import as_text, split_calls
from memorygym.core.errors import UnknownPart
from memorygym.core.types import JSON, Message, Policy, Tool
from memorygym.models.model import Model, Reply, ToolsRejected, check_reply

ToolMode = Literal["auto", "native", "text"]
TOOL_MODES = get_args(ToolMode)
"""How tools are sent: as the endpoint's feature, as text, or as its feature until rejected.

`auto` decides within each episode, at the cost of at most one rejected request, so that no reply
depends on another episode.
"""
KEPT_FIGURES = ("prompt_tokens", "completion_tokens", "cached_tokens", "finish")
"""The figures of a reply that `Chat.usage` keeps."""


class Chat(Policy):
    """A language model as policy, for one episode. Raises ProviderFailure if the model fails."""

    def __init__(
        self, model: Model, tool_mode: ToolMode = "auto", *, reasoning: bool = False
    ) -> None:
        if tool_mode not in TOOL_MODES:
            raise UnknownPart("tool mode", tool_mode, TOOL_MODES)
        self.model = model
        self.tool_mode = tool_mode
        self.reasoning = reasoning
        """Whether the history keeps the model's reasoning, in <think> tags before its message."""
        self.usage: list[dict[str, JSON]] = []
        """For each reply in order: KEPT_FIGURES, and `tools`, the mode of the request."""
        self._as_text = tool_mode == "text"

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        reply = check_reply(self._ask(view, tools))
        figures = {figure: getattr(reply, figure) for figure in KEPT_FIGURES}
        self.usage.append({**figures, "tools": "text" if self._as_text else "native"})
        message = as_reply(reply.message, view)
        if not (self.reasoning and reply.reasoning):
            return message
        reasoning_text = f"<think>\n{reply.reasoning}\n</think>\n\n"
        return replace(message, content=reasoning_text + message.content)

    def describe(self) -> dict[str, JSON]:
        """The model's description with tool mode and reasoning, for the labels of a trace."""
        return {
            **self.model.describe(),
            "tool_mode": self.tool_mode,
            "reasoning": "kept" if self.reasoning else "left out",
        }

    def _ask(self, view: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        if not self._as_text:
            try:
                return self.model.complete(merge_neighbours(view), tools)
            except ToolsRejected:
                if self.tool_mode == "native":
                    raise
                self._as_text = True
        return self.model.complete(merge_neighbours(as_text(view, tools)), ())


def merge_neighbours(view: Sequence[Message]) -> list[Message]:
    """The view with neighbouring user (or system) messages joined, as many endpoints require."""
    messages: list[Message] = []
    for message in view:
        last = messages[-1] if messages else None
        if last and last.role == message.role and message.role in ("user", "system"):
            messages[-1] = replace(last, content=f"{last.content}\n\n{message.content}")
        else:
            messages.append(message)
    return messages


def as_reply(message: Message, view: Sequence[Message]) -> Message:
    """A model's message as the reply to a view: with the calls in its text, if it has no native
    ones, and an id for each call that has none, so that each result names its call."""
    content, calls = (
        (message.content, message.calls) if message.calls else split_calls(message.content)
    )
    if not calls:
        return message
    earlier_calls = sum(len(earlier.calls) for earlier in view)
    with_ids = (
        call if call.id else replace(call, id=f"call_{earlier_calls + number}")
        for number, call in enumerate(calls, start=1)
    )
    return replace(message, content=content, calls=tuple(with_ids))
