"""The LLM agent: it sends the view and the tools to a model, and adds not a word of strategy."""

from collections.abc import Sequence
from dataclasses import replace

from memorygym.agents.protocol import as_text, split_calls
from memorygym.core import JSON, Message, Policy, Tool
from memorygym.models.model import Model, Reply, ToolsRejected


class Chat(Policy):
    """Plays by what a model replies; a ProviderFailure is left to fly."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.usage: list[dict[str, JSON]] = []
        """Of each reply, in the provider's words: prompt_tokens, completion_tokens, finish."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        made = sum(len(message.calls) for message in view)
        return _with_ids(_read(self._ask(view, tools)), made)

    def _ask(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        try:
            reply = self.model.complete(merged(view), tools)
        except ToolsRejected:
            reply = self.model.complete(merged(as_text(view, tools)), ())
        self.usage.append(_cost(reply))
        return reply.message


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


def _cost(reply: Reply) -> dict[str, JSON]:
    return {
        "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens,
        "finish": reply.finish,
    }
