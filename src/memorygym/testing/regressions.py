"""Checks against regressions: a lowest composite, and no question that was right is now wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path

from memorygym.core.errors import BadSettings, MemoryFault
from memorygym.core.trace import Trace
from memorygym.core.track import TaskRecipe, version_of
from memorygym.core.types import Memory
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.episode_result import Result, place_of
from memorygym.runs.results import RunResults, load
from memorygym.runs.systems import System, episode_for, played, policy_for, systems_of
from memorygym.runs.tasks import Limits, again
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes, score
from memorygym.testing.policies import MakesPolicy, make_policy
from memorygym.tracks.worlds.settings import WorldsSettings

Agent = str | MakesPolicy
"""The name of an agent, `package.module:factory`, or a factory."""
MakesMemory = str | Callable[[], Memory]
"""The name of a memory, `package.module:factory`, or a factory."""
TEMPLATES = ("company", "city")
COMMONEST = 3
"""Causes of misses that a sentence names."""


def check_score(
    agent: Agent,
    at_least: float,
    *,
    templates: Sequence[str] = TEMPLATES,
    seeds: Iterable[int] = range(2),
    tier: str = "lite",
    memory: MakesMemory = "markdown",
) -> list[str]:
    """Whether the mean composite (0 to 100) on these tasks is at least `at_least`; [] if it is.

    The same arguments give the same tasks, so another figure means that the agent, its memory or
    the version of the benchmark changed.

    >>> check_score("strategic", 20)
    []
    >>> check_score("abstainer", 20)[0][:24]
    'composite 0.0 is below 2'
    """
    if not 0 <= at_least <= 100:
        raise BadSettings(f"at_least {at_least:g}: give 0 to 100, as a composite is")
    recipes = [WorldsSettings(template, seed, tier) for template in templates for seed in seeds]
    if not recipes:
        raise BadSettings("no templates or no seeds: give at least one of each")
    try:
        traces = [_played(settings, agent, memory) for settings in recipes]
    except MemoryFault as fault:
        return [str(fault)]
    figures = [100 * score(trace).composite for trace in traces]
    mean = sum(figures) / len(figures)
    if mean >= at_least:
        return []
    each = ", ".join(
        f"{settings.template} {settings.seed}: {figure:.1f}"
        for settings, figure in zip(recipes, figures, strict=True)
    )
    return [f"composite {mean:.1f} is below {at_least:g} ({each}; {_causes(traces)})"]


def check_regressions(
    agent: Agent,
    baseline: Path | str,
    *,
    was: str | None = None,
    memory: MakesMemory | None = None,
) -> list[str]:
    """Every question that is wrong now and was right in earlier results; [] if none is.

    `baseline` is the folder of `memorygym bench -o`. The tasks are those of that run; so is the
    memory, unless another is given. `was` names the agent in the results if it has another name
    there and is not the only one. Raises BadSettings for results of another version, a judge, a
    comparison or a private test set.
    """
    results = load(baseline)
    recipe = results.recipe
    _check_playable(Path(baseline), results)
    before = _rows(results, was or (agent if isinstance(agent, str) else None), Path(baseline))
    limits = Limits(**{name: recipe[name] for name in Limits.__slots__})
    lost: list[str] = []
    tasks = again(recipe)
    for task, player in product(tasks.recipes, systems_of(recipe)):
        if row := before.get(place_of(tasks.track, task, 0, player).episode):
            try:
                trace = _played(task, agent, memory or recipe["memory"], limits)
            except MemoryFault as fault:
                return [*lost, str(fault)]
            lost += _lost(row, trace)
    return lost


def _check_playable(path: Path, results: RunResults) -> None:
    recipe = results.recipe
    if results.version != (now := version_of(results.track)):
        raise BadSettings(
            f"{path} has the version {results.version}, and this installation {now}: play it again"
            " with `memorygym bench -o`"
        )
    for kind, applies in (
        ("a private test set", recipe["salt"]),
        ("a judge", recipe["judge"]),
        ("a comparison", recipe["kind"] == "compare"),
    ):
        if applies:
            raise BadSettings(
                f"{path} holds results of {kind}, which a test cannot play: give those of"
                " `memorygym bench` with scripted agents"
            )


def _rows(results: RunResults, agent: str | None, path: Path) -> dict[str, Result]:
    """The episodes of the agent in an earlier run, by name."""
    agents = list(dict.fromkeys(result.place.agent for result in results.results))
    if agent not in agents and len(agents) == 1:
        agent = agents[0]
    if agent not in agents:
        raise BadSettings(f"{path} holds {', '.join(agents) or 'no agent'}: name one with `was`")
    return {r.place.episode: r for r in results.results if r.place.agent == agent}


def _played(
    recipe: TaskRecipe, agent: Agent, memory: MakesMemory, limits: Limits | None = None
) -> Trace:
    task = (limits or Limits()).applied(recipe.generate())
    policy = policy_for(agent, task) if isinstance(agent, str) else make_policy(agent, task)
    make = memory_factory(memory) if isinstance(memory, str) else memory
    name = agent if isinstance(agent, str) else type(policy).__name__
    labels = System(name, str(memory)).labels(task.track, 0)
    return played(episode_for(name, task, make), policy, task, labels)


def _lost(row: Result, trace: Trace) -> Iterator[str]:
    attribution = Attribution(trace)
    for number, (right, outcome) in enumerate(
        zip(row.right, outcomes(trace), strict=True), start=1
    ):
        if right and not outcome.correct:
            yield (
                f"{row.place.episode}#{number} was right, is wrong ({attribution.cause(outcome)}):"
                f" {outcome.goal.text} {outcome.reason}"
            )


def _causes(traces: Sequence[Trace]) -> str:
    causes = sum((Attribution(trace).counts for trace in traces), Counter[str]())
    known = sorted(causes, key=lambda cause: (-causes[cause], cause))
    commonest = ", ".join(f"{cause} {causes[cause]}" for cause in known[:COMMONEST])
    return f"{causes.total()} misses: {commonest}"
