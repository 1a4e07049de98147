"""Checks against regressions: a lowest composite, and no question that was right is now wrong."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.registry import split_spec
from memorygym.core.track import TaskOptions, version_of
from memorygym.core.types import Memory
from memorygym.runs.episode_result import Result
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.objects import given_agent, given_memory
from memorygym.runs.results import RunResults, load, perform
from memorygym.runs.tasks import Limits, Tasks, again, generated
from memorygym.scoring.attribution import Attribution
from memorygym.scoring.episode_scores import outcomes
from memorygym.testing.policies import MakesPolicy

Agent = str | MakesPolicy
"""The name of an agent, `package.module:factory`, or a factory."""
MakesMemory = str | Callable[[], Memory]
"""The name of a memory, `package.module:factory`, or a factory."""
COMMONEST = 3
"""Causes of misses that a sentence names."""


def check_score(
    agent: Agent,
    at_least: float,
    *,
    track: str = "worlds:template=company,city:tier=lite",
    seeds: range = range(2),
    memory: MakesMemory = "markdown",
) -> list[str]:
    """Whether the mean composite (0 to 100) on the tasks of these seeds is at least `at_least`; []
    if it is. The track is named as `--track` takes it.

    The same arguments give the same tasks, so another figure means that the agent, its memory or
    the version of the benchmark changed.

    >>> check_score("strategic", 20)
    []
    >>> check_score("abstainer", 20)[0][:24]
    'composite 0.0 is below 2'
    """
    if not 0 <= at_least <= 100:
        raise BadSettings(f"at_least {at_least:g}: give 0 to 100, as a composite is")
    name, parameters = split_spec(track)
    tasks = generated(name, TaskOptions(seeds, "", parameters))
    run = _played(tasks, agent, memory)
    if run.failures:
        return [run.failures[0].error]
    figures = [100 * result.score.composite for result in run.results]
    mean = sum(figures) / len(figures)
    if mean >= at_least:
        return []
    each = ", ".join(
        f"{result.place.template} {result.place.seed}: {figure:.1f}"
        for result, figure in zip(run.results, figures, strict=True)
    )
    causes = sum((Counter(result.causes) for result in run.results), Counter[str]())
    commonest = sorted(causes, key=lambda cause: (-causes[cause], cause))[:COMMONEST]
    misses = ", ".join(f"{cause} {causes[cause]}" for cause in commonest)
    return [
        f"composite {mean:.1f} is below {at_least:g} ({each}; {causes.total()} misses: {misses})"
    ]


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
    earlier = load(baseline)
    recipe = earlier.recipe
    _check_playable(Path(baseline), earlier)
    before = _results(earlier, was or (agent if isinstance(agent, str) else None), Path(baseline))
    limits = Limits(**{name: recipe[name] for name in Limits.__slots__})
    run = _played(again(recipe), agent, memory or recipe["memory"], limits)
    lost = [
        sentence
        for result in run.results
        if (row := before.get(result.place.task))
        for sentence in _lost(row, result, run)
    ]
    return [*lost, *(failure.error for failure in run.failures[:1])]


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
        ("a comparison", results.compared),
    ):
        if applies:
            raise BadSettings(
                f"{path} holds results of {kind}, which a test cannot play: give those of"
                " `memorygym bench` with scripted agents"
            )


def _results(run: RunResults, agent: str | None, path: Path) -> dict[tuple[str, int], Result]:
    """By task: the results of the agent in an earlier run."""
    agents = list(dict.fromkeys(result.place.agent for result in run.results))
    if agent not in agents and len(agents) == 1:
        agent = agents[0]
    if agent not in agents:
        raise BadSettings(f"{path} holds {', '.join(agents) or 'no agent'}: name one with `was`")
    return {
        result.place.task: result
        for result in run.results
        if result.place.agent == agent and not result.place.repeat
    }


def _played(
    tasks: Tasks, agent: Agent, memory: MakesMemory, limits: Limits | None = None
) -> RunResults:
    agents = [] if isinstance(agent, str) else [given_agent(agent)]
    memories = [] if isinstance(memory, str) else [given_memory(memory)]
    evaluation = Evaluation(
        tasks=tasks,
        agents=(agent,) if isinstance(agent, str) else (agents[0].name,),
        memory=memory if isinstance(memory, str) else memories[0].name,
        limits=limits or Limits(),
        objects=[*agents, *memories],
    )
    return perform(evaluation, traced=True)


def _lost(before: Result, now: Result, run: RunResults) -> Iterator[str]:
    """A sentence for each question of an episode that was right and is wrong."""
    trace = run.traces[now.place.episode]
    attribution = Attribution(trace)
    answers = zip(before.right, outcomes(trace), strict=True)
    for number, (right, outcome) in enumerate(answers, start=1):
        if right and not outcome.correct:
            yield (
                f"{before.place.episode}#{number} was right, is wrong"
                f" ({attribution.cause(outcome)}): {outcome.goal.text} {outcome.reason}"
            )
