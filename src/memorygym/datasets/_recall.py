"""Evidence recall: how much of what a question rests on a memory's search ranks first. No model."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature
from math import inf

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON
from memorygym.datasets._files import FileRecord
from memorygym.datasets._samples import Sample, SampleQuestion
from memorygym.memories.stores.passages import Index, Retrieval
from memorygym.stats import Estimate, clustered, clustered_share

NAMES = ("recall", "any", "all")
PLACES = 6
"""Decimal places of a share in JSON."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A question that was searched for."""

    sample: int
    category: str
    evidence: int
    """Units that it rests on."""
    ranks: tuple[int, ...]
    """Where those of them stand that were found, from 1."""

    def share(self, k: int) -> float:
        """How much of the evidence the first k hold."""
        return sum(rank <= k for rank in self.ranks) / self.evidence


@dataclass(frozen=True, slots=True)
class RecallMeasurement:
    """What was searched for in a file, and what was not, and why."""

    searched: tuple[Searched, ...]
    sizes: tuple[int, ...]
    """Units of each sample."""
    smallest: int
    """Units of the smallest sample of which a question counts; 0 if none does."""
    skipped: Mapping[str, int]
    """Questions that do not count, by the reason."""
    unknown: int
    """Pieces of evidence that name no unit."""
    left_out: tuple[FileRecord, ...]
    """Records that are no sample."""

    def by_category(self) -> dict[str, list[Searched]]:
        """What was searched for, by published category, in the order of their ids."""
        found: dict[str, list[Searched]] = {}
        for one in sorted(self.searched, key=lambda one: (len(one.category), one.category)):
            found.setdefault(one.category, []).append(one)
        return found


def index_of(memory: str) -> Callable[[], Index]:
    """What makes empty indexes of the kind that a memory searches.

    Raises UnknownPart, and BadSettings for a memory that has no ranking, with those that have one.
    """
    made = registry.make("memory", memory)
    if isinstance(made, Retrieval):
        return made.index
    ours = [name for name in registry.names("memory") if registry.is_built_in("memory", name)]
    makes = {name: signature(registry.load("memory", name)).return_annotation for name in ours}
    ranking = [name for name in ours if makes[name] is Retrieval]
    raise BadSettings(f"{memory} ranks no entries: choose from {', '.join(ranking)}")


def measure(
    found: Iterable[Sample | FileRecord], index: Callable[[], Index], deepest: int
) -> RecallMeasurement:
    """Searches for every question with evidence, once, among the units of its sample."""
    searched: list[Searched] = []
    sizes: list[int] = []
    counted: list[int] = []
    left_out: list[FileRecord] = []
    skipped: Counter[str] = Counter()
    unknown = 0
    for one in found:
        if isinstance(one, FileRecord):
            left_out.append(one)
            continue
        unknown += sum(asked.unknown for asked in one.questions)
        skipped.update(reason for asked in one.questions if (reason := _skipped(asked)))
        if wanted := [asked for asked in one.questions if not _skipped(asked)]:
            searched += _search(one, wanted, len(sizes), index(), deepest)
            counted.append(len(one.units))
        sizes.append(len(one.units))
    return RecallMeasurement(
        searched=tuple(searched),
        sizes=tuple(sizes),
        smallest=min(counted, default=0),
        skipped=dict(sorted(skipped.items())),
        unknown=unknown,
        left_out=tuple(left_out),
    )


def _skipped(asked: SampleQuestion) -> str:
    """Why a question does not count, "" if it does."""
    if asked.unranked or asked.evidence:
        return asked.unranked
    return "evidence_unknown" if asked.unknown else "without_evidence"


def _search(
    sample: Sample, wanted: Sequence[SampleQuestion], number: int, index: Index, deepest: int
) -> list[Searched]:
    for key, unit in enumerate(sample.units):
        index.set(key, unit.told)
    keys = {unit.id: key for key, unit in enumerate(sample.units)}
    searched = []
    for asked in wanted:
        place = {key: rank for rank, key in enumerate(index.search(asked.question, deepest), 1)}
        held = tuple(place[keys[id]] for id in asked.evidence if keys[id] in place)
        searched.append(Searched(number, asked.category, len(asked.evidence), held))
    return searched


def shares(searched: Sequence[Searched], k: int) -> dict[str, Estimate]:
    """Recall at k with 95 % intervals, clustered by sample: the mean share of a question's
    evidence, and the questions of which any, and of which all, is found."""
    samples: dict[int, list[float]] = {}
    for one in searched:
        samples.setdefault(one.sample, []).append(one.share(k))
    groups = list(samples.values())
    mean = clustered(groups)
    if mean.high < inf:
        mean = Estimate(mean.mean, max(0.0, mean.low), min(1.0, mean.high), mean.worlds)
    return {
        "recall": mean,
        "any": clustered_share([[share > 0 for share in group] for group in groups]),
        "all": clustered_share([[share == 1 for share in group] for group in groups]),
    }


def figures(searched: Sequence[Searched], ks: Sequence[int]) -> dict[str, JSON]:
    """Recall at every k as JSON: shares from 0 to 1, by k."""
    found = {str(k): shares(searched, k) for k in ks} if searched else {}
    means: dict[str, JSON] = {
        name: {k: round(at[name].mean, PLACES) for k, at in found.items()} for name in NAMES
    }
    return {**means, "n": len(searched)}
