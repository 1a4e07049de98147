"""What every policy must keep to: it plays to the end, repeats itself, carries nothing over.

What it carries over is found by making it anew at every event, and by asking it in a fresh process,
the last event first. Not found is what it leaves on the disk or the network, and what it does not
use in the games played here.
"""

import json
import pickle
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from inspect import Parameter, signature
from multiprocessing import get_context
from typing import Any

from memorygym.core.episode import play
from memorygym.core.tools import check_reply
from memorygym.core.trace import Trace, first_difference
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import FreshPolicy, start_episode
from memorygym.tracks.worlds.generator.task import generate


class PartFactory:
    """A part's factory as another process can make it; taken before the part has played.

    It must be importable by name: a lambda or a local class is not, and then a warning says that
    nothing was asked. A part of a script is, if what the script does stands under
    `if __name__ == "__main__":`.
    """

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = b""
        try:
            self._make = pickle.dumps(make)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            text = f"{make!r} cannot be made in a fresh process ({error})"
            warnings.warn(f"{text}: state of classes and modules was not looked for", stacklevel=3)

    def ask(self, question: Callable[..., object], *told: object) -> Any:
        """What `question(make, *told)` returns there, through JSON; None if it cannot be asked.

        A str says in one sentence how the process failed.
        """
        if not self._make:
            return None
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            try:
                return json.loads(pool.submit(_answer, self._make, question, told).result())
            except BrokenProcessPool:
                return (
                    "in a fresh process it fails: the process ended; a script must do its work"
                    ' under if __name__ == "__main__":'
                )
            except Exception as error:  # noqa: BLE001  # the part's own, whatever it is
                return f"in a fresh process it fails: {type(error).__name__}: {error}"


def _answer(make: bytes, question: Callable[..., object], told: tuple[object, ...]) -> str:
    return json.dumps(question(pickle.loads(make), *told))


MakesPolicy = Callable[[], Policy] | Callable[[Task], Policy]
"""As `bench` makes one, or for a task."""
Turn = tuple[list[Message], tuple[Tool, ...], str]
"""A view, the tools, and the reply to them."""
GAMES = (("company", 0, "lite"), ("city", 1, "multi"))


class Noted(Policy):
    """Notes what the policy is shown and replies, event by event."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.turns: list[list[Turn]] = []

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if not any(message.role == "assistant" for message in view):
            self.turns.append([])
        reply = self._policy.act(view, tools)
        self.turns[-1].append((list(view), tuple(tools), repr(check_reply(reply))))
        return reply


def made(make: MakesPolicy, task: Task) -> Policy:
    """The policy; what makes it is given the task only if it needs an argument."""
    needed = [p for p in signature(make).parameters.values() if p.default is Parameter.empty]
    positional = [p for p in needed if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    given: tuple[Any, ...] = (task,) if positional else ()
    return make(*given)


def check_policy(make: MakesPolicy) -> list[str]:
    """Every rule that the policy breaks in two games with `markdown`; [] if none."""
    fresh = PartFactory(make)
    return [found for game in GAMES for found in _game(make, generate(*game), fresh)]


def _game(make: MakesPolicy, task: Task, fresh: PartFactory) -> Iterator[str]:
    where = f"in {task.recipe['template']}, seed {task.recipe['seed']}"
    trace, noted = _played(task, made(make, task)), Noted(made(make, task))
    if trace.first_difference(_played(task, noted)) is not None:
        yield f"played twice it gives two traces {where}"
        return
    episode = start_episode(task, Markdown)
    renewed = play(episode, FreshPolicy(partial(made, make, task), episode))
    if (at := first_difference(trace.records, renewed.records)) is not None:
        event = trace.records[at].event
        yield f"made anew at every event it acts otherwise {where}, event {event + 1}"
    there = fresh.ask(_replies, task, noted.turns)
    if isinstance(there, str):
        yield f"{there} {where}"
    elif there is not None:
        here = [[reply for _, _, reply in turns] for turns in noted.turns]
        if (at := first_difference(here, there)) is not None:
            yield f"in a fresh process it acts otherwise {where}, event {at + 1}"


def _replies(make: MakesPolicy, task: Task, noted: Sequence[Sequence[Turn]]) -> list[list[str]]:
    """The replies to those views, the last event first, so that nothing was seen before."""
    found = []
    for turns in reversed(noted):
        policy = made(make, task)
        found.append([repr(check_reply(policy.act(view, tools))) for view, tools, _ in turns])
    return found[::-1]


def _played(task: Task, policy: Policy) -> Trace:
    return play(start_episode(task, Markdown), policy)
