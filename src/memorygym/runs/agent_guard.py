"""The guard around an agent: its own error, or a reply that is no Message, fails its episode.

An agent is other people's code, as a memory is. The other episodes of the run are played.
"""

from collections.abc import Callable, Sequence

from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryGymError
from memorygym.core.guard import raised
from memorygym.core.tools import check_reply
from memorygym.core.types import Message, Policy, Tool

ADVICE = "memorygym.testing.check_policy lists every broken rule."
WELL_FORMED = "Return a Message, as examples/my_agent.py does."


class AgentFault(MemoryGymError):
    """An agent broke its protocol: an error in its code."""


class AgentGuard(Policy):
    """An agent that is made at its first event. Its errors are raised as AgentFault."""

    def __init__(self, name: str, make: Callable[[], Policy], episode: Episode) -> None:
        self._name, self._make, self._episode = name, make, episode
        self._policy: Policy | None = None

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        method = "the factory"
        try:
            self._policy = self._policy or self._make()
            method = "act()"
            reply: object = self._policy.act(view, tools)
        except MemoryGymError:
            raise
        except Exception as error:
            raise self._fault(f"{method} {raised(error)}", ADVICE) from error
        try:
            return check_reply(reply)
        except TypeError as error:
            problem = f"act() returned {reply!r:.80}"
            raise self._fault(f"{problem} ({error})", f"{WELL_FORMED} {ADVICE}") from error

    def _fault(self, problem: str, advice: str) -> AgentFault:
        event = self._episode.event + 1
        return AgentFault(f"agent {self._name}: {problem} at event {event}. {advice}")
