"""The LLM agent: it sends the view and the tools to a model, and adds not a word of strategy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, get_args

from memorygym.agents.text_protocol import as_text, split_calls
from memorygym.core.errors import UnknownPart
from memorygym.core.types import JSON, Message, Policy, Tool
from memorygym.models.model import Model, Reply, ToolsRejected, sound

ToolMode = Literal["auto", "native", "text"]
"""How tools are told: as the endpoint's own feature, as text, or natively until it turns them down.

`auto` settles within one episode: its first request finds out, at the cost of one refused request,
so that no reply depends on what another episode met first.
"""
COST = ("prompt_tokens", "completion_tokens", "cached_tokens", "finish")
"""What is kept of a reply beside its message."""


class Chat(Policy):
    """Plays one episode by what a model replies; a ProviderFailure is left to fly."""

    def __init__(
        self, model: Model, tool_mode: ToolMode = "auto", *, reasoning: bool = False
    ) -> None:
        if tool_mode not in get_args(ToolMode):
            raise UnknownPart("tool mode", tool_mode, get_args(ToolMode))
        self.model = model
        self.tool_mode = tool_mode
        self.reasoning = reasoning
        """Keep what the model thought in the history, before its message in <think> tags."""
        self.usage: list[dict[str, JSON]] = []
        """Of each reply in order: COST, and `tools`, the mode in which it was asked."""
        self._as_text = tool_mode == "text"

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        made = sum(len(message.calls) for message in view)
        reply = sound(self._ask(view, tools))
        cost = {figure: getattr(reply, figure) for figure in COST}
        self.usage.append({**cost, "tools": "text" if self._as_text else "native"})
        message = _with_ids(_read(reply.message), made)
        if not (self.reasoning and reply.reasoning):
            return message
        thought = f"<think>\n{reply.reasoning}\n</think>\n\n"
        return replace(message, content=thought + message.content)

    def describe(self) -> dict[str, JSON]:
        """How the model is asked, for the labels of a trace."""
        return {
            **self.model.describe(),
            "tool_mode": self.tool_mode,
            "reasoning": "kept" if self.reasoning else "left out",
        }

    def _ask(self, view: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        if not self._as_text:
            try:
                return self.model.complete(merged(view), tools)
            except ToolsRejected:
                if self.tool_mode == "native":
                    raise
                self._as_text = True
        return self.model.complete(merged(as_text(view, tools)), ())


def merged(view: Sequence[Message]) -> list[Message]:
    """The view with neighbouring user (or system) messages made one, as many endpoints want."""
    out: list[Message] = []
    for message in view:
        last = out[-1] if out else None
        if last and last.role == message.role and message.role in ("user", "system"):
            out[-1] = replace(last, content=f"{last.content}\n\n{message.content}")
        else:
            out.append(message)
    return out


def _read(message: Message) -> Message:
    """The reply with the calls that it makes in its text, if it makes none of its own."""
    if message.calls:
        return message
    content, calls = split_calls(message.content)
    return Message("assistant", content, calls) if calls else message


def _with_ids(message: Message, made: int) -> Message:
    """Numbers the calls that came without an id, so that each result names its call."""
    calls = (
        call if call.id else replace(call, id=f"call_{made + number}")
        for number, call in enumerate(message.calls, start=1)
    )
    return replace(message, calls=tuple(calls))
