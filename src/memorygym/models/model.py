"""A model writes the next message of a chat; what every provider of one must do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from memorygym.core import Message, Tool
from memorygym.errors import ProviderFailure


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


class Model(Protocol):
    """Text generation behind one method."""

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        """The next message. Raises ProviderFailure when there is none, ToolsRejected when `tools`
        is why."""
        ...
