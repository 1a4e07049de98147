"""The figures of a comparison, from what each episode told of its memory.

The unit is the task, since its questions share a memory: every figure is one value a task, and its
interval is over tasks. Two arms are compared on the tasks that both finished.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.errors import BadSettings
from memorygym.isolation.arms import HELD, Role, role_of
from memorygym.isolation.contests import RECENCY, Scores, World, contests
from memorygym.isolation.gain import Gain
from memorygym.isolation.report import Costs, Losses, Report, Row, Standing
from memorygym.runs.measures import Case, Measured
from memorygym.stats import Estimate, estimate, paired

Left = Mapping[World, frozenset[int]]
"""By task: the numbers of the questions that are left out."""
Value = Callable[[Measured], float | None]
"""A figure of one task; None where it has none."""
ROLES: tuple[Role, ...] = ("reference", "memory", "held")


def figures(measured: Sequence[Measured], failures: Mapping[str, int], name: str) -> Report:
    """All figures of one reasoner at one budget; `failures` counts the failed tasks by arm.

    `name` names the random streams. Raises ValueError if there is nothing to report, or an arm
    played a task twice, and BadSettings if no question counts.
    """
    if len(reasoners := {one.reasoner for one in measured}) != 1:
        raise ValueError(f"figures are of one reasoner, not of {sorted(reasoners)}")
    arms, left = _by_arm(measured), left_out(measured)
    for arm in sorted(failures):
        arms.setdefault(arm, {})
    asked = {one.world: {case.number for case in one.cases} for one in measured}
    scores = {arm: scored(played, left) for arm, played in arms.items()}
    if not any(scores.values()):
        raise BadSettings(
            "no question counts, for the oracle was shown the facts of none: give a larger budget,"
            " or a track whose `oracle` names the events of its goals"
        )
    memories = {arm: mine for arm, mine in scores.items() if role_of(arm) == "memory"}
    whole = {arm for arm in memories if arms[arm].keys() == asked.keys() and not failures.get(arm)}
    found = contests(memories, whole, scores.get(RECENCY, {}), name)
    table = _Table(arms, left, scores, Gain(scores, name))
    rows = [table.row(arm, failures.get(arm, 0), found.ranks.get(arm)) for arm in arms]
    lost = sum(len(numbers & asked[world]) for world, numbers in left.items())
    return Report(
        reasoner=reasoners.pop(),
        budget=max((one.budget for one in measured if one.budget is not None), default=None),
        worlds=tuple(sorted(asked)),
        questions=sum(map(len, asked.values())) - lost,
        left_out=lost,
        rows=tuple(sorted(rows, key=_order)),
        contests=found,
    )


def left_out(measured: Sequence[Measured]) -> Left:
    """Questions whose needed facts did not fit the budget together, so that oracle showed none."""
    return {
        one.world: frozenset(case.number for case in one.cases if case.needs and not case.tokens)
        for one in measured
        if one.arm == "oracle"
    }


def judged(one: Measured, left: Left) -> list[Case]:
    """The questions of a task that count."""
    lost = left.get(one.world, frozenset())
    return [case for case in one.cases if case.number not in lost]


def scored(played: Mapping[World, Measured], left: Left) -> Scores:
    """By task: the share of the questions that count which were answered rightly."""
    cases = {world: judged(one, left) for world, one in played.items()}
    return {
        world: sum(case.score for case in mine) / len(mine) for world, mine in cases.items() if mine
    }


def _by_arm(measured: Sequence[Measured]) -> dict[str, dict[World, Measured]]:
    """Tasks in order, so that no figure depends on the order in which they were played."""
    arms: dict[str, dict[World, Measured]] = {}
    for one in sorted(measured, key=lambda one: (one.arm, one.world)):
        if one.world in arms.setdefault(one.arm, {}):
            raise ValueError(f"{one.arm} played {one.template} {one.seed} twice")
        arms[one.arm][one.world] = one
    return arms


def _order(row: Row) -> tuple[int, bool, float, bool, str]:
    """By role and accuracy, the ceiling before its equals. An arm that failed somewhere played
    other tasks, so it stands below the others."""
    accuracy = row.standing.accuracy
    mean = accuracy.mean if accuracy else -1.0
    return ROLES.index(row.role), row.failed > 0, -mean, row.arm != "oracle", row.arm


@dataclass(frozen=True, slots=True)
class _Table:
    """All arms, by task."""

    arms: Mapping[str, Mapping[World, Measured]]
    left: Left
    scores: Mapping[str, Scores]
    normal: Gain

    def row(self, arm: str, failed: int, rank: int | None) -> Row:
        return Row(
            arm, role_of(arm), self.scores[arm], failed, rank,
            self._standing(arm), self._losses(arm), self._costs(arm),
        )  # fmt: skip

    def _standing(self, arm: str) -> Standing:
        mine = self.scores[arm]
        return Standing(
            accuracy=_mean(mine),
            gain=self._over(arm, "none"),
            degradation=self._over(arm, "full"),
            normalised=self.normal.of(mine),
            advantage=self._over(arm, RECENCY),
            exact=self._each(arm, lambda one: _share(judged(one, self.left), "exact")),
            f1=self._each(arm, lambda one: _share(judged(one, self.left), "f1")),
        )

    def _losses(self, arm: str) -> Losses:
        left = self.left

        def share(part: str, whole: str) -> Estimate | None:
            return self._each(arm, lambda one: _pooled(judged(one, left), part, whole))

        def held(condition: str) -> Estimate | None:
            return self._each(
                arm, lambda one: one.precision[condition] if any(one.precision.values()) else None
            )

        return Losses(
            storing=self._over("oracle", HELD + arm),
            retrieving=self._over(HELD + arm, arm),
            survival=share("present", "needs"),
            exposure=share("stale", "replaced"),
            precision=held("true"),
            stale=held("stale"),
            wrong=held("wrong"),
            duplicate=held("duplicate"),
            irrelevant=held("irrelevant"),
        )

    def _costs(self, arm: str) -> Costs:
        values: dict[str, Value] = {
            "view": lambda one: _share(judged(one, self.left), "tokens"),
            "ingest_calls": lambda one: one.ingest.calls,
            "ingest_tokens": lambda one: one.ingest.tokens,
            "query_calls": lambda one: one.query.calls,
            "query_tokens": lambda one: one.query.tokens,
            "total": memory_tokens,
            "fractures": lambda one: one.fractures,
            "cuts": lambda one: one.cuts,
            "empty": lambda one: one.empty,
            "overlong": lambda one: one.overlong,
            "limited": lambda one: one.limited,
            "repaired": lambda one: one.repaired,
            "peak": lambda one: one.peak,
            "writes": lambda one: one.writes,
        }
        return Costs(**{name: self._each(arm, value) for name, value in values.items()})

    def _each(self, arm: str, value: Value) -> Estimate | None:
        return _mean({world: value(one) for world, one in self.arms[arm].items()})

    def _over(self, arm: str, other: str) -> Estimate | None:
        a, b = self.scores.get(arm, {}), self.scores.get(other, {})
        return paired(a, b).estimate if a.keys() & b.keys() else None


def _mean(values: Mapping[World, float | None]) -> Estimate | None:
    """Over the tasks that have a value."""
    found = [value for value in values.values() if value is not None]
    return estimate(found) if found else None


def _pooled(cases: Sequence[Case], part: str, whole: str) -> float | None:
    total = sum(getattr(case, whole) for case in cases)
    return sum(getattr(case, part) for case in cases) / total if total else None


def _share(cases: Sequence[Case], part: str) -> float | None:
    """The mean over the questions."""
    return sum(getattr(case, part) for case in cases) / len(cases) if cases else None


def memory_tokens(one: Measured) -> float:
    """All that a memory had read on one task: in view of its steps, and by its own model."""
    return sum(case.tokens for case in one.cases) + one.ingest.tokens + one.query.tokens
