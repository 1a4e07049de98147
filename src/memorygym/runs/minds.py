"""The models of a run: who decides, who writes for memories, and who judges answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from memorygym.agents.calls import END
from memorygym.agents.chat import Chat, ToolMode
from memorygym.core import JSON, Message, Policy, Tool, Writer
from memorygym.judge import Judge
from memorygym.models import extractive
from memorygym.models.model import Model, unaddressed
from memorygym.models.replay import Cached, taped
from memorygym.models.tape import Tape
from memorygym.models.writing import writer_of


class Silent(Policy):
    """Lets a model speak where the track wants a decision, and is silent everywhere else."""

    def __init__(self, model: Policy, asks: Callable[[Sequence[Message]], bool]) -> None:
        self._model, self._asks = model, asks

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._model.act(view, tools) if self._asks(view) else END


@dataclass(frozen=True, slots=True)
class Minds:
    """All models that a run asks, and how."""

    models: Mapping[str, Model] = field(default_factory=dict)
    """Who decides, by name."""
    writing: Model | None = None
    """What memories ask; without it the offline extractive model."""
    judge: Judge | None = None
    """Who may repair what the grader rejected of a model's answers."""
    tool_mode: ToolMode = "auto"
    reasoning: bool = False
    """Whether a model is shown its own reasoning again."""

    @property
    def waits(self) -> bool:
        """Whether a model is asked: then many episodes wait at a time."""
        return bool(self.models or self.writing)

    @property
    def asks(self) -> bool:
        """Whether any of them is really asked, and not replayed."""
        judges = self.judge.models if self.judge else ()
        models = [*self.models.values(), *([self.writing] if self.writing else []), *judges]
        return any(not isinstance(model, Cached) for model in models)

    def chat(self, name: str, repeat: int = 0) -> Chat:
        """The agent of one episode."""
        model = self.models[name].sample(repeat)
        return Chat(model, self.tool_mode, reasoning=self.reasoning)

    @property
    def writer(self) -> Writer:
        """The model behind `Meter.write`."""
        return writer_of(self.writing) if self.writing else extractive.write

    def recorded(self, tape: Tape) -> "Minds":
        """The same, with every reply kept on a tape."""
        models = {name: taped(model, tape) for name, model in self.models.items()}
        writing = self.writing and taped(self.writing, tape)
        judge = self.judge
        if judge:
            judge = replace(judge, models=tuple(taped(model, tape) for model in judge.models))
        return replace(self, models=models, writing=writing, judge=judge)

    def describe(self, name: str) -> dict[str, JSON]:
        """How that model is asked."""
        chat = Chat(self.models[name], self.tool_mode, reasoning=self.reasoning)
        return unaddressed(chat.describe())

    def recipe(self) -> dict[str, JSON]:
        """How all are asked, as the recipe of a run tells it."""
        return {
            "models": {name: self.describe(name) for name in self.models},
            "memory_model": unaddressed(self.writing.describe()) if self.writing else None,
            "judge": self.judge.describe() if self.judge else None,
        }
