"""Every format reads files of its published form: units, questions, evidence, categories."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.datasets._samples import Sample, SampleQuestion, format_named, load
from tests.datasets import published

FORMATS = registry.names("datasets")
PLAIN = SampleQuestion("", "", (), (), "")


def samples(name: str, path: Path, unit: str | None = None) -> list[Sample]:
    records = list(load(name, path, unit))
    assert all(isinstance(record, Sample) for record in records), records
    return [record for record in records if isinstance(record, Sample)]


def described(sample: Sample) -> Iterator[str]:
    """The units and questions of a sample, with every field that says something."""
    for unit in sample.units:
        yield f"{unit.id}: {unit.search_text!r}, session {unit.session!r}"
    for question in sample.questions:
        names = ("answers", "evidence", "category", "rivals", "refusal", "unranked", "unknown")
        fields = ((name, getattr(question, name)) for name in names)
        shown = [f"{name} {value!r}" for name, value in fields if value != getattr(PLAIN, name)]
        yield f"{question.id}. {question.question!r}: {', '.join(shown)}"


def test_formats_read_their_published_forms(
    tmp_path: Path, snapshot: Callable[[str, str], None]
) -> None:
    lines = []
    for name in FORMATS:
        for unit in format_named(name).units:
            (folder := tmp_path / name / unit).mkdir(parents=True)
            for sample in samples(name, published.file_of(name, folder, rows=1), unit):
                ids = [unit.id for unit in sample.units]
                assert len(ids) == len(set(ids)) and sample.questions
                assert {id for q in sample.questions for id in q.evidence} <= set(ids)
                lines += [f"== {name}, {unit}: {sample.id}", *described(sample)]
    snapshot("formats", "\n".join(lines))


def row_of(name: str, row: published.Row, folder: Path) -> tuple[Sample, SampleQuestion]:
    """The sample of a row, and its first question."""
    (sample,) = samples(name, published.write(folder / "a.json", [row]))
    return sample, sample.questions[0]


def test_both_forms_of_hotpotqa_read_alike(tmp_path: Path) -> None:
    rows = (published.hotpot(), published.hotpot_columns())
    first, second = (row_of("hotpotqa", row, tmp_path)[0] for row in rows)
    assert first == second


def test_paragraphs_with_the_same_title_are_numbered(tmp_path: Path) -> None:
    context = [["Ash", ["One."]], ["Ash", ["Two."]]]
    row = published.hotpot(context=context, supporting_facts=[["Ash", 0]])
    sample, question = row_of("hotpotqa", row, tmp_path)
    assert [unit.id for unit in sample.units] == ["Ash", "Ash (2)"]
    assert question.evidence == ("Ash",)


@pytest.mark.parametrize(
    ("name", "row", "reason"),
    [
        ("musique", published.musique() | {"answerable": False}, "unanswerable"),
        ("longmemeval", published.longmemeval(name="x_abs"), "abstention"),
    ],
)
def test_a_question_without_an_answer_measures_no_retrieval(
    name: str, row: published.Row, reason: str, tmp_path: Path
) -> None:
    assert row_of(name, row, tmp_path)[1].unranked == reason


def beam_folder(row: published.Row, folder: Path) -> Path:
    """The files of one chat."""
    (folder / "probing_questions").mkdir(parents=True)
    published.write(folder / "chat.json", row["chat"])
    probes = folder / "probing_questions" / "probing_questions.json"
    published.write(probes, row["probing_questions"])
    return folder


def test_beam_reads_rows_literals_and_folders(tmp_path: Path) -> None:
    row = published.beam(1)
    plain, _ = row_of("beam", row, tmp_path)
    literal = row | {"probing_questions": repr(row["probing_questions"])}
    folder = beam_folder(row, tmp_path / "100K" / "1")
    paths = [published.write(tmp_path / "b.json", [literal]), folder, folder.parent]
    for path in (*paths, folder / "chat.json"):
        assert samples("beam", path) == [plain]


def test_plans_of_a_chat_of_ten_million_tokens_number_their_messages_on(tmp_path: Path) -> None:
    row = published.beam()
    row["chat"] = [{"plan-1": row["chat"]}, {"plan-1": None, "plan-2": row["chat"]}]
    sample, _ = row_of("beam", row, tmp_path)
    assert [unit.id for unit in sample.units] == [str(number) for number in range(8)]


def test_memgym_dr_falls_back_on_the_titles_of_its_facts(tmp_path: Path) -> None:
    row = published.memgym_dr()
    for turn in row["turns"]:
        for document in turn["documents"]:
            document["is_supporting"] = False
    row["grounding_facts"] = [{"fact_id": "f", "source_paragraph_title": "Cedar Fair"}]
    sample, question = row_of("memgym_dr", row, tmp_path)
    assert [unit.text for unit in sample.units if unit.id in question.evidence] == [
        "Cedar Fair dates from 1902."
    ]


@pytest.mark.parametrize("file", ["questions.jsonl", "haystacks/lme_v2_small.json"])
def test_longmemeval_v2_is_found_by_any_of_its_files(file: str, tmp_path: Path) -> None:
    folder = published.longmemeval_v2(tmp_path)
    assert samples("longmemeval_v2", folder / file) == samples("longmemeval_v2", folder)
