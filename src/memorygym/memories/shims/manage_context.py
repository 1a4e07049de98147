"""manage_context: any object that has `manage_context(history, observation)`, as MemGym's do.

It is asked once for every message, with all messages before it and the message itself, in the form
of OpenAI's chat; what it returned last (`content`: messages or text) is the view. It has no dump:
the messages are kept here, and a restored memory asks a new object about all of them again, which
is exact for deterministic objects. The model calls that it makes itself are not counted.
"""

from collections.abc import Callable, Mapping
from typing import Any

from memorygym.core.errors import MemoryFault
from memorygym.core.types import Message
from memorygym.memories.stores.foreign_object import Viewed, method


class _Managed:
    """The object, the history that it was shown, and the view that it made of that."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self._manage_context = method(factory(), "manage_context")
        self._history: list[dict[str, Any]] = []
        self.view: list[Message] = []

    def add(self, message: Message) -> None:
        """Shows it a message after all that came before."""
        observation = message.to_openai()
        returned = self._manage_context([*self._history], observation)
        self._history.append(observation)
        self.view = _messages(getattr(returned, "content", returned))


def _messages(content: object) -> list[Message]:
    if isinstance(content, str):
        return [Message("user", content)]
    if not isinstance(content, (list, tuple)) or not all(isinstance(m, Mapping) for m in content):
        raise MemoryFault(f"manage_context returned {content!r:.80}, not messages or a text")
    return [Message.from_openai(message) for message in content]


def wrap(factory: Callable[[], Any]) -> Viewed:
    return Viewed(lambda: _Managed(factory))
