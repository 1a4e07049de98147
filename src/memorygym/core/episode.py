"""An episode: one task played with one memory, within budgets, with a record of what happened.

In every step the agent reads a view: the task's system message, then the context, which the memory
composes within the view budget, then the live messages. Those are the messages of the running
event: observations, replies, tool results. They leave the view when the event ends, and only the
memory can bring them back.

An episode performs no input or output: any loop drives it with `view()`, `tools` and `step()`.
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import Refused
from memorygym.core.guard import MemoryGuard
from memorygym.core.tools import NO_FAILURE, RepeatedFailure, call_problem, check_reply
from memorygym.core.trace import (
    STUCK,
    Action,
    Answer,
    Context,
    LimitHit,
    MemoryUpdate,
    Observation,
    Reward,
    ToolResult,
    Trace,
    first_difference,
)
from memorygym.core.types import (
    Budget,
    Call,
    Env,
    Memory,
    Message,
    Policy,
    Step,
    Tool,
    Writer,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of an episode at one moment; `Episode.fork` continues from a copy of it."""

    env: Env
    entries: Mapping[str, str]
    """What the memory held at that moment: stored text by id."""
    tracker: BudgetTracker
    trace: Trace
    recorded: Mapping[str, str]
    """What the memory held when the trace last recorded it."""
    context: tuple[Message, ...]
    live: tuple[Message, ...]
    event: int
    turns: int
    failure: RepeatedFailure
    done: bool


class Episode:
    """One task played with one memory: the environment, the budgets and the trace of it.

    `memory` makes the memory (again at every session break); `writer` is the language model that it
    may call. Every method raises MemoryFault if the memory breaks its protocol.
    """

    def __init__(
        self,
        env: Env,
        memory: Callable[[], Memory],
        budget: Budget | None = None,
        writer: Writer | None = None,
    ) -> None:
        task = env.task
        self.env = env
        self.budget = budget or task.budget
        self.trace = Trace(task.id, task.track, task.recipe, task.system, self.budget, task.gold)
        self.done = False
        """Whether the environment has ended the episode."""
        self._make_memory, self._writer = memory, writer
        self._system = Message("system", task.system)
        self._live: list[Message] = []
        self._context: tuple[Message, ...] = ()
        self._recorded: Mapping[str, str] = {}
        self._tracker = BudgetTracker(self.budget, task.system)
        self._tracker.unread_texts.append(task.system)
        self.event = -1
        """Number of the running event, from 0."""
        self._turns, self._failure = 0, NO_FAILURE
        self._open_memory({})
        self._advance(env.reset())

    def view(self) -> list[Message]:
        """What the agent reads now: the system message, the context and the live messages."""
        context = self._memory.compose(tuple(self._live), self.budget.view)
        self._record_model_calls()
        if context:
            context = self._within_view(context)
        if context != self._context:
            kept = first_difference(self._context, context) or 0
            self._context = context
            self.trace.records.append(Context(self.event, context[kept:], kept))
        return [self._system, *context, *self._live]

    def step(self, message: Message) -> None:
        """Takes the agent's reply and carries out its tool calls.

        A reply without calls ends the event. The agent reads why a call failed in its next view.
        Raises TypeError for a reply that is no assistant's Message: the policy's code is wrong.
        """
        if self.done:
            return
        message = check_reply(message)
        self.trace.records.append(Action(self.event, message))
        self._add_live((message,))
        self._turns += 1
        if not message.calls or self._turns > self.budget.turns:
            if message.calls:
                reason = f"more than {self.budget.turns} replies in one event"
                self.trace.records.append(LimitHit(self.event, reason))
            self._advance(self.env.step(Message("assistant", message.content)))
            return
        results, next_step = self._run_calls(message)
        if results:
            self.trace.records.append(ToolResult(self.event, results))
            self._add_live(results)
        if self._tracker.changed:
            self._record_memory(self._memory.dump())
        if next_step:
            self._advance(next_step)
        elif self._failure.times >= self.budget.patience:
            reason = f"{STUCK}the same calls kept failing (patience {self.budget.patience})"
            self.trace.records.append(LimitHit(self.event, reason))
            self._advance(self.env.step(Message("assistant", "")))

    def snapshot(self) -> Snapshot:
        """The state of the episode now, with the memory as its dump."""
        return self._snapshot_with(self._memory.dump())

    def with_new_memory(self, make: Callable[[], Memory], writer: Writer | None) -> "Episode":
        """A copy whose memory is made from what was last recorded; call it as an event begins."""
        other = copy.copy(self)
        other._make_memory, other._writer = make, writer
        other = other.fork(self._snapshot_with(self._recorded))
        # The new memory has yet to store what this event made the old one store.
        other._tracker.tokens = other._tracker.dump_tokens(other._recorded)
        other._memory.observe(tuple(other._live))
        return other

    def fork(self, snapshot: Snapshot | None = None) -> "Episode":
        """A new episode that continues from a snapshot (default: now), independent of this one."""
        state = snapshot or self.snapshot()
        other = copy.copy(self)
        other.env = state.env.fork()
        other.trace = state.trace.copy()
        other.done = state.done
        other._live = list(state.live)
        other._tracker = copy.deepcopy(state.tracker)
        other.event, other._turns, other._failure = state.event, state.turns, state.failure
        other._open_memory(state.entries)
        other._recorded, other._context = state.recorded, state.context
        return other

    def _snapshot_with(self, entries: Mapping[str, str]) -> Snapshot:
        return Snapshot(
            self.env.fork(),
            entries,
            copy.deepcopy(self._tracker),
            self.trace.copy(),
            self._recorded,
            self._context,
            tuple(self._live),
            self.event,
            self._turns,
            self._failure,
            self.done,
        )

    def _open_memory(self, entries: Mapping[str, str]) -> None:
        self._memory = MemoryGuard(self._make_memory, self._tracker, entries, self._writer)
        self._recorded = entries
        self.tools: tuple[Tool, ...] = (*self.env.tools, *self._memory.tools)
        """The tools that the agent may call: those of the environment, then of the memory."""
        self._tools_by_name = {tool.name: tool for tool in self.tools}
        self._env_tool_names = {tool.name for tool in self.env.tools}

    def _advance(self, step: Step) -> None:
        """Shows what the environment returned; with `step.evict` a new event begins."""
        self._record_answer(step)
        self.done = step.done
        if step.evict:
            # A memory may have changed without storing through the tracker: count its dump.
            entries = self._memory.dump()
            indexed = self._tracker.indexes != self._tracker.recorded_indexes
            if indexed or entries != self._recorded:
                self._record_memory(entries)
            self._live.clear()
            self._turns, self._failure = 0, NO_FAILURE
            self.event += 1
            self._tracker.event = self.event
        if step.session:
            self._open_memory(self._memory.dump())
        self._tracker.free_edits = step.free_edits
        messages = step.messages
        if messages and step.evict and self._memory.tools:
            messages = (self._tracker.status(), *messages)
        if messages:
            self.trace.records.append(Observation(self.event, messages, step.evict, step.session))
            self._tracker.unread_texts += [message.content for message in messages]
            self._add_live(messages)

    def _add_live(self, messages: tuple[Message, ...]) -> None:
        self._live.extend(messages)
        self._memory.observe(messages)
        self._record_model_calls()

    def _run_calls(self, message: Message) -> tuple[tuple[Message, ...], Step | None]:
        """The results of a reply's calls, in order, and the step if one ended the event."""
        results: list[Message] = []
        next_step: Step | None = None
        failures = 0
        for call in message.calls:
            text = "not run: the event was over"
            try:
                if not next_step:
                    text, next_step = self._run_call(call)
            except Refused as refusal:
                text, failures = str(refusal), failures + 1
            self._record_model_calls()
            results.append(Message("tool", text, (), call.id))
        all_failed = failures == len(message.calls)
        self._failure = self._failure.after(message.calls) if all_failed else NO_FAILURE
        return tuple(results), next_step

    def _run_call(self, call: Call) -> tuple[str, Step | None]:
        """The result of a call, and the next step if it ended the event. Raises Refused."""
        if problem := call_problem(call, self._tools_by_name):
            raise Refused(problem)
        if call.name not in self._env_tool_names:
            assert isinstance(call.arguments, dict)  # call_problem() has checked it.
            return self._memory.call(call.name, call.arguments), None
        step = self.env.step(Message("assistant", "", (call,)))
        if step.evict or step.done:
            return "noted", step
        self._record_answer(step)
        return "\n".join(message.content for message in step.messages), None

    def _record_answer(self, step: Step) -> None:
        """Records the answer and the reward that the environment made of a reply."""
        if step.answer is None and step.reward == 0:
            return
        answer: object = step.answer  # An environment of others may ignore the declared types.
        if not isinstance(answer, str | None) or not isfinite(step.reward):
            raise TypeError(f"a Step's answer is a str or None, its reward finite: {step!r:.80}")
        if step.answer is not None:
            self.trace.records.append(Answer(self.event, step.answer))
        if step.reward:
            self.trace.records.append(Reward(self.event, float(step.reward)))

    def _record_model_calls(self) -> None:
        """Records the calls of the memory's model since the last time."""
        if calls := self._tracker.model_calls:
            self.trace.records += [replace(call, event=self.event) for call in calls]
            calls.clear()

    def _record_memory(self, entries: Mapping[str, str]) -> None:
        """Records what changed in the memory, unless it exceeds the capacity: then undoes it."""
        tokens = self._tracker.dump_tokens(entries)
        if self._undo_excess(tokens):
            return
        before, tracker = self._recorded, self._tracker
        indexed, indexes = tracker.recorded_indexes, tracker.indexes
        changed = tuple(
            tracker.entry(id, stored)
            for id, stored in entries.items()
            if before.get(id) != stored or indexed.get(id) != indexes.get(id)
        )
        dropped = tuple(id for id in before if id not in entries)
        self._recorded, tracker.recorded_indexes = entries, indexes
        tracker.tokens, tracker.changed = tokens, False
        self.trace.records.append(
            MemoryUpdate(self.event, changed, dropped, tokens, tracker.writes)
        )

    def _undo_excess(self, tokens: int) -> bool:
        """Whether a dump exceeded the capacity; if so, the memory is reset to its last record."""
        if self.budget.capacity is None or tokens <= self.budget.capacity:
            return False
        self.trace.records.append(LimitHit(self.event, "memory beyond its capacity was undone"))
        self._tracker.indexes = self._tracker.recorded_indexes
        self._open_memory(self._recorded)
        self._tracker.tokens = self._tracker.dump_tokens(self._recorded)
        self._tracker.changed = False
        return True

    def _within_view(self, context: tuple[Message, ...]) -> tuple[Message, ...]:
        """The context without the messages at its end that exceed the view budget."""
        fitting = self._tracker.fitting(context)
        if fitting < len(context):
            dropped = f"{len(context) - fitting} of {len(context)} composed messages"
            reason = f"{dropped} were beyond the view's {self.budget.view:,} tokens"
            self.trace.records.append(LimitHit(self.event, reason))
        return context[:fitting]


def play(episode: Episode, policy: Policy) -> Trace:
    """Plays an episode to its end; the trace holds all that happened."""
    while not episode.done:
        episode.step(policy.act(episode.view(), episode.tools))
    return episode.trace
