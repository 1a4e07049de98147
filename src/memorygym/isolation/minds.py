"""Who reasons, and who writes for memories: scripted and offline, or models."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from memorygym.agents.calls import END
from memorygym.agents.chat import Chat
from memorygym.core import JSON, Message, Policy, Task, Tool, Writer
from memorygym.errors import UnknownPart
from memorygym.judge import Judge
from memorygym.models import extractive
from memorygym.models.model import Model, unaddressed
from memorygym.models.replay import Cached, taped
from memorygym.models.tape import Tape
from memorygym.models.writing import writer_of
from memorygym.track import find


def scripted(name: str, task: Task) -> Policy:
    """The track's reasoner of that name. Raises UnknownPart with the choices."""
    made = find(task.track).reasoners
    if name not in made:
        raise UnknownPart("reasoner", name, made)
    return made[name](task)


class Silent(Policy):
    """Lets a model speak where the track wants a decision, and is silent everywhere else."""

    def __init__(self, reasoner: Policy, asks: Callable[[Sequence[Message]], bool]) -> None:
        self._reasoner, self._asks = reasoner, asks

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return self._reasoner.act(view, tools) if self._asks(view) else END


@dataclass(frozen=True, slots=True)
class Minds:
    """What is held fixed beside the tasks."""

    reasoners: tuple[str, ...] = ("strong",)
    models: Mapping[str, Model] = field(default_factory=dict)
    """Of the reasoners that are none of the track's own."""
    writing: Model | None = None
    """What memories ask; without it the offline extractive model."""
    judge: Judge | None = None
    """Who may repair what the grader rejected of a model's answers."""

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

    def policy(self, reasoner: str, task: Task) -> Policy:
        """A reasoner of that name, for one episode."""
        if reasoner in self.models:
            return Chat(self.models[reasoner])
        return scripted(reasoner, task)

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

    def describe(self) -> dict[str, JSON]:
        """How the models are asked."""
        asked = {**self.models, **({"memory": self.writing} if self.writing else {})}
        told: dict[str, JSON] = {
            name: unaddressed(model.describe()) for name, model in asked.items()
        }
        return {**told, "judge": self.judge.describe()} if self.judge else told
