"""The protocol of a language model, which writes the next message of a chat."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Protocol, TypeVar, cast

from memorygym.core.errors import BadSettings, ProviderFailure, UnknownPart
from memorygym.core.rng import named_rng
from memorygym.core.types import JSON, Call, Message, Tool

T = TypeVar("T")
M = TypeVar("M", bound="Model")
CONTEXT_EXCEEDED = "context_exceeded"
"""The `finish` of a request that exceeds the model's context."""


class ToolsRejected(ProviderFailure):
    """The endpoint rejects native tools; the tools can be described as text instead."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a model, with the provider's token counts."""

    message: Message
    prompt_tokens: int | None = None
    """Tokens of the request, by the provider's count; None if unknown."""
    completion_tokens: int | None = None
    """Tokens of the reply, likewise."""
    finish: str = ""
    """Why the model stopped, as the provider says: stop, length, tool_calls, …"""
    reasoning: str = ""
    """The model's reasoning, if the provider returns it; it is not part of the message."""
    cached_tokens: int | None = None
    """Prompt tokens that the provider read from its cache."""


OVERFLOW = Reply(Message("assistant", ""), 0, 0, CONTEXT_EXCEEDED, cached_tokens=0)
"""The reply to a request that exceeds the model's context: empty, without any tokens.

This is a limit of the model, not a failure of its provider; so it is a reply, not an exception.
"""


class Model(Protocol):
    """A language model. Only `complete` must be defined; the other methods have defaults."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        """The model's reply; OVERFLOW if the request exceeds its context.

        Raises ProviderFailure if there is no reply, ToolsRejected if `tools` are the reason.
        """

    def describe(self) -> dict[str, JSON]:
        """The `name`, the options on which replies depend, and the `endpoint`, which is not one."""
        return {"name": type(self).__name__}

    def sample(self, index: int) -> "Model":
        """The same model for a numbered repeat, with another seed of sampling."""
        return self


def check_reply(reply: Reply) -> Reply:
    """Returns the reply. Raises ProviderFailure if it is not a Reply with an assistant's message,
    because models of other people may return anything."""
    match reply:
        case Reply(Message("assistant", str(), tuple(calls)), reasoning=str()):
            if all(isinstance(call, Call) for call in calls):
                return reply
    raise ProviderFailure(f"a model must reply with an assistant's message, not {reply!r:.80}")


def without_endpoint(description: Mapping[str, JSON]) -> dict[str, JSON]:
    """The description of a model without its endpoint: other endpoints may serve the same model."""
    return {name: value for name, value in description.items() if name != "endpoint"}


def described(provider: str, name: str, options: Any) -> dict[str, JSON]:
    """The description of a model without endpoint: name, and the options that shape replies."""
    shaping = {option: getattr(options, option) for option in options.SHAPING}
    return {"provider": provider, "name": name or provider, **shaping}


def sample_seed(seed: int, index: int) -> int:
    """The seed of a numbered repeat; the first repeat has the given seed."""
    return named_rng("sample", seed, index).below(2**31) if index else seed


def options_of(kind: type[T], values: Mapping[str, object]) -> T:
    """A provider's options by name. Raises UnknownPart, with the nearest name, for others."""
    choices = [item.name for item in fields(cast(Any, kind))]
    for option in values:
        if option not in choices:
            raise UnknownPart("model option", option, choices)
    return kind(**values)


@dataclass(frozen=True, slots=True)
class Sampling:
    """The options of most models, on which replies depend; None leaves a value to the model.

    Raises BadSettings for values that no model accepts.
    """

    temperature: float | None = None
    max_tokens: int | None = None
    """Most tokens of one reply."""
    seed: int | None = None
    SHAPING: ClassVar[tuple[str, ...]] = ("temperature", "max_tokens", "seed")
    """The options on which replies depend."""

    def __post_init__(self) -> None:
        temperature: Any = self.temperature
        is_number = isinstance(temperature, int | float) and not isinstance(temperature, bool)
        if temperature is not None and not (is_number and 0 <= temperature <= 100):
            raise BadSettings(f"temperature {temperature!r}: give a number from 0")
        check_whole("max_tokens", self.max_tokens, 1)
        check_whole("seed", self.seed, 0)


def check_whole(name: str, value: object, least: int) -> None:
    """Raises BadSettings for an option that is given and is no whole number from `least`."""
    if value is not None and not (type(value) is int and value >= least):
        raise BadSettings(f"{name} {value!r}: give a whole number from {least}")


def resampled(model: M, options: Sampling, index: int) -> M:
    """A copy of the model whose options have the seed of a numbered repeat."""
    other: Any = copy(model)
    other.options = replace(options, seed=sample_seed(options.seed or 0, index))
    return cast(M, other)
