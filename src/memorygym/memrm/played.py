"""A task played with its full context, and what becomes of it when its context is replaced."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from memorygym.core.episode import Episode, Snapshot, play
from memorygym.core.json_values import canonical
from memorygym.core.outcome import Goal, Outcome
from memorygym.core.statements import CURRENT, HELD, STALE, UNSTATED, FactReader, Statement
from memorygym.core.tokens import count
from memorygym.core.trace import Action, Observation, Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Budget, Call, Memory, Message, Task
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memories.stores.message_entries import has_content, to_text
from memorygym.memrm.compactions import WHOLE, settled
from memorygym.memrm.damage import Messages
from memorygym.runs.systems import start_episode

_CONSTRAINT = re.compile(
    r"\b(?:never|always|must|only|at (?:most|least)|limit|minimum|maximum|threshold|not? more)\b",
    re.IGNORECASE,
)
_LOOKUPS = ("search", "recall", "open")
_HARMLESS = (*_LOOKUPS, "submit_answer")
"""Calls that change nothing, so that repeating one is no harm."""


@dataclass(frozen=True, slots=True)
class TaskSource:
    """One task of a track."""

    track: str
    parameters: tuple[tuple[str, str], ...]
    seed: int

    def generate(self) -> Task:
        """The task: the first of that seed. Raises UnknownPart or BadSettings."""
        options = TaskOptions(range(self.seed, self.seed + 1), "", dict(self.parameters))
        return find(self.track).tasks(options)[0].generate()


@dataclass(frozen=True, slots=True)
class ReplayedGoals:
    """An episode that went on with another context."""

    trace: Trace
    goals: tuple[Outcome, ...]
    """The outcomes of the goals that were due from then on."""

    @property
    def lost(self) -> tuple[int, ...]:
        """The indices of the goals that were not reached."""
        return tuple(index for index, outcome in enumerate(self.goals) if not outcome.correct)


class PlayedTask:
    """The control episode of a task: the strongest reasoner with the full context, no budgets."""

    def __init__(self, source: TaskSource) -> None:
        self.task = source.generate()
        self.track = find(source.track)
        own = self.task.budget
        self._budget = Budget(turns=own.turns, patience=own.patience)
        self._make_policy = next(iter(self.track.reasoners.values()))
        self._start = start_episode(self.task, memory_factory(WHOLE), self._budget)
        self._snapshots: dict[int, Snapshot] = {}
        self.full: dict[int, Messages] = {}
        """By event: the full context as it begins."""
        self._stated_by_step: dict[int, list[Statement]] = {}
        self.trace = self._play()
        outcomes = self.track.outcomes(self.trace)
        self.reached = all(outcome.correct for outcome in outcomes)
        """Whether the control reached every goal."""
        self.reader: TraceReader = self.track.reader_for(self.trace)
        self.facts: FactReader = self.track.facts(self.trace.system)
        """Reads edited texts too, whose values nobody stated."""
        self.goals = tuple(outcome.goal for outcome in outcomes)
        """In the order in which they are due."""
        self.last = max(goal.event for goal in self.goals)
        """The event of the last goal."""

    def _play(self) -> Trace:
        episode = self._start.fork()
        policy = self._make_policy(self.track.reasoner_task(self.task))
        while not episode.done:
            view = episode.view()
            if episode.event not in self._snapshots:
                self._snapshots[episode.event] = state = episode.snapshot()
                self.full[episode.event] = settled(view[1 : len(view) - len(state.live)])
            episode.step(policy.act(view, episode.tools))
        return self._with_gold(episode.trace)

    def _with_gold(self, trace: Trace) -> Trace:
        trace.gold = self.task.gold
        return trace

    def tokens(self) -> int:
        """Tokens of the full context at the last goal."""
        return sum(count(message.content) for message in self.full[self.last])

    def composed(
        self, memory: Callable[[], Memory], view: int, steps: Collection[int]
    ) -> dict[int, Messages]:
        """By step: what a memory composes, within `view` tokens, after the control's events."""
        episode = start_episode(self.task, memory, replace(self._budget, view=view))
        contexts: dict[int, Messages] = {}
        replies = (record.message for record in self.trace.records if isinstance(record, Action))
        for reply in replies:
            shown = episode.view()  # At every step, because some memories change as they compose.
            if episode.event in steps and episode.event not in contexts:
                contexts[episode.event] = settled(shown[1 : len(shown) - _live(episode)])
            if len(contexts) == len(steps):
                break
            episode.step(reply)
        return contexts

    def resumed(self, step: int, compacted: Sequence[Message]) -> ReplayedGoals:
        """The episode from event `step` to its end, with another context than the full one."""
        state = self._snapshots[step]
        texts = [to_text(message) for message in (*compacted, *state.live) if has_content(message)]
        entries = {str(number): text for number, text in enumerate(texts, start=1)}
        episode = self._start.fork(replace(state, entries=entries, recorded=entries))
        policy = self._make_policy(self.track.reasoner_task(self.task))
        trace = self._with_gold(play(episode, policy))
        return ReplayedGoals(
            trace, tuple(o for o in self.track.outcomes(trace) if o.goal.event >= step)
        )

    def decision(self, step: int, trace: Trace) -> str:
        """What an episode did about the first goal from `step` on: its last calls there that look
        nothing up, as text; "" if there are none."""
        event = next(goal.event for goal in self.goals if goal.event >= step)
        decided = ""
        for record in trace.records:
            if isinstance(record, Action) and record.event == event:
                calls = [c for c in record.message.calls if c.name not in _LOOKUPS]
                decided = " ".join(f"{c.name}({canonical(c.arguments)})" for c in calls) or decided
        return decided

    def needed(self, step: int) -> Iterator[tuple[int, str]]:
        """The facts of the full context that goals from `step` on need: the index of the message
        and the track's sentence of the fact."""
        stated = [self.facts.read(message.content) for message in self.full[step]]
        needs = [need for goal in self.reader.goals if goal.event >= step for need in goal.needs]
        for need in needs:
            for index, facts in enumerate(stated):
                own = [fact for fact in facts if need.is_stated_by(fact)]
                if own and need.state(own) == HELD:
                    yield index, self.facts.render(own[-1])

    def reason(self, step: int, compacted: Sequence[Message], replay: ReplayedGoals) -> str:
        """Why goals were lost: stale, redo, goal lost, constraint lost, or else missing."""
        lost = [replay.goals[index].goal for index in replay.lost]
        full, seen = self._stated_in_full(step), self._stated(compacted)
        states: list[tuple[Statement, str]] = []
        for goal in lost:
            later = [f for e, facts in self._shown if step <= e <= goal.event for f in facts]
            held = [need for need in goal.needs if need.state(full + later) == HELD]
            states += [(need, need.state(seen + later)) for need in held]
        if any(state == STALE for _, state in states):
            return "stale"
        if self._is_redone(step, replay):
            return "redo"
        if any(self._is_lost(step, compacted, goal) for goal in lost):
            return "goal lost"
        missing = [need for need, state in states if state != HELD]
        if any(self._is_constraint(step, need) for need in missing):
            return "constraint lost"
        return "missing"

    def _stated(self, messages: Sequence[Message]) -> list[Statement]:
        """What messages state; a value that nobody stated is another value too."""
        stated = (fact for message in messages for fact in self.reader.read(message.content))
        return [fact._replace(role=CURRENT) if fact.role == UNSTATED else fact for fact in stated]

    def _stated_in_full(self, step: int) -> list[Statement]:
        if step not in self._stated_by_step:
            self._stated_by_step[step] = self._stated(self.full[step])
        return self._stated_by_step[step]

    @cached_property
    def _shown(self) -> list[tuple[int, Sequence[Statement]]]:
        """By event: the facts of each text that the environment showed."""
        texts = self.trace.environment_texts(self.track.tool_names)
        return [(event, self.reader.read(text)) for event, text in texts]

    def _is_lost(self, step: int, compacted: Sequence[Message], goal: Goal) -> bool:
        """Whether a goal was stated before, but neither in the compacted context nor later on."""
        texts = self.trace.environment_texts(self.track.tool_names)
        later = [Message("user", text) for event, text in texts if step <= event <= goal.event]
        return _says(self.full[step], goal.text) and not _says((*compacted, *later), goal.text)

    def _is_redone(self, step: int, replay: ReplayedGoals) -> bool:
        before, after = _acts(self.trace, range(step)), _acts(replay.trace, range(step, 1 << 30))
        control = _acts(self.trace, range(step, 1 << 30))
        return any(act in before and act not in control for act in after)

    def _is_constraint(self, step: int, need: Statement) -> bool:
        """Whether the sentence that states a fact says what must or must not be done."""
        stated = filter(need.is_stated_by, self._stated_in_full(step))
        return any(_CONSTRAINT.search(self.facts.render(fact)) for fact in stated)


def _live(episode: Episode) -> int:
    """The number of live messages as an event begins."""
    records = reversed(episode.trace.records)
    return next(len(record.messages) for record in records if isinstance(record, Observation))


def _acts(trace: Trace, events: range) -> list[tuple[str, Any]]:
    """The calls in those events that change something."""
    calls: list[Call] = [
        call
        for record in trace.records
        if isinstance(record, Action) and record.event in events
        for call in record.message.calls
    ]
    return [(call.name, call.arguments) for call in calls if call.name not in _HARMLESS]


def _says(messages: Sequence[Message], text: str) -> bool:
    words = " ".join(text.lower().split())
    return any(words in " ".join(message.content.lower().split()) for message in messages)
