"""The referee: it shows what the environment says, routes calls, enforces budgets, records.

Sans-IO and synchronous: any loop, sync or async, drives it with view(), tools and step().
"""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import isfinite

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import Refused
from memorygym.core.guard import MemoryGuard
from memorygym.core.tokens import shown_tokens
from memorygym.core.tools import NOT_FAILING, RepeatedFailure, misfit, plain_reply
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
    first_unlike,
)
from memorygym.core.types import (
    Budget,
    Call,
    Entry,
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
    """A frozen moment of an episode; `Episode.fork` goes on from a copy of it."""

    env: Env
    entries: Mapping[str, str]
    """Texts by id."""
    tracker: BudgetTracker
    trace: Trace
    held: Mapping[str, str]
    """What the memory held when the referee last looked."""
    composed: tuple[Message, ...]
    live: tuple[Message, ...]
    event: int
    turns: int
    failing: RepeatedFailure
    done: bool


class Episode:
    """One task, one memory, their budgets and the record of what happened.

    `writer` is the model that the memory may ask. Every method raises MemoryFault if the memory
    breaks its protocol.
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
        self._make, self._writer = memory, writer
        self._pinned = Message("system", task.system)
        self._live: list[Message] = []
        self._composed: tuple[Message, ...] = ()
        self._held: Mapping[str, str] = {}
        self._tracker = BudgetTracker(self.budget, task.system)
        self._tracker.unread.append(task.system)
        self.event = -1
        """The number of the running event, from 0."""
        self._turns, self._failing = 0, NOT_FAILING
        self._open({})
        self._show(env.reset())

    def view(self) -> list[Message]:
        """What the policy may read: pinned, what the memory composes within budget, live."""
        composed = self._memory.compose(tuple(self._live), self.budget.view)
        self._note_asked()
        if composed or self._composed:
            composed = self._fit(composed)
            same = composed == self._composed  # The whole is compared faster than its parts.
            kept = None if same else first_unlike(self._composed, composed)
            if kept is not None:
                self._composed = composed
                self.trace.records.append(Context(self.event, composed[kept:], kept))
        return [self._pinned, *composed, *self._live]

    def step(self, message: Message) -> None:
        """Takes the policy's reply. Whatever text and calls it holds, it is data and answered; one
        that is no assistant's Message is a defect of the policy's code: TypeError."""
        if self.done:
            return
        message = plain_reply(message)
        self.trace.records.append(Action(self.event, message))
        self._meet((message,))
        self._turns += 1
        if not message.calls or self._turns > self.budget.turns:
            if message.calls:
                reason = f"more than {self.budget.turns} replies in one event"
                self.trace.records.append(LimitHit(self.event, reason))
            self._show(self.env.step(Message("assistant", message.content)))
            return
        heard, next_step = self._run(message)
        if heard:
            self.trace.records.append(ToolResult(self.event, heard))
            self._meet(heard)
        if self._tracker.changed:
            self._record_stored(self._memory.dump())
        if next_step:
            self._show(next_step)
        elif self._failing.times >= self.budget.patience:
            reason = f"{STUCK}the same calls kept failing (patience {self.budget.patience})"
            self.trace.records.append(LimitHit(self.event, reason))
            self._show(self.env.step(Message("assistant", "")))

    def snapshot(self) -> Snapshot:
        """This moment, frozen; the memory is kept as its dump."""
        return self._moment(self._memory.dump())

    def restored(self, make: Callable[[], Memory]) -> "Episode":
        """The same event with a memory made anew, which knows no more than what was weighed last.

        To be called as an event begins; the memory that is played with cannot tell that it was.
        """
        other = copy.copy(self)
        other._make = make
        other = other.fork(self._moment(self._held))
        # What the event has had stored is yet to be stored.
        other._tracker.tokens = other._tracker.weigh(other._held)
        other._memory.observe(tuple(other._live))
        return other

    def _moment(self, entries: Mapping[str, str]) -> Snapshot:
        return Snapshot(
            self.env.fork(), entries, copy.deepcopy(self._tracker),
            self.trace.copied(), self._held, self._composed, tuple(self._live),
            self.event, self._turns, self._failing, self.done,
        )  # fmt: skip

    def fork(self, moment: Snapshot | None = None) -> "Episode":
        """A new episode that goes on from that moment (default: now), apart from this one."""
        kept = moment or self.snapshot()
        other = copy.copy(self)
        other.env = kept.env.fork()
        other.trace = kept.trace.copied()
        other.done = kept.done
        other._live = list(kept.live)
        other._tracker = copy.deepcopy(kept.tracker)
        other.event, other._turns, other._failing = kept.event, kept.turns, kept.failing
        other._open(kept.entries)
        other._held, other._composed = kept.held, kept.composed
        return other

    def _open(self, entries: Mapping[str, str]) -> None:
        self._memory = MemoryGuard(self._make, self._tracker, entries, self._writer)
        self._held = entries
        self.tools: tuple[Tool, ...] = (*self.env.tools, *self._memory.tools)
        """All that the policy may call now."""
        self._own = {tool.name: tool for tool in self.tools}
        self._env_tools = {tool.name for tool in self.env.tools}

    def _show(self, step: Step) -> None:
        """Moves to what the environment shows next."""
        self._note_worth(step)
        self.done = step.done
        if step.evict:
            # What never passed the ledger is weighed and undone.
            if (now := self._memory.dump()) != self._held:
                self._record_stored(now)
            self._live.clear()
            self._turns, self._failing = 0, NOT_FAILING
            self.event += 1
            self._tracker.event = self.event
        if step.session:
            self._open(self._memory.dump())
        self._tracker.free_edits = step.free_edits
        messages = step.messages
        if messages and step.evict and self._memory.tools:
            messages = (self._tracker.status(), *messages)
        if messages:
            self.trace.records.append(Observation(self.event, messages, step.evict, step.session))
            self._tracker.unread += [message.content for message in messages]
            self._meet(messages)

    def _note_worth(self, step: Step) -> None:
        """Records what a reply was worth to the environment."""
        if step.answer is None and step.reward == 0:
            return
        answer: object = step.answer  # Somebody else's, who may keep to no types.
        if not isinstance(answer, str | None) or not isfinite(step.reward):
            raise TypeError(f"a Step has the answer {step.answer!r} and the reward {step.reward!r}")
        if step.answer is not None:
            self.trace.records.append(Answer(self.event, step.answer))
        if step.reward:
            self.trace.records.append(Reward(self.event, float(step.reward)))

    def _meet(self, messages: tuple[Message, ...]) -> None:
        self._live.extend(messages)
        self._memory.observe(messages)
        self._note_asked()

    def _note_asked(self) -> None:
        """Records what the memory's model wrote."""
        if asked := self._tracker.asked:
            self.trace.records += [replace(one, event=self.event) for one in asked]
            asked.clear()

    def _run(self, message: Message) -> tuple[tuple[Message, ...], Step | None]:
        """Runs the calls of a reply in order; once the event is over the rest is not run."""
        heard: list[Message] = []
        over: Step | None = None
        failed = 0
        for call in message.calls:
            text = "not run: the event was over"
            try:
                if not over:
                    text, over = self._ran(call)
            except Refused as refusal:
                text, failed = str(refusal), failed + 1
            self._note_asked()
            heard.append(Message("tool", text, (), call.id))
        all_failed = failed == len(message.calls)
        self._failing = self._failing.after(message.calls) if all_failed else NOT_FAILING
        return tuple(heard), over

    def _ran(self, call: Call) -> tuple[str, Step | None]:
        """What is heard of a call, and the next step if it ended the event. Raises Refused."""
        if problem := misfit(call, self._own):
            raise Refused(problem)
        if call.name not in self._env_tools:
            assert isinstance(call.arguments, dict)  # misfit() said so.
            return self._memory.call(call.name, call.arguments), None
        step = self.env.step(Message("assistant", "", (call,)))
        if step.evict or step.done:
            return "noted", step
        self._note_worth(step)
        return "\n".join(said.content for said in step.messages), None

    def _record_stored(self, now: Mapping[str, str]) -> None:
        tokens = self._tracker.weigh(now)
        if self._undone(tokens):
            return
        before = self._held
        new = tuple(Entry(id, text) for id, text in now.items() if before.get(id) != text)
        dropped = tuple(id for id in before if id not in now)
        self._held = now
        self._tracker.tokens, self._tracker.changed = tokens, False
        self.trace.records.append(
            MemoryUpdate(self.event, new, dropped, tokens, self._tracker.writes)
        )

    def _undone(self, tokens: int) -> bool:
        """Whether a dump was beyond the capacity; then the memory is as it was last recorded."""
        if self.budget.capacity is None or tokens <= self.budget.capacity:
            return False
        self.trace.records.append(LimitHit(self.event, "memory beyond its capacity was undone"))
        self._open(self._held)
        self._tracker.tokens, self._tracker.changed = self._tracker.weigh(self._held), False
        return True

    def _fit(self, composed: tuple[Message, ...]) -> tuple[Message, ...]:
        """Drops whole messages from the end until the view budget holds."""
        left = self.budget.view
        if left is None:
            return composed
        for at, message in enumerate(composed):
            left -= shown_tokens(message, self._tracker.count)
            if left < 0:
                reason = (
                    f"{len(composed) - at} of {len(composed)} composed messages were beyond the"
                    f" view's {self.budget.view:,} tokens"
                )
                self.trace.records.append(LimitHit(self.event, reason))
                return composed[:at]
        return composed


def play(episode: Episode, policy: Policy) -> Trace:
    """The only loop."""
    while not episode.done:
        episode.step(policy.act(episode.view(), episode.tools))
    return episode.trace
