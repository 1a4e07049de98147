"""Checks against regressions: a lowest composite, and no question that was right is now wrong."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.registry import split_spec
from memorygym.core.track import TaskOptions, version_of
from memorygym.core.types import Memory
from memorygym.runs.episode_result import Result
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.jobs import source_of
from memorygym.runs.objects import given_agent, given_memory
from memorygym.runs.results import RunResults, load, perform
from memorygym.runs.settings import BenchSettings
from memorygym.runs.tasks import generated
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
    run = _played(Evaluation(tasks, BenchSettings()), agent, memory)
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
    path, earlier = Path(baseline), load(baseline)
    _check_playable(path, earlier)
    source = source_of(earlier.recipe)
    assert isinstance(source, Evaluation)
    before = _results(earlier, was or agent, path)
    run = _played(source, agent, memory or source.settings.memory)
    return [*_lost(before, run), *(failure.error for failure in run.failures[:1])]


def _check_playable(path: Path, run: RunResults) -> None:
    if run.version != (now := version_of(run.track)):
        raise BadSettings(
            f"{path} has the version {run.version}, and this installation {now}: play it again"
            " with `memorygym bench -o`"
        )
    for kind, applies in (
        ("a private test set", run.recipe["salt"]),
        ("a judge", run.recipe["judge"]),
        ("a comparison", run.compared),
    ):
        if applies:
            raise BadSettings(
                f"{path} holds results of {kind}, which a test cannot play: give those of"
                " `memorygym bench` with scripted agents"
            )


def _results(run: RunResults, agent: object, path: Path) -> dict[tuple[str, int], Result]:
    """By task: the results in an earlier run of the agent, or of the only one."""
    agents = list(dict.fromkeys(result.place.agent for result in run.results))
    if agent not in agents and len(agents) != 1:
        raise BadSettings(f"{path} holds {', '.join(agents) or 'no agent'}: name one with `was`")
    return {
        result.place.task: result
        for result in run.results
        if not result.place.repeat and (len(agents) == 1 or result.place.agent == agent)
    }


def _played(evaluation: Evaluation, agent: Agent, memory: MakesMemory) -> RunResults:
    """The evaluation with this agent and memory."""
    player = agent if isinstance(agent, str) else given_agent(agent)
    held = memory if isinstance(memory, str) else given_memory(memory)
    objects = [part for part in (player, held) if not isinstance(part, str)]
    names = [part if isinstance(part, str) else part.name for part in (player, held)]
    stated = evaluation.settings  # Of an earlier run, which may have had repeats or a self-test.
    settings = replace(stated, agent=names[:1], memory=names[1], repeats=1, validate=False)
    played = replace(evaluation, settings=settings, objects=objects)
    return perform(played, traced=True)


def _lost(before: Mapping[tuple[str, int], Result], run: RunResults) -> Iterator[str]:
    """A sentence for each question that was right and is wrong."""
    for now in (result for result in run.results if result.place.task in before):
        earlier, trace = before[now.place.task], run.traces[now.place.episode]
        attribution = Attribution(trace)
        answers = zip(earlier.right, outcomes(trace), strict=True)
        for number, (right, outcome) in enumerate(answers, start=1):
            if right and not outcome.correct:
                yield (
                    f"{earlier.place.episode}#{number} was right, is wrong"
                    f" ({attribution.cause(outcome)}): {outcome.goal.text} {outcome.reason}"
                )
