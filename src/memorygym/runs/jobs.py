"""A run from what its run.json says: the job again, of agents, a model or a comparison."""

from collections.abc import Mapping
from typing import Any

from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.systems import ComparisonLimits, named
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import Absent, Recall, minds_of
from memorygym.runs.tasks import Limits, again


def source_of(
    recipe: Mapping[str, Any], salt: str = "", recall: Recall = Absent
) -> Evaluation | Comparison:
    """What was played; `recall` makes its models, which else cannot be asked.

    Raises UnknownPart or BadSettings for tasks or parts that are not to be had here.
    """
    tasks, minds = again(recipe, salt), minds_of(recipe, recall)
    if recipe["kind"] == "bench":
        return Evaluation(
            tasks=tasks,
            agents=tuple(recipe["agents"]),
            memory=recipe["memory"],
            limits=Limits(**{name: recipe[name] for name in Limits.__slots__}),
            minds=minds,
            repeats=recipe["repeats"],
        )
    return Comparison(
        tasks,
        plug_all(named(recipe)),
        [ComparisonLimits(view, recipe["capacity"]) for view in recipe["budgets"]],
        tuple(recipe["reasoners"]),
        minds,
    )
