"""The referee: it shows what the environment says, routes calls, enforces budgets, records.

Sans-IO and synchronous: any loop, sync or async, drives it with view(), tools and step().
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from memorygym.arguments import misfit, plain_call
from memorygym.core import Budget, Entry, Env, Memory, Message, Policy, Step, Tool
from memorygym.errors import Refused
from memorygym.ledger import Ledger
from memorygym.tokens import count_messages
from memorygym.trace import Answered, Composed, Cut, Heard, Said, Shown, Stored, Trace


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A frozen moment of an episode; `Episode.fork` goes on from a copy of it."""

    env: Env
    entries: tuple[Entry, ...]
    ledger: Ledger
    trace: Trace
    held: tuple[Entry, ...]
    """What the memory held when the referee last looked."""
    composed: tuple[Message, ...]
    live: tuple[Message, ...]
    event: int
    turns: int
    done: bool


class Episode:
    """One task, one memory, their budgets and the record of what happened."""

    def __init__(
        self, env: Env, memory: Callable[[], Memory], budget: Budget | None = None
    ) -> None:
        task = env.task
        self.env = env
        self.budget = budget or task.budget
        self.trace = Trace(task.id, task.track, task.recipe, task.system, self.budget, task.gold)
        self.done = False
        self._make = memory
        self._pinned = Message("system", task.system)
        self._live: list[Message] = []
        self._composed: tuple[Message, ...] = ()
        self._held: dict[str, Entry] = {}
        self._ledger = Ledger(self.budget)
        self._ledger.unread.append(task.system)
        self._event, self._turns = -1, 0
        self._open([])
        self._show(env.reset())

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All tools that the policy may call now."""
        return self._tools

    def view(self) -> list[Message]:
        """What the policy may read: pinned, what the memory composes within budget, live."""
        composed = tuple(self._memory.compose(self._live, self.budget.view))
        composed = self._fit(composed)
        if composed != self._composed:
            self._composed = composed
            self.trace.records.append(Composed(self._event, composed))
        return [self._pinned, *composed, *self._live]

    def step(self, message: Message) -> None:
        """Takes the policy's reply. Whatever it holds, this does not raise."""
        if self.done:
            return
        if message.calls:
            message = replace(message, calls=tuple(map(plain_call, message.calls)))
        self.trace.records.append(Said(self._event, message))
        self._meet([message])
        self._turns += 1
        if not message.calls or self._turns > self.budget.turns:
            if message.calls:
                reason = f"more than {self.budget.turns} replies in one event"
                self.trace.records.append(Cut(self._event, reason))
            self._show(self.env.step(Message("assistant", message.content)))
            return
        heard, next_step = self._run(message)
        if heard:
            self.trace.records.append(Heard(self._event, tuple(heard)))
            self._meet(heard)
        if self._ledger.changed:
            self._record_stored()
        if next_step:
            self._show(next_step)

    def snapshot(self) -> Snapshot:
        """This moment, frozen; the memory is kept as its dump."""
        return Snapshot(
            copy.copy(self.env), tuple(self._memory.dump()), copy.deepcopy(self._ledger),
            _copied(self.trace), tuple(self._held.values()), self._composed, tuple(self._live),
            self._event, self._turns, self.done,
        )  # fmt: skip

    def fork(self, moment: Snapshot | None = None) -> "Episode":
        """A new episode that goes on from that moment (default: now), apart from this one."""
        kept = moment or self.snapshot()
        other = copy.copy(self)
        other.env = copy.copy(kept.env)
        other.trace = _copied(kept.trace)
        other.done = kept.done
        other._live = list(kept.live)
        other._ledger = copy.deepcopy(kept.ledger)
        other._event, other._turns = kept.event, kept.turns
        other._open(kept.entries)
        other._held, other._composed = {entry.id: entry for entry in kept.held}, kept.composed
        return other

    def _open(self, entries: Sequence[Entry]) -> None:
        self._memory = self._make()
        self._memory.open(self._ledger)
        if entries:
            self._memory.restore(entries)
        self._held = {entry.id: entry for entry in entries}
        self._tools = (*self.env.tools, *self._memory.tools)
        self._own = {tool.name: tool for tool in self._tools}
        self._env_tools = {tool.name for tool in self.env.tools}

    def _show(self, step: Step) -> None:
        """Moves to what the environment shows next."""
        if step.answer is not None:
            self.trace.records.append(Answered(self._event, step.answer))
        self.done = step.done
        if step.evict:
            self._settle()
            self._live.clear()
            self._turns = 0
            self._event += 1
        if step.session:
            self._open(self._memory.dump())
        self._ledger.free_edits = step.free_edits
        messages = step.messages
        if messages and step.evict and self._memory.tools:
            messages = (self._status(), *messages)
        if messages:
            self.trace.records.append(Shown(self._event, messages, step.evict, step.session))
            self._ledger.unread.extend(message.content for message in messages)
            self._meet(messages)

    def _meet(self, messages: Sequence[Message]) -> None:
        self._live.extend(messages)
        self._memory.observe(messages)

    def _run(self, message: Message) -> tuple[list[Message], Step | None]:
        """Runs the calls of a reply in order; once the event is over the rest is not run."""
        heard: list[Message] = []
        over: Step | None = None
        for call in message.calls:
            if over:
                text = "not run: the event was over"
            elif problem := misfit(call, self._own):
                text = problem
            elif call.name in self._env_tools:
                step = self.env.step(Message("assistant", "", (call,)))
                if step.evict or step.done:
                    over, text = step, "noted"
                else:
                    text = "\n".join(said.content for said in step.messages)
            else:
                text = self._remember(call.name, call.arguments)
            heard.append(Message("tool", text, (), call.id))
        return heard, over

    def _remember(self, name: str, arguments: object) -> str:
        assert isinstance(arguments, Mapping)
        try:
            return self._memory.call(name, arguments)
        except Refused as refusal:
            return str(refusal)

    def _record_stored(self) -> None:
        now = self._memory.dump()
        if self._undone(tokens := self._ledger.weigh(now)):
            return
        held = {entry.id: entry for entry in now}
        new = tuple(entry for entry in now if self._held.get(entry.id) != entry)
        dropped = tuple(id for id in self._held if id not in held)
        self._held = held
        self._ledger.changed = False
        self.trace.records.append(Stored(self._event, new, dropped, tokens, self._ledger.writes))

    def _settle(self) -> None:
        """At every eviction the referee weighs the dump; what never passed the ledger is undone."""
        if self.budget.capacity is None:
            return
        entries = self._memory.dump()
        if len(entries) == len(self._held) and all(
            self._held.get(entry.id) == entry for entry in entries
        ):
            return
        self._ledger.tokens = self._ledger.weigh(entries)
        self._record_stored()

    def _undone(self, tokens: int) -> bool:
        """Whether a dump was beyond the capacity; then the memory is as it was last recorded."""
        if self.budget.capacity is None or tokens <= self.budget.capacity:
            return False
        self.trace.records.append(Cut(self._event, "memory beyond its capacity was undone"))
        kept = list(self._held.values())
        self._open(kept)
        self._ledger.tokens, self._ledger.changed = self._ledger.weigh(kept), False
        return True

    def _fit(self, composed: tuple[Message, ...]) -> tuple[Message, ...]:
        """Drops whole messages from the end until the view budget holds."""
        limit = self.budget.view
        if limit is None or not composed:
            return composed
        self._ledger.count("")
        while composed and count_messages(composed, self._ledger.known) > limit:
            composed = composed[:-1]
        return composed

    def _status(self) -> Message:
        ledger, budget = self._ledger, self.budget
        if budget.capacity is None or budget.writes is None or budget.slot is None:
            return Message("user", "[memory: no limits]")
        return Message(
            "user",
            f"[memory: {budget.writes - ledger.writes} of {budget.writes} writes left; "
            f"{ledger.tokens:,} of {budget.capacity:,} tokens held; "
            f"at most {budget.slot} tokens an entry]",
        )


def _copied(trace: Trace) -> Trace:
    return replace(trace, labels=dict(trace.labels), records=list(trace.records))


def play(episode: Episode, policy: Policy) -> Trace:
    """The only loop."""
    while not episode.done:
        episode.step(policy.act(episode.view(), episode.tools))
    return episode.trace
