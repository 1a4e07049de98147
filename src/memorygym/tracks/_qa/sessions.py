"""Checks of sessions of sub-tasks that the tracks share: what is shown, needed, told too near."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from typing import Any, Protocol

from memorygym.core.episode import Episode, play
from memorygym.core.registry import make
from memorygym.core.statements import CountingReader, FactReader, Statement, SubTask, SubTaskGold
from memorygym.core.tokens import count
from memorygym.core.trace import Observation, ToolResult, Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Budget, Policy, Task, content_id
from memorygym.scoring.episode_scores import rewarded
from memorygym.stats.shares import wilson
from memorygym.tracks._qa.ablation import CheckResult
from memorygym.tracks._qa.verification import Checks, result

RECENT = 3
"""Events before a sub-task that must state nothing that it needs."""
ENOUGH = 150
"""Sub-tasks below which the best of several guesses says nothing."""
MOST_GUESSED = 0.05
"""The highest share of the sub-tasks to which a guess applies that it may do."""


class ReadingCounter(FactReader, CountingReader, Protocol):
    """A reader of facts that counts what it could not read."""


@dataclass(frozen=True)
class Session:
    """A session, as its strong reasoner plays it."""

    task: Task
    reader: ReadingCounter
    reasoner: Policy
    decide: Callable[[SubTask, Sequence[Statement]], object]
    """What follows from facts for a sub-task."""
    named: frozenset[str] = frozenset()
    """The keys of facts by whose values sub-tasks name what they are about."""

    @property
    def goals(self) -> Sequence[SubTask]:
        assert isinstance(self.task.gold, SubTaskGold)
        return self.task.gold.goals

    def played(self, memory: str, policy: Policy | None = None) -> Trace:
        """The session with that memory, played by a policy or the strong reasoner."""
        env = find(self.task.track).env(self.task)
        episode = Episode(env, partial(make, "memory", memory))
        trace = play(episode, policy or self.reasoner)
        trace.gold = self.task.gold
        return trace

    @cached_property
    def trace(self) -> Trace:
        """With all that was shown in view."""
        return self.played("full")

    @cached_property
    def shown(self) -> list[tuple[int, str]]:
        """By event: what people said and tools printed."""
        return [
            (record.event, message.content)
            for record in self.trace.records
            if isinstance(record, Observation | ToolResult)
            for message in record.messages
        ]

    @property
    def length(self) -> int:
        """Tokens of all that people say, and that tools print between sub-tasks."""
        goals = {goal.event: goal.text for goal in self.goals}
        others = [text for event, text in self.shown if event not in goals]
        return sum(count(text) + 4 for text in (*others, *goals.values()))

    def length_check(self, margin: float) -> CheckResult:
        """Whether its length is the one asked for, up to that share."""
        asked, length = int(str(self.task.recipe["tokens"])), self.length
        is_off = abs(length - asked) > margin * asked
        return result([f"{length:,} tokens, not {asked:,}"] if is_off else [], tokens=length)

    def guesses(self, strategies: Mapping[str, tuple[str, Callable[[], Policy]]]) -> CheckResult:
        """How many sub-tasks each strategy does, with the memory beside it."""
        applies = {name: len(self.goals) for name in strategies}
        right = {
            name: sum(o.correct for o in rewarded(self.played(memory, make())))
            for name, (memory, make) in strategies.items()
        }
        return {"ok": True, "applies": applies, "right": right}

    def checks(self) -> dict[str, CheckResult]:
        """The checks of every session."""
        return {
            "full": result(ended(self.trace, done=False), requests=len(self.goals)),
            "no_memory": result(ended(self.played("none"), done=True)),
            "clear": result(self._unclear()),
            "told": result(self._told_near()),
            "leave_one_out": self._leave_one_out(),
        }

    def _unclear(self) -> Iterator[str]:
        """The texts that are not read in full."""
        for event, text in ((0, self.task.system), *self.shown):
            if unread := self.reader.coverage(text)[1]:
                yield f"event {event}: {unread} statements: {text[:80]!r}"

    def _told_near(self) -> Iterator[str]:
        """The texts that state a needed fact where it would help."""
        for goal in self.goals:
            near = {0, *range(goal.event - RECENT + 1, goal.event)}
            texts = [(event, text) for event, text in self.shown if event in near]
            for event, text in ((0, self.task.system), *texts, (goal.event, goal.text)):
                for fact in self._told(goal.needs, text)[:1]:
                    yield f"event {goal.event}: event {event} states {fact}"

    def _told(self, needs: Sequence[Statement], text: str) -> list[str]:
        """The needed facts that a text states, or whose code it holds."""
        stated = {fact[:3] for fact in self.reader.read(text)}
        hidden = (fact for fact in needs if fact.key not in self.named)
        codes = (fact for fact in hidden if fact.text[1:2] == "-" and fact.text in text)
        return [
            " ".join((f.subject, f.key, f.text))
            for f in (*codes, *(f for f in needs if f[:3] in stated))
        ]

    def _leave_one_out(self) -> CheckResult:
        """Without a needed fact a sub-task fails; without any other it does not."""
        wrong, needed, spare = list[JSON](), 0, 0
        told = [(event, fact) for event, text in self.shown for fact in self.reader.read(text)]
        for goal in self.goals:
            facts = [fact for event, fact in told if event < goal.event]
            right = self.decide(goal, facts)
            if self.decide(goal, goal.needs) != right:
                wrong.append(f"event {goal.event}: what it needs is not enough")
            for pair in dict.fromkeys(fact[:2] for fact in facts):
                rest = [fact for fact in facts if fact[:2] != pair]
                fails = self.decide(goal, rest) != right
                needed += fails
                spare += not fails
                if fails != any(need[:2] == pair for need in goal.needs):
                    wrong.append(
                        f"event {goal.event}: {'' if fails else 'not '}needed: {' '.join(pair)}"
                    )
        return {"ok": not wrong, "needed": needed, "spare": spare, "wrong": wrong}


def session_task(
    track: str, recipe: Any, system: str, state: Mapping[str, JSON], goals: Iterable[SubTask]
) -> Task:
    """The task of a session, from the recipe (a dataclass) that deals it; its id is the content."""
    dials = {name: value for name, value in asdict(recipe).items() if name != "salt"}
    id = content_id(track, system, state)
    return Task(id, track, dials, system, (), Budget(), SubTaskGold(tuple(goals)), state)


def needed(
    used: Iterable[Statement],
    facts: Sequence[Statement],
    decide: Callable[[Sequence[Statement]], object],
) -> list[Statement]:
    """Of the facts that a decision used, those without which it is another."""
    decided = decide(facts)
    return [fact for fact in used if decide([f for f in facts if f[:2] != fact[:2]]) != decided]


def ended(trace: Trace, *, done: bool) -> Iterator[str]:
    """The sub-tasks that were done, or those that were not."""
    for outcome in rewarded(trace):
        if outcome.correct == done:
            goal = outcome.goal
            yield f"event {goal.event}: {outcome.answer}" + f"; {goal.truth}" * (not done)


def guess_level(
    applies: Mapping[str, int], right: Mapping[str, int], most: float = MOST_GUESSED
) -> Checks:
    """Whether a guess does too many of the sub-tasks of all sessions to which it applies."""
    shares = list[tuple[float, int, str]]()
    for name, n in applies.items():
        if n:
            low, high = wilson(right[name], n)
            share = f"{right[name] / n:.1%}, 95% interval {low:.1%} to {high:.1%}"
            text = f"{name!r} is right on {right[name]} of {n:,} requests to which it applies"
            shares.append((low, n, f"{text} ({share})"))
    guessable: list[JSON] = [s for low, n, s in shares if n >= ENOUGH and low > most]
    best = max(shares, key=lambda s: (s[1] >= ENOUGH, s[0]), default=(0, 0, "none applies"))[-1]
    bound = f"fails if an interval over {ENOUGH} or more lies above {most:.0%}"
    shown: CheckResult = {"ok": not guessable, "guesses": len(shares), "best": best, "bound": bound}
    return {"chance_level": {**shown, "guessable": guessable}}
