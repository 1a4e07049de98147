"""manage_context: any object that has `manage_context(history, observation)`, as MemGym's do.

It is asked once for every message, with all messages before it and the message itself, in the form
of OpenAI's chat; what it returned last (`content`: messages or text) is the view. It has no dump:
the messages are kept here, and a restored memory asks a new object about all of them again, which
is exact for deterministic objects. The model calls that it makes itself are not counted.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.errors import MemoryFault
from memorygym.stores.foreign import Fed, fitted, method
from memorygym.stores.transcript import Transcript


class _Managed:
    """The object, the history that it was shown, and the view that it made of that."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self.manage_context = method(factory(), "manage_context")
        self.history: list[dict[str, Any]] = []
        self.view: list[Message] = []


class ManageContext(Memory):
    """The messages, and what the object would show of them."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        self._managed = Fed(lambda: _Managed(factory), _show)

    def open(self, meter: Meter) -> None:
        self._transcript = Transcript(meter)
        self._price = meter.count

    def observe(self, new: Sequence[Message]) -> None:
        self._transcript.add(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        view = self._managed.with_all(self._transcript.messages).view
        said = self._transcript.passages.texts.values()
        return fitted(view, said, live, budget, self._price)

    def dump(self) -> list[Entry]:
        return self._transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._transcript.restore(entries)


def _show(managed: _Managed, message: Message) -> None:
    observation = message.to_openai()
    returned = managed.manage_context([*managed.history], observation)
    managed.history.append(observation)
    managed.view = _messages(getattr(returned, "content", returned))


def _messages(content: object) -> list[Message]:
    if isinstance(content, str):
        return [Message("user", content)]
    if not isinstance(content, (list, tuple)) or not all(isinstance(m, Mapping) for m in content):
        raise MemoryFault(f"manage_context returned {content!r:.80}, not messages or a text")
    return [Message.from_openai(message) for message in content]


wrap = ManageContext
