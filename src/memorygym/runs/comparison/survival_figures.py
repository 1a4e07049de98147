"""The figures of argument survival, from the replays of all trajectories."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from statistics import fmean

from memorygym.runs.comparison.survival import Loss, SystemReplay, TrajectoryReplay
from memorygym.runs.comparison.system_specs import Role, role_of
from memorygym.stats import Estimate, bootstrap, clustered_share, estimate

FIRST = 250
"""Tokens below which a distance is in the first bin; every further bin is twice as wide."""
OUTCOMES = {True: "success", False: "failure", None: "unknown"}
MOST_LOSSES = 10
"""Losses that are kept for every memory and budget."""
Replay = tuple[TrajectoryReplay, SystemReplay]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of uses with its interval."""

    uses: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class SurvivalRow:
    """The figures of one system at one budget."""

    system: str
    role: Role
    budget: int | None
    """None for a reference without a budget."""
    failed: int
    """Trajectories that it did not finish."""
    survival: Share | None
    """The uses whose value the context showed; None without a finished trajectory."""
    stale: Share | None
    """Of the uses of values that replaced another one, those for which the context showed only the
    older value."""
    tokens: Estimate | None
    """Tokens of the context, mean over the replies with a use, the trajectories of a
    cluster and the clusters."""
    by_kind: Mapping[str, Share]
    by_distance: Mapping[str, Share]
    """By tokens between the message that said the value and the call."""
    by_source: Mapping[str, Share]
    """By the role of that message."""
    by_outcome: Mapping[str, Share]
    """By whether the trajectory succeeded, if logs say so."""
    difference: Estimate | None
    """Survival in trajectories that succeeded minus in those that failed (cluster bootstrap)."""


@dataclass(frozen=True, slots=True)
class SurvivalFigures:
    """All figures of a replay."""

    trajectories: int
    used: int
    """Trajectories with at least one use, which count."""
    clusters: int
    calls: int
    uses: Mapping[str, int]
    """By kind."""
    formats: Mapping[str, int]
    """Trajectories by format."""
    outcomes: Mapping[str, int]
    """Trajectories with a use, by whether they succeeded."""
    distance_by_outcome: Mapping[str, Estimate]
    """The distance of a use in tokens, mean over the uses, trajectories and clusters."""
    rows: Sequence[SurvivalRow]
    losses: Sequence[Loss]
    errors: Sequence[tuple[str, SystemReplay]]
    """Each replay that failed, with its system and place."""


def figures(replays: Sequence[TrajectoryReplay]) -> SurvivalFigures:
    """The figures of trajectories, in their order; those without a use count only as numbers."""
    used = [replay for replay in replays if replay.uses]
    keys = list(dict.fromkeys(key for replay in used for key in replay.by_system))
    worst: list[Loss] = []
    for key in keys:
        own = (loss for r in used for loss in r.losses if (loss.system, loss.budget) == key)
        worst += nsmallest(MOST_LOSSES, own, key=lambda loss: (-loss.times, loss.distance))
    return SurvivalFigures(
        len(replays),
        len(used),
        len({replay.cluster for replay in used}),
        sum(replay.calls for replay in replays),
        Counter(kind for replay in used for kind, _ in replay.uses),
        Counter(replay.format for replay in replays),
        Counter(OUTCOMES[replay.success] for replay in used),
        {
            name: distance
            for success, name in OUTCOMES.items()
            if (
                distance := _amount(
                    (r.cluster, fmean(d for _, d in r.uses)) for r in used if r.success is success
                )
            )
        },
        [_row(key, [(replay, replay.by_system[key]) for replay in used]) for key in keys],
        worst,
        [
            (f"{name}, {replay.place}", played)
            for replay in used
            for (name, _), played in replay.by_system.items()
            if played.error
        ],
    )


def distance_name(tokens: int) -> str:
    """
    >>> [distance_name(tokens) for tokens in (0, 250, 999, 1000, 70_000)]
    ['<250', '250–500', '500–1k', '1k–2k', '64k–128k']
    """
    place = (tokens // FIRST).bit_length()
    low, high = FIRST << place >> 1, FIRST << place
    return f"{_short(low)}–{_short(high)}" if place else f"<{high}"


def _short(tokens: int) -> str:
    return f"{tokens // 1000}k" if tokens >= 1000 else str(tokens)


def _row(key: tuple[str, int | None], replays: Sequence[Replay]) -> SurvivalRow:
    whole = [(replay, played) for replay, played in replays if not played.error]

    def split(name: Callable[[TrajectoryReplay, int], str]) -> dict[str, Share]:
        names = Counter(name(r, i) for r, _ in whole for i in range(len(r.uses)))
        shares = {own: _share(whole, lambda r, i: name(r, i) == own) for own in names}  # noqa: B023
        return {own: share for own, share in shares.items() if share}

    by_distance = split(lambda r, i: distance_name(r.uses[i][1]))
    order = [distance_name(0), *(distance_name(FIRST << place) for place in range(40))]
    outcomes = split(lambda r, _: OUTCOMES[r.success])
    return SurvivalRow(
        key[0],
        role_of(key[0]),
        key[1],
        len(replays) - len(whole),
        _share(whole, lambda _, __: True),
        _share(whole, lambda r, i: bool(r.replaced[i]), lambda played: played.stale),
        _amount((replay.cluster, played.tokens) for replay, played in whole),
        split(lambda r, i: r.uses[i][0]),
        {name: by_distance[name] for name in order if name in by_distance},
        split(lambda r, i: r.roles[i]),
        outcomes if outcomes.keys() != {OUTCOMES[None]} else {},
        _difference(key, whole) if {"success", "failure"} <= outcomes.keys() else None,
    )


def _share(
    replays: Sequence[Replay],
    counts: Callable[[TrajectoryReplay, int], bool],
    flags: Callable[[SystemReplay], bytes] = lambda played: played.survived,
) -> Share | None:
    """The share of the uses that count, clustered; None without any."""
    clusters: dict[str, list[float]] = {}
    for replay, played in replays:
        own = [float(flag) for i, flag in enumerate(flags(played)) if counts(replay, i)]
        clusters.setdefault(replay.cluster, []).extend(own)
    uses = sum(map(len, clusters.values()))
    return Share(uses, clustered_share([*clusters.values()])) if uses else None


def _amount(values: Iterable[tuple[str, float]]) -> Estimate | None:
    """The mean over clusters of the mean of each; None without any."""
    clusters: dict[str, list[float]] = {}
    for cluster, value in values:
        clusters.setdefault(cluster, []).append(value)
    return estimate([fmean(own) for own in clusters.values()]) if clusters else None


def _difference(key: tuple[str, int | None], replays: Sequence[Replay]) -> Estimate:
    """Survival where the trajectory succeeded minus where it failed; clusters are resampled."""
    clusters: dict[str, list[int]] = {}
    for replay, played in replays:
        sums = clusters.setdefault(replay.cluster, [0, 0, 0, 0])
        if replay.success is not None:
            start = 0 if replay.success else 2
            sums[start] += sum(played.survived)
            sums[start + 1] += len(played.survived)

    def statistic(chosen: Sequence[Sequence[int]]) -> float:
        a, n, b, m = (sum(sums[i] for sums in chosen) for i in range(4))
        return a / max(n, 1) - b / max(m, 1)

    return bootstrap([*clusters.values()], statistic, f"survival {key[0]} {key[1]}")
