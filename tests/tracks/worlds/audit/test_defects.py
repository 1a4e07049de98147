"""Is the self-test able to see? Without a defect it finds nothing; with one it names it."""

import sys
from collections.abc import Iterator

import pytest

from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import ResultOptions
from memorygym.runs.evaluation import Evaluation, invariants
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.tasks import Tasks
from memorygym.tracks.worlds.self_test import inspect
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verifier import VerificationResult, verify
from tests.slow import mostly_slow
from tests.tracks.worlds.audit.defect import Defect, Worlds
from tests.tracks.worlds.audit.defects import DEFECTS

UNTOUCHED = ("registry",)
"""Modules whose caches no defect reaches, and that are slow to fill."""


def _forget() -> None:
    """Empties every cache of the package: what was concluded under a defect must not outlive it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("memorygym.") and name.split(".")[1] not in UNTOUCHED:
            for value in vars(module).values():
                if callable(clear := getattr(value, "cache_clear", None)):
                    clear()


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _tasks(worlds: Worlds) -> list[WorldsSettings]:
    return [
        WorldsSettings(template, seed, worlds.tier)
        for template in worlds.templates
        for seed in range(worlds.seeds)
    ]


def _validated(worlds: Worlds, agents: tuple[str, ...]) -> list[str]:
    """The rows that fail."""
    tasks = Tasks("worlds", _tasks(worlds), {}, "")
    evaluation = Evaluation(tasks=tasks, agents=agents, validate=True)
    table = Runner(
        "worlds",
        (*evaluation.players(ModelRoles()),),
        None,
        ResultOptions(causes=False, inspect=inspect),
    )
    results = [result for task in tasks.recipes for result in table.play_unit((task, 0))]
    return [row.name for row in invariants(evaluation, results) if not row.holds]


def _verified(worlds: Worlds) -> list[str]:
    """The checks that fail."""
    total = VerificationResult()
    for settings in _tasks(worlds):
        total.add(verify(settings))
    total.close()
    return [failure.check for failure in total.failures]


def _seen(defect: Defect) -> list[str]:
    if defect.caught_by == "verify":
        return _verified(defect.worlds)
    return _validated(defect.worlds, defect.agents)


SIZES = sorted({(d.caught_by, d.worlds, d.agents) for d in DEFECTS.values()}, key=repr)


@mostly_slow(("caught_by", "worlds", "agents"), SIZES, quick=1)
def test_nothing_is_found_where_nothing_is_planted(
    caught_by: str, worlds: Worlds, agents: tuple[str, ...]
) -> None:
    assert (_verified(worlds) if caught_by == "verify" else _validated(worlds, agents)) == []


@mostly_slow("name", DEFECTS, quick=6)
def test_a_planted_defect_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DEFECTS[name].plant(monkeypatch)
    assert any(found.startswith(DEFECTS[name].named) for found in _seen(DEFECTS[name]))


def test_the_audit_is_large_enough() -> None:
    assert len(DEFECTS) >= 30
