"""manage_context: the shim for objects with `manage_context(history, observation)`, as in MemGym.

The object is called once for every message, with all messages before it and the message itself, in
OpenAI's chat format; its last result (`content`: messages or a text) is shown. The object has no
dump: the shim stores the messages, and a restored memory calls a new object with all of them, which
is exact if the object is deterministic.
"""

from collections.abc import Callable, Mapping
from typing import Any

from memorygym.core.types import Message
from memorygym.memories.stores.foreign_object import Viewed, WrappedObjectError, method


class _Managed:
    """The wrapped object, the history that it received, and its last view."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self._manage_context = method(factory(), "manage_context")
        self._history: list[dict[str, Any]] = []
        self.view: list[Message] = []

    def add(self, message: Message) -> None:
        """Calls the object with a message and all messages before it."""
        observation = message.to_openai()
        returned = self._manage_context([*self._history], observation)
        self._history.append(observation)
        self.view = _messages(getattr(returned, "content", returned))


def _messages(content: object) -> list[Message]:
    if isinstance(content, str):
        return [Message("user", content)]
    if not isinstance(content, (list, tuple)) or not all(isinstance(m, Mapping) for m in content):
        raise WrappedObjectError(
            f"manage_context() returned {content!r:.80}, which is neither messages nor a text"
        )
    return [Message.from_openai(message) for message in content]


def wrap(factory: Callable[[], Any]) -> Viewed:
    return Viewed(lambda: _Managed(factory))
