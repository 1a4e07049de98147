"""The rules for a task of a track: its environment replays and forks, its reasoners keep nothing,
and its goals are due, scored, and rest on facts that can be read."""

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
"""Replies in one event after which the event is taken to be endless."""
ENDLESS_TASK = 2_000
"""Events of a task after which the task is taken to be endless."""
AHEAD = 3
"""Steps that a fork plays alone."""
Taken = tuple[Step | str, int]
"""The step that a reply led to, or why it was refused, and the event."""


class RuleViolation(Exception):
    """A broken rule after which nothing else about the task can be checked."""


@dataclass(frozen=True)
class PlayedTask:
    """A task of the track, and the episodes played on it."""

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
                    f"event {event + 1} does not end within {ENDLESS} replies: let a reply without"
                    " calls lead to the next event (`Step.evict`)"
                )
            if event > ENDLESS_TASK:
                raise RuleViolation(
                    f"the task does not end within {event:,} events: let a Step say done=True"
                )
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
        """Outcomes of the strong reasoner with the full context."""
        return self.track.outcomes(self.full)

    @cached_property
    def reader(self) -> TraceReader:
        return self.track.reader_for(self.full)

    def mean(self, trace: Trace) -> float:
        """The mean score of the goals."""
        outcomes = self.track.outcomes(trace)
        return sum(outcome.score for outcome in outcomes) / len(outcomes) if outcomes else 0.0


def env_rules(case: PlayedTask) -> Iterator[str]:
    """The rules for the environment of a task."""
    env = case.track.env(case.bare)
    if env.task.gold is not None:
        yield "its environment has a task with the gold table: keep the task that it is given"
    known = case.track.tool_names
    for tool in env.tools:
        if tool.name not in known:
            yield f"its environment offers the tool {tool.name!r}: add it to `Track.tools`"
    first = env.reset()
    if not (first.evict and first.messages):
        yield "reset() begins no event: let it return Step((Message(…),), evict=True)"
        return
    replies = list(_replies(case))
    once = list(_steps(case.track.env(case.bare), replies))
    again = list(_steps(case.track.env(case.bare), replies))
    if (index := first_difference(once, again)) is not None:
        event = once[min(index, len(once) - 1)][1] + 1
        yield (
            f"played twice, its environment differs at event {event}: draw from named_rng(…) alone,"
            " and keep no state outside the environment"
        )
        return
    yield from _forks(case, replies, once)


def _replies(case: PlayedTask) -> Iterator[Message]:
    """The replies of the strong reasoner to the environment, one call each."""
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
    """A fork continues as the original does, and changes nothing outside itself."""
    env = case.track.env(case.bare)
    env.reset()
    for reply, (expected, event) in zip(replies, once[1:], strict=False):
        before, fork = _state(env), env.fork()
        if _step(fork, reply) != expected:
            yield f"a fork at event {event + 1} differs from the original: copy all state"
            return
        ahead, answer = 0, expected
        while ahead < AHEAD and not (isinstance(answer, Step) and answer.done):
            ahead, answer = ahead + 1, _step(fork, END)
        if _state(env) != before or _step(env, reply) != expected:
            yield (
                f"a step of a fork at event {event + 1} changed the original environment: remove"
                " your fork(); that of core.types.Env copies deeply"
            )
            return


def _state(env: Env) -> Any:
    """The environment's state as bytes; None if it cannot be pickled."""
    try:
        return pickle.dumps({name: part for name, part in vars(env).items() if name != "task"})
    except (TypeError, AttributeError, pickle.PicklingError):
        return None


def replays(case: PlayedTask) -> Iterator[str]:
    """No reasoner keeps anything from one event to the next."""
    for name in case.track.reasoners:
        make = partial(case.reasoner, name)
        once, renewed = (case.play(make, Full, each=each) for each in (False, True))
        if (line := once.first_difference(renewed)) is not None:
            event = once.records[line - 1].event if 0 < line <= len(once.records) else 0
            yield (
                f"the reasoner {name!r}, made anew at every event, acts differently at event"
                f" {event + 1}: keep nothing on self, act on the view alone"
            )


def goals(case: PlayedTask) -> Iterator[str]:
    """Every goal is due in an event that is played, and its outcome follows from the trace."""
    trace, outcomes = case.full, case.outcomes
    if not outcomes:
        yield "it has no goal: let `outcomes` return one Outcome for each thing asked for"
    events = {record.event for record in trace.records}
    for number, outcome in enumerate(outcomes, start=1):
        if (due := outcome.goal.event) not in events:
            yield f"goal {number} is due in event {due + 1}, which was never played: mend its event"
    copy, damage = read_trace(trace.lines())
    assert not damage
    for source, other in (("again", trace), ("from disk", copy)):
        index = first_difference(map(_row, outcomes), map(_row, case.track.outcomes(other)))
        if index is not None:
            yield (
                f"goal {index + 1} has another outcome if its trace is read {source}: compute"
                " `outcomes` from the trace alone, and keep gold and needs the same through JSON"
            )
    yield from _rewards(trace, outcomes)


def _row(outcome: Outcome) -> tuple[Any, ...]:
    goal = outcome.goal
    fields = (goal.event, goal.kind, goal.question_type, goal.text, goal.truth, repr([*goal.needs]))
    return outcome.score, outcome.reason, outcome.answer, *fields


def _rewards(trace: Trace, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """An environment that rewards at all rewards what the outcomes score."""
    earned, worth = defaultdict[int, float](float), defaultdict[int, float](float)
    for record in trace.records:
        if isinstance(record, Reward):
            earned[record.event] += record.reward
    for outcome in outcomes if earned else ():
        worth[outcome.goal.event] += outcome.score
    for event in sorted(earned.keys() | worth.keys()):
        reward, score = earned[event], worth[event]
        if abs(reward - score) > 1e-9:
            yield (
                f"event {event + 1} was rewarded with {reward:g}, but its goals score {score:g}:"
                " make `Step.reward` and `outcomes` agree"
            )


def facts(case: PlayedTask) -> Iterator[str]:
    """Needed facts can be read: in their own sentence, in what was shown, in the oracle's text."""
    if case.track.reasoners_see_gold:
        return
    reader, texts = case.reader, case.track.oracle(case.task)
    documents = [*case.full.environment_texts(case.track.tool_names)]
    for outcome in case.outcomes:
        goal = outcome.goal
        shown = [
            fact for event, text in documents if event < goal.event for fact in reader.read(text)
        ]
        for need in goal.needs:
            fact, where = reader.required(goal, need), f"in event {goal.event + 1}"
            if not case.track.reader and [*reader.read(reader.text(fact))] != [need]:
                yield (
                    f"the fact {need!r}, needed {where}, is not read back from"
                    f" {reader.text(fact)!r}: let read() of `facts` parse what its render() writes"
                )
            elif fact.state(shown) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not in the documents shown before,"
                    " as `facts` reads them: mend the needs of the goal, or read() of `facts`"
                )
            elif fact.state(reader.read(texts.get(goal.event, ""))) != HELD:
                yield (
                    f"{reader.text(fact)!r}, needed {where}, is not in the text that `oracle` gives"
                    " for it: add all needs of the goal, as render() of `facts` writes them"
                )


RULES = (env_rules, replays, goals, facts)
"""The rules in order: after a broken one, the later ones are not checked."""
