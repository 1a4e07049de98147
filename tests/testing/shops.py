"""The shop of the example, broken in one way each."""

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial, partialmethod
from itertools import count
from typing import Any

from memorygym.agents.calls import END, calls
from memorygym.core.outcome import Outcome
from memorygym.core.statements import Sentence, Statement, SubTask, SubTaskGold
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, Track
from memorygym.core.types import Message, Policy, Step, Task, Tool, tool
from memorygym.scoring.episode_scores import rewarded

Break = Callable[[Track], Track]
CLOCK = count()


@dataclass(frozen=True)
class Altered:
    """A recipe whose task is altered."""

    recipe: Any
    alter: Callable[[Task, int], Task]

    @property
    def template(self) -> str:
        return str(self.recipe.template)

    @property
    def seed(self) -> int:
        return int(self.recipe.seed)

    def generate(self) -> Task:
        return self.alter(self.recipe.generate(), self.seed)


def tasked(alter: Callable[[Task, int], Task]) -> Break:
    """Alters every task."""

    def broken(shop: Track) -> Track:
        return replace(shop, tasks=lambda o: [Altered(recipe, alter) for recipe in shop.tasks(o)])

    return broken


def goals(alter: Callable[[SubTask], SubTask]) -> Break:
    """Alters every goal."""

    def altered(task: Task, seed: int) -> Task:
        assert isinstance(task.gold, SubTaskGold)
        return replace(task, gold=SubTaskGold(tuple(map(alter, task.gold.goals))))

    return tasked(altered)


def played(**methods: Any) -> Break:
    """Replaces methods of the environment; each is given the class and the arguments."""

    def broken(shop: Track) -> Track:
        inner: Any = shop.env
        own = {name: partialmethod(partial(_given, inner, how)) for name, how in methods.items()}
        return replace(shop, env=type("Broken", (inner,), own))

    return broken


def _given(inner: Any, how: Callable[..., Any], self: Any, *arguments: Any) -> Any:
    return how(inner, self, *arguments)


def scored(alter: Callable[[Trace, list[Outcome]], Sequence[Outcome]]) -> Break:
    """Alters the outcomes."""
    return lambda shop: replace(shop, outcomes=lambda trace: alter(trace, rewarded(trace)))


class Reasoner(Policy):
    """The shop's own, but for what a function makes of its replies."""

    def __init__(self, inner: Policy, act: Callable[["Reasoner", Message], Message]) -> None:
        self._inner, self._act = inner, act
        self.replies = 0

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.replies += 1
        return self._act(self, self._inner.act(view, tools))


def reasoned(act: Callable[[Reasoner, Message], Message]) -> Break:
    """Alters what the strong reasoner does."""

    def broken(shop: Track) -> Track:
        strong = shop.reasoners["strong"]
        return replace(shop, reasoners={"strong": lambda task: Reasoner(strong(task), act)})

    return broken


def unsalted(shop: Track) -> Track:
    return replace(shop, tasks=lambda o: shop.tasks(TaskOptions(o.seeds, "", o.parameters)))


def needs_gold(inner: Any, self: Any, task: Task) -> None:
    assert task.gold is not None, "no gold"
    inner.__init__(self, task)


def keeps_gold(inner: Any, self: Any, task: Task) -> None:
    inner.__init__(self, replace(task, gold={"goals": []}))


def shared_fork(inner: Any, self: Any) -> Any:
    other = copy(self)
    other.turn = self.turn
    return other


def lame_fork(inner: Any, self: Any) -> Any:
    other = inner.fork(self)
    other.turn += 1
    return other


def clocked(inner: Any, self: Any, reply: Message) -> Step:
    step: Step = inner.step(self, reply)
    messages = tuple(replace(m, content=f"{m.content} ({next(CLOCK)})") for m in step.messages)
    return replace(step, messages=messages)


def stuck(inner: Any, self: Any, reply: Message) -> Step:
    return Step((Message("user", "Sorry?"),)) if not reply.calls else inner.step(self, reply)


def generous(inner: Any, self: Any, reply: Message) -> Step:
    step: Step = inner.step(self, reply)
    return replace(step, reward=1.0) if step.evict and self.turn == 1 else step


def lazy(inner: Any, self: Any, reply: Message) -> Step:
    """Pays for silence, and for nothing else."""
    step: Step = inner.step(self, reply)
    due = step.evict and "Order" in self.state["script"][self.turn - 1]
    silent = not reply.calls
    return replace(step, reward=float(silent)) if due else step


class Forgetful:
    """Renders a sentence that it cannot read."""

    def __init__(self, inner: Any) -> None:
        self.read = inner.read

    def render(self, fact: Statement) -> str:
        return f"{fact.subject}: {fact.key}={fact.value}"


class Blind:
    """Reads only its own form of sentence, in which nobody speaks."""

    def __init__(self) -> None:
        own = Sentence("{rank}/{subject}/{key}/{value}.")
        self.read, self.render = own.read, own.render


def unwritten(task: Task, seed: int) -> Task:
    return replace(task, gold={"clock": time})


def confused(self: Reasoner, reply: Message) -> Message:
    """Acts by what it counted."""
    return reply if self.replies < 30 else END


class Contrary(Policy):
    """Orders the right coat, which it cannot know, where it sees nothing; else does nothing."""

    def __init__(self, task: Task) -> None:
        assert isinstance(task.gold, SubTaskGold)
        self.truths = {goal.event: goal.truth for goal in task.gold.goals}

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        coat = self.truths.get(int(view[-1].content.split()[1].strip(":")) - 1)
        return calls(("order", {"coat": coat})) if coat and len(view) == 2 else END


def counted(trace: Trace, outcomes: list[Outcome]) -> Sequence[Outcome]:
    """Gives another outcome each time."""
    return [replace(outcome, reason=f"{next(CLOCK)}") for outcome in outcomes]


def typed(trace: Trace, outcomes: list[Outcome]) -> Sequence[Outcome]:
    """Knows the gold table in memory from one that was read."""
    return [replace(o, reason=type(trace.gold).__name__) for o in outcomes]


def beyond(trace: Trace, outcomes: list[Outcome]) -> Sequence[Outcome]:
    return [replace(o, score=o.score * 1.5) for o in outcomes]


def without(task: Any) -> Mapping[int, str]:
    return {event: text.split("\n")[0] for event, text in fact_texts(task).items()}


def fact_texts(task: Any) -> Mapping[int, str]:
    render = Sentence("Turn {rank}: {subject}'s {key} is {value}.").render
    texts: Mapping[int, str] = task.gold.texts(render)
    return texts


def _shift(goal: SubTask) -> SubTask:
    return replace(goal, event=goal.event + 100)


def _untold(goal: SubTask) -> SubTask:
    return replace(goal, needs=(*goal.needs, Statement("Ann", "size", "M", (1,))))


FIRST: list[Task] = []
"""The task that all seeds get."""


def _first(task: Task) -> Task:
    FIRST.append(task)
    return FIRST[0]


WRITE = tool("Write", "Sign.", text="string")
BROKEN: Mapping[str, Break] = {
    "its name 'My Shop' is no id": lambda shop: replace(shop, name="My Shop"),
    "its version is '1.0'": lambda shop: replace(shop, version="1.0"),
    "nothing finds it by its name": lambda shop: replace(shop, name="stall", version="stall-v1"),
    "its tool 'Write' has the name of a memory's tool": lambda shop: replace(
        shop, tools=(*shop.tools, WRITE)
    ),
    "it makes no task": lambda shop: replace(shop, tasks=lambda o: []),
    "shop, seed 0 and shop, seed 1 are the same task": tasked(
        lambda task, seed: replace(_first(task), recipe={**task.recipe, "seed": seed})
    ),
    "shop, seed 0 and shop, seed 1 have the same id": tasked(
        lambda task, seed: replace(task, id="0" * 16)
    ),
    "`Task.track` is 'stall': give the track's name, 'shop'": tasked(
        lambda task, seed: replace(task, track="stall")
    ),
    "`Task.recipe` lacks its template and seed": tasked(
        lambda task, seed: replace(task, recipe={})
    ),
    "`Task.id` is 'shop-0', no hash": tasked(lambda task, seed: replace(task, id=f"shop-{seed}")),
    "generated twice, it differs": tasked(
        lambda task, seed: replace(task, system=f"You are clerk {next(CLOCK)}.")
    ),
    "`Task.gold` is None": tasked(lambda task, seed: replace(task, gold=None)),
    "its gold table cannot be written to JSON": tasked(unwritten),
    "its gold table is another one after JSON": lambda shop: replace(
        shop, gold=lambda raw: SubTaskGold(())
    ),
    "a secret changes nothing": unsalted,
    "a task cannot be made: task": tasked(
        lambda task, seed: replace(task, state={**task.state, "kinds": {"S", "M"}})  # type: ignore[dict-item]
    ),
    "its environment has a task with the gold table": played(__init__=keeps_gold),
    "its environment offers the tool 'wait': add it to `Track.tools`": lambda shop: replace(
        shop, tools=shop.tools[:2]
    ),
    "reset() begins no event": played(
        reset=lambda inner, self: replace(inner.reset(self), evict=False)
    ),
    "played twice, its environment differs at event": played(step=clocked),
    "a fork at event 1 differs from the original": played(fork=lame_fork),
    "a step of a fork at event": played(fork=shared_fork),
    "event 1 does not end within 200 replies": played(step=lambda inner, self, reply: Step()),
    "playing or scoring it raised AssertionError: no gold": played(__init__=needs_gold),
    "the reasoner 'strong', made anew at every event, acts differently": reasoned(confused),
    "it has no goal": scored(lambda trace, outcomes: []),
    "goal 1 is due in event 129, which was never played": goals(_shift),
    "goal 1 has another outcome if its trace is read again": scored(counted),
    "goal 1 has another outcome if its trace is read from disk": scored(typed),
    "playing or scoring it raised ValueError: the score of an outcome is 1.5": scored(beyond),
    "event 1 was rewarded with 1, but its goals score 0": played(step=generous),
    "is not read back from": lambda shop: replace(shop, facts=lambda _: Forgetful(shop.facts(""))),
    "is not in the documents shown before": goals(_untold),
    "as `facts` reads them": lambda shop: replace(shop, facts=lambda _: Blind()),
    "is not in the text that `oracle` gives": lambda shop: replace(shop, oracle=without),
    "with gold evidence (`oracle`) its strong reasoner scores 0.0%": reasoned(
        lambda self, reply: END
    ),
    "mend the reasoner, which the texts mislead": lambda shop: replace(
        shop, reasoners={"strong": Contrary}, reasoners_see_gold=True
    ),
    "an agent that does nothing scores 100.0%": played(step=lazy),
}
"""By a part of its sentence: how the shop is broken."""
