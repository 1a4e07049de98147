"""The self-test and the verification report every planted defect, and nothing without one."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Played, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import BenchSettings
from memorygym.runs.tasks import Tasks
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.trace_measures import inspect
from memorygym.tracks.worlds.verifier import verify
from tests.episodes import results_of, worlds
from tests.slow import mostly_slow
from tests.tracks.worlds.audit import play_defects, question_defects, story_defects
from tests.tracks.worlds.audit.defect import Defect, TaskSet

DEFECTS = {
    name: value
    for module in (play_defects, story_defects, question_defects)
    for name, value in [*vars(module).items(), *question_defects.ACCEPTED.items()]
    if isinstance(value, Defect)
}
"""All planted defects by name; an unreported defect means that an invariant is missing."""

INSPECTED = ResultOptions(causes=False, inspect=inspect)
UNAFFECTED = ("registry",)
"""Modules with caches that no defect affects and that are slow to fill."""


def _clear_caches() -> None:
    """Clears every cache of the package, so that no result of a defect outlives it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("memorygym.") and name.split(".")[1] not in UNAFFECTED:
            for value in vars(module).values():
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


@pytest.fixture(autouse=True)
def _cleared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _clear_caches()
    yield
    monkeypatch.undo()
    _clear_caches()


def _failures(caught_by: str, tasks: TaskSet, agents: tuple[str, ...]) -> list[str]:
    recipes = [
        WorldsSettings(template, seed, tasks.tier)
        for template in tasks.templates
        for seed in range(tasks.seeds)
    ]
    if caught_by == "verify":
        return list(verify(recipes, map).failures)
    settings = BenchSettings(agent=agents, validate=True)
    evaluation = Evaluation(Tasks("worlds", recipes, {}, ""), settings)
    runner = Runner("worlds", (*evaluation.players(ModelRoles()),), None, INSPECTED)
    results = [result for recipe in recipes for result in runner.play_unit((recipe, 0))]
    return [row.name for row in evaluation.beside(results)[0] if not row.holds]


SETTINGS = sorted({(d.caught_by, d.tasks, d.agents) for d in DEFECTS.values()}, key=repr)


@mostly_slow(("caught_by", "tasks", "agents"), SETTINGS, quick=1)
def test_nothing_fails_without_a_defect(
    caught_by: str, tasks: TaskSet, agents: tuple[str, ...]
) -> None:
    assert _failures(caught_by, tasks, agents) == []


@mostly_slow("name", DEFECTS, quick=1)
def test_a_planted_defect_is_reported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    defect: Defect = DEFECTS[name]
    defect.plant(monkeypatch)
    failures = _failures(defect.caught_by, defect.tasks, defect.agents)
    assert any(failure.startswith(defect.check) for failure in failures)


def measured(name: str, value: float) -> Callable[[Played], Played]:
    return lambda played: replace(played, measures={**played.measures, name: value})


def one_write_more(played: Played) -> Played:
    score = replace(played.result.score, writes=played.result.score.writes + 1)
    return replace(played, result=replace(played.result, score=score))


ALTERED: dict[str, Callable[[Played], Played]] = {
    "same seed, another trace": one_write_more,
    "questions not shown": measured("unasked", 1),
    "events that kept context": measured("undropped", 1),
    "tokens miscounted": measured("miscounted", 1),
    "capacity used, at most": measured("capacity", 1.01),
    "questions not scored": measured("questions", 11),
}


@pytest.mark.parametrize("row", ALTERED)
def test_a_result_that_its_trace_does_not_give_is_reported(row: str) -> None:
    tasks = worlds()
    evaluation = Evaluation(tasks, BenchSettings(agent=["clairvoyant"], validate=True))
    (result,) = results_of(tasks.recipes[0], ["clairvoyant"], INSPECTED)
    assert isinstance(result, Played)
    rows, _ = evaluation.beside([ALTERED[row](result)])
    assert row in [found.name for found in rows if not found.holds]
    assert all(found.holds for found in evaluation.beside([result])[0])
