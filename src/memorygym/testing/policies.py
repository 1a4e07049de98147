"""The rules for an agent: it plays to the end, acts alike twice, and remembers nothing itself.

What an agent remembers is found by making it anew at every event, and by asking it in a fresh
process, the last event first. The check does not find what it leaves on the disk or the network,
nor what it does not use in the tasks played here.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from memorygym.core.episode import play
from memorygym.core.factories import accepts
from memorygym.core.guard import raised
from memorygym.core.tools import check_reply
from memorygym.core.trace import Record
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.memories.markdown import Markdown
from memorygym.runs.systems import FreshPolicy, start_episode
from memorygym.testing.fresh_process import FreshProcess, differing_event, is_second_run
from memorygym.tracks.worlds.generator.task import generate

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


def check_policy(make: MakesPolicy) -> list[str]:
    """Every rule that the agent breaks in two tasks with the memory `markdown`; [] if none."""
    if is_second_run("check_policy"):
        return []
    fresh = FreshProcess(make)
    return [sentence for task in TASKS for sentence in _task(make, generate(*task), fresh)]


def _task(make: MakesPolicy, task: Task, fresh: FreshProcess) -> Iterator[str]:
    where = f"{task.recipe['template']}, seed {task.recipe['seed']}"
    try:
        yield from (f"{where}: {sentence}" for sentence in _broken(make, task, fresh))
    except Exception as error:  # noqa: BLE001  # the agent's own, whatever it is
        advice = (
            "Return a Message." if isinstance(error, TypeError) else "Mend act() or the factory."
        )
        yield f"{where}: the agent {raised(error)}. {advice}"


def _broken(make: MakesPolicy, task: Task, fresh: FreshProcess) -> Iterator[str]:
    """The first rule that the agent breaks: where one is broken, so are those after it."""
    recorded = RecordedPolicy(_made(make, task))
    first, second = _played(task, _made(make, task)), _played(task, recorded)
    if event := differing_event(first, second):
        yield (
            f"the task played twice differs from event {event} on. Use no random numbers, clock or"
            " hash(), and keep nothing in the class, the module or a global."
        )
        return
    episode = start_episode(task, Markdown)
    renewed = play(episode, FreshPolicy(partial(_made, make, task), episode))
    if event := differing_event(first, renewed.records):
        yield (
            f"made anew at every event, the agent acts differently at event {event}. Keep nothing"
            " on self from one event to the next: act on the view alone, and write what is needed"
            " later with the memory's tools."
        )
        return
    yield from fresh.compare(
        "in a fresh process, the agent acts differently at event {event}. Keep nothing in the"
        " class, the module or a global: act on the view alone.",
        [[reply for _, _, reply in turns] for turns in recorded.turns],
        _replies,
        task,
        recorded.turns,
    )


def _replies(make: MakesPolicy, task: Task, turns: Sequence[Sequence[Turn]]) -> list[list[str]]:
    """The replies to those views, the last event first, so that nothing was seen before."""
    replies = []
    for event in reversed(turns):
        policy = _made(make, task)
        replies.append([repr(check_reply(policy.act(view, tools))) for view, tools, _ in event])
    return replies[::-1]


def _made(make: Callable[..., Policy], task: Task) -> Policy:
    """The policy; its factory receives the task if it needs an argument."""
    return make() if accepts(make, (), {}) else make(task)


def _played(task: Task, policy: Policy) -> list[Record]:
    return play(start_episode(task, Markdown), policy).records
