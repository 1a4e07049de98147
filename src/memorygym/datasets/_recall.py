"""Evidence recall: how much of the evidence a memory's search ranks first, without a model."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import signature

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.datasets._files import FileRecord
from memorygym.datasets._samples import Sample, SampleQuestion
from memorygym.memories.stores.passages import Index, Retrieval
from memorygym.stats import Estimate, clustered_share

NAMES = ("recall", "any", "all")
COUNTED = ("with_evidence", "unknown_evidence", "refusals")
"""What is counted of a file's questions."""
PLACES = 6
"""Decimal places of shares in JSON."""


@dataclass(frozen=True, slots=True)
class SearchedQuestion:
    """A question whose evidence was searched for."""

    sample: int
    category: str
    evidence: int
    """Number of units in its evidence."""
    ranks: tuple[int, ...]
    """Ranks of the evidence that was found, from 1."""

    def share(self, k: int) -> float:
        """The share of its evidence among the first k results."""
        return sum(rank <= k for rank in self.ranks) / self.evidence


@dataclass(frozen=True, slots=True)
class RecallMeasurement:
    """The recall measurement of a file: the searched questions, and the skipped ones by reason."""

    searched: tuple[SearchedQuestion, ...]
    sizes: tuple[int, ...]
    """Number of units of each sample."""
    smallest: int
    """Number of units of the smallest sample with a counted question; 0 if there is none."""
    skipped: Mapping[str, int]
    """Number of questions that do not count, by reason."""
    unknown: int
    """Number of pieces of evidence that name no unit."""
    left_out: tuple[FileRecord, ...]
    """Records that are not samples."""

    def by_category(self) -> dict[str, list[SearchedQuestion]]:
        """The searched questions by published category, in the order of the categories' ids."""
        groups: dict[str, list[SearchedQuestion]] = {}
        for question in sorted(self.searched, key=lambda question: _id_order(question.category)):
            groups.setdefault(question.category, []).append(question)
        return groups


def index_of(memory: str) -> Callable[[], Index]:
    """The function that makes an empty index of the kind that a memory searches.

    Raises UnknownPart, and BadSettings if the memory has no ranking; the message names those that
    have one.
    """
    memory_ = registry.make("memory", memory)
    if isinstance(memory_, Retrieval):
        return memory_.index
    ours = [name for name in registry.names("memory") if registry.is_built_in("memory", name)]
    kinds = {name: signature(registry.load("memory", name)).return_annotation for name in ours}
    ranking = [name for name in ours if kinds[name] is Retrieval]
    raise BadSettings(f"{memory} ranks no entries: choose from {', '.join(ranking)}")


def measure(
    records: Iterable[Sample | FileRecord], index: Callable[[], Index], deepest: int
) -> RecallMeasurement:
    """Searches once for every question with evidence among the units of its sample."""
    searched: list[SearchedQuestion] = []
    sizes: list[int] = []
    counted_sizes: list[int] = []
    left_out: list[FileRecord] = []
    skipped: Counter[str] = Counter()
    unknown = 0
    for record in records:
        if isinstance(record, FileRecord):
            left_out.append(record)
            continue
        unknown += sum(question.unknown for question in record.questions)
        skipped.update(reason for question in record.questions if (reason := _skipped(question)))
        if ranked := [question for question in record.questions if not _skipped(question)]:
            searched += _search(record, ranked, len(sizes), index(), deepest)
            counted_sizes.append(len(record.units))
        sizes.append(len(record.units))
    return RecallMeasurement(
        searched=tuple(searched),
        sizes=tuple(sizes),
        smallest=min(counted_sizes, default=0),
        skipped=dict(sorted(skipped.items())),
        unknown=unknown,
        left_out=tuple(left_out),
    )


def _skipped(question: SampleQuestion) -> str:
    """The reason why a question does not count; "" if it counts."""
    if question.unranked or question.evidence:
        return question.unranked
    return "evidence_unknown" if question.unknown else "without_evidence"


def _search(
    sample: Sample,
    questions: Sequence[SampleQuestion],
    sample_number: int,
    index: Index,
    deepest: int,
) -> list[SearchedQuestion]:
    for key, unit in enumerate(sample.units):
        index.set(key, unit.search_text)
    keys = {unit.id: key for key, unit in enumerate(sample.units)}
    searched = []
    for question in questions:
        ranks = {key: rank for rank, key in enumerate(index.search(question.question, deepest), 1)}
        found_ranks = tuple(ranks[keys[id]] for id in question.evidence if keys[id] in ranks)
        searched.append(
            SearchedQuestion(sample_number, question.category, len(question.evidence), found_ranks)
        )
    return searched


def shares(searched: Sequence[SearchedQuestion], k: int) -> dict[str, Estimate]:
    """Recall at k with 95 % intervals clustered by sample: the mean share of a question's evidence
    that is found, and the shares of questions with any, and with all, of it found."""
    samples: dict[int, list[float]] = {}
    for question in searched:
        samples.setdefault(question.sample, []).append(question.share(k))
    groups = list(samples.values())
    return {
        "recall": clustered_share(groups),
        "any": clustered_share([[share > 0 for share in group] for group in groups]),
        "all": clustered_share([[share == 1 for share in group] for group in groups]),
    }


def _means(searched: Sequence[SearchedQuestion], ks: Sequence[int]) -> dict[str, JSON]:
    """Recall as JSON: shares from 0 to 1, by k."""
    by_k = {str(k): shares(searched, k) for k in ks} if searched else {}
    means: dict[str, JSON] = {
        name: {k: round(estimates[name].mean, PLACES) for k, estimates in by_k.items()}
        for name in NAMES
    }
    return {**means, "n": len(searched)}


def figures(recall: RecallMeasurement, ks: Sequence[int]) -> dict[str, JSON]:
    """All figures as JSON: shares from 0 to 1 by k, overall and by published category; an interval
    is null where there are too few samples."""
    intervals = {
        str(k): {
            name: [round(e.low, PLACES), round(e.high, PLACES)] if e.has_interval else None
            for name, e in shares(recall.searched, k).items()
        }
        for k in ks
        if recall.searched
    }
    return {
        **_means(recall.searched, ks),
        "intervals": intervals,
        "categories": {name: _means(own, ks) for name, own in recall.by_category().items()},
        "samples": len(recall.sizes),
        "units": sum(recall.sizes),
        "skipped": dict(recall.skipped),
        "unknown_evidence": recall.unknown,
        "records_left_out": [record.index for record in recall.left_out],
    }


def content(
    records: Iterable[Sample | FileRecord],
) -> tuple[dict[str, JSON], list[FileRecord]]:
    """Counts, categories, sizes and tokens of a file as JSON; and the records that are no
    samples."""
    units, tokens, left_out = list[int](), list[int](), list[FileRecord]()
    counts, categories = Counter(dict.fromkeys(COUNTED, 0)), Counter[str]()
    for record in records:
        if isinstance(record, FileRecord):
            left_out.append(record)
            continue
        units.append(len(record.units))
        tokens.append(sum(count(unit.search_text) for unit in record.units))
        for question in record.questions:
            categories[question.category] += 1
            counts["with_evidence"] += bool(question.evidence)
            counts["refusals"] += question.refusal
            counts["unknown_evidence"] += question.unknown
    figures: dict[str, JSON] = {
        "records": {"read": len(units), "left_out": len(left_out)},
        "units": _spread(units),
        "tokens": _spread(tokens),
        "questions": categories.total(),
        **counts,
        "categories": {name: categories[name] for name in sorted(categories, key=_id_order)},
    }
    return figures, left_out


def _id_order(category: str) -> tuple[int, str]:
    """The order of categories' ids, in which 10 comes after 9."""
    return len(category), category


def _spread(sizes: Sequence[int]) -> dict[str, JSON]:
    return {"total": sum(sizes), "least": min(sizes), "most": max(sizes)}
