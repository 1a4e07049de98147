"""SkyRL: our tasks as environments of skyrl-gym. Call `register()` where the trainer starts (in its
remote entry point), and train on the rows of `TokenRollouts.data` as JSON lines.

Isolation: none. SkyRL keeps one conversation, so the policy has all earlier contexts in view, and
where its context would be reset it reads the new one as the next messages. What is learned is to
answer in a long conversation beside a memory: compare no score with those of `bench`.
"""

from collections.abc import Mapping
from typing import Any

from memorygym.training.libraries import require
from memorygym.training.token_rollouts import NAME, read_task

require("memorygym.adapters.skyrl", "skyrl-gym", "0.4.0", "skyrl")

import skyrl_gym  # noqa: E402  # Once we know that it is there.
from skyrl_gym.envs.base_text_env import BaseTextEnv, BaseTextEnvStepOutput  # noqa: E402

Chat = list[dict[str, str]]


class MemoryTextEnv(BaseTextEnv):  # type: ignore[misc]  # skyrl-gym is optional: not type-checked.
    """The episode of a data row. It ends by itself or by the row's `max_steps`, whatever SkyRL's
    `max_turns` says; that and `max_input_length` must leave room for it."""

    def __init__(self, env_config: Any = None, extras: Mapping[str, Any] | None = None) -> None:
        """`extras` are the data row's columns. Raises BadSettings for a row that is not ours."""
        super().__init__()
        rollouts, self._task = read_task((extras or {}).get("extra_info"))
        self._env = rollouts.env()
        self._score: float | None = None

    def init(self, prompt: Chat) -> tuple[Chat, dict[str, Any]]:
        """The first messages of the episode; the prompt only stands for its task."""
        _, info = self._env.reset(options=self._task)
        self._score, chat = None, self._env.chat()
        self._shown = {said.content for said in chat}
        opening = [{"role": said.role, "content": said.content} for said in chat]
        return opening, {"task": info["task"]}

    def step(self, action: str) -> BaseTextEnvStepOutput:
        """Takes a reply; the observation is what the policy reads before the next one."""
        _, reward, terminated, truncated, info = self._env.step(action)
        if done := terminated or truncated:
            self._score = info["score"]["composite"]
        news = [] if done else self._news()
        return BaseTextEnvStepOutput(observations=news, reward=reward, done=done, metadata={})

    def get_metrics(self) -> dict[str, Any]:
        """The score of the episode, from 0 to 1, once it has ended."""
        return {} if self._score is None else {"score": self._score}

    def close(self) -> None:
        self._env.close()

    def _news(self) -> Chat:
        """What the conversation has not, as one message: all after the last reply that the policy
        would see, and of what stands before it each text that was not shown, such as a changed
        system message."""
        chat = self._env.chat()
        after = max((at for at, said in enumerate(chat) if said.role == "assistant"), default=0)
        news = [
            said.content
            for at, said in enumerate(chat)
            if at > after or (said.role != "assistant" and said.content not in self._shown)
        ]
        self._shown.update(news)
        return [{"role": "user", "content": "\n\n".join(news)}]


def register() -> None:
    """Makes skyrl-gym know our environment; a second call changes nothing."""
    if NAME not in skyrl_gym.registry:
        skyrl_gym.register(id=NAME, entry_point=f"{__name__}:{MemoryTextEnv.__name__}")
