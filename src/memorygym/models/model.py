"""A model writes the next message of a chat; what every provider of one must do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol, TypeVar, cast

from memorygym.core.errors import BadSettings, ProviderFailure, UnknownPart
from memorygym.core.rng import named_rng
from memorygym.core.types import JSON, Call, Message, Tool

T = TypeVar("T")
SAMPLING = ("temperature", "max_tokens", "seed")
"""The options on which the replies of most models depend."""
CONTEXT_EXCEEDED = "context_exceeded"
"""The `finish` of a request that the model's context does not hold."""


class ToolsRejected(ProviderFailure):
    """The endpoint takes no tools; the same messages with the tools told as text may do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model wrote and what the provider says it cost."""

    message: Message
    prompt_tokens: int | None = None
    """By the provider's own count; None if it gave none."""
    completion_tokens: int | None = None
    finish: str = ""
    """Why the model stopped, in the provider's word: stop, length, tool_calls, …"""
    reasoning: str = ""
    """What the model thought before it wrote, if the provider tells; no part of the message."""
    cached_tokens: int | None = None
    """Of the prompt's tokens, those that the provider had from an earlier request."""


OVERFLOW = Reply(Message("assistant", ""), 0, 0, CONTEXT_EXCEEDED, cached_tokens=0)
"""The reply to a request beyond the model's context: nothing was written and nothing is charged.

It is a limit of the model, not a failure of its provider, so it is a reply and not an exception.
"""


class Model(Protocol):
    """Text generation behind one method; the others have defaults."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        """The next message. Raises ProviderFailure when there is none, ToolsRejected when `tools`
        is why. OVERFLOW if the context does not hold the request."""

    def describe(self) -> dict[str, JSON]:
        """How it is asked: its `name` and all that shapes a reply, and the `endpoint`, which does
        not."""
        return {"name": type(self).__name__}

    def sample(self, index: int) -> "Model":
        """The same model for the repeat of that number: what it draws is not what others drew."""
        return self


def sound(reply: Reply) -> Reply:
    """The reply itself. Raises ProviderFailure for what is none: a model from elsewhere is a part
    that may be broken, and the referee is to meet nothing but messages."""
    match reply:
        case Reply(Message("assistant", str(), tuple(calls)), reasoning=str()):
            if all(isinstance(call, Call) for call in calls):
                return reply
    raise ProviderFailure(f"a model must reply with an assistant's message, not {reply!r:.80}")


def unaddressed(asked: Mapping[str, JSON]) -> dict[str, JSON]:
    """What a model says of itself without its address: another one may serve the same model."""
    return {name: value for name, value in asked.items() if name != "endpoint"}


def described(provider: str, name: str, options: object, shaping: Sequence[str]) -> dict[str, JSON]:
    """All that shapes the replies of a model, wherever it is asked."""
    shapes = {option: getattr(options, option) for option in shaping}
    return {"provider": provider, "name": name or provider, **shapes}


def sample_seed(seed: int, index: int) -> int:
    """The seed of a repeat; the first has the seed itself."""
    return named_rng("sample", seed, index).below(2**31) if index else seed


def options_of(kind: type[T], given: Mapping[str, object]) -> T:
    """A provider's options by name. Raises UnknownPart, with the nearest name, for another one."""
    choices = [item.name for item in fields(cast(Any, kind))]
    for option in given:
        if option not in choices:
            raise UnknownPart("model option", option, choices)
    return kind(**given)


def checked_sampling(temperature: Any, max_tokens: object, seed: object) -> None:
    """Raises BadSettings for values that no model takes."""
    known = isinstance(temperature, int | float) and not isinstance(temperature, bool)
    if temperature is not None and not (known and 0 <= temperature <= 100):
        raise BadSettings(f"temperature {temperature!r}: give a number from 0")
    if max_tokens is not None and not (type(max_tokens) is int and max_tokens > 0):
        raise BadSettings(f"max_tokens {max_tokens!r}: give a whole number from 1")
    if seed is not None and not (type(seed) is int and seed >= 0):
        raise BadSettings(f"seed {seed!r}: give a whole number from 0")
