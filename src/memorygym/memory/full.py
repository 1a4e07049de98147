"""full: all that was observed is shown again, whatever the budget. The ceiling in information.

Nothing is simplified, for there is no paper: it is an agent whose context never ends. Under a view
budget the referee cuts the newest messages off; `memorygym compare` gives it none.
"""

from collections.abc import Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.passages import Passages
from memorygym.stores.transcript import Transcript


class Full(Memory):
    """The whole history."""

    def open(self, meter: Meter) -> None:
        self._transcript = Transcript(Passages(meter))

    def observe(self, new: Sequence[Message]) -> None:
        self._transcript.add(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        messages = self._transcript.messages
        return [messages[key] for key in self._transcript.past(live)]

    def dump(self) -> list[Entry]:
        return self._transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._transcript.restore(entries)


make = Full
