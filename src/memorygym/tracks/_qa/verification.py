"""The verification of generated tasks: the checks of each, and what only all tasks together show.

A check gives {"ok": bool, numbers, lists of what is wrong}. Its numbers are added up over the
tasks; everything in its lists is a failure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import sqrt
from typing import Any, TypeAlias

from memorygym.core.errors import BadSettings
from memorygym.core.track import MapFunction, TaskRecipe, Verification
from memorygym.core.types import JSON, Task
from memorygym.tracks._qa.ablation import CheckResult, failed

Checks: TypeAlias = Mapping[str, Mapping[str, JSON]]
"""The results of checks by name."""
Totals: TypeAlias = Mapping[str, Any]
"""By check: the sums of its numbers over all tasks."""
CHANCE_LEVEL = 0.03
"""The highest share of questions of a group that guessing may answer, over all tasks together."""
CHANCE_Z = 2
"""Standard errors above CHANCE_LEVEL that count as a failure."""
ATTEMPTS = 20
"""Most drafts of a task."""


class NoDraft(Exception):
    """Why an attempt gives no task."""


def sound_task(name: str, draft: Callable[[int], Task], checks: Callable[[Task], Checks]) -> Task:
    """The first draft, by number of the attempt, that passes every check.

    Raises BadSettings if none of ATTEMPTS does.
    """
    reason = ""
    for attempt in range(ATTEMPTS):
        try:
            task = draft(attempt)
        except NoDraft as error:
            reason = str(error)
            continue
        results = checks(task)
        if not failed(results):
            return task
        problems = (f"{name}: {why}" for name, check in results.items() for why in _reasons(check))
        reason = "; ".join(problems)
    raise BadSettings(f"{name}: none of {ATTEMPTS} drafts is sound; the last: {reason}")


def verified(
    checks: Callable[[Task], Checks],
    recipes: Sequence[TaskRecipe],
    parallel_map: MapFunction,
    together: Callable[[Totals], Checks] = lambda _: {},
) -> Verification:
    """The verification of all tasks; `together` checks the sums of all numbers."""
    totals: dict[str, dict[str, Any]] = {}
    passed, failures = dict[str, list[bool]](), list[str]()
    results = parallel_map(partial(_checked, checks), recipes)
    for recipe, results_of_task in zip(recipes, results, strict=True):
        for name, check in results_of_task.items():
            _add(totals.setdefault(name, {}), check)
            passed.setdefault(name, []).append(bool(check["ok"]))
            place = f"{recipe.template} seed {recipe.seed}"
            failures += [f"{name}: {place}: {reason}" for reason in _reasons(check)]
    overall = together(totals)
    failures += [f"{name}: {why}" for name, check in overall.items() for why in _reasons(check)]
    lines = [f"{len(recipes)} tasks", *check_table(passed, totals)]
    lines += [f"{name}: {_shown(check)}" for name, check in overall.items()]
    return Verification(failures, lines, {"tasks": len(recipes), **totals, **overall})


def check_table(passed: Mapping[str, Sequence[bool]], totals: Totals) -> Iterator[str]:
    """By check: how many tasks pass and fail it, and the sums of its numbers."""
    yield f"{'check':<20}{'ok':>6}{'failed':>8}"
    for name, results in passed.items():
        ok, numbers = sum(results), _shown(totals.get(name, {}))
        yield f"{name:<20}{ok:>6}{len(results) - ok:>8}  {numbers}".rstrip()


def result(wrong: Iterable[str], **numbers: JSON) -> CheckResult:
    """The result of a check that lists what is wrong."""
    failures: list[JSON] = [*wrong]
    return {"ok": not failures, **numbers, "wrong": failures}


def _checked(checks: Callable[[Task], Checks], recipe: TaskRecipe) -> Checks:
    return checks(recipe.generate())


def _add(total: dict[str, Any], numbers: Mapping[str, Any]) -> None:
    """Adds numbers, also those of inner groups, to a sum."""
    for name, value in numbers.items():
        if isinstance(value, Mapping):
            _add(total.setdefault(name, {}), value)
        elif isinstance(value, int) and not isinstance(value, bool):
            total[name] = total.get(name, 0) + value


def _reasons(check: Mapping[str, JSON]) -> Iterator[str]:
    """Why a check failed: what its lists name, or else all that it says."""
    if check["ok"]:
        return
    wrong = [(name, value) for name, value in check.items() if isinstance(value, list) and value]
    for name, values in wrong:
        yield from (f"{name.replace('_', ' ')} {value}" for value in values)
    if not wrong:
        yield _shown(check)


def _shown(check: Mapping[str, Any]) -> str:
    """The numbers and words of a check in one line; groups are added up."""
    shown = {
        name: sum(value.values()) if isinstance(value, Mapping) else value
        for name, value in check.items()
        if not isinstance(value, bool | list)
    }
    return ", ".join(
        f"{name.replace('_', ' ')} {f'{value:,}' if isinstance(value, int) else value}"
        for name, value in shown.items()
    )


def highest_share(asked: int, level: float, errors: int) -> float:
    """The share of right guesses above which guessing is right more often than at a level."""
    return level + errors * sqrt(level * (1 - level) / asked)


def chance_level(asked: Mapping[str, int], right: Mapping[str, int], fewest: int) -> CheckResult:
    """Whether guessing is right too often in any group; where fewer are asked, chance decides."""
    limits = {name: highest_share(n, CHANCE_LEVEL, CHANCE_Z) for name, n in asked.items() if n}
    shares = {name: right.get(name, 0) / asked[name] for name in limits}
    checked = [name for name in limits if asked[name] >= fewest and right.get(name, 0) > 1]
    guessable: list[JSON] = [
        f"{name!r}: {right[name]} of {asked[name]:,} right by guessing"
        for name in checked
        if shares[name] > limits[name]
    ]
    best = max(checked or shares, key=lambda name: shares[name] - limits[name], default="none")
    bound = (
        f"fails above {limits.get(best, 0):.1%}: {CHANCE_LEVEL:.0%} and {CHANCE_Z} standard errors"
    )
    return {
        "ok": not guessable,
        "groups": len(shares),
        "best": f"{best!r} ({shares.get(best, 0):.1%} of {asked.get(best, 0):,})",
        "bound": bound if asked.get(best, 0) >= fewest else f"not checked below {fewest}",
        "guessable": guessable,
    }
