"""What every memory must keep to in what it composes, found in episodes of fixed messages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from memorygym.core.episode import Episode, Snapshot
from memorygym.core.errors import MemoryFault
from memorygym.core.trace import LimitHit, Trace
from memorygym.core.types import JSON, Budget, Entry, Memory, Message, Writer
from memorygym.models.extractive import write
from memorygym.testing.fixed_episodes import FIGURE, LOOK, Act, Stage, replies, story, told

Make = Callable[[], Memory]
AMPLE = Budget()
TIGHT, HELD = Budget(capacity=500, view=200), Budget(capacity=500)
WORDS = 8
"""A text of fewer words may well be said twice."""
ASKED = 6
"""Calls in which a model may be told the same message: one for each thing wanted of it."""
REPLY = 20
"""Tokens of a reply that can repeat no message of a story as a whole."""
MUCH = 5_000
"""Words of a reply that is far beyond what was asked for."""


class BatchedMemory:
    """A Memory that hands messages on only when something is asked of it, `size` at a time."""

    def __init__(self, make: Make, size: int) -> None:
        self._memory, self._size = make(), size
        self.tools = tuple(self._memory.tools)
        self.open, self.restore = self._memory.open, self._memory.restore
        self._waiting: list[Message] = []

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._told().call(name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        self._waiting += new

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._told().compose(live, budget)

    def dump(self) -> list[Entry]:
        return self._told().dump()

    def _told(self) -> Memory:
        new, self._waiting = self._waiting, []
        for at in range(0, len(new), self._size):
            self._memory.observe(tuple(new[at : at + self._size]))
        return self._memory


def watched(
    make: Make, acts: Sequence[Act], budget: Budget, writer: Writer = write
) -> list[Snapshot]:
    """The moments of an episode: one after every view, one after the end."""
    episode = Episode(Stage(acts, budget), make, writer=writer)
    moments = []
    for reply in replies(acts):
        episode.view()
        moments.append(episode.snapshot())
        episode.step(reply)
    return [*moments, episode.snapshot()]


def stepped_in(trace: Trace) -> Iterator[str]:
    """Where the referee stepped in first, and why."""
    for record in trace.records:
        if isinstance(record, LimitHit):
            yield f"the referee had to step in at event {record.event + 1}: {record.reason}"
            return


def cache_break(messages: Sequence[Message]) -> bool:
    """Whether a call stands without its results right behind it, or a result without its call."""
    waiting: list[str] = []
    for message in messages:
        is_result = message.role == "tool"
        if is_result and message.call_id in waiting:
            waiting.remove(message.call_id)
        elif is_result or waiting:
            return True
        waiting += [call.id for call in message.calls]
    return bool(waiting)


def _forgets(make: Make) -> Iterator[str]:
    """What an agent must store with tools comes back through tools."""
    moments = watched(make, story(0), AMPLE)
    if not make().tools and not any(map(_back, moments)):
        yield "it forgets everything: without any budget not one fact comes back into view"


def _mixes(make: Make) -> Iterator[str]:
    watched(make, story(0), AMPLE)
    before = {figure for text in told(story(0)) for figure in FIGURE.findall(text)}
    for moment in watched(make, story(1), AMPLE):
        if strange := before & _figures(moment.context):
            yield f"it shows text of another episode: {min(strange)}"
            return


def _repeats_live(make: Make) -> Iterator[str]:
    for moment in (*watched(make, story(0), AMPLE), *watched(make, story(0), TIGHT)):
        shown = _plain("\n".join(message.content for message in moment.context))
        for message in moment.live:
            text = _plain(message.content)
            if len(text.split()) >= WORDS and text in shown:
                yield f"it shows again what stands in event {moment.event + 1}: {text:.60}"
                return


def _alters(make: Make) -> Iterator[str]:
    *_, end = watched(make, story(0), TIGHT)
    texts = (text for _, text in end.trace.environment_texts({LOOK.name}))
    if [text for text in texts if not text.startswith("[memory:")] != list(told(story(0))):
        yield "it alters the messages of the event"


def _splits(make: Make) -> Iterator[str]:
    """Of a view that the referee cut nothing is said."""
    for budget in (AMPLE, TIGHT, HELD):
        moments = watched(make, story(0), budget)
        broken = [moment.event + 1 for moment in moments if cache_break(moment.context)]
        if broken and not any(stepped_in(moments[-1].trace)):
            yield f"it splits a tool call from its result in the view of event {broken[0]}"
            return


def _undumped(make: Make) -> Iterator[str]:
    for moment in watched(make, story(0), TIGHT):
        held = " ".join((*moment.entries, *moment.entries.values()))
        if hidden := _back(moment) - set(FIGURE.findall(held)):
            yield f"it shows {min(hidden)}, which its dump does not hold"
            return


def _restored(make: Make) -> Iterator[str]:
    episode = Episode(Stage(story(0), TIGHT), make, writer=write)
    for reply in replies(story(0)):
        before = episode.snapshot()
        view = episode.view()
        if episode.fork(before).view() != view:
            yield f"restored from its dump it composes another view of event {before.event + 1}"
            return
        episode.step(reply)


def _batches(make: Make) -> Iterator[str]:
    singly, together = (
        [
            (m.context, m.entries)
            for m in watched(partial(BatchedMemory, make, size), story(0), TIGHT)
        ]
        for size in (1, len(story(0)))
    )
    if singly != together:
        yield "it matters to it how many messages it observes at a time"


def _asks_again(make: Make) -> Iterator[str]:
    material: list[str] = []

    def writer(task: str, text: str, most: int) -> str:
        material.append(_plain(text))
        return write(task, text, min(most, REPLY))

    watched(make, story(0), Budget(view=TIGHT.view), writer)
    times = {
        text: sum(_plain(text) in one for one in material)
        for text in told(story(0))
        if len(text.split()) >= WORDS
    }
    if (most := max(times.values())) > ASKED:
        yield f"its model is told the same message again and again: in {most} calls"


def _unhelped(make: Make) -> Iterator[str]:
    usual = [*stepped_in(watched(make, story(0), TIGHT)[-1].trace)]
    for what, written in (("nothing", ""), ("ten times too much", "lamps " * MUCH)):
        try:
            *_, end = watched(make, story(0), TIGHT, lambda *_, written=written: written)
        except MemoryFault as fault:
            yield f"when its model writes {what}: {fault}"
        else:
            if not usual:
                yield from (f"when its model writes {what}: {cut}" for cut in stepped_in(end.trace))


def _back(moment: Snapshot) -> set[str]:
    """The figures of earlier events that are in view again."""
    return _figures(moment.context) - _figures(moment.live)


def _figures(messages: Sequence[Message]) -> set[str]:
    return {figure for message in messages for figure in FIGURE.findall(message.content)}


def _plain(text: str) -> str:
    return " ".join(text.split())


RULES = (
    _forgets, _mixes, _repeats_live, _alters, _splits,
    _undumped, _restored, _batches, _asks_again, _unhelped,
)  # fmt: skip
"""Each takes what makes the memory; nobody calls its tools."""
