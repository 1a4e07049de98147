"""The job of a command: an evaluation or a comparison, from settings or from a run's recipe."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from memorygym.agents.chat import ToolMode
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.track import find
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.models import specs
from memorygym.models.model import Model
from memorygym.models.reply_log import ReplyLog
from memorygym.runs.comparison.memory_specs import check_view, plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.system_specs import is_built_in, role_of
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import (
    ModelRoles,
    Recall,
    UnusedModel,
    asked_reasoners,
    check_slip,
    model_roles_of,
)
from memorygym.runs.objects import GivenMemory, GivenModel, GivenObject, check_distinct, given_model
from memorygym.runs.settings import (
    OF_AN_AGENT,
    OFFICIAL_SEEDS,
    OFFLINE,
    PARAMETERS,
    AgentModelSettings,
    BenchSettings,
    CompareSettings,
    ModelSettings,
    Recipe,
    split_names,
)
from memorygym.runs.tasks import Limits, Tasks, again, tasks_of
from memorygym.scoring.judge import Judge

SHORTEST_SALT = 16
"""Characters: a shorter secret can be guessed from its published hash."""
OF_A_MODEL = ("temperature", "max_tokens", "model_seed", "replay", "api_base")
"""Settings that only apply to a model that is named."""
NO_MODEL = "a model that is named, and none is; leave it out"


@dataclass(slots=True)
class Models:
    """The models of a run, as they are made; `stack` closes the files that they open."""

    settings: ModelSettings
    stack: ExitStack
    reply_log: ReplyLog | None = None

    def __post_init__(self) -> None:
        if replay := self.settings.replay:
            self.reply_log = self.stack.enter_context(closing(ReplyLog(Path(replay), record=False)))

    def of(self, model: "str | GivenModel", **more: Any) -> tuple[str, Model]:
        """A model by name, or one that was passed, with its name. Raises UnknownPart, BadSettings,
        or BadKey without its key."""
        if isinstance(model, GivenModel):
            return model.name, model.make()
        options = self.settings.sampling | more
        return model, specs.find(model, self.settings.api_base, self.reply_log, **options)

    @property
    def judge(self) -> Judge | None:
        """The judge, if there is one."""
        settings = self.settings
        if settings.judge_prompt and not settings.judge:
            prompt = f"{settings.spelled('judge_prompt')} {settings.judge_prompt}"
            raise BadSettings(f"{prompt} is for --judge: give a --judge too")
        judges = tuple(
            specs.find(name, settings.api_base, self.reply_log, temperature=0.0)
            for name in settings.judge
        )
        return Judge(judges, settings.judge_prompt or "strict") if judges else None


def agent_roles(
    name: "str | GivenModel", settings: AgentModelSettings, stack: ExitStack
) -> ModelRoles:
    """The model that plays as an agent, and its judge."""
    models = Models(settings, stack)
    judge, tools = models.judge, cast(ToolMode, settings.tools)
    called, model = models.of(name, **({"stream": True} if settings.stream else {}))
    return ModelRoles(
        {called: model}, judge=judge, tool_mode=tools, reasoning=settings.keep_reasoning
    )


def evaluation_of(
    settings: BenchSettings, stack: ExitStack, objects: Sequence[GivenObject] = ()
) -> Evaluation:
    """The evaluation that the settings describe; `objects` are the parts that were passed, which
    play under their names. Raises UnknownPart, BadSettings or BadKey."""
    model = next((part for part in objects if isinstance(part, GivenModel)), settings.model)
    _check_bench(settings, has_model=model is not None)
    passed = {part.name for part in objects}
    if settings.memory not in passed:
        check_memory(settings.memory)
    tasks = tasks_of(settings, OFFICIAL_SEEDS)
    if model is None:
        why = f"{settings.spelled('model')}; scripted agents ask no model"
        settings.refuse(OF_AN_AGENT, why)
    elif not isinstance(model, str):
        settings.refuse(OF_A_MODEL, NO_MODEL)
    names = _agents(settings, tasks, passed)
    # An empty name is a mistake, such as an unset variable.
    roles = ModelRoles() if model is None else agent_roles(model, settings, stack)
    # An impossible task is an error before anything is played or a folder is made.
    tasks.recipes[0].generate()
    return Evaluation(
        tasks, replace(settings, agent=[*roles.models] or names), objects, model_roles=roles
    )


def _agents(settings: BenchSettings, tasks: Tasks, passed: set[str]) -> list[str]:
    """The scripted agents, each once. Raises UnknownPart for an unknown name."""
    own = agents_of(find(tasks.track))
    names = list(dict.fromkeys(settings.agent or own))
    for name in names:
        if name not in passed:
            check_agent(name, own)
        elif name in own:
            raise BadSettings(f"an agent of the track is named {name!r}; rename yours")
    return names


def _check_bench(settings: BenchSettings, *, has_model: bool) -> None:
    """Raises BadSettings for settings that do not go together."""
    model, agent = settings.spelled("model"), settings.spelled("agent")
    if has_model and settings.given("agent", "validate"):
        raise BadSettings(f"{model} plays a model alone; leave --validate and {agent} out")
    if settings.validate and settings.agent:
        raise BadSettings(f"--validate plays every agent; leave {agent} out")
    if not has_model:
        settings.refuse(["repeats"], f"{model}; a scripted agent plays a task alike every time")
    least = settings.fail_under
    if least is not None and not 0 <= least <= 100:
        raise settings.bad("fail_under", "a composite lies between 0 and 100", f"{least:g}")
    if not settings.official:
        return
    fixed = ("seed", "seeds", "data", *Limits.__slots__, *PARAMETERS)
    chosen = [settings.spelled(name) for name in settings.given(*fixed)]
    chosen += [f"the parameter {name}" for name in registry.split_spec(settings.track)[1]]
    if chosen:
        raise BadSettings(
            f"--official is the track's official set, seeds 0-{OFFICIAL_SEEDS - 1}: leave"
            f" {chosen[0]} out"
        )
    if settings.salt and len(settings.salt) < SHORTEST_SALT:
        raise BadSettings(
            f"a secret of {len(settings.salt)} characters can be guessed from its published hash:"
            f" give --salt at least {SHORTEST_SALT} characters"
        )


def comparison_of(
    settings: CompareSettings, stack: ExitStack, memories: Sequence[GivenMemory] = ()
) -> Comparison:
    """The comparison that the settings describe; `memories` are those that were passed as objects.
    Raises UnknownPart, BadSettings or BadKey."""
    named = specs_of(settings)
    if all(map(is_built_in, named)):
        why = "memories from outside this package that are named"
        settings.refuse(["memory_proxy"], f"{why}; what all others ask is counted")
    if not named and not memories:
        raise BadSettings("name at least one memory: --memory bm25 (`memorygym list memory`)")
    tasks = tasks_of(settings)
    track = find(tasks.track)
    capacity = track.capacity if settings.capacity is None else settings.capacity
    check_view(track, tasks.recipes[0].generate(), settings.budgets[0])
    reasoners = _reasoners(settings)
    writer = memory_writer(settings)
    asked = asked_reasoners(tasks.track, [who for who in reasoners if isinstance(who, str)])
    given = [who for who in reasoners if isinstance(who, GivenModel)]
    if not asked and not isinstance(writer, str):
        _refuse_of_models(settings, judges=not given)
    models = Models(settings, stack)
    deciding = [models.of(who) for who in reasoners if who in asked or who in given]
    check_distinct([name for name, _ in deciding])
    names = [who if isinstance(who, str) else who.name for who in reasoners]
    return Comparison(
        tasks,
        plug_all([*named, *memories], settings.memory_proxy),
        replace(settings, budget=settings.budgets, reasoner=names, capacity=capacity or None),
        [part for part in (*reasoners, writer) if isinstance(part, GivenModel)],
        model_roles=ModelRoles(
            dict(deciding), None if writer is None else models.of(writer)[1], models.judge
        ),
    )


def specs_of(settings: CompareSettings) -> list[str]:
    """The memories that are named. Raises BadSettings if the setting is given and names none."""
    named = split_names(list(settings.memory))
    if settings.memory and not named:  # A mistake, such as an unset variable.
        raise BadSettings(f"--memory {','.join(settings.memory)!r}: name at least one")
    return named


def memory_writer(settings: CompareSettings) -> str | GivenModel | None:
    """The model that memories call, if it is not the offline one. Raises UnknownPart for a slip."""
    if isinstance(writer := settings.memory_model, str):
        check_slip("memory model", writer, [] if writer == OFFLINE else [OFFLINE])
        return None if writer == OFFLINE else writer
    return given_model(writer) if writer else None


def _reasoners(settings: CompareSettings) -> list[str | GivenModel]:
    """The reasoners, each once, as names or as models that were passed."""
    if not settings.reasoners:
        raise BadSettings(f"{settings.spelled('reasoner')} names none: give one, such as strong")
    return [who if isinstance(who, str) else given_model(who) for who in settings.reasoners]


def _refuse_of_models(settings: CompareSettings, *, judges: bool) -> None:
    """Raises BadSettings for settings of models that are named, where none is."""
    reasoner, memory_model = map(settings.spelled, ("reasoner", "memory_model"))
    if judges:
        why = f"a model as {reasoner}; scripted answers are exact"
        settings.refuse(("judge", "judge_prompt"), why)
    why = f"a model as {reasoner} or {memory_model}; no model is asked"
    settings.refuse([n for n in OF_A_MODEL if settings.caller or n != "api_base"], why)


def source_of(
    recipe: Recipe, salt: str = "", recall: Recall = UnusedModel, data: str | None = None
) -> Evaluation | Comparison:
    """The evaluation or comparison of a run's recipe. `recall` makes its models, which by default
    cannot be asked; `data` are the files of its tasks, if it has any.

    Raises UnknownPart or BadSettings for tasks or parts that are not available here.
    """
    tasks, model_roles = again(recipe, salt, data), model_roles_of(recipe, recall)
    if recipe["kind"] == "bench":
        settings = BenchSettings.from_recipe(recipe)
        return Evaluation(tasks, settings, model_roles=model_roles)
    chosen = CompareSettings.from_recipe(recipe)
    controls = any(role_of(name) == "control" for name, _ in recipe["systems"])
    chosen = replace(chosen, controls=controls)
    return Comparison(
        tasks, plug_all(chosen.memory, chosen.memory_proxy), chosen, model_roles=model_roles
    )
