"""What must hold of a task of a track: its environment can be played again and forked, reasoners
keep nothing, and its goals are due, scored, and rest on what can be read."""

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from memorygym.agents.calls import END
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.episode import Episode
from memorygym.core.errors import Refused
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Action, Reward, Trace, first_difference, read_trace
from memorygym.core.trace_reader import HELD, TraceReader
from memorygym.core.track import TaskRecipe, Track
from memorygym.core.types import Budget, Env, Memory, Message, Policy, Step, Task
from memorygym.memories.full import Full
from memorygym.memories.none import Nothing
from memorygym.models import extractive
from memorygym.runs.comparison.memory_specs import Oracle
from memorygym.runs.systems import FreshPolicy

ENDLESS = 200
"""Replies in one event, after which it is believed to have no end."""
ENDLESS_TASK = 2_000
"""The same of the events of a task."""
AHEAD = 3
"""Steps that a fork goes its own way."""
Taken = tuple[Step | str, int]
"""What a reply was answered, or why it was refused, and in which event."""


class RuleViolation(Exception):
    """A rule that is broken so that nothing more can be found out about the task."""


@dataclass(frozen=True)
class PlayedTask:
    """A task of the track, and what was played of it."""

    track: Track
    recipe: TaskRecipe
    task: Task

    @property
    def where(self) -> str:
        return f"{self.recipe.template}, seed {self.recipe.seed}"

    @property
    def bare(self) -> Task:
        """The task without its gold table."""
        return replace(self.task, gold=None)

    def reasoner(self, name: str) -> Policy:
        return self.track.reasoners[name](self.track.reasoner_task(self.task))

    def strong(self) -> Policy:
        return self.reasoner(next(iter(self.track.reasoners)))

    def play(
        self, make: Callable[[], Policy], memory: Callable[[], Memory], *, each: bool = False
    ) -> Trace:
        """An episode without limits; with `each` the policy is made anew in every event."""
        budget = Budget(turns=self.task.budget.turns)
        episode = Episode(self.track.env(self.bare), memory, budget, extractive.write)
        policy = FreshPolicy(make, episode) if each else make()
        event, replies = episode.event, 0
        while not episode.done:
            replies = replies + 1 if episode.event == event else 1
            event = episode.event
            if replies > ENDLESS:
                raise RuleViolation(
                    f"event {event + 1} has no end, whatever is replied; let a reply without calls"
                    " go on to the next event"
                )
            if event > ENDLESS_TASK:
                raise RuleViolation(f"it goes on after {event:,} events; let a Step say done=True")
            episode.step(policy.act(episode.view(), episode.tools))
        episode.trace.gold = self.task.gold
        return episode.trace

    @cached_property
    def full(self) -> Trace:
        return self.play(self.strong, Full)

    @cached_property
    def none(self) -> Trace:
        return self.play(self.strong, Nothing)

    @cached_property
    def silent(self) -> Trace:
        return self.play(Silent, Full)

    @cached_property
    def oracle(self) -> Trace:
        return self.play(self.strong, partial(Oracle, self.track.oracle(self.task)))

    @cached_property
    def outcomes(self) -> Sequence[Outcome]:
        """Of the strong reasoner that sees all."""
        return self.track.outcomes(self.full)

    @cached_property
    def reader(self) -> TraceReader:
        return self.track.reader_for(self.full)

    def mean(self, trace: Trace) -> float:
        """The mean score of the goals."""
        told = self.track.outcomes(trace)
        return sum(outcome.score for outcome in told) / len(told) if told else 0.0


def env_rules(case: PlayedTask) -> Iterator[str]:
    """Every rule that the environment of a task breaks."""
    env = case.track.env(case.bare)
    if env.task.gold is not None:
        yield "its environment makes itself a task with the gold table: keep the task it is given"
    known = case.track.tool_names
    for tool in env.tools:
        if tool.name not in known:
            yield f"its environment offers {tool.name!r}, which `Track.tools` lacks: add it there"
    first = env.reset()
    if not (first.evict and first.messages):
        yield "its first step begins no event: let reset() give Step((Message(…),), evict=True)"
        return
    replies = list(_replies(case))
    once = list(_steps(case.track.env(case.bare), replies))
    again = list(_steps(case.track.env(case.bare), replies))
    if (at := first_difference(once, again)) is not None:
        yield (
            f"played again its environment does otherwise in event {once[at][1] + 1}: let it draw"
            " from rng(…) alone, and keep nothing outside of itself"
        )
        return
    yield from _forks(case, replies, once)


def _replies(case: PlayedTask) -> Iterator[Message]:
    """What the strong reasoner told the environment, a call at a time."""
    for record in case.full.records:
        if isinstance(record, Action):
            message = record.message
            for call in message.calls:
                if call.name in case.track.tool_names:
                    yield Message("assistant", "", (call,))
            if not message.calls:
                yield Message("assistant", message.content)


def _steps(env: Env, replies: list[Message]) -> Iterator[Taken]:
    step, event = env.reset(), 0
    yield step, event
    for reply in replies:
        answer = _step(env, reply)
        yield answer, event
        if isinstance(answer, Step):
            event += answer.evict
            if answer.done:
                return


def _step(env: Env, reply: Message) -> Step | str:
    try:
        return env.step(reply)
    except Refused as refusal:
        return str(refusal)


def _forks(case: PlayedTask, replies: list[Message], once: list[Taken]) -> Iterator[str]:
    """A fork goes on as the original does, and what it does shows nowhere else."""
    env = case.track.env(case.bare)
    env.reset()
    for reply, (expected, event) in zip(replies, once[1:], strict=False):
        before, fork = _state(env), env.fork()
        if _step(fork, reply) != expected:
            yield f"a fork in event {event + 1} goes on otherwise: let fork() copy all of its state"
            return
        ahead, answer = 0, expected
        while ahead < AHEAD and not (isinstance(answer, Step) and answer.done):
            ahead, answer = ahead + 1, _step(fork, END)
        if _state(env) != before or _step(env, reply) != expected:
            yield (
                f"what a fork did in event {event + 1} changed the environment that it was taken"
                " from: leave fork() to core.Env, which copies deeply"
            )
            return


def _state(env: Env) -> Any:
    """All that it holds, as bytes; None if that cannot be told."""
    try:
        return pickle.dumps({name: part for name, part in vars(env).items() if name != "task"})
    except (TypeError, AttributeError, pickle.PicklingError):
        return None


def replays(case: PlayedTask) -> Iterator[str]:
    """Reasoners keep nothing from one event to the next."""
    for name in case.track.reasoners:
        make = partial(case.reasoner, name)
        once, renewed = (case.play(make, Full, each=each) for each in (False, True))
        if (at := once.first_difference(renewed)) is not None:
            event = once.records[at - 1].event if 0 < at <= len(once.records) else 0
            yield (
                f"the reasoner {name!r}, made anew in every event, acts otherwise in event"
                f" {event + 1}: it may keep nothing, only the view may inform it"
            )


def goals(case: PlayedTask) -> Iterator[str]:
    trace, told = case.full, case.outcomes
    if not told:
        yield "it has no goal: let `outcomes` give one for each thing that is asked for"
    events = {record.event for record in trace.records}
    for number, outcome in enumerate(told, start=1):
        if outcome.goal.event not in events:
            at = outcome.goal.event
            yield f"goal {number} is due in event {at + 1}, which was never played: mend its event"
    copy, damage = read_trace(trace.lines())
    assert not damage
    for what, other in (("again", trace), ("from disk", copy)):
        first = first_difference(map(_row, told), map(_row, case.track.outcomes(other)))
        if first is not None:
            yield (
                f"goal {first + 1} goes otherwise if its trace is read {what}: `outcomes` may look"
                " at the trace alone, and gold and needs must come back from JSON as they were"
            )
    yield from _rewards(trace, told)


def _row(outcome: Outcome) -> tuple[Any, ...]:
    goal = outcome.goal
    told = (goal.event, goal.kind, goal.question_type, goal.text, goal.truth, repr([*goal.needs]))
    return outcome.score, outcome.reason, outcome.answer, *told


def _rewards(trace: Trace, told: Sequence[Outcome]) -> Iterator[str]:
    """Where an environment rewards at all, it does as the outcomes say."""
    earned, worth = defaultdict[int, float](float), defaultdict[int, float](float)
    for record in trace.records:
        if isinstance(record, Reward):
            earned[record.event] += record.reward
    for outcome in told if earned else ():
        worth[outcome.goal.event] += outcome.score
    for event in sorted(earned.keys() | worth.keys()):
        given, score = earned[event], worth[event]
        if abs(given - score) > 1e-9:
            yield (
                f"event {event + 1} was rewarded with {given:g}, its goals scored {score:g}: let"
                " `Step.reward` and `outcomes` say the same"
            )


def facts(case: PlayedTask) -> Iterator[str]:
    """What goals need can be read: as it is told, where it was shown, in the oracle's text."""
    if case.track.reasoners_see_gold:
        return
    reader, texts = case.reader, case.track.oracle(case.task)
    told = [*case.full.environment_texts(case.track.tool_names)]
    for outcome in case.outcomes:
        goal = outcome.goal
        shown = [record for at, text in told if at < goal.event for record in reader.read(text)]
        for need in goal.needs:
            fact, where = reader.required(goal, need), f"in event {goal.event + 1}"
            if not case.track.reader and [*reader.read(reader.text(fact))] != [need]:
                yield (
                    f"the fact {need!r}, needed {where}, is not read back from"
                    f" {reader.text(fact)!r}: let `facts` read what it tells"
                )
            elif fact.state(shown) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not what had been shown by then,"
                    " as `facts` reads it: mend the needs of the goal, or the reader"
                )
            elif fact.state(reader.read(texts.get(goal.event, ""))) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not in what `oracle` shows there:"
                    " give all needs of the goal, told as `facts` reads them"
                )


RULES = (env_rules, replays, goals, facts)
"""In this order: what rests on a broken rule is not looked at."""
