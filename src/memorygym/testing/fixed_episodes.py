"""Episodes with fixed messages, which memories are shown when they are checked.

No task is generated and no policy decides, so every memory meets the same words.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from memorygym.core.types import Budget, Call, Env, Event, Message, Step, Task, tool
from memorygym.runs.comparison.sanity_checks import FixedSteps

SYSTEM = "You keep the books of a harbor."
LOOK = tool("look", "Looks something up.", page="string")
FIGURE = re.compile(r"\b1\d{4}\b")
"""The facts of a story: figures that occur once, and in no other story."""
PLACES = (
    "Larkin Harbor, Garnet Meadow, Alder Bridge, Tolland Mill, Corran Pier, Windle Orchard,"
    " Ashby Quarry, Merrow Station"
).split(", ")


@dataclass(frozen=True, slots=True)
class Act:
    """One event: its messages, the replies that look something up, the reply that ends it."""

    shown: tuple[str, ...]
    lookups: tuple[tuple[str, ...], ...] = ()
    """For each reply that looks something up: the result of each of its calls of `look`."""
    end: str = ""
    session: bool = False


def fixed_env(acts: Sequence[Act], budget: Budget) -> tuple[Env, list[Message]]:
    """An environment that plays acts, whatever its policy does, and all replies of that policy."""
    steps: list[Step] = []
    replies: list[Message] = []
    for index, act in enumerate(acts):
        shown = tuple(Message("user", text) for text in act.shown)
        steps.append(Step(shown, evict=True, session=act.session))
        for number, results in enumerate(act.lookups):
            steps += (Step((Message("user", text),)) for text in results)
            pages = (f"{index}.{number}.{page}" for page in range(len(results)))
            looks = tuple(Call(LOOK.name, {"page": page}, page) for page in pages)
            replies.append(Message("assistant", "I look it up.", looks))
        replies.append(Message("assistant", act.end))
    steps.append(Step(done=True, evict=True))
    events = tuple(Event("act", "\n".join(act.shown), session=act.session) for act in acts)
    task = Task("0" * 16, "script", {}, SYSTEM, events, budget, None)
    return FixedSteps(task, steps, (LOOK,)), replies


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
        lookups: tuple[tuple[str, ...], ...] = ()
        if day % 2:
            table = f"The tide table of {place} has {next(figures)} lines on its page."
            lookups = ((table, f"In the cellar of {place} stand {next(figures)} barrels of tar."),)
        acts.append(Act((document,), lookups, "Noted.", session=day == len(PLACES) // 2))
    questions = ("lamps does {} keep", "boats did the warden of {} count", "ladders does {} own")
    asked = [questions[n % len(questions)].format(place) for n, place in enumerate(PLACES)]
    return (*acts, *(Act((f"How many {question} according to the ledger?",)) for question in asked))


def texts(acts: Sequence[Act]) -> list[str]:
    """All texts of the environment, in order."""
    return [text for act in acts for group in (act.shown, *act.lookups) for text in group]
