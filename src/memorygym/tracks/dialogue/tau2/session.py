"""A session: the conversations of several customers, one after the other or in turn.

Every customer has a database of their own, because tau2-bench's evaluator compares it with that of
the reference solution. What a session shares is the agent, and so its memory.
"""

import json
from collections import deque
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from memorygym.core.json_values import thaw
from memorygym.core.types import Env, Message, Step, Task
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.script import label
from memorygym.tracks.dialogue.tau2.tasks import domain


class Tau2Env(Env):
    """Plays a session through tau2-bench's orchestrator; a message of a customer begins an event.

    The answer of an event is the JSON list of the conversations that ended in it.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self._settings = thaw(task.state)
        self._domain = domain(self._settings["domain"])
        self.tools = self._domain.tools
        self._waiting = deque(range(len(self._settings["tasks"])))
        self._active: deque[int] = deque()
        self._conversations: dict[int, Any] = {}
        self._unread: dict[int, Sequence[Message]] = {}
        """By customer: what the agent has yet to see."""

    def reset(self) -> Step:
        return self._next([])

    def step(self, reply: Message) -> Step:
        customer = self._active[0]
        conversation = self._conversations[customer]
        shown = conversation.send(reply)
        if conversation.done:
            self._active.popleft()
            return self._next([self._ended(customer)])
        if reply.calls:
            return Step(tuple(shown))
        self._unread[customer] = shown
        self._active.rotate(-1)
        return self._next([])

    def fork(self) -> "Tau2Env":
        shared = (self.task, self._domain, self.tools)
        return deepcopy(self, {id(part): part for part in shared})

    def _next(self, ended: list[dict[str, Any]]) -> Step:
        """The step that shows the next customer's message, or ends the session."""
        messages: tuple[Message, ...] = ()
        while not messages and (self._waiting or self._active):
            while self._waiting and len(self._active) < self._settings["at_once"]:
                self._active.append(self._waiting.popleft())
            customer = self._active[0]
            if customer not in self._conversations:
                self._unread[customer] = self._begin(customer)
            if self._conversations[customer].done:
                self._active.popleft()
                ended.append(self._ended(customer))
            else:
                messages = self._labelled(customer, self._unread.pop(customer))
        return Step(
            messages,
            reward=sum(conversation["reward"] for conversation in ended),
            done=not messages,
            evict=True,
            answer=json.dumps(ended) if ended else None,
        )

    def _begin(self, customer: int) -> Sequence[Message]:
        simulation = checkout.load("memorygym.tracks.dialogue.tau2.simulation")
        task = self._domain.tasks[self._settings["tasks"][customer]]
        conversation = simulation.Tau2Conversation(self._settings["domain"], task, self._settings)
        self._conversations[customer] = conversation
        shown: Sequence[Message] = conversation.begin()
        return shown

    def _ended(self, customer: int) -> dict[str, Any]:
        reward, parts, reason = self._conversations[customer].reward()
        return {"customer": customer, "reward": reward, "parts": parts, "ended": reason}

    def _labelled(self, customer: int, shown: Sequence[Message]) -> tuple[Message, ...]:
        if len(self._settings["tasks"]) == 1:
            return tuple(shown)
        return tuple(
            replace(message, content=label(customer, message.content))
            if message.role == "user"
            else message
            for message in shown
        )
