"""Episodes with fixed messages, which memories are shown when they are checked.

No task is generated and no policy decides, so every memory meets the same words.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorygym.core.types import Budget, Call, Env, Event, Message, Step, Task, tool

SYSTEM = "You keep the books of a harbor."
LOOK = tool("look", "Looks something up.", page="string")
FIGURE = re.compile(r"\b1\d{4}\b")
"""The facts of a story: figures that occur once, and in no other story."""
PLACES = (
    "Larkin Harbor, Garnet Meadow, Alder Bridge, Tolland Mill, Corran Pier, Windle Orchard,"
    " Ashby Quarry, Merrow Station"
).split(", ")


@dataclass(frozen=True, slots=True)
class FixedTurn:
    """A reply within an event: its text, and the result of each of its calls of `look`."""

    text: str
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """One event: its messages, the replies that look something up, the reply that ends it."""

    shown: tuple[str, ...]
    turns: tuple[FixedTurn, ...] = ()
    end: str = ""
    session: bool = False


class FixedEnv(Env):
    """An environment that plays acts, whatever its policy does; `replies` are made for it."""

    tools = (LOOK,)

    def __init__(self, acts: Sequence[Act], budget: Budget) -> None:
        events = tuple(Event("act", "\n".join(act.shown), session=act.session) for act in acts)
        self.task = Task("0" * 16, "script", {}, SYSTEM, events, budget, None)
        self._steps = (*_steps(acts), Step(done=True, evict=True))

    def reset(self) -> Step:
        self._index = 0
        return self._steps[0]

    def step(self, reply: Message) -> Step:
        self._index += 1
        return self._steps[self._index]


def _steps(acts: Sequence[Act]) -> Iterator[Step]:
    for act in acts:
        shown = tuple(Message("user", text) for text in act.shown)
        yield Step(shown, evict=True, session=act.session)
        for turn in act.turns:
            yield from (Step((Message("user", text),)) for text in turn.results)


def replies(acts: Sequence[Act]) -> Iterator[Message]:
    """All replies of the policy, in order."""
    for index, act in enumerate(acts):
        for number, turn in enumerate(act.turns):
            pages = (f"{index}.{number}.{page}" for page in range(len(turn.results)))
            looks = tuple(Call(LOOK.name, {"page": page}, page) for page in pages)
            yield Message("assistant", turn.text, looks)
        yield Message("assistant", act.end)


def story(number: int) -> tuple[Act, ...]:
    """Documents, pages looked up, a break, then a question about each place."""
    figures = itertools.count(10_007 + 2_000 * number, 13)
    acts: list[Act] = []
    for day, place in enumerate(PLACES, start=1):
        document = (
            f"[Harbor ledger · {place} · {day} May 2031]\n{place} keeps {next(figures)} lamps. The"
            f" warden of {place} counted {next(figures)} boats in spring. Since winter {place} owns"
            f" {next(figures)} ladders and no crane."
        )
        turns: tuple[FixedTurn, ...] = ()
        if day % 2:
            table = f"The tide table of {place} has {next(figures)} lines on its page."
            cellar = f"In the cellar of {place} stand {next(figures)} barrels of tar."
            turns = (FixedTurn("I look it up.", (table, cellar)),)
        acts.append(Act((document,), turns, "Noted.", session=day == len(PLACES) // 2))
    questions = ("lamps does {} keep", "boats did the warden of {} count", "ladders does {} own")
    asked = [questions[n % len(questions)].format(place) for n, place in enumerate(PLACES)]
    return (*acts, *(Act((f"How many {question} according to the ledger?",)) for question in asked))


def texts(acts: Sequence[Act]) -> Iterator[str]:
    """All texts of the environment, in order."""
    for act in acts:
        yield from act.shown
        for turn in act.turns:
            yield from turn.results
