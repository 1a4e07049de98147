"""Episodes with fixed messages, which memories are shown when they are checked.

No task is generated and no policy decides, so every memory meets the same words.
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
"""The facts of a story: figures that occur once, and in no other story."""
PLACES = (
    "Larkin Harbor", "Garnet Meadow", "Alder Bridge", "Tolland Mill", "Corran Pier",
    "Windle Orchard", "Ashby Quarry", "Merrow Station",
)  # fmt: skip


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
    """An environment that plays acts; `replies` are its policy's."""

    tools = (LOOK,)

    def __init__(self, acts: Sequence[Act], budget: Budget) -> None:
        self._acts = tuple(acts)
        events = tuple(Event("act", "\n".join(act.shown), session=act.session) for act in acts)
        self.task = Task("0" * 16, "script", {}, SYSTEM, events, budget, None)
        self._index = 0
        self._results: tuple[str, ...] = ()

    def reset(self) -> Step:
        self._index = 0
        return self._show()

    def step(self, reply: Message) -> Step:
        if reply.calls:
            text, *rest = self._results
            self._results = tuple(rest)
            return Step((Message("user", text),))
        self._index += 1
        return self._show()

    def _show(self) -> Step:
        if self._index == len(self._acts):
            return Step(done=True, evict=True)
        act = self._acts[self._index]
        self._results = tuple(text for turn in act.turns for text in turn.results)
        shown = tuple(Message("user", text) for text in act.shown)
        return Step(shown, evict=True, session=act.session)


def replies(acts: Sequence[Act]) -> Iterator[Message]:
    """All replies of the policy, in order."""
    for index, act in enumerate(acts):
        for number, turn in enumerate(act.turns):
            pages = [f"{index}.{number}.{page}" for page in range(len(turn.results))]
            yield Message(
                "assistant", turn.text, tuple(Call("look", {"page": page}, page) for page in pages)
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
    questions = ("lamps does {} keep", "boats did the warden of {} count", "ladders does {} own")
    asked = [questions[n % len(questions)].format(place) for n, place in enumerate(PLACES)]
    return (*acts, *(Act((f"How many {question} according to the ledger?",)) for question in asked))


def texts(acts: Sequence[Act]) -> Iterator[str]:
    """All texts of the environment, in order."""
    for act in acts:
        yield from act.shown
        for turn in act.turns:
            yield from turn.results
