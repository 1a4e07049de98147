"""The rules for an agent: it plays to the end, acts alike twice, and remembers nothing itself.

What an agent remembers is found by making it anew at every event, and by asking it in a fresh
process, the last event first. The check does not find what it leaves on the disk or the network,
nor what it does not use in the tasks played here.
"""

import json
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from inspect import Parameter, signature
from multiprocessing import get_context
from typing import Any

from memorygym.core.episode import play
from memorygym.core.guard import raised
from memorygym.core.tools import check_reply
from memorygym.core.trace import Trace, first_difference
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import FreshPolicy, start_episode
from memorygym.tracks.worlds.generator.task import generate


def is_second_run(check: str) -> bool:
    """Whether a fresh process is running the caller's script again to find the part in it.

    A script that calls `check` without `if __name__ == "__main__":` calls it there, too. Then a
    warning says so, and nothing is checked a second time.
    """
    # The process sets `__main__` to the script's module once the script has run.
    if sys.modules.get("__mp_main__", sys.modules["__main__"]) is sys.modules["__main__"]:
        return False
    warnings.warn(
        f"{check} looks for the part in a fresh process, which runs this script again: what follows"
        ' is done twice. Put the work of the script under `if __name__ == "__main__":`.',
        stacklevel=3,
    )
    return True


class PartFactory:
    """The factory of a part, pickled before the part has played, to make it in another process.

    The factory must be importable by name. A lambda or a local class is not; then a warning says
    what was not checked. A factory in a script is, if the script does its work under
    `if __name__ == "__main__":`.
    """

    def __init__(self, make: Callable[..., object]) -> None:
        self._make = b""
        try:
            self._make = pickle.dumps(make)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            text = f"{make!r} cannot be made in a fresh process ({error})"
            warnings.warn(
                f"{text}, so state of classes and modules was not looked for. Give a class or a"
                " function that can be imported by name.",
                stacklevel=3,
            )

    def ask(self, question: Callable[..., object], *arguments: object) -> Any:
        """What `question(make, *arguments)` returns in a fresh process; None if it cannot be asked.

        A str is a sentence that says how the process failed.
        """
        if not self._make:
            return None
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            try:
                return json.loads(pool.submit(_answer, self._make, question, arguments).result())
            except BrokenProcessPool:
                return (
                    "A fresh process that made it ended. Put the work of a script under"
                    ' `if __name__ == "__main__":`.'
                )
            except Exception as error:  # noqa: BLE001  # the part's own, whatever it is
                return (
                    f"In a fresh process it raised {type(error).__name__}: {error}. Use nothing"
                    " that an earlier event left in the class, the module or a global."
                )


def _answer(make: bytes, question: Callable[..., object], arguments: tuple[object, ...]) -> str:
    return json.dumps(question(pickle.loads(make), *arguments))


MakesPolicy = Callable[[], Policy] | Callable[[Task], Policy]
"""The factory of a policy, which takes no argument or the task."""
Turn = tuple[list[Message], tuple[Tool, ...], str]
"""A view, the tools, and the reply to them."""
TASKS = (("company", 0, "lite"), ("city", 1, "multi"))


class RecordedPolicy(Policy):
    """A policy whose views and replies are recorded, event by event."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.turns: list[list[Turn]] = []

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if not any(message.role == "assistant" for message in view):
            self.turns.append([])
        reply = self._policy.act(view, tools)
        self.turns[-1].append((list(view), tuple(tools), repr(check_reply(reply))))
        return reply


def make_policy(make: MakesPolicy, task: Task) -> Policy:
    """The policy; its factory receives the task if it needs an argument."""
    needed = [p for p in signature(make).parameters.values() if p.default is Parameter.empty]
    positional = [p for p in needed if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    arguments: tuple[Any, ...] = (task,) if positional else ()
    return make(*arguments)


def check_policy(make: MakesPolicy) -> list[str]:
    """Every rule that the agent breaks in two tasks with the memory `markdown`; [] if none."""
    if is_second_run("check_policy"):
        return []
    fresh = PartFactory(make)
    return [sentence for task in TASKS for sentence in _task(make, generate(*task), fresh)]


def _task(make: MakesPolicy, task: Task, fresh: PartFactory) -> Iterator[str]:
    where = f"{task.recipe['template']}, seed {task.recipe['seed']}"
    try:
        yield from (f"{where}: {sentence}" for sentence in _broken(make, task, fresh))
    except Exception as error:  # noqa: BLE001  # the agent's own, whatever it is
        advice = (
            "Return a Message." if isinstance(error, TypeError) else "Mend act() or the factory."
        )
        yield f"{where}: the agent {raised(error)}. {advice}"


def _broken(make: MakesPolicy, task: Task, fresh: PartFactory) -> Iterator[str]:
    trace, recorded = (
        _played(task, make_policy(make, task)),
        RecordedPolicy(make_policy(make, task)),
    )
    if (index := first_difference(trace.records, _played(task, recorded).records)) is not None:
        yield (
            f"the task played twice differs from event {_event(trace, index)} on. Use no random"
            " numbers, clock or hash(), and keep nothing in the class, the module or a global."
        )
        return
    episode = start_episode(task, Markdown)
    renewed = play(episode, FreshPolicy(partial(make_policy, make, task), episode))
    if (index := first_difference(trace.records, renewed.records)) is not None:
        yield (
            f"made anew at every event, the agent acts differently at event {_event(trace, index)}."
            " Keep nothing on self from one event to the next: act on the view alone, and write"
            " what is needed later with the memory's tools."
        )
        return
    replies = fresh.ask(_replies, task, recorded.turns)
    if isinstance(replies, str):
        yield replies
    elif replies is not None:
        here = [[reply for _, _, reply in turns] for turns in recorded.turns]
        if (event := first_difference(here, replies)) is not None:
            yield (
                f"in a fresh process, the agent acts differently at event {event + 1}. Keep nothing"
                " in the class, the module or a global: act on the view alone."
            )


def _event(trace: Trace, index: int) -> int:
    """The event of a record, counted from 1; of the last one where the index is beyond it."""
    return trace.records[min(index, len(trace.records) - 1)].event + 1


def _replies(make: MakesPolicy, task: Task, turns: Sequence[Sequence[Turn]]) -> list[list[str]]:
    """The replies to those views, the last event first, so that nothing was seen before."""
    replies = []
    for event in reversed(turns):
        policy = make_policy(make, task)
        replies.append([repr(check_reply(policy.act(view, tools))) for view, tools, _ in event])
    return replies[::-1]


def _played(task: Task, policy: Policy) -> Trace:
    return play(start_episode(task, Markdown), policy)
