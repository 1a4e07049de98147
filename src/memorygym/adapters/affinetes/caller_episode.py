"""An episode that the caller plays through `reset`, `step` and `state`."""

import secrets
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from memorygym.adapters.affinetes.request import Choice, sendable
from memorygym.agents.chat import Chat, merge_neighbours
from memorygym.agents.text_protocol import as_text
from memorygym.core.outcome import Score
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models.chat_completions import split_reasoning
from memorygym.models.scripted import Scripted
from memorygym.runs.systems import start_episode
from memorygym.scoring.episode_scores import score

try:
    from affinetes.core.openenv import OpenEnvResponse
except ImportError:

    @dataclass
    class OpenEnvResponse:  # type: ignore[no-redef]  # one of the two
        """The return value of an interactive call: the fields and defaults of affinetes' class."""

        observation: str
        reward: float = 0.0
        done: bool = False
        truncated: bool = False
        episode_id: str | None = None
        info: dict[str, Any] = field(default_factory=dict)

        def to_dict(self) -> dict[str, Any]:
            """As plain data."""
            return dict(vars(self))


__all__ = ["Game", "OpenEnvResponse", "unknown"]
OVER = "The episode is over."


class Game:
    """An open episode. It shows texts and reads replies as the chat agent does in text mode."""

    def __init__(self, choice: Choice, task_id: int | None) -> None:
        task = choice.settings.generate()
        self.id = secrets.token_hex(16)
        self.touched = monotonic()
        """When it was last used."""
        self._gold = task.gold
        self._episode = start_episode(task, memory_factory(choice.memory))
        self._about = {"task_id": task_id, **choice.facts(task)}
        self._score: Score | None = None

    @property
    def over(self) -> bool:
        """Whether the episode has ended."""
        return self._score is not None

    def shown(self, reward: float = 0.0, **more: Any) -> OpenEnvResponse:
        """All that the agent may read now; it must forget what was shown before."""
        info = {**self._about, "event": self._episode.trace.records[-1].event + 1, **more}
        if self._score:
            info["score"] = self._score.to_json()
            return OpenEnvResponse(OVER, reward, done=True, episode_id=self.id, info=sendable(info))
        view = merge_neighbours(as_text(self._episode.view(), self._episode.tools))
        info["messages"] = [message.to_openai() for message in view]
        text = "\n\n".join(f"[{message.role}]\n{message.content}" for message in view)
        return OpenEnvResponse(sendable(text), reward, episode_id=self.id, info=sendable(info))

    def step(self, action: object) -> OpenEnvResponse:
        """Takes a reply. The last one earns the reward, which is the composite."""
        if self.over:
            return self.shown(error=fault("episode_done", f"{OVER} Call reset() for another one."))
        if not isinstance(action, str):
            problem = f"an action is the text of a reply, not {action!r:.80}"
            return self.shown(error=fault("bad_action", problem))
        reply = Chat(Scripted([split_reasoning(action)[1]]), "text")
        episode = self._episode
        episode.step(reply.act(episode.view(), episode.tools))
        if not episode.done:
            return self.shown()
        episode.trace.gold = self._gold
        self._score = score(episode.trace)
        return self.shown(self._score.composite)


def unknown(episode_id: object) -> OpenEnvResponse:
    """The answer to a call for an episode that is not open."""
    kind, text = "no_episode_id", "Which episode? Give the episode_id that reset() returned."
    if episode_id:
        kind, text = "episode_not_found", f"No episode {episode_id!r:.80} is open: it was never"
        text += " begun, or was stopped or left alone."
    id = episode_id if isinstance(episode_id, str) else None
    error = {"error": fault(kind, text)}
    return OpenEnvResponse(text, done=True, truncated=True, episode_id=id, info=error)


def fault(kind: str, text: str) -> dict[str, Any]:
    """An error in the form that affinetes expects in `info`."""
    return {"type": kind, "message": text, "retryable": True}
