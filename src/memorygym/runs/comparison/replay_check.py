"""The replay check: a memory that is rebuilt from its dump must compose the same context.

A memory from outside this package may keep state that `dump` does not return, and so hold more than
its budget counts. In one event a rebuilt copy plays beside the memory, which cannot notice it.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

from memorygym.core.episode import Episode
from memorygym.core.guard import fault
from memorygym.core.rng import named_rng
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Memory, Message, Policy, Task, Writer

KEEP_IN_DUMP = (
    "Keep all state in dump(), rebuild in restore() what is derived from it, store only what"
    " store(text) returns, and use no randomness."
)
SHOWN = 40
"""Characters of a text that a message quotes."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The model of a memory: what it was asked before it answers a rebuilt copy as before, although
    a provider's replies vary."""

    writer: Writer
    replies: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def __call__(self, task: str, text: str, most: int) -> str:
        reply = self.replies[task, text, most] = self.writer(task, text, most)
        return reply

    def again(self, task: str, text: str, most: int) -> str:
        """The writer of the copy."""
        known = self.replies.get((task, text, most))
        return self(task, text, most) if known is None else known


def play_rebuilt(
    episode: Episode,
    policy: Policy,
    task: Task,
    make: Callable[[], Memory],
    name: str,
    writer: Writer,
) -> Trace:
    """Plays an episode; in one event that asks something, a copy of the memory, rebuilt from the
    dump of the last event, must compose the same contexts. The event is drawn; if the memory shows
    nothing in it, the next one that asks is checked.

    Raises MemoryFault if it does not. What a memory keeps on the disk is not found.
    """
    asking = sorted(find(task.track).oracle(task)) or [0]
    drawn = named_rng("rebuilt", task.id).choice(asking)
    due = {event for event in asking if event >= drawn}
    copy: Episode | None = None
    while not episode.done:
        if episode.event not in due:
            copy = None
        elif copy is None:
            copy = episode.with_new_memory(make, writer)
        view = episode.view()
        if copy and (rebuilt_view := copy.view()) != view:
            moment = copy.snapshot()
            difference = unlike(view[1:], rebuilt_view[1:])
            difference += cause(moment.recorded, moment.tracker.prices)
            where = f"{task.track} {task.recipe['template']}, seed {task.recipe['seed']}"
            problem = f"in {where}, after restore(dump()), compose() returned {difference}"
            raise fault(name, problem, episode.event, KEEP_IN_DUMP)
        if copy and copy.snapshot().context:
            due = {episode.event}
        reply = policy.act(view, episode.tools)
        episode.step(reply)
        if copy:
            copy.step(reply)
    return episode.trace


def unlike(view: Sequence[Message], rebuilt_view: Sequence[Message]) -> str:
    """How the context of a rebuilt memory differs from the original's, to follow "returned".

    Both may end with the messages of the event, which are alike.

    >>> ann, bob = Message("user", "Ann ran."), Message("user", "Ann sat.")
    >>> unlike([ann], [bob])
    "another context: message 1 was 'Ann sat.' instead of 'Ann ran.'"
    >>> unlike([ann, bob], [ann])
    "another context: message 2, 'Ann sat.', was missing"
    >>> unlike([ann], [ann, bob])
    "another context: message 2, 'Ann sat.', was added"
    """
    ends = zip(reversed(view), reversed(rebuilt_view), strict=False)
    alike = len([*takewhile(lambda pair: pair[0] == pair[1], ends)])
    pairs = zip_longest(view[: len(view) - alike], rebuilt_view[: len(rebuilt_view) - alike])
    number, (message, rebuilt) = next(
        (number, pair) for number, pair in enumerate(pairs, start=1) if pair[0] != pair[1]
    )
    if message and rebuilt and message.content == rebuilt.content:
        return f"another context: message {number} was {rebuilt!r:.160} instead of {message!r:.160}"
    texts = ["" if m is None else m.content for m in (rebuilt, message)]
    same = len([*takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))])
    copied, own = (repr(_around(text, same)) for text in texts)
    if not rebuilt:
        return f"another context: message {number}, {own}, was missing"
    if not message:
        return f"another context: message {number}, {copied}, was added"
    return f"another context: message {number} was {copied} instead of {own}"


def cause(entries: Mapping[str, str], stored: Container[str]) -> str:
    """The likely cause why a memory rebuilt from these entries differs; "" if they show none.

    A dump may hold texts that `store` did not return, but `restore` gets them normalised.
    """
    if not entries:
        return ", for dump() returned no entry"
    unstored = [text for text in entries.values() if text not in stored]
    if unstored:
        return f", for dump() returned a text that store() did not: {unstored[0][:SHOWN]!r}"
    return ""


def _around(text: str, place: int) -> str:
    """The part of a text around a place."""
    start = max(0, place - SHOWN // 2)
    head, tail = "…" * (start > 0), "…" * (len(text) > start + SHOWN)
    return f"{head}{text[start : start + SHOWN]}{tail}"
