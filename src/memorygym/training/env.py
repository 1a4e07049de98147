"""MemoryEnv: an episode of any track as a Gymnasium environment whose actions are texts."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from math import inf, isfinite
from numbers import Real
from operator import index
from typing import Any, Literal, SupportsIndex

from gymnasium import Env, spaces
from gymnasium.error import ResetNeeded

from memorygym.agents.chat import as_reply, merge_neighbours
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.agents.text_protocol import as_text
from memorygym.core.episode import Episode
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import json_value
from memorygym.core.tools import call_problem
from memorygym.core.trace import MemoryUpdate, Trace
from memorygym.core.track import TaskRecipe, find, reader_of
from memorygym.core.types import Call, Message, Policy, Tool
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models.chat_completions import split_reasoning
from memorygym.runs.systems import FreshPolicy, System, policy_maker, start_episode
from memorygym.runs.tasks import Limits
from memorygym.scoring.episode_scores import score
from memorygym.training.rewards import RewardFunction, reward_named
from memorygym.training.tasks import Curriculum, TaskStream, recipes

OVER = "The episode is over."
"""The last observation of an episode."""
Action = str | Message | Mapping[str, Any]
"""A reply: its text, a Message, an OpenAI chat message, or one call {"name", "arguments"}."""
_OBSERVATIONS = ("view", "new")


class AnyText(spaces.Text):  # type: ignore[misc]  # Gymnasium is optional, so not type-checked.
    """The space of all texts; with `also` of other types of values, too."""

    def __init__(self, *also: type) -> None:
        super().__init__(max_length=256, min_length=0, charset="memory gym")
        self._types = (str, *also)

    def contains(self, x: object) -> bool:
        return isinstance(x, self._types)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvSettings:
    """The options of MemoryEnv beside its track's parameters. Raises UnknownPart or BadSettings."""

    memory: str = "markdown"
    """The memory, by any name or spec that `bench` takes; without tools the policy just acts."""
    reward: str | RewardFunction = "score"
    """`score`, `shaped`, or a RewardFunction, of which each episode takes a fork."""
    split: str = "train"
    seed: int = 0
    """The seed of the stream of tasks, until `reset` names another."""
    observation: Literal["view", "new"] = "view"
    """`view`: all that a model reads now. `new`: what was added since the last observation and the
    reply to it, or the whole view if that was evicted (then `info["restart"]` is true)."""
    max_steps: int | None = None
    """Steps after which an episode is truncated."""
    malformed_penalty: float = 0.0
    """Subtracted from the reward of a reply with a call that is unreadable or does not fit any
    tool; the agent reads what is wrong with it."""
    limits: Limits = field(default_factory=Limits)
    """Limits in place of the task's: capacity, turns, patience."""
    reader: str | None = None
    """An agent that plays the events that ask in the policy's place, such as `strong`: what is
    trained is a memory manager, and the reader is frozen (Memory-R1, arXiv 2508.19828)."""
    curriculum: Curriculum | None = None
    """What chooses the parameters of each episode; environments may share one."""

    def __post_init__(self) -> None:
        if self.observation not in _OBSERVATIONS:
            raise UnknownPart("observation", str(self.observation), _OBSERVATIONS)
        if self.max_steps is not None and self.max_steps < 1:
            raise BadSettings(f"max_steps {self.max_steps}: give at least 1, or None for no limit")
        if not 0 <= self.malformed_penalty < inf:
            raise BadSettings(f"malformed_penalty {self.malformed_penalty}: give at least 0")
        reward_named(self.reward)


class MemoryEnv(Env[str, Action]):  # type: ignore[misc]  # See AnyText.
    """An environment in which a policy plays episodes of a track with a memory.

    `reset(seed=…)` begins the stream of that seed, `reset()` takes its next task. Options change
    the track's parameters and the split of one episode; with a `seed` among them the task is that
    template's of this seed. `info` has what a program needs, in public: never an answer.

    >>> env = MemoryEnv("worlds", template="company", tier="lite", memory="bm25")
    >>> observation, info = env.reset(seed=1)
    >>> observation, reward, terminated, truncated, info = env.step("Noted.")
    """

    metadata = {"render_modes": ["ansi"], "render_fps": 1}  # noqa: RUF012  # Gymnasium's form.

    def __init__(
        self, track: str = "worlds", *, render_mode: str | None = None, **options: Any
    ) -> None:
        known = {option.name for option in fields(EnvSettings)}
        self._track = find(track)
        choices = known | {*self._track.parameters(), "template"}
        if unknown := [name for name in options if name not in choices]:
            raise UnknownPart("option of MemoryEnv", unknown[0], choices)
        self.settings = EnvSettings(**{name: options.pop(name) for name in known & options.keys()})
        self.render_mode = render_mode
        self.observation_space, self.action_space = AnyText(), AnyText(Message, Mapping)
        self.track, self.parameters = self._track.name, options
        self._stream = self._stream_of(self.settings.seed)
        self._make_memory = memory_factory(self.settings.memory)
        if self.settings.reader:
            check_agent(self.settings.reader, agents_of(self._track))
        self._episode: Episode | None = None
        self._reader: Policy | None = None
        self._ended = False

    def reset(
        self, *, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        super().reset(seed=seed)
        # A copy, so that a copy of this environment goes on as if this reset was not tried.
        self._stream = copy(self._stream) if seed is None else self._stream_of(seed)
        self._recipe = self._next_recipe(dict(options or {}))
        self._task = self.settings.limits.applied(self._recipe.generate())
        self._begin(start_episode(self._task, self._make_memory))
        if self._reader:
            self._asked = frozenset(goal.event for goal in reader_of(self._judged).goals)
            if self._let_reader_play().done:
                raise BadSettings(f"{self.track}: every event asks, so a reader leaves no event")
        self._reward = reward_named(self.settings.reward).fork()
        self._steps, self._read, self._shown = 0, 0, list[int]()
        self._update: MemoryUpdate | None = None
        self._offered: tuple[Tool, ...] | None = None
        self._ended = False
        return self._observe(malformed=False)

    def step(self, action: Action) -> tuple[str, float, bool, bool, dict[str, Any]]:
        episode = self._running()
        reply = as_reply(_message(action), self._view)
        malformed = any(call_problem(call, self._tools) for call in reply.calls)
        episode.step(reply)
        self._let_reader_play()
        self._steps += 1
        terminated = episode.done
        truncated = not terminated and self._steps >= (self.settings.max_steps or inf)
        self._ended = terminated or truncated
        reward = self._reward.step(self._judged, ended=self._ended)
        if not _is_finite(reward):
            given = self.settings.reward
            raise BadSettings(f"the reward {given!r:.80} gave {reward!r:.40}, not a finite number")
        reward -= self.settings.malformed_penalty * malformed
        observation, info = self._observe(malformed=malformed)
        if self._ended:
            result = score(self._judged)
            info["score"] = result.to_json()
            if self.settings.curriculum:
                self.settings.curriculum.report(result.composite)
            # What has ended keeps its trace alone.
            self._episode = self._reader = None
        return observation, reward, terminated, truncated, info

    def fork(self) -> "MemoryEnv":
        """An independent environment in the same state; what is done in one shows in none else."""
        other = copy(self)
        other.settings = replace(self.settings, curriculum=copy(self.settings.curriculum))
        if self._episode:
            other._begin(self._episode.fork())
            other._reward = self._reward.fork()
        return other

    @property
    def trace(self) -> Trace:
        """The trace of the finished episode, with its gold table. Raises BadSettings before."""
        if not self._ended:
            raise BadSettings("the trace holds the answers: it can be read once the episode ended")
        labels = System("policy", self.settings.memory).labels(self._track.name, 0)
        self._judged.labels.update(labels)
        return self._judged

    def render(self) -> str | None:
        """All that a model reads now, if the render mode is `ansi`."""
        if self.render_mode != "ansi":
            return None
        if self._episode is None and not self._ended:
            raise ResetNeeded("call reset() before render()")
        return OVER if self._ended else _text(self.chat())

    def chat(self) -> list[Message]:
        """All that a model without native tool calling reads now: the tools in the system message,
        calls and results as text. Roles are system, user and assistant. Nothing after the end."""
        return [*self._chat]

    def close(self) -> None:
        self._episode, self._ended = None, False

    def _stream_of(self, seed: int) -> TaskStream:
        return TaskStream(self._track.name, self.settings.split, seed, self.parameters)

    def _next_recipe(self, options: dict[str, Any]) -> TaskRecipe:
        """The recipe of the task to reset to. Raises UnknownPart or BadSettings."""
        seed, stream, curriculum = options.pop("seed", None), self._stream, self.settings.curriculum
        split = options.pop("split", stream.split)
        chosen = curriculum.parameters(stream.position) if curriculum and seed is None else {}
        parameters = {**stream.parameters, **chosen, **options}
        if seed is not None:
            if not isinstance(seed, SupportsIndex):
                raise BadSettings(f"the option seed {seed!r:.60}: give a whole number")
            first = index(seed)
            return recipes(self._track.name, split, range(first, first + 1), **parameters)[0]
        if chosen or options or split != stream.split:
            stream = replace(stream, split=split, parameters=parameters)
            self._stream.position += 1
        return next(stream)

    def _begin(self, episode: Episode) -> None:
        self._episode = episode
        self._judged = replace(episode.trace, gold=self._task.gold)  # It shares the records.
        if self.settings.reader:
            self._reader = FreshPolicy(policy_maker(self.settings.reader, self._task), episode)

    def _let_reader_play(self) -> Episode:
        """Plays the events that ask, if the policy does not; returns the episode."""
        assert self._episode is not None  # reset() has made it.
        episode, reader = self._episode, self._reader
        while reader and not episode.done and episode.event in self._asked:
            episode.step(reader.act(episode.view(), episode.tools))
        return episode

    def _running(self) -> Episode:
        if self._ended:
            raise ResetNeeded(f"{OVER} Call reset() for the next one.")
        if self._episode is None:
            raise ResetNeeded("call reset() before step()")
        return self._episode

    def _observe(self, *, malformed: bool) -> tuple[str, dict[str, Any]]:
        """The observation and the info of now."""
        episode = self._running() if not self._ended else None
        self._view = episode.view() if episode else []
        info = self._public(malformed=malformed)
        if not episode:
            self._chat = []
            return OVER, info
        if episode.tools is not self._offered:
            self._offer(episode.tools)
        info["tools"] = self._openai_tools
        self._chat = merge_neighbours([*self._system, *as_text(self._view[1:], ())])
        messages, before = self._chat, self._shown
        self._shown = shown = list(map(hash, messages))  # A thousand environments keep no texts.
        info["restart"] = not before or shown[: len(before)] != before
        if info["restart"] or self.settings.observation == "view":
            return _text(messages), info
        return _text(messages[len(before) + 1 :]), info  # Between both stands the reply.

    def _public(self, *, malformed: bool) -> dict[str, Any]:
        """The part of `info` that every step has."""
        assert self._episode is not None  # reset() has made it.
        records, budget = self._episode.trace.records, self._episode.budget
        for record in records[self._read :]:
            if isinstance(record, MemoryUpdate):
                self._update = record
        self._read = len(records)
        writes = self._update.writes if self._update else 0
        return {
            "messages": [message.to_openai() for message in merge_neighbours(self._view)],
            "tools": [],
            "task": {"template": self._recipe.template, "seed": self._recipe.seed},
            "event": self._episode.event,
            "writes_left": None if budget.writes is None else budget.writes - writes,
            "tokens_held": self._update.tokens if self._update else 0,
            "malformed": malformed,
            "restart": False,
        }

    def _offer(self, tools: tuple[Tool, ...]) -> None:
        """Prepares what the tools on offer need: they change at most with a session."""
        self._offered, self._tools = tools, {tool.name: tool for tool in tools}
        self._openai_tools = [tool.to_openai() for tool in tools]
        self._system = as_text(self._view[:1], tools)


def _message(action: Action) -> Message:
    """The reply of an action. Raises TypeError for what is none."""
    match action:
        case str():
            return Message("assistant", split_reasoning(action)[1])
        case Message():
            return action
        case {"role": _} | {"content": _} | {"tool_calls": _}:
            return Message.from_openai({"role": "assistant", **action})
        case {"name": name}:
            call = Call(str(name), json_value(action.get("arguments", {})))
            return Message("assistant", "", (call,))
    expected = "a text, a Message, an OpenAI message or a call"
    raise TypeError(f"an action is {expected}, not {action!r:.80}")


def _is_finite(value: object) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _text(messages: Sequence[Message]) -> str:
    """Messages as one text.

    >>> _text([Message("user", "Hi"), Message("assistant", "Ho")])
    '[user]\\nHi\\n\\n[assistant]\\nHo'
    """
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in messages)
