"""The models of a run, by role: deciding, writing for memories, judging answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import partial
from typing import Any

from memorygym.agents.calls import END
from memorygym.agents.chat import Chat, ToolMode
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.json_values import canonical
from memorygym.core.track import find as track_named
from memorygym.core.types import JSON, Message, Policy, Tool, Writer
from memorygym.models import extractive
from memorygym.models.model import Model, Reply, without_endpoint
from memorygym.models.reply_log import Cached, ReplyLog, logged
from memorygym.models.specs import find
from memorygym.models.writer import writer_of
from memorygym.scoring.judge import Judge

OF_THE_AGENT = ("tool_mode", "reasoning")
"""Fields of a recipe that are the agent's; the others say how the model was asked."""


class UnusedModel(Model):
    """A model of a run that is read, not played."""

    def __init__(self, settings: Mapping[str, JSON]) -> None:
        self._settings = settings

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        raise BadSettings(
            f"the model {self._settings.get('name')} cannot be asked here: the run is only read;"
            " play it with `bench` or `compare`"
        )

    def describe(self) -> dict[str, JSON]:
        return dict(self._settings)


class DecisionsOnly(Policy):
    """A policy that asks its model only where the track needs a decision."""

    def __init__(self, model: Policy, asks: Callable[[Sequence[Message]], bool]) -> None:
        self._model, self._asks = model, asks

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._model.act(view, tools) if self._asks(view) else END


class NumberedReplies(Policy):
    """A policy that numbers a model's usage rows by reply; not every reply is the model's."""

    def __init__(self, policy: Policy, model: Chat) -> None:
        self._policy, self._usage = policy, model.usage
        self._replies = 0

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        rows = len(self._usage)
        reply = self._policy.act(view, tools)
        for row in self._usage[rows:]:
            row["reply"] = self._replies
        self._replies += 1
        return reply


Recall = Callable[[Mapping[str, Any]], Model]
"""A function that makes a model from its settings."""


@dataclass(frozen=True, slots=True)
class ModelRoles:
    """All models of a run, and how they are asked."""

    models: Mapping[str, Model] = field(default_factory=dict)
    """The models that decide, by name."""
    writing: Model | None = None
    """The model that writes for memories; None is the offline extractive model."""
    judge: Judge | None = None
    """The judge that may accept a model's answers that the grader rejected."""
    tool_mode: ToolMode = "auto"
    reasoning: bool = False
    """Whether a model sees its own earlier reasoning."""

    @property
    def waits(self) -> bool:
        """Whether a model is asked, so that many episodes can wait at a time."""
        return bool(self.models or self.writing)

    @property
    def asks(self) -> bool:
        """Whether any model is really asked, not replayed."""
        judges = self.judge.models if self.judge else ()
        models = [*self.models.values(), *([self.writing] if self.writing else []), *judges]
        return any(not isinstance(model, Cached) for model in models)

    def chat(self, name: str, repeat: int = 0) -> Chat:
        """The agent of one episode."""
        model = self.models[name].sample(repeat)
        return Chat(model, self.tool_mode, reasoning=self.reasoning)

    @property
    def writer(self) -> Writer:
        """The model behind `MemoryContext.write`."""
        return writer_of(self.writing) if self.writing else extractive.write

    def recorded(self, reply_log: ReplyLog) -> "ModelRoles":
        """The same roles, with every reply kept in the reply log."""
        models = {name: logged(model, reply_log) for name, model in self.models.items()}
        writing = self.writing and logged(self.writing, reply_log)
        judge = self.judge
        if judge:
            judge = replace(judge, models=tuple(logged(model, reply_log) for model in judge.models))
        return replace(self, models=models, writing=writing, judge=judge)

    def describe(self, name: str) -> dict[str, JSON]:
        """The settings of a model."""
        chat = Chat(self.models[name], self.tool_mode, reasoning=self.reasoning)
        return without_endpoint(chat.describe())

    def recipe(self) -> dict[str, JSON]:
        """The settings of all models, as a run's recipe holds them."""
        return {
            "models": {name: self.describe(name) for name in self.models},
            "memory_model": without_endpoint(self.writing.describe()) if self.writing else None,
            "judge": self.judge.describe() if self.judge else None,
        }


def asks_models(recipe: Mapping[str, Any]) -> bool:
    """Whether models play in a run of this recipe, or write for its memories."""
    return bool(recipe["models"] or recipe["memory_model"])


def model_roles_of(recipe: Mapping[str, Any], recall: Recall = UnusedModel) -> ModelRoles:
    """The models of a run's recipe."""
    first: Mapping[str, Any] = next(iter(recipe["models"].values()), {})
    judged, writing = recipe["judge"], recipe["memory_model"]
    judge = judged and Judge(tuple(map(recall, judged["models"])), judged["prompt"])
    models = {
        name: recall({k: v for k, v in asked.items() if k not in OF_THE_AGENT})
        for name, asked in recipe["models"].items()
    }
    tool_mode, reasoning = first.get("tool_mode", "auto"), first.get("reasoning") == "kept"
    return ModelRoles(
        models, recall(writing) if writing else None, judge, tool_mode, reasoning=reasoning
    )


def from_log(reply_log: ReplyLog) -> Recall:
    """Models that replay a reply log."""
    return partial(Cached, reply_log)


def anew(api_base: str | None = None) -> Recall:
    """Models that are asked again."""

    def recall(asked: Mapping[str, Any]) -> Model:
        if not {"provider", "name"} <= asked.keys():
            raise BadSettings(f"the recipe does not say how to reach the model {canonical(asked)}")
        options = {
            k: v for k, v in asked.items() if k not in ("provider", "name") and v is not None
        }
        return find(f"{asked['provider']}:{asked['name']}", api_base, **options)

    return recall


def asked_reasoners(track: str, names: Sequence[str]) -> list[str]:
    """Those that are models and no scripted reasoners of the track. Raises UnknownPart for one of
    another track, or a slip."""
    scripted = tuple(track_named(track).reasoners)
    asked = [name for name in names if name not in scripted]
    tracks = map(track_named, registry.names("tracks"))
    if elsewhere := {name for other in tracks for name in other.reasoners}.intersection(asked):
        raise UnknownPart(f"reasoner of the track {track}", min(elsewhere), scripted)
    for name in asked:
        check_slip("reasoner", name, scripted)
    return asked


def check_slip(kind: str, name: str, offline: Sequence[str]) -> None:
    """Raises UnknownPart for a model's name that is nearly that of a part without a model."""
    if near := get_close_matches(name, offline, 1, 0.7):
        raise UnknownPart(kind, name, near)
