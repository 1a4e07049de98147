"""Evidence recall counts the evidence among the first k results, by question and category."""

from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.datasets._recall import RecallMeasurement, figures, index_of, measure, shares
from memorygym.datasets._samples import load
from tests.datasets import published

RANKING = ("bm25", "hybrid", "naive_rag")


class Alphabet:
    """An index that ranks by text, whatever the query."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}

    def set(self, key: int, text: str) -> None:
        self._texts[key] = text

    def drop(self, key: int) -> None:
        del self._texts[key]

    def search(self, query: str, k: int) -> list[int]:
        return sorted(self._texts, key=lambda key: self._texts[key])[:k]


def measured(name: str, path: Path, unit: str | None = None) -> RecallMeasurement:
    return measure(load(name, path, unit), Alphabet, 50)


def test_recall_is_the_mean_share_any_and_all_of_the_evidence(tmp_path: Path) -> None:
    # Alder, Birch, Cedar are ranked in this order; the questions need AB, B and CB.
    measurement = measured("hotpotqa", published.file_of("hotpotqa", tmp_path))
    row = figures(measurement, [1, 2])
    assert row["recall"] == {"1": round(1 / 6, 6), "2": round(5 / 6, 6)}
    assert row["any"] == {"1": round(1 / 3, 6), "2": 1.0}
    assert row["all"] == {"1": 0.0, "2": round(2 / 3, 6)}
    assert (row["n"], measurement.smallest) == (3, 3)


def test_a_single_sample_has_no_interval(tmp_path: Path) -> None:
    measurement = measured("hotpotqa", published.file_of("hotpotqa", tmp_path, rows=1))
    row = figures(measurement, [1])
    assert row["intervals"] == {"1": {"recall": None, "any": None, "all": None}}


def test_a_question_with_unknown_evidence_is_skipped_and_counted(tmp_path: Path) -> None:
    row = published.hotpot(supporting_facts=[["Elsewhere", 0]])
    path = published.write(tmp_path / "a.json", [row, published.hotpot(1)])
    measurement = measured("hotpotqa", path)
    assert (len(measurement.searched), measurement.unknown) == (1, 1)
    assert measurement.skipped == {"evidence_unknown": 1}


@pytest.mark.parametrize("memory", RANKING)
def test_a_ranking_memory_finds_the_named_entity(memory: str, tmp_path: Path) -> None:
    rows = [
        published.hotpot(number, supporting_facts=[[published.TITLES[number], 0]])
        for number in range(3)
    ]
    path = published.write(tmp_path / "a.json", rows)
    measurement = measure(load("hotpotqa", path), index_of(memory), 1)
    assert shares(measurement.searched, 1)["all"].mean == 1.0


@pytest.mark.parametrize("memory", ["recency", "hipporag-lite", "markdown"])
def test_a_memory_that_ranks_nothing_is_refused_with_those_that_do(memory: str) -> None:
    with pytest.raises(BadSettings, match=f"choose from {', '.join(RANKING)}"):
        index_of(memory)
