"""A task of a track under check, and the episodes that are played of it, each once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from memorygym.agents.note_taker import Silent
from memorygym.core import Budget, Memory, Policy, Task
from memorygym.episode import Episode
from memorygym.isolation.oracle import Oracle
from memorygym.memory.full import Full
from memorygym.memory.none import Nothing
from memorygym.models import extractive
from memorygym.outcome import Outcome
from memorygym.runs.seats import Anew
from memorygym.trace import Trace
from memorygym.trace_reader import TraceReader
from memorygym.track import TaskRecipe, Track

ENDLESS = 200
"""Replies in one event, after which it is believed to have no end."""


class Broken(Exception):
    """A rule that is broken so that nothing more can be found out about the task."""


@dataclass(frozen=True)
class Case:
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
        return self.track.reasoners[name](self.track.known(self.task))

    def strong(self) -> Policy:
        return self.reasoner(next(iter(self.track.reasoners)))

    def play(
        self, make: Callable[[], Policy], memory: Callable[[], Memory], *, each: bool = False
    ) -> Trace:
        """An episode without limits; with `each` the policy is made anew in every event."""
        budget = Budget(turns=self.task.budget.turns)
        episode = Episode(self.track.env(self.bare), memory, budget, extractive.write)
        policy = Anew(make, episode) if each else make()
        event, replies = episode.event, 0
        while not episode.done:
            replies = replies + 1 if episode.event == event else 1
            event = episode.event
            if replies > ENDLESS:
                raise Broken(
                    f"event {event + 1} has no end, whatever is replied; let a reply without calls"
                    " go on to the next event"
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
        """Of the strong reasoner that sees all."""
        return self.track.outcomes(self.full)

    @cached_property
    def reader(self) -> TraceReader:
        return self.track.reading(self.full)

    def mean(self, trace: Trace) -> float:
        """The mean score of the goals."""
        told = self.track.outcomes(trace)
        return sum(outcome.score for outcome in told) / len(told) if told else 0.0
