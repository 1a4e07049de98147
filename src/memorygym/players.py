"""A language model as a player: what it is asked, what is kept of it, and who judges it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from memorygym.agents.chat import Chat, ToolMode
from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.executors import over_threads
from memorygym.judge import Judge, judge_trace
from memorygym.models.model import Model, unaddressed
from memorygym.models.naming import find
from memorygym.models.replay import Cached, taped
from memorygym.models.tape import Tape
from memorygym.runner import Failure, Plan, Result, labels_of, play_one, result_of
from memorygym.settings import Settings
from memorygym.trace import Trace

OF_THE_AGENT = ("tool_mode", "reasoning")
"""What a recipe tells of the agent; the rest of `model` is how the model was asked."""


@dataclass(frozen=True, slots=True)
class Player:
    """A model as it plays, and who judges what it says."""

    name: str
    model: Model
    tool_mode: ToolMode = "auto"
    reasoning: bool = False
    judge: Judge | None = None

    def chat(self, repeat: int) -> Chat:
        """The agent of one episode."""
        return Chat(self.model.sample(repeat), self.tool_mode, reasoning=self.reasoning)

    @property
    def replays(self) -> bool:
        """Whether its replies come from a tape already."""
        return isinstance(self.model, Cached)

    def recorded(self, tape: Tape) -> "Player":
        """The same, with every reply kept on a tape."""
        judge = self.judge
        if judge:
            judge = replace(judge, models=tuple(taped(model, tape) for model in judge.models))
        return replace(self, model=taped(self.model, tape), judge=judge)

    def describe(self) -> dict[str, JSON]:
        """How the model is asked."""
        return unaddressed(Chat(self.model, self.tool_mode, reasoning=self.reasoning).describe())


def player_of(recipe: Mapping[str, Any], tape: Tape | None, api_base: str | None = None) -> Player:
    """The model of a run's recipe and its judges: from the tape, or asked anew without one.

    Raises BadSettings if the recipe does not tell how they were asked.
    """
    asked, judged = recipe["model"], recipe["judge"]
    try:
        judge = judged and Judge(
            tuple(_recalled(one, tape, api_base) for one in judged["models"]),
            judged["prompt"],
            audit_accepted=judged["audit_accepted"],
        )
        return Player(
            recipe["agents"][0],
            _recalled({k: v for k, v in asked.items() if k not in OF_THE_AGENT}, tape, api_base),
            asked["tool_mode"],
            reasoning=asked["reasoning"] == "kept",
            judge=judge,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadSettings(f"the recipe does not tell how it was asked ({error!r})") from error


def _recalled(asked: Mapping[str, Any], tape: Tape | None, api_base: str | None) -> Model:
    if tape is not None:
        return Cached(tape, asked)
    options = {k: v for k, v in asked.items() if k not in ("provider", "name") and v is not None}
    return find(f"{asked['provider']}:{asked['name']}", api_base, **options)


def play_model(
    tasks: Sequence[Settings], player: Player, plan: Plan, workers: int
) -> Iterator[Result | Failure]:
    """A model on all tasks, in the order of the tasks, in threads. A refused key stops at once."""

    def trace_of(settings: Settings) -> Trace:
        chat = player.chat(settings.repeat)
        labels = labels_of(settings, player.name)
        trace = play_one(settings.deal(), chat, settings.make_memory, labels)
        trace.labels |= {"model": player.describe(), "usage": list(chat.usage)}
        return judge_trace(trace, player.judge) if player.judge else trace

    def one(settings: Settings) -> Result | Failure:
        return result_of(settings, player.name, plan, partial(trace_of, settings))

    return over_threads(one, tasks, workers)
