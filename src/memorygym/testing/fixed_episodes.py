"""Episodes whose every message is fixed beforehand: what memories are shown when they are checked.

No world is dealt and no policy decides, so two memories that are played meet the same words.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorygym.core.types import Budget, Call, Env, Event, Message, Step, Task, Tool

SYSTEM = "You keep the books of a harbor."
LOOK = Tool(
    "look",
    "Looks something up.",
    {"type": "object", "properties": {"page": {"type": "string"}}, "required": ["page"]},
)
FIGURE = re.compile(r"\b1\d{4}\b")
"""What a story tells: figures that it tells once, and no other story does."""
PLACES = (
    "Larkin Harbor", "Garnet Meadow", "Alder Bridge", "Tolland Mill", "Corran Pier",
    "Windle Orchard", "Ashby Quarry", "Merrow Station",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FixedTurn:
    """A reply within an event: what it says, and what each of its calls of `look` brings."""

    said: str
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One event: what is shown, the replies that look something up, the reply that ends it."""

    shown: tuple[str, ...]
    turns: tuple[FixedTurn, ...] = ()
    end: str = ""
    session: bool = False


class Stage(Env):
    """Plays acts; `replies` are what its policy says."""

    tools = (LOOK,)

    def __init__(self, acts: Sequence[Act], budget: Budget) -> None:
        self._acts = tuple(acts)
        events = tuple(Event("act", "\n".join(act.shown), session=act.session) for act in acts)
        self.task = Task("0" * 16, "script", {}, SYSTEM, events, budget, None)
        self._at = 0
        self._heard: tuple[str, ...] = ()

    def reset(self) -> Step:
        self._at = 0
        return self._show()

    def step(self, reply: Message) -> Step:
        if reply.calls:
            text, *rest = self._heard
            self._heard = tuple(rest)
            return Step((Message("user", text),))
        self._at += 1
        return self._show()

    def _show(self) -> Step:
        if self._at == len(self._acts):
            return Step(done=True, evict=True)
        act = self._acts[self._at]
        self._heard = tuple(text for turn in act.turns for text in turn.heard)
        shown = tuple(Message("user", text) for text in act.shown)
        return Step(shown, evict=True, session=act.session)


def replies(acts: Sequence[Act]) -> Iterator[Message]:
    """All that the policy says, in order."""
    for at, act in enumerate(acts):
        for number, turn in enumerate(act.turns):
            pages = [f"{at}.{number}.{page}" for page in range(len(turn.heard))]
            yield Message(
                "assistant", turn.said, tuple(Call("look", {"page": page}, page) for page in pages)
            )
        yield Message("assistant", act.end)


def story(number: int) -> tuple[Act, ...]:
    """Documents, pages looked up, a break, then a question about each place."""
    figures = itertools.count(10_007 + 2_000 * number, 13)
    acts: list[Act] = []
    for day, place in enumerate(PLACES, start=1):
        acts.append(
            Act(
                (
                    f"[Harbor ledger · {place} · {day} May 2031]\n{place} keeps"
                    f" {next(figures)} lamps. The warden of {place} counted {next(figures)} boats"
                    f" in spring. Since winter {place} owns {next(figures)} ladders and no crane.",
                ),
                (
                    FixedTurn(
                        "I look it up.",
                        (
                            f"The tide table of {place} has {next(figures)} lines on its page.",
                            f"In the cellar of {place} stand {next(figures)} barrels of tar.",
                        ),
                    ),
                )
                if day % 2
                else (),
                "Noted.",
                session=day == len(PLACES) // 2,
            )
        )
    wanted = ("lamps does {} keep", "boats did the warden of {} count", "ladders does {} own")
    asked = [wanted[at % len(wanted)].format(place) for at, place in enumerate(PLACES)]
    return (*acts, *(Act((f"How many {what} according to the ledger?",)) for what in asked))


def told(acts: Sequence[Act]) -> Iterator[str]:
    """All that the environment says, in order."""
    for act in acts:
        yield from act.shown
        for turn in act.turns:
            yield from turn.heard
