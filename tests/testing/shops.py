"""The shop of the example, broken in one way each."""

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial, partialmethod
from importlib import import_module
from itertools import count
from typing import Any

from memorygym.agents.calls import END, calls
from memorygym.core.outcome import Outcome, SubTask
from memorygym.core.statements import Sentence, Statement, SubTaskGold
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions, Track
from memorygym.core.types import Message, Policy, Step, Task, Tool, tool
from memorygym.scoring.episode_scores import rewarded

Break = Callable[[Track], Track]
CLOCK = count()


@dataclass(frozen=True)
class Altered:
    """A recipe whose task is altered."""

    made: Any
    alter: Callable[[Task, int], Task]

    @property
    def template(self) -> str:
        return str(self.made.template)

    @property
    def seed(self) -> int:
        return int(self.made.seed)

    def generate(self) -> Task:
        return self.alter(self.made.generate(), self.seed)


def tasked(alter: Callable[[Task, int], Task]) -> Break:
    """Alters every task."""

    def broken(shop: Track) -> Track:
        return replace(shop, tasks=lambda o: [Altered(made, alter) for made in shop.tasks(o)])

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


def _given(inner: Any, how: Callable[..., Any], self: Any, *given: Any) -> Any:
    return how(inner, self, *given)


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
    told = tuple(replace(m, content=f"{m.content} ({next(CLOCK)})") for m in step.messages)
    return replace(step, messages=told)


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
    """Tells what it cannot read."""

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
    gold = type("Unwritten", (), {"to_json": lambda self: {"clock": time}})()
    return replace(task, gold=gold)


def confused(self: Reasoner, reply: Message) -> Message:
    """Acts by what it counted."""
    return reply if self.replies < 30 else END


def contrary(shop: Track) -> Track:
    """Its reasoner acts only where it sees nothing, by what it cannot know."""
    needs, find = import_module("my_track").needs, import_module("my_track").find

    class Contrary(Policy):
        def __init__(self, task: Task) -> None:
            self.state: Any = task.state

        def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
            turn = int(view[-1].content.split()[1].strip(":"))
            facts = needs(self.state["script"][:turn])
            if len(view) > 2 or not facts:
                return END
            wishes = (fact.value for fact in facts[-3:])
            return calls(("order", {"coat": find(self.state["stock"], *wishes)[0]}))

    return replace(shop, reasoners={"strong": Contrary})


def counted(trace: Trace, told: list[Outcome]) -> Sequence[Outcome]:
    """Comes out otherwise each time."""
    return [replace(outcome, reason=f"{next(CLOCK)}") for outcome in told]


def typed(trace: Trace, told: list[Outcome]) -> Sequence[Outcome]:
    """Knows the gold table in memory from one that was read."""
    return [replace(o, reason=type(trace.gold).__name__) for o in told]


def beyond(trace: Trace, told: list[Outcome]) -> Sequence[Outcome]:
    return [replace(o, score=o.score * 1.5) for o in told]


def without(task: Any) -> Mapping[int, str]:
    return {event: text.split("\n")[0] for event, text in told_of(task).items()}


def told_of(task: Any) -> Mapping[int, str]:
    render = Sentence("Turn {rank}: {subject}'s {key} is {value}.").render
    found: Mapping[int, str] = task.gold.texts(render)
    return found


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
    "its name is no id": lambda shop: replace(shop, name="My Shop"),
    "its version is '1.0'": lambda shop: replace(shop, version="1.0"),
    "nothing finds it by its name": lambda shop: replace(shop, name="stall", version="stall-v1"),
    "its tool 'Write' has the name of a memory's tool": lambda shop: replace(
        shop, tools=(*shop.tools, WRITE)
    ),
    "it makes no task": lambda shop: replace(shop, tasks=lambda o: []),
    "shop, seed 0 and shop, seed 1 are one task": tasked(
        lambda task, seed: replace(_first(task), recipe={**task.recipe, "seed": seed})
    ),
    "shop, seed 0 and shop, seed 1 have one id": tasked(
        lambda task, seed: replace(task, id="0" * 16)
    ),
    "the task says that it is of 'stall'": tasked(lambda task, seed: replace(task, track="stall")),
    "`Task.recipe` does not hold its template and seed": tasked(
        lambda task, seed: replace(task, recipe={})
    ),
    "its id 'shop-0' is no hash": tasked(lambda task, seed: replace(task, id=f"shop-{seed}")),
    "dealt twice it differs": tasked(
        lambda task, seed: replace(task, system=f"You are clerk {next(CLOCK)}.")
    ),
    "it has no gold table": tasked(lambda task, seed: replace(task, gold=None)),
    "its gold table does not go through JSON": tasked(unwritten),
    "its gold table comes back from JSON as another": lambda shop: replace(
        shop, gold=lambda raw: SubTaskGold(())
    ),
    "a salt makes the same task": unsalted,
    "a task of it cannot be made: task": tasked(
        lambda task, seed: replace(task, state={**task.state, "kinds": {"S", "M"}})  # type: ignore[dict-item]
    ),
    "its environment makes itself a task with the gold table": played(__init__=keeps_gold),
    "its environment offers 'wait', which `Track.tools` lacks": lambda shop: replace(
        shop, tools=shop.tools[:2]
    ),
    "its first step begins no event": played(
        reset=lambda inner, self: replace(inner.reset(self), evict=False)
    ),
    "played again its environment does otherwise": played(step=clocked),
    "a fork in event 1 goes on otherwise": played(fork=lame_fork),
    "what a fork did in event": played(fork=shared_fork),
    "event 1 has no end": played(step=lambda inner, self, reply: Step()),
    "it cannot be played and scored: AssertionError: no gold": played(__init__=needs_gold),
    "the reasoner 'strong', made anew in every event, acts otherwise": reasoned(confused),
    "it has no goal": scored(lambda trace, told: []),
    "goal 1 is due in event 129, which was never played": goals(_shift),
    "goal 1 goes otherwise if its trace is read again": scored(counted),
    "goal 1 goes otherwise if its trace is read from disk": scored(typed),
    "it cannot be played and scored: ValueError: the score of an outcome is 1.5": scored(beyond),
    "event 1 was rewarded with 1, its goals scored 0": played(step=generous),
    "is not read back from": lambda shop: replace(shop, facts=lambda _: Forgetful(shop.facts(""))),
    "is not what had been shown by then": goals(_untold),
    "as `facts` reads it": lambda shop: replace(shop, facts=lambda _: Blind()),
    "is not in what `oracle` shows there": lambda shop: replace(shop, oracle=without),
    "with the oracle its strong reasoner reaches 0.0%": reasoned(lambda self, reply: END),
    "it must not be led astray by what it sees": contrary,
    "to do nothing is worth 100.0%": played(step=lazy),
}
"""By what is said of it: how the shop is broken."""
