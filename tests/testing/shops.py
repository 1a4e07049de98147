"""The shop of the example, broken in one way each."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, partialmethod
from itertools import count
from types import SimpleNamespace
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
WRITE = tool("Write", "Sign.", text="string")
UNTOLD = Statement("Ann", "size", "M", rank=(1,))


def changed(**fields: Any) -> Break:
    """Replaces fields of the track."""
    return lambda shop: replace(shop, **fields)


@dataclass(frozen=True)
class Altered:
    """A recipe whose task is altered."""

    recipe: Any
    alter: Callable[[Task], Task]

    template = "shop"
    seed = property(lambda self: self.recipe.seed)

    def generate(self) -> Task:
        return self.alter(self.recipe.generate())


def tasked(alter: Callable[[Task], Task]) -> Break:
    """Alters every task."""
    return lambda shop: replace(
        shop, tasks=lambda options: [Altered(recipe, alter) for recipe in shop.tasks(options)]
    )


def given(**fields: Any) -> Break:
    """Replaces fields of every task."""
    return tasked(lambda task: replace(task, **fields))


def goals(alter: Callable[[SubTask], SubTask]) -> Break:
    """Alters every goal."""
    return tasked(
        lambda task: replace(task, gold=SubTaskGold(tuple(map(alter, gold_of(task).goals))))
    )


def gold_of(task: Task) -> SubTaskGold:
    assert isinstance(task.gold, SubTaskGold)
    return task.gold


def played(**methods: Any) -> Break:
    """Replaces methods of the environment; each is given the class and the arguments."""

    def broken(shop: Track) -> Track:
        inner: Any = shop.env
        own = {name: partialmethod(partial(_given, inner, how)) for name, how in methods.items()}
        return replace(shop, env=type("Broken", (inner,), own))

    return broken


def _given(inner: Any, how: Callable[..., Any], self: Any, *arguments: Any) -> Any:
    return how(inner, self, *arguments)


def stepped(alter: Callable[[Step, Any, Message], Step]) -> Break:
    """Alters what each reply leads to; it is given the environment after the step."""
    return played(step=lambda inner, self, reply: alter(inner.step(self, reply), self, reply))


def scored(alter: Callable[[Outcome, Trace], Outcome]) -> Break:
    """Alters the outcomes."""
    return lambda shop: replace(shop, outcomes=lambda t: [alter(o, t) for o in rewarded(t)])


class Reasoner(Policy):
    """The shop's own, which gives up after some replies."""

    def __init__(self, inner: Policy, replies: int) -> None:
        self._inner, self._left = inner, replies

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self._left -= 1
        return self._inner.act(view, tools) if self._left > 0 else END


def giving_up(replies: int) -> Break:
    def broken(shop: Track) -> Track:
        strong = shop.reasoners["strong"]
        return replace(shop, reasoners={"strong": lambda task: Reasoner(strong(task), replies)})

    return broken


class Contrary(Policy):
    """Orders the right coat, which it cannot know, where it sees nothing; else does nothing."""

    def __init__(self, task: Task) -> None:
        self.truths = {goal.event: goal.truth for goal in gold_of(task).goals}

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        coat = self.truths.get(int(view[-1].content.split()[1].strip(":")) - 1)
        return calls(("order", {"coat": coat})) if coat and len(view) == 2 else END


def unsalted(shop: Track) -> Track:
    return replace(shop, tasks=lambda o: shop.tasks(TaskOptions(o.seeds, "", o.parameters)))


def needs_gold(inner: Any, self: Any, task: Task) -> None:
    assert task.gold is not None, "no gold"
    inner.__init__(self, task)


def keeps_gold(inner: Any, self: Any, task: Task) -> None:
    inner.__init__(self, replace(task, gold={"goals": []}))


def lame_fork(inner: Any, self: Any) -> Any:
    other = inner.fork(self)
    other.turn += 1
    return other


def clocked(step: Step, env: Any, reply: Message) -> Step:
    messages = tuple(replace(m, content=f"{m.content} ({next(CLOCK)})") for m in step.messages)
    return replace(step, messages=messages)


def generous(step: Step, env: Any, reply: Message) -> Step:
    return replace(step, reward=1.0) if step.evict and env.turn == 1 else step


def lazy(step: Step, env: Any, reply: Message) -> Step:
    """Pays for silence, and for nothing else."""
    due = step.evict and "Order" in env.state["script"][env.turn - 1]
    return replace(step, reward=float(not reply.calls)) if due else step


def forgetful(shop: Track) -> Track:
    """Renders a sentence that it cannot read."""
    reader = SimpleNamespace(
        read=shop.facts("").read, render=lambda fact: f"{fact.subject}: {fact.key}={fact.value}"
    )
    return replace(shop, facts=lambda _: reader)


def incomplete(task: Task) -> Mapping[int, str]:
    texts = gold_of(task).texts(Sentence("Turn {rank}: {subject}'s {key} is {value}.").render)
    return {event: text.split("\n")[0] for event, text in texts.items()}


FIRST: list[Task] = []
"""The task that all seeds get."""


def first(task: Task) -> Task:
    FIRST.append(task)
    return replace(FIRST[0], recipe=task.recipe)


BROKEN: Mapping[str, Break] = {
    "its name 'My Shop' is no id": changed(name="My Shop"),
    "its version is '1.0'": changed(version="1.0"),
    "nothing finds it by its name": changed(name="stall", version="stall-v1"),
    "its tool 'Write' has the name of a memory's tool": lambda shop: replace(
        shop, tools=(*shop.tools, WRITE)
    ),
    "it makes no task": changed(tasks=lambda o: []),
    "shop, seed 0 and shop, seed 1 are the same task": tasked(first),
    "shop, seed 0 and shop, seed 1 have the same id": given(id="0" * 16),
    "`Task.track` is 'stall': give the track's name, 'shop'": given(track="stall"),
    "`Task.recipe` lacks its template and seed": given(recipe={}),
    "`Task.id` is 'shop-0', no hash": tasked(lambda task: replace(task, id="shop-0")),
    "generated twice, it differs": tasked(
        lambda task: replace(task, system=f"You are clerk {next(CLOCK)}.")
    ),
    "`Task.gold` is None": given(gold=None),
    "its gold table cannot be written to JSON": given(gold={"clock": time}),
    "its gold table is another one after JSON": changed(gold=lambda raw: SubTaskGold(())),
    "a secret changes nothing": unsalted,
    "a task cannot be made: task": tasked(
        lambda task: replace(task, state={**task.state, "kinds": {"S", "M"}})
    ),
    "its environment has a task with the gold table": played(__init__=keeps_gold),
    "its environment offers the tool 'wait': add it to `Track.tools`": lambda shop: replace(
        shop, tools=shop.tools[:2]
    ),
    "reset() begins no event": played(
        reset=lambda inner, self: replace(inner.reset(self), evict=False)
    ),
    "played twice, its environment differs at event": stepped(clocked),
    "a fork plays otherwise from event 2 on": played(fork=lame_fork),
    "a fork plays otherwise from event": played(fork=lambda inner, self: self),
    "event 1 does not end within 200 replies": stepped(lambda step, env, reply: Step()),
    "playing or scoring it raised AssertionError: no gold": played(__init__=needs_gold),
    "the reasoner 'strong', made anew at every event, acts differently": giving_up(30),
    "it has no goal": changed(outcomes=lambda trace: []),
    "goal 1 is due in event 129, which was never played": goals(
        lambda goal: replace(goal, event=goal.event + 100)
    ),
    "goal 1 has another outcome if its trace is read again": scored(
        lambda outcome, _: replace(outcome, reason=f"{next(CLOCK)}")
    ),
    "goal 1 has another outcome if its trace is read from disk": scored(
        lambda outcome, trace: replace(outcome, reason=type(trace.gold).__name__)
    ),
    "playing or scoring it raised ValueError: the score of an outcome is 1.5": scored(
        lambda outcome, _: replace(outcome, score=outcome.score * 1.5)
    ),
    "event 1 was rewarded with 1, but its goals score 0": stepped(generous),
    "is not read back from": forgetful,
    "is not in the documents shown before": goals(
        lambda goal: replace(goal, needs=(*goal.needs, UNTOLD))
    ),
    "as `facts` reads them": changed(facts=lambda _: Sentence("{rank}/{subject}/{key}/{value}.")),
    "is not in the text that `oracle` gives": changed(oracle=incomplete),
    "with gold evidence (`oracle`) its strong reasoner scores 0.0%": giving_up(0),
    "mend the reasoner, which the texts mislead": changed(
        reasoners={"strong": Contrary}, reasoners_see_gold=True
    ),
    "an agent that does nothing scores 100.0%": stepped(lazy),
}
"""By a part of its sentence: how the shop is broken."""
