"""What every policy must keep to: it plays to the end, repeats itself, carries nothing over."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from memorygym import registry
from memorygym.core import Message, Policy, Task, Tool
from memorygym.runner import play_one
from memorygym.trace import Trace
from memorygym.worlds.dealing.deal import deal

Make = Callable[[Task], Policy]
GAMES = (("company", 0, "lite"), ("city", 1, "multi"))


class Renewed(Policy):
    """Makes the policy anew at every event."""

    def __init__(self, make: Callable[[], Policy]) -> None:
        self._make = make
        self._policy = make()
        self.lifts_budget = getattr(self._policy, "lifts_budget", False)

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if not any(message.role == "assistant" for message in view):
            self._policy = self._make()
        return self._policy.act(view, tools)


def check_policy(make: Make) -> list[str]:
    """Every rule that the policy breaks in two games with `markdown`; [] if none."""
    return [found for game in GAMES for found in _game(make, deal(*game))]


def _game(make: Make, task: Task) -> Iterator[str]:
    where = f"in {task.recipe['template']}, seed {task.recipe['seed']}"
    trace = _played(task, make(task))
    if list(_played(task, make(task)).lines()) != list(trace.lines()):
        yield f"played twice it gives two traces {where}"
        return
    renewed = _played(task, Renewed(partial(make, task)))
    if renewed.records != trace.records:
        pairs = zip(renewed.records, trace.records, strict=False)
        event = next(b.event for a, b in pairs if a != b)
        yield f"made anew at every event it acts otherwise {where}, event {event + 1}"


def _played(task: Task, policy: Policy) -> Trace:
    return play_one(task, policy, registry.load("memory", "markdown"), {})
