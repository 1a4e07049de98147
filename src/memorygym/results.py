"""The results file: what a run found, summed up with intervals, in a published JSON Schema."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path
from typing import Any

from memorygym import __version__
from memorygym.agents.accounting import Usage
from memorygym.core import JSON
from memorygym.errors import BadSettings
from memorygym.invariants import Invariant
from memorygym.journal import write_whole
from memorygym.judge.agreement import Agreement
from memorygym.runner import Failure, Result
from memorygym.scoring import WEIGHTS
from memorygym.stats import Estimate, Repeats, deviation, estimate, mde, same_worlds

SCHEMA = "memorygym-results-2"
Row = Mapping[str, Any]
"""An episode as results store it. All figures are of rows, so that a file can be recomputed."""
LIKENESS = 0.5
"""The correlation of two agents over the same worlds that a detectable difference supposes."""
ROLES = {"floor": "smart_guesser", "ceiling": "clairvoyant", "best scripted": "template_expert"}
"""Scripted agents that are printed beside every model: what guessing reaches, what the budget
allows, and what the best strategy without the truth reaches that stores plain text."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an agent reached over its worlds; repeats are averaged within a world first."""

    agent: str
    episodes: int
    worlds: int
    composite: Estimate
    axes: Mapping[str, Estimate | None]
    abstention: Estimate | None
    accuracy: float
    writes: float
    deviation: float | None
    """Standard deviation of the composite between worlds; None for a single world."""
    repaired: int
    judged: Agreement | None
    """Of the judge with the grader; None where there was no judge."""
    repeats: Repeats | None
    usage: Mapping[str, Usage]
    causes: Mapping[str, int]

    @property
    def detectable(self) -> float | None:
        """The smallest difference between two agents on these worlds that would be seen."""
        return (
            None
            if self.deviation is None
            else mde(self.deviation, self.worlds, same_worlds(LIKENESS))
        )

    def bounds(self, failed: int) -> tuple[float, float] | None:
        """The composite if each failed episode had scored 0, and 1; None if none failed."""
        if not failed:
            return None
        share = self.episodes / (self.episodes + failed)
        low = self.composite.mean * share
        return low, low + 1 - share

    def to_json(self, failed: int) -> dict[str, JSON]:
        """As results store it."""
        bounds = self.bounds(failed)
        return {
            "worlds": self.worlds, "episodes": self.episodes,
            "composite": _interval(self.composite),
            "axes": {name: _interval(found) for name, found in self.axes.items()},
            "abstention": _interval(self.abstention), "accuracy": round(self.accuracy, 6),
            "deviation": _rounded(self.deviation), "detectable": _rounded(self.detectable),
            "bounds": bounds and [round(bound, 6) for bound in bounds], "repaired": self.repaired,
            "judge": self.judged.to_json() if self.judged else None,
            "repeats": _repeats_json(self.repeats) if self.repeats else None,
            "usage": {name: usage.to_json() for name, usage in self.usage.items()} or None,
        }  # fmt: skip


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """One an agent, best composite first."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["agent"], []).append(row)
    return sorted(map(_summary, groups.values()), key=lambda one: -one.composite.mean)


def _summary(rows: Sequence[Row]) -> Summary:
    whole = by_world(rows, "composite")
    causes: dict[str, int] = {}
    for row in rows:
        for cause, n in row["causes"].items():
            causes[cause] = causes.get(cause, 0) + n
    return Summary(
        rows[0]["agent"], len(rows), len(whole), estimate(list(whole.values())),
        {axis: _estimate(by_world(rows, axis)) for axis in WEIGHTS},
        _estimate(by_world(rows, "abstention")),
        sum(row["accuracy"] for row in rows) / len(rows),
        sum(row["writes"] for row in rows) / len(rows),
        deviation(list(whole.values())) if len(whole) > 1 else None,
        sum(row["repaired"] for row in rows), _judged(rows), _repeats(rows), _usage(rows), causes,
    )  # fmt: skip


def by_world(rows: Iterable[Row], figure: str) -> dict[tuple[str, int], float]:
    """A figure of each world, the mean over its repeats; worlds without one are left out."""
    found: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        if (value := row[figure]) is not None:
            found.setdefault((row["template"], row["seed"]), []).append(value)
    return {world: sum(values) / len(values) for world, values in found.items()}


def _estimate(found: Mapping[tuple[str, int], float]) -> Estimate | None:
    return estimate(list(found.values())) if found else None


def _judged(rows: Sequence[Row]) -> Agreement | None:
    tables = [row["judge"] for row in rows if row["judge"]]
    if not tables:
        return None
    return Agreement(**{name: sum(table[name] for table in tables) for name in tables[0]})


def _repeats(rows: Sequence[Row]) -> Repeats | None:
    """Of each question over the repeats of its world; None if no world was repeated."""
    worlds: dict[tuple[str, int], list[tuple[bool, ...]]] = {}
    for row in rows:
        worlds.setdefault((row["template"], row["seed"]), []).append(tuple(map(bool, row["right"])))
    most = max(len(group) for group in worlds.values())
    if most < 2:
        return None
    # A world of which an episode failed has fewer repeats, and would lower k for all.
    whole = [group for group in worlds.values() if len(group) == most]
    return Repeats([list(zip(*group, strict=True)) for group in whole])


def _repeats_json(found: Repeats) -> dict[str, JSON]:
    k, sources = found.fewest, found.sources()
    return {
        "k": k,
        "pass@1": _interval(found.pass_at(1)),
        "pass@k": _interval(found.pass_at(k)),
        "pass^k": _interval(found.pass_all(k)),
        "between": _rounded(sources.between if sources else None),
        "within": _rounded(sources.within if sources else None),
    }


def _usage(rows: Sequence[Row]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for row in rows:
        for name, figures in (row["usage"] or {}).items():
            usage = Usage(**figures)
            total[name] = total[name] + usage if name in total else usage
    return total


def document(
    about: Mapping[str, JSON],
    planned: int,
    outcomes: Sequence[Result | Failure],
    references: Mapping[str, Summary],
    rows: Sequence[Invariant] = (),
) -> dict[str, JSON]:
    """The results file of a run; `about` holds its contract and recipe.

    What a model cost is left out: it depends on the day's prices, and all of this on the traces.
    """
    episodes = [outcome.to_json() for outcome in outcomes if isinstance(outcome, Result)]
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    return {
        "schema": SCHEMA,
        "version": __version__,
        "contract": about["contract"],
        "recipe": about["recipe"],
        "episodes_planned": planned,
        "failures": [failure.to_json() for failure in failures],
        "summary": {
            one.agent: one.to_json(sum(failure.agent == one.agent for failure in failures))
            for one in summaries(episodes)
        },
        "references": {
            role: {
                "agent": one.agent,
                "composite": _interval(one.composite),
                "axes": {name: _interval(axis) for name, axis in one.axes.items()},
            }
            for role, one in references.items()
        },
        "episodes": episodes,
        "invariants": [row.to_json() for row in rows],
    }


def _interval(found: Estimate | None) -> JSON:
    """A single world has no interval: null, since JSON has no infinity."""
    if found is None:
        return None
    low, high = (
        None if abs(bound) == inf else round(bound, 6) for bound in (found.low, found.high)
    )
    return {"mean": round(found.mean, 6), "low": low, "high": high}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 6)


def write_results(path: Path, results: Mapping[str, JSON]) -> None:
    """Writes a results file, which fits the schema or is not written."""
    if problem := misfit(results):
        raise AssertionError(f"{path} would not fit its schema: {problem}")
    write_whole(path, [as_bytes(results)])


def as_bytes(results: Mapping[str, JSON]) -> bytes:
    """The one way in which results are written."""
    return json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def read_results(path: Path) -> dict[str, Any]:
    """A results file, or the one in a run's folder. Raises BadSettings with what is wrong."""
    if path.is_dir():
        if not (path / "results.json").exists():
            raise BadSettings(f"{path} holds no results.json: the run has not finished")
        path = path / "results.json"
    found = read_json(path)
    if problem := misfit(found):
        raise BadSettings(f"{path} is no results file of this version: {problem}")
    assert isinstance(found, dict)
    return found


def read_json(path: Path) -> object:
    """What a file holds. Raises BadSettings if that is no JSON."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadSettings(f"{path} is not JSON ({error})") from error


def misfit(results: object) -> str:
    """Where and how a results file does not fit the schema; "" if it does."""
    import fastjsonschema

    try:
        if place := next(_unreal(results, "results"), ""):
            return f"{place} is no finite number"
        _validate()(results)
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error).replace("data", "results", 1)
    return ""


def _unreal(value: object, place: str) -> Iterator[str]:
    """Where numbers stand that are none: JSON forbids NaN, but Python reads it."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _unreal(item, f"{place}.{name}")
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _unreal(item, f"{place}[{at}]")
    elif isinstance(value, float) and not abs(value) < inf:
        yield place


@cache
def _validate() -> Any:
    import fastjsonschema

    return fastjsonschema.compile(schema(), use_default=False)


def schema() -> dict[str, Any]:
    """The published JSON Schema (draft 7) of a results file."""
    text = (files("memorygym") / "schemas" / "results.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
