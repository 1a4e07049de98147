"""The oracle: a memory that shows each question the facts it needs, and nothing else. The ceiling.

It is the one memory that is given the side table; `memorygym compare` runs it as a reference.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from memorygym.core import Memory, Message, Meter, Task
from memorygym.errors import BadSettings
from memorygym.tokens import count, shown_tokens, words
from memorygym.track import Track


class Oracle(Memory):
    """Shows the needed facts if they fit the budget together, else nothing."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        """What to show, by event."""

    def open(self, meter: Meter) -> None:
        self._meter = meter

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        message = Message("user", self._texts.get(self._meter.event(), ""))
        if not message.content:
            return ()
        fits = budget is None or shown_tokens(message, self._meter.count) <= budget
        return (message,) if fits else ()


def check_view(track: Track, task: Task, view: int) -> None:
    """Raises BadSettings for a budget that holds no fact of the task."""
    if (least := least_view(track, task)) > view:
        raise BadSettings(
            f"a budget of {view} holds no fact of this track; the least that holds one is"
            f" {least} tokens"
        )


def least_view(track: Track, task: Task) -> int:
    """The fewest tokens of a view that hold what some event of the task needs."""
    texts = track.oracle(task)
    known = set(words(task.system))
    if not task.events:  # What tools will have shown is known only once it is played.
        known.update(*map(words, texts.values()))
    costs: list[int] = []
    for at in range(max(len(task.events), max(texts, default=-1) + 1)):
        if at < len(task.events):
            known |= words(task.events[at].text)
        if texts.get(at):
            costs.append(shown_tokens(Message("user", texts[at]), partial(count, known=known)))
    return min(costs, default=0)
