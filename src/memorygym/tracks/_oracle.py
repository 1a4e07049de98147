"""The oracle: a memory that shows each question the facts it needs, and nothing else. The ceiling.

It is the one memory that is given the side table; `memorygym compare` runs it as a reference.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from memorygym.core import Memory, Message, Meter, Task
from memorygym.tokens import count, shown_tokens, words


class Oracle(Memory):
    """Shows the needed facts if they fit the budget together, else nothing."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        """What to show, by the text of the event that asks."""

    def open(self, meter: Meter) -> None:
        self._meter = meter

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        asked = (self._texts[m.content] for m in live if m.content in self._texts)
        message = Message("user", next(asked, ""))
        if not message.content:
            return ()
        fits = budget is None or shown_tokens(message, self._meter.count) <= budget
        return (message,) if fits else ()


def least_view_of(task: Task, texts: Mapping[str, str]) -> int:
    """The fewest tokens of a view that hold what some question of the task needs."""
    known = set(words(task.system))
    price = partial(count, known=known)
    costs: list[int] = []
    for event in task.events:
        known |= words(event.text)
        if event.text in texts:
            costs.append(shown_tokens(Message("user", texts[event.text]), price))
    return min(costs)
