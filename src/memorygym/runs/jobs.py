"""A job from its run.json: an evaluation or a comparison that can be played again."""

from collections.abc import Mapping
from typing import Any

from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.system_specs import ComparisonLimits
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import Recall, UnusedModel, model_roles_of
from memorygym.runs.tasks import Limits, again


def source_of(
    recipe: Mapping[str, Any], salt: str = "", recall: Recall = UnusedModel
) -> Evaluation | Comparison:
    """The evaluation or comparison of a recipe. `recall` makes its models, which by default cannot
    be asked.

    Raises UnknownPart or BadSettings for tasks or parts that are not available here.
    """
    tasks, model_roles = again(recipe, salt), model_roles_of(recipe, recall)
    if recipe["kind"] == "bench":
        return Evaluation(
            tasks=tasks,
            agents=tuple(recipe["agents"]),
            memory=recipe["memory"],
            limits=Limits(**{name: recipe[name] for name in Limits.__slots__}),
            model_roles=model_roles,
            repeats=recipe["repeats"],
        )
    return Comparison(
        tasks,
        plug_all(recipe["memories"]),
        [ComparisonLimits(view, recipe["capacity"]) for view in recipe["budgets"]],
        tuple(recipe["reasoners"]),
        model_roles,
    )
