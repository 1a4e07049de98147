"""The splits of MemRM's events: which tasks, which strategies and how many events each has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.memrm.played import TaskSource

TRAIN, CALIBRATION, IID = "train", "calibration", "iid"
STRATEGY_OOD, SCENARIO_OOD = "strategy-ood", "scenario-ood"
TESTS = (IID, STRATEGY_OOD, SCENARIO_OOD)
BLOCK = 1_000
"""Seeds of a split, from `BLOCK` on: blocks do not overlap, nor hold the seeds of leaderboards."""
SIZES = {TRAIN: 10_000, CALIBRATION: 2_200, IID: 3_200, STRATEGY_OOD: 3_200, SCENARIO_OOD: 3_600}
"""By split: the number of events, over all of its tracks."""
SEEN = ("worlds", "research", "codeqa")
"""Tracks of which training, calibration, IID and strategy-OOD are made."""
UNSEEN = ("dialogue",)
"""Tracks of which only scenario-OOD is made."""
EVENTS_OF_A_TASK = 26
"""About as many events are chosen from a task, of 2 to 3 steps."""
_DOMAINS = tuple(
    "agentteam city codebase company hospital movie project research sport university".split()
)
_WORLD_SIZES = ((4, 3, 1), (6, 4, 2), (9, 6, 2), (6, 4, 1), (5, 3, 1), (16, 8, 3))
"""Entities, questions, corrections."""
_RESEARCH = dict.fromkeys(("near_miss", "conflict", "other_time", "paraphrase"), "30")


def parameters(track: str, number: int) -> dict[str, str]:
    """The parameters of the track's task of that number: small tasks, so that most contexts have
    3,000 to 16,000 characters; none for a track that is not known here."""
    if track == "worlds":
        entities, questions, corrections = _WORLD_SIZES[number % len(_WORLD_SIZES)]
        return {
            "template": _DOMAINS[number % len(_DOMAINS)],
            "entities": str(entities),
            "tier": ("lite", "standard")[number // len(_DOMAINS) % 2],
            "questions": str(questions),
            "corrections": str(corrections),
        }
    if track == "research":
        hops, tokens = ((2, 2800), (3, 4000), (4, 5800), (3, 3800), (2, 9000))[number % 5]
        reveal = ("delayed", "immediate")[number % 2]
        return _RESEARCH | {"tokens": str(tokens), "hops": str(hops), "reveal": reveal}
    if track == "codeqa":
        form = ("mixed", "files", "session")[number % 3]
        return {"tokens": "10000", "questions": str((4, 6, 8)[number // 3 % 3]), "form": form}
    if track == "dialogue":
        desk = ("bookings", "retail", "telecom")[number % 3]
        return {"template": desk, "chains": "1", "distractors": str(number // 3 % 2)}
    return {}


@dataclass(frozen=True, slots=True)
class MiningJob:
    """A task to mine, for a split."""

    split: str
    source: TaskSource


def jobs(split: str, track: str, events: int) -> list[MiningJob]:
    """The tasks from which so many events of a track are chosen. Raises BadSettings if there are
    too many."""
    tasks = -(-events // EVENTS_OF_A_TASK)
    if tasks > BLOCK:
        raise BadSettings(
            f"{events:,} events of {track}: give at most {BLOCK * EVENTS_OF_A_TASK:,}"
        )
    first = BLOCK * (1 + list(SIZES).index(split))
    return [
        MiningJob(split, TaskSource(track, tuple(sorted(parameters(track, n).items())), first + n))
        for n in range(tasks)
    ]


def plan(
    seen: Sequence[str] = SEEN, unseen: Sequence[str] = UNSEEN, scale: float = 1.0
) -> Mapping[tuple[str, str], int]:
    """By split and track: the number of events. `scale` makes a smaller or larger set."""
    sizes: dict[tuple[str, str], int] = {}
    for split, size in SIZES.items():
        tracks = unseen if split == SCENARIO_OOD else seen
        sizes |= {(split, track): max(1, round(scale * size / len(tracks))) for track in tracks}
    return sizes
