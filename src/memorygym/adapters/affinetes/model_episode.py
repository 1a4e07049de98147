"""An episode that a model plays, as `evaluate` reports it."""

import os
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from time import perf_counter
from typing import Any

from memorygym.adapters.affinetes.request import Choice
from memorygym.agents.chat import Chat
from memorygym.agents.reasoner_agent import agents_of
from memorygym.core.episode import play
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.trace import Action, Answer, Trace
from memorygym.core.track import find
from memorygym.core.types import Message, Policy, Tool
from memorygym.models import openai
from memorygym.models.chat_completions import to_wire
from memorygym.reports.exports import result_row
from memorygym.runs.episode_result import ResultOptions, place_of, result_of
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.systems import AgentSystem, System
from memorygym.scoring.episode_scores import outcomes
from memorygym.scoring.usage import usage_of

SCRIPTED = "memorygym/"
"""The prefix of a model that is a built-in agent: `memorygym/strategic`."""


class Abandoned(Exception):
    """The caller no longer waits for the episode."""


class ModelEpisode(Policy):
    """An episode that is played in a thread, to its end or until it is abandoned."""

    def __init__(
        self,
        choice: Choice,
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
            player, self._chat = (
                AgentSystem(model, choice.memory, model_roles=model_roles),
                model_roles.chat(model),
            )
        self._player = player
        self._policy = player.policy(self._task, self._chat)
        self._episode = player.begin(self._task, [])

    def play(self) -> dict[str, Any]:
        """Plays to the end; returns the result."""
        play(self._episode, self)
        trace = self._trace()
        player = System(self._model, self._player.memory)
        place = place_of(trace.track, self._choice.settings, 0, player)
        result = result_of(place, trace, ResultOptions())
        questions = [  # Without the truths.
            {
                "kind": outcome.goal.kind,
                "question_type": outcome.goal.question_type,
                "answer": outcome.answer,
                "correct": outcome.correct,
            }
            for outcome in outcomes(trace)
        ]
        extra = {
            **result_row(result, find(trace.track).version),
            **self._extra(trace),
            "questions": questions,
        }
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
        gold = self._task.gold
        return replace(self._episode.trace, gold=gold, labels=labels, records=records)

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
        return {
            **self._choice.facts(self._task),
            "model": self._model,
            "events_seen": len({record.event for record in trace.records}),
            "answers": sum(isinstance(record, Answer) for record in trace.records),
            "usage": _usage(trace),
            "conversation": [to_wire(message) for message in trace.messages()],
        }

    def _sleep(self, seconds: float) -> None:
        """Waits before the model tries again."""
        if self._gone.wait(seconds):
            raise Abandoned


def _usage(trace: Trace) -> dict[str, int | None]:
    """Usage in the OpenAI format; a figure that a reply lacked is None."""
    parts = usage_of(trace)
    whole = parts["ingest"] + parts["query"]
    prompt, completion = whole.prompt, whole.completion
    return {
        "calls": whole.calls,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": None if prompt is None or completion is None else prompt + completion,
    }
