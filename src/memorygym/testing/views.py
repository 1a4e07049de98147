"""The rules for the contexts that a memory composes, checked in episodes of fixed messages."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from memorygym.core.episode import Episode, Snapshot
from memorygym.core.errors import MemoryFault
from memorygym.core.trace import LimitHit, Trace
from memorygym.core.types import JSON, Budget, Entry, Memory, Message, Writer
from memorygym.models.extractive import write
from memorygym.runs.comparison.replay_check import KEEP_IN_DUMP, cause, unlike
from memorygym.testing.fixed_episodes import FIGURE, LOOK, Act, FixedEnv, replies, story, texts

Make = Callable[[], Memory]
AMPLE = Budget()
TIGHT, STORED = Budget(capacity=500, view=200), Budget(capacity=500)
WORDS = 8
"""Words of a text from which on it is not said twice by chance."""
ASKED = 6
"""Most calls in which a model may read the same message: one for each thing it is asked for."""
REPLY = 20
"""Tokens of a reply too short to repeat a whole message."""
MUCH = 5_000
"""Words of a reply that is far longer than the limit it was given."""


class BatchedMemory:
    """A memory that passes messages on late, `size` at a time: when something else is called."""

    def __init__(self, make: Make, size: int) -> None:
        self._memory, self._size = make(), size
        self.tools = tuple(self._memory.tools)
        self.open, self.restore = self._memory.open, self._memory.restore
        self._waiting: list[Message] = []

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._caught_up().call(name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        self._waiting += new

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._caught_up().compose(live, budget)

    def dump(self) -> list[Entry]:
        return self._caught_up().dump()

    def _caught_up(self) -> Memory:
        new, self._waiting = self._waiting, []
        for start in range(0, len(new), self._size):
            self._memory.observe(tuple(new[start : start + self._size]))
        return self._memory


def watched(
    make: Make, acts: Sequence[Act], budget: Budget, writer: Writer = write
) -> list[Snapshot]:
    """Snapshots of an episode: one after every view, one after the end."""
    episode = Episode(FixedEnv(acts, budget), make, writer=writer)
    moments = []
    for reply in replies(acts):
        episode.view()
        moments.append(episode.snapshot())
        episode.step(reply)
    return [*moments, episode.snapshot()]


WITHIN = {
    "view's": "Let compose(live, budget) return at most `budget` tokens; a message takes"
    " memorygym.core.tokens.shown_tokens(message, context.count).",
    "capacity": "Keep only what store() returns; it refuses what the capacity cannot hold.",
}
"""What to do, by a word of the reason why a limit was hit."""


def limit_hit(trace: Trace) -> Iterator[str]:
    """The first limit that was hit, if any."""
    for record in trace.records:
        if isinstance(record, LimitHit):
            advice = "".join(f" {text}" for word, text in WITHIN.items() if word in record.reason)
            yield f"A limit was hit at event {record.event + 1}: {record.reason}.{advice}"
            return


def splits_call(messages: Sequence[Message]) -> bool:
    """Whether a call is not followed by its results, or a result does not follow its call."""
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
    """A memory with tools is exempt: its texts come back through tools."""
    moments = watched(make, story(0), AMPLE)
    if not make().tools and not any(map(_recalled, moments)):
        yield (
            "The memory forgets everything: without any limit, compose() returned no fact of an"
            " earlier event. Store texts in observe() and return them in compose()."
        )


def _mixes(make: Make) -> Iterator[str]:
    watched(make, story(0), AMPLE)
    others = {figure for text in texts(story(0)) for figure in FIGURE.findall(text)}
    for moment in watched(make, story(1), AMPLE):
        if mixed := others & _figures(moment.context):
            yield (
                f"compose() returned text of another episode ({min(mixed)}) at event"
                f" {moment.event + 1}. Keep state on the object (self), not in class or module."
            )
            return


def _repeats_live(make: Make) -> Iterator[str]:
    for moment in (*watched(make, story(0), AMPLE), *watched(make, story(0), TIGHT)):
        shown = _plain("\n".join(message.content for message in moment.context))
        for message in moment.live:
            text = _plain(message.content)
            if len(text.split()) >= WORDS and text in shown:
                yield (
                    f"compose() repeated a message of the running event {moment.event + 1}:"
                    f" {text[:60]!r}. Leave out what is in `live`."
                )
                return


def _alters(make: Make) -> Iterator[str]:
    *_, end = watched(make, story(0), TIGHT)
    shown = (text for _, text in end.trace.environment_texts({LOOK.name}))
    if [text for text in shown if not text.startswith("[memory:")] != list(texts(story(0))):
        yield "The memory altered a message that it was given. Make new messages instead."


def _splits(make: Make) -> Iterator[str]:
    """No call is separated from its result; a view that was cut at a limit is not checked."""
    for budget in (AMPLE, TIGHT, STORED):
        moments = watched(make, story(0), budget)
        split = [moment.event + 1 for moment in moments if splits_call(moment.context)]
        if split and not any(limit_hit(moments[-1].trace)):
            yield (
                f"compose() separated a tool call from its result at event {split[0]}. Return both"
                " or neither, one after the other; memories.stores.message_entries.groups helps."
            )
            return


def _undumped(make: Make) -> Iterator[str]:
    for moment in watched(make, story(0), TIGHT):
        dumped = " ".join((*moment.entries, *moment.entries.values()))
        if hidden := _recalled(moment) - set(FIGURE.findall(dumped)):
            yield (
                f"compose() returned {min(hidden)} of an earlier event at event {moment.event + 1},"
                f" but dump() does not hold it. {KEEP_IN_DUMP}"
            )
            return


def _restored(make: Make) -> Iterator[str]:
    episode = Episode(FixedEnv(story(0), TIGHT), make, writer=write)
    for reply in replies(story(0)):
        moment = episode.snapshot()
        view = episode.view()
        if (rebuilt_view := episode.fork(moment).view()) != view:
            yield (
                f"After restore(dump()), compose() returned {unlike(view[1:], rebuilt_view[1:])}"
                f"{cause(moment.entries, moment.tracker.prices)} at event {moment.event + 1}."
                f" {KEEP_IN_DUMP}"
            )
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
        yield (
            "observe() with several messages leaves another state than observe() with one at a"
            " time. Treat each message alone."
        )


def _asks_again(make: Make) -> Iterator[str]:
    prompts: list[str] = []

    def writer(task: str, text: str, most: int) -> str:
        prompts.append(_plain(text))
        return write(task, text, min(most, REPLY))

    watched(make, story(0), Budget(view=TIGHT.view), writer)
    times = {
        text: sum(_plain(text) in prompt for prompt in prompts)
        for text in texts(story(0))
        if len(text.split()) >= WORDS
    }
    if (most := max(times.values())) > ASKED:
        yield (
            f"The memory's model read the same message in {most} calls; {ASKED} are allowed. Have"
            " each message read once, and keep what was written."
        )


def _unhelped(make: Make) -> Iterator[str]:
    usual = [*limit_hit(watched(make, story(0), TIGHT)[-1].trace)]
    for amount, written in (("nothing", ""), ("far more than asked", "lamps " * MUCH)):
        try:
            *_, end = watched(make, story(0), TIGHT, lambda *_, written=written: written)
        except MemoryFault as fault:
            yield f"When its model writes {amount}: {fault}"
        else:
            if not usual:
                yield from (
                    f"When its model writes {amount}: {hit}" for hit in limit_hit(end.trace)
                )


def _recalled(moment: Snapshot) -> set[str]:
    """The figures of earlier events that are in the context."""
    return _figures(moment.context) - _figures(moment.live)


def _figures(messages: Sequence[Message]) -> set[str]:
    return {figure for message in messages for figure in FIGURE.findall(message.content)}


def _plain(text: str) -> str:
    return " ".join(text.split())


RULES = (
    _forgets, _mixes, _repeats_live, _alters, _splits,
    _undumped, _restored, _batches, _asks_again, _unhelped,
)  # fmt: skip
"""Each rule takes the memory's factory; none calls its tools."""
