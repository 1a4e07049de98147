"""What agents reached over their worlds, with intervals: computed from the rows of results."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.core.types import JSON
from memorygym.scoring.judge.agreement import Agreement
from memorygym.scoring.usage import Usage
from memorygym.stats import Estimate, Repeats, deviation, estimate, mde, same_worlds

Domain = tuple[str, int]
"""Template and seed."""
Row = Mapping[str, Any]
"""An episode as results store it. All figures are of rows, so that a file can be recomputed."""
LIKENESS = 0.5
"""The correlation of two agents over the same worlds that a detectable difference supposes."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an agent reached over its worlds; repeats are averaged within a world first."""

    who: str
    """The agent, or of a comparison reasoner, system and budget."""
    track: str
    episodes: int
    worlds: int
    composite: Estimate
    axes: Mapping[str, Estimate | None]
    abstention: Estimate | None
    accuracy: float
    deviation: float | None
    """Standard deviation of the composite between worlds; None for a single world."""
    repaired: int
    judged: Agreement | None
    """Of the judge with the grader; None where there was no judge."""
    repeats: Repeats | None
    usage: Mapping[str, Usage]
    causes: Mapping[str, int]
    scores: Mapping[Domain, Sequence[float]]
    """By world: the composite of each of its episodes."""

    @property
    def detectable(self) -> float | None:
        """The smallest difference between two agents on these worlds that would be seen."""
        sd = self.deviation
        return None if sd is None else mde(sd, self.worlds, same_worlds(LIKENESS))

    def bounds(self, failures: Collection[Row]) -> tuple[float, float] | None:
        """The composite if each failed episode had scored 0, and 1; None if none failed.

        `failures` may be those of all agents. A world of which all failed counts as any other.
        """
        if not failures:
            return None
        lost = Counter(_world(row) for row in failures if row["who"] == self.who)
        worlds = sorted(self.scores.keys() | lost.keys())
        low = high = 0.0
        for world in worlds:
            scores = self.scores.get(world, ())
            repeats = len(scores) + lost[world]
            low += sum(scores) / repeats
            high += (sum(scores) + lost[world]) / repeats
        return (low / len(worlds), high / len(worlds)) if lost else None

    def to_json(self, failures: Collection[Row]) -> dict[str, JSON]:
        """As results store it; `failures` as for `bounds`."""
        bounds = self.bounds(failures)
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

    def as_reference(self) -> dict[str, JSON]:
        """As results store it beside a model."""
        return {
            "agent": self.who,
            "composite": _interval(self.composite),
            "axes": {name: _interval(axis) for name, axis in self.axes.items()},
        }


def summaries(rows: Iterable[Row]) -> list[Summary]:
    """One an agent, best composite first."""
    found = map(_summary, by_who(rows).values())
    return sorted(found, key=lambda one: -one.composite.mean)


def by_who(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each agent or system, in the order in which they come."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["who"], []).append(row)
    return groups


def _summary(rows: Sequence[Row]) -> Summary:
    scores = _each(rows, "composite")
    whole = _means(scores)
    axes = dict.fromkeys(axis for row in rows for axis in row["axes"])
    return Summary(
        who=rows[0]["who"],
        track=rows[0]["track"],
        episodes=len(rows),
        worlds=len(whole),
        composite=estimate(list(whole.values())),
        axes={axis: _estimate(by_world(rows, "axes", axis)) for axis in axes},
        abstention=_estimate(by_world(rows, "abstention")),
        accuracy=sum(row["accuracy"] for row in rows) / len(rows),
        deviation=deviation(list(whole.values())) if len(whole) > 1 else None,
        repaired=sum(row["repaired"] for row in rows),
        judged=_judged(rows),
        repeats=_repeats(rows),
        usage=_usage(rows),
        causes=sum((Counter(row["causes"]) for row in rows), Counter[str]()),
        scores=scores,
    )


def by_world(rows: Iterable[Row], figure: str, part: str = "") -> dict[Domain, float]:
    """A figure of each world or a part of it, the mean over its repeats; worlds without one are
    left out."""
    return _means(_each(rows, figure, part))


def _each(rows: Iterable[Row], figure: str, part: str = "") -> dict[Domain, list[float]]:
    """The same once for each repeat that has it."""
    found: dict[Domain, list[float]] = {}
    for row in rows:
        value = row[figure].get(part) if part else row[figure]
        if value is not None:
            found.setdefault(_world(row), []).append(value)
    return found


def _means(found: Mapping[Domain, Sequence[float]]) -> dict[Domain, float]:
    return {world: sum(values) / len(values) for world, values in found.items()}


def _world(row: Row) -> Domain:
    return row["template"], row["seed"]


def _estimate(found: Mapping[Domain, float]) -> Estimate | None:
    return estimate(list(found.values())) if found else None


def _judged(rows: Sequence[Row]) -> Agreement | None:
    tables = [row["judge"] for row in rows if row["judge"]]
    if not tables:
        return None
    return Agreement(**{name: sum(table[name] for table in tables) for name in tables[0]})


def _repeats(rows: Sequence[Row]) -> Repeats | None:
    """Of each question over the repeats of its world; None if no world was repeated."""
    worlds: dict[Domain, list[tuple[bool, ...]]] = {}
    for row in rows:
        worlds.setdefault(_world(row), []).append(tuple(map(bool, row["right"])))
    most = max(len(group) for group in worlds.values())
    if most < 2:
        return None
    # A world of which an episode failed has fewer repeats, and would lower k for all.
    whole = [group for group in worlds.values() if len(group) == most]
    return Repeats([list(zip(*group, strict=True)) for group in whole])


def _repeats_json(found: Repeats) -> dict[str, JSON]:
    k, (between, within) = found.fewest, found.sources() or (None, None)
    return {
        "k": k,
        "pass@1": _interval(found.pass_at(1)),
        "pass@k": _interval(found.pass_at(k)),
        "pass^k": _interval(found.pass_all(k)),
        "between": _rounded(between),
        "within": _rounded(within),
    }


def _usage(rows: Sequence[Row]) -> dict[str, Usage]:
    total: dict[str, Usage] = {}
    for row in rows:
        for name, figures in (row["usage"] or {}).items():
            total[name] = total.get(name, Usage(0, 0, 0, 0)) + Usage(**figures)
    return total


def _interval(found: Estimate | None) -> JSON:
    return dict(found.to_json()) if found else None


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 6)
