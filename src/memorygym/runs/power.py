"""How large a difference a plan of tasks detects, and how many tasks a difference needs."""

from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any, ClassVar

from memorygym import stats
from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions, find
from memorygym.runs.engine import perform
from memorygym.runs.episode_result import Played, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.settings import OFFICIAL_SEEDS, WORLDS, BenchSettings, Settings, option
from memorygym.runs.tasks import generated
from memorygym.tracks.worlds.generator.tiers import TIERS


@dataclass(frozen=True, kw_only=True)
class PowerSettings(Settings):
    """The settings of `power`. Raises UnknownPart or BadSettings, which name the choices."""

    GROUPS: ClassVar = {
        "the difference": "delta power",
        "what is played": "tier seeds templates repeats",
        "how scores vary": "agent sd repeat_sd r workers",
        "": "json quiet",
    }
    delta: float = option(3.0, "X")
    """Points of the composite (default: 3)."""
    power: float = option(0.8, "P")
    """Of detecting it."""
    tier: str = option("standard", "TIER")
    """One of lite, standard, hard, multi."""
    seeds: int = option(OFFICIAL_SEEDS, "N", least=1)
    """Per template."""
    templates: int | None = option(None, "K")
    """Number of templates (default: all)."""
    repeats: int = option(1, "K", least=1)
    """Plays of every task."""
    agent: str = option("strategic", "AGENT", "--strategy")
    """The scripted agent that is played to measure it."""
    sd: float | None = option(None, "X")
    """Deviation between tasks, in points; plays nothing."""
    repeat_sd: float = option(0.0, "X")
    """Further deviation between plays of one task, in points (default: 0)."""
    r: float = option(0.5, "R")
    """Correlation of two agents over tasks."""
    workers: int = option(2, "N", least=1)
    """Processes."""
    json: bool = option(False)
    """Print JSON."""
    quiet: bool = option(False, "", "-q")
    """No progress line."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tier not in TIERS:
            raise UnknownPart("tier", self.tier, TIERS)
        most, sd, templates = len(registry.names("templates")), self.sd, self.templates
        for name, fits, choices in (
            ("delta", 0 < self.delta <= 100, "points above 0 and at most 100"),
            ("power", 0.5 <= self.power < 1, "a chance from 0.5 to below 1"),
            ("r", -1 <= self.r < 1, "a correlation from -1 to below 1"),
            ("sd", sd is None or 0 < sd <= 100, "points above 0"),
            ("repeat_sd", 0 <= self.repeat_sd <= 100, "points from 0"),
            ("templates", templates is None or 0 < templates <= most, f"1 to {most}"),
        ):
            if not fits:
                raise BadSettings(f"{self.spelled(name)} {getattr(self, name):g}: give {choices}")
        if self.seeds * self.many < stats.FEWEST_TASKS:
            raise BadSettings(
                f"{self.seeds} of --seeds and {self.many} of --templates: {stats.TOO_FEW}; give at"
                f" least {stats.FEWEST_TASKS} together"
            )
        if self.repeats > 1 and not self.repeat_sd:
            raise BadSettings(
                f"--repeats {self.repeats} needs --repeat-sd, the deviation between plays of one"
                " task: a scripted agent plays the same each time; measure it with runs of a model"
            )

    @property
    def many(self) -> int:
        """The number of templates."""
        return self.templates or len(registry.names("templates"))


def power_of(settings: PowerSettings) -> dict[str, Any]:
    """What plans detect and what the difference needs, in points. Plays tasks unless the deviation
    between them is given."""
    spread = _measured(settings)
    if settings.repeat_sd:  # The deviation of a task's mean over its repeats.
        spread["sd"] = sqrt(spread["sd"] ** 2 + settings.repeat_sd**2 / settings.repeats)
        more = f"{settings.repeat_sd:g} more between plays"
        spread["source"] += f", {more}, {settings.repeats} of each task"
    return {"delta": settings.delta, **spread, **_seen(settings, spread["sd"])}


def _seen(settings: PowerSettings, sd: float) -> dict[str, Any]:
    """The smallest difference that each plan detects, and the tasks that delta needs."""
    designs = {
        "same_tasks": stats.same_tasks(settings.r),
        "other_tasks": stats.SEPARATE,
        "fixed_figure": stats.FIGURE,
    }
    official = OFFICIAL_SEEDS * len(registry.names("templates"))
    plans = {"one_template": settings.seeds, "these_settings": settings.seeds * settings.many}
    if plans["these_settings"] in (settings.seeds, official):
        del plans["these_settings"]
    if settings.tier == find(WORLDS).official["tier"]:
        plans["official_protocol"] = official
    delta, power = settings.delta, settings.power
    try:
        needed = {k: stats.tasks_needed(delta, sd, d, power) for k, d in designs.items()}
    except ValueError as error:
        raise BadSettings(f"--delta {delta:g}: {error}") from error
    return {
        "detectable": {
            plan: {
                "tasks": n,
                **{k: stats.mde(sd, n, d, power) for k, d in designs.items()},
            }
            for plan, n in plans.items()
            if n >= stats.FEWEST_TASKS
        },
        "tasks_needed": needed,
        "seeds_needed": {name: ceil(tasks / settings.many) for name, tasks in needed.items()},
    }


def _measured(settings: PowerSettings) -> dict[str, Any]:
    """How scores differ between the official tasks of the tier, which are played unless the
    deviation is given."""
    if settings.sd is not None:
        return {"sd": settings.sd, "source": "as given", "icc": None, "design_effect": None}
    check_agent(settings.agent, agents_of(find(WORLDS)))
    tasks = generated(
        WORLDS, TaskOptions(range(OFFICIAL_SEEDS), parameters={"tier": settings.tier})
    )
    job = Evaluation(tasks, BenchSettings(agent=[settings.agent]))
    wanted = ResultOptions(causes=False)
    played = perform(job, wanted, workers=settings.workers, quiet=settings.quiet)
    results = [outcome.result for outcome in played if isinstance(outcome, Played)]
    sd = 100 * stats.deviation([result.score.composite for result in results])
    if sd < 1e-9:
        raise BadSettings(
            f"{settings.agent} scores the same on every task, so it shows no deviation:"
            " choose another --agent, or give --sd"
        )
    tallies = [
        map(sum, zip(*result.score.question_types.values(), strict=True)) for result in results
    ]
    # By task: 1 for each right answer and 0 for each other.
    answers = [[1] * right + [0] * (asked - right) for right, asked in tallies]
    icc, sizes = stats.icc(answers), [len(task) for task in answers]
    effect = None if icc is None else stats.design_effect(sizes, icc)
    source = f"{settings.agent} on {len(tasks.recipes)} tasks"
    return {"sd": sd, "source": source, "icc": icc, "design_effect": effect}
