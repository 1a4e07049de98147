"""The episodes of affinetes: what callers ask for, checked, and played by them or by a model.

Only built-in parts are ever loaded.
"""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Event
from time import monotonic, perf_counter
from typing import Any, TypeVar

from memorygym.agents.chat import Chat, as_reply, merge_neighbours
from memorygym.agents.reasoner_agent import agents_of
from memorygym.agents.text_protocol import as_text
from memorygym.core import registry
from memorygym.core.episode import play
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.outcome import Score
from memorygym.core.trace import Action, Answer, Trace
from memorygym.core.track import find, version_of
from memorygym.core.types import JSON, Message, Policy, Task, Tool
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models import openai
from memorygym.models.chat_completions import split_reasoning, to_wire
from memorygym.reports.exports import result_row
from memorygym.runs.episode_result import ResultOptions, place_in, result_of
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import check_argument, checked_salt
from memorygym.runs.systems import AgentSystem, start_episode
from memorygym.scoring.episode_scores import outcomes, score
from memorygym.scoring.usage import Usage, usage_of
from memorygym.tracks.worlds.generator.tiers import TIERS
from memorygym.tracks.worlds.settings import WorldsSettings

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


__all__ = [
    "Game",
    "ModelEpisode",
    "OpenEnvResponse",
    "SystemChoice",
    "choice_of",
    "sendable",
    "unknown",
]
FIRST = "company"
"""The template if the caller names none."""
SCRIPTED = "memorygym/"
"""The prefix of a model that is a built-in agent: `memorygym/strategic`."""
OVER = "The episode is over."
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SystemChoice:
    """A task, and the memory that it is played with."""

    settings: WorldsSettings
    memory: str

    def facts(self, task: Task) -> dict[str, JSON]:
        """The fields about the episode in every answer; a secret is mentioned, not shown."""
        settings = self.settings
        return {
            "template": settings.template,
            "seed": settings.seed,
            "tier": settings.tier,
            "backend": self.memory,
            "salted": bool(settings.salt),
            "version": version_of(task.track),
            "events": len(task.events),
        }


def choice_of(
    task_id: object, seed: object, template: object, tier: object, backend: object, salt: object
) -> SystemChoice:
    """The task that was asked for: by task id, or else by `template` and `seed`.

    Raises UnknownPart or BadSettings.
    """
    # The registry also takes `package.module:object`, which would let a caller run any code.
    template = None if template is None else registry.require_name("templates", str(template))
    if task_id is not None:
        meant, seed = where(_whole("task_id", task_id))
        if template not in (None, meant):
            raise BadSettings(
                f"task_id {task_id} is of the template {meant}, not {template}; leave template out"
            )
        template = meant
    if tier not in tuple(TIERS):
        raise UnknownPart("tier", str(tier), TIERS)
    secret = "" if salt is None else checked_salt(str(salt), "salt")
    settings = WorldsSettings(template or FIRST, _whole("seed", seed), str(tier), salt=secret)
    return SystemChoice(settings, registry.require_name("memory", str(backend)))


def where(task_id: int) -> tuple[str, int]:
    """Template and seed of a task id: ids run through all templates with seed 0, then seed 1, …

    >>> where(0), where(9), where(10)
    (('agentteam', 0), ('university', 0), ('agentteam', 1))
    """
    seed, place = divmod(task_id, len(_templates()))
    return _templates()[place], seed


@cache
def _templates() -> list[str]:
    """The built-in templates; one of another package must not shift the ids."""
    names = registry.names("templates")
    return [name for name in names if registry.is_built_in("templates", name)]


def sendable(value: T) -> T:
    """The value after JSON; lone surrogates, which no body can carry, become `?`."""
    text: T = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return text


def _whole(name: str, value: object) -> int:
    check_argument(name, value, int)
    if not isinstance(value, int) or value < 0:
        raise BadSettings(f"{name}={value}: give a whole number from 0")
    return value


class Game:
    """An open episode. It shows texts and reads replies as the chat agent does in text mode."""

    def __init__(self, choice: SystemChoice, task_id: int | None) -> None:
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
        episode, reply = self._episode, Message("assistant", split_reasoning(action)[1])
        episode.step(as_reply(reply, episode.view()))
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


class Abandoned(Exception):
    """The caller no longer waits for the episode."""


class ModelEpisode(Policy):
    """An episode that is played in a thread, to its end or until it is abandoned."""

    def __init__(
        self,
        choice: SystemChoice,
        model: object,
        base_url: str | None = None,
        api_key: str | None = None,
        **options: Any,
    ) -> None:
        if not isinstance(model, str) or not model.strip():
            raise BadSettings(f"model {model!r}: give a name, or {SCRIPTED}AGENT")
        self._choice = choice
        self._model = model
        self._gone = Event()
        self._began = perf_counter()
        self._task = choice.settings.generate()
        self._chat: Chat | None = None
        if model.startswith(SCRIPTED):
            agent, own = model.removeprefix(SCRIPTED), agents_of(find("worlds"))
            if agent not in own:
                raise UnknownPart("agents", agent, own)
            player = AgentSystem(agent, choice.memory)
        else:
            mode = options.pop("tool_mode", "auto")
            environ = {"OPENAI_API_KEY": api_key} if api_key else os.environ
            own_model = openai.make(model, base_url, environ=environ, sleep=self._sleep, **options)
            model_roles = ModelRoles({model: own_model}, tool_mode=mode)
            player = AgentSystem(model, choice.memory, model_roles=model_roles)
            self._chat = model_roles.chat(model)
        self._player = player
        self._policy = player.policy(self._task, self._chat)
        self._episode = player.begin(self._task, [])

    def play(self) -> dict[str, Any]:
        """Plays to the end; returns the result."""
        play(self._episode, self)
        trace = self._trace()
        result = result_of(place_in(trace), trace, ResultOptions())
        questions = [  # Without the truths.
            {
                "kind": outcome.goal.kind,
                "question_type": outcome.goal.question_type,
                "answer": outcome.answer,
                "correct": outcome.correct,
            }
            for outcome in outcomes(trace)
        ]
        row = result_row(result, find(trace.track).version)
        extra = {**row, **self._extra(trace), "questions": questions}
        return self._result(result.score.composite, extra)

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if self._gone.is_set():
            raise Abandoned
        return self._policy.act(view, tools)

    def abandon(self) -> None:
        """Ends the thread at its next reply; the model is not asked again."""
        self._gone.set()

    def failed(self, kind: str, reason: str) -> dict[str, Any]:
        """The result so far, with an error and without a score, which is not a score of 0."""
        result = self._result(None, self._extra(self._trace()))
        return {**result, "error": reason, "error_type": kind}

    def _trace(self) -> Trace:
        """The trace so far, complete enough to be scored; the thread may still be writing."""
        records = list(self._episode.trace.records)
        replies = sum(isinstance(record, Action) for record in records)
        labels = {**self._player.system.labels(self._task.track, 0), "agent": self._model}
        if self._chat:
            labels["usage"] = self._chat.usage[:replies]
        return replace(self._episode.trace, gold=self._task.gold, labels=labels, records=records)

    def _result(self, points: float | None, extra: dict[str, Any]) -> dict[str, Any]:
        extra["valid_for_scoring"] = points is not None
        return {
            "task_name": f"memorygym:{self._choice.settings.template}:{self._choice.settings.tier}",
            "score": points,
            "success": points is not None and points > 0,
            "time_taken": perf_counter() - self._began,
            "extra": extra,
        }

    def _extra(self, trace: Trace) -> dict[str, Any]:
        usage = sum(usage_of(trace).values(), Usage(0, 0, 0, 0))
        prompt, written = usage.prompt, usage.completion
        return {
            **self._choice.facts(self._task),
            "model": self._model,
            "events_seen": len({record.event for record in trace.records}),
            "answers": sum(isinstance(record, Answer) for record in trace.records),
            "usage": {  # A figure that a reply lacked is None.
                "calls": usage.calls,
                "prompt_tokens": prompt,
                "completion_tokens": written,
                "total_tokens": None if prompt is None or written is None else prompt + written,
            },
            "conversation": [to_wire(message) for message in trace.messages()],
        }

    def _sleep(self, seconds: float) -> None:
        """Waits before the model tries again."""
        if self._gone.wait(seconds):
            raise Abandoned
