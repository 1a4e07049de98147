"""Every format reads files of its published form: units, questions, evidence, categories."""

from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.datasets._samples import Sample, format_named, load
from tests.datasets import published

FORMATS = registry.names("datasets")


def samples(name: str, path: Path, unit: str | None = None) -> list[Sample]:
    records = list(load(name, path, unit))
    assert all(isinstance(record, Sample) for record in records), records
    return [record for record in records if isinstance(record, Sample)]


def evidence(sample: Sample) -> list[list[str]]:
    texts = {unit.id: unit.text for unit in sample.units}
    return [[texts[id] for id in question.evidence] for question in sample.questions]


def test_every_format_has_a_file_here() -> None:
    assert set(FORMATS) == {*published.ROWS, "longmemeval_v2"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_reads_its_published_form(name: str, tmp_path: Path) -> None:
    format_ = format_named(name)
    for unit in format_.units:
        path = tmp_path / unit
        path.mkdir()
        for sample in samples(name, published.file_of(name, path), unit):
            ids = [unit.id for unit in sample.units]
            assert len(ids) == len(set(ids)) and sample.questions
            assert all(set(question.evidence) <= set(ids) for question in sample.questions)


@pytest.mark.parametrize("make", [published.hotpot, published.hotpot_columns])
def test_both_forms_of_hotpotqa_read_alike(make, tmp_path: Path) -> None:
    (sample,) = samples("hotpotqa", published.write(tmp_path / "a.json", [make()]))
    assert sample.units[0].search_text == "Alder Mill\nAlder Mill stands in ward 0. It is old."
    assert sample.questions[0].evidence == ("Alder Mill", "Birch Lane")
    assert (sample.questions[0].category, sample.questions[0].answers) == ("bridge", ("ward 0",))


def test_paragraphs_with_the_same_title_are_numbered(tmp_path: Path) -> None:
    row = published.hotpot(
        context=[["Ash", ["One."]], ["Ash", ["Two."]]], supporting_facts=[["Ash", 0]]
    )
    (sample,) = samples("hotpotqa", published.write(tmp_path / "a.json", [row]))
    assert [unit.id for unit in sample.units] == ["Ash", "Ash (2)"]
    assert sample.questions[0].evidence == ("Ash",)


def test_musique_has_aliases_and_its_hops_as_category(tmp_path: Path) -> None:
    sample = samples("musique", published.file_of("musique", tmp_path))[0]
    assert sample.questions[0].answers == ("4", "some")
    assert sample.questions[0].category == "2hop"
    assert evidence(sample) == [["Alder Mill has 4 rooms."]]


def test_an_unanswerable_question_of_musique_measures_no_retrieval(tmp_path: Path) -> None:
    row = published.musique() | {"answerable": False}
    (sample,) = samples("musique", published.write(tmp_path / "a.jsonl", [row], lines=True))
    assert sample.questions[0].unranked == "unanswerable"


def test_a_turn_of_locomo_is_date_speaker_text_and_caption_in_the_order_of_sessions(
    tmp_path: Path,
) -> None:
    sample = samples("locomo", published.file_of("locomo", tmp_path))[0]
    assert [unit.id for unit in sample.units] == ["D1:1", "D1:2", "D2:1", "D2:2"]
    assert (
        sample.units[1].search_text == "1:56 pm on 8 May, 2023\nBen: Look! [a photo of a red canoe]"
    )


def test_unclear_evidence_of_locomo_is_counted_as_unknown(tmp_path: Path) -> None:
    questions = samples("locomo", published.file_of("locomo", tmp_path))[0].questions
    assert [question.evidence for question in questions] == [
        ("D1:1",), ("D2:1", "D1:1"), ("D1:2",), (), ("D1:1",)
    ]  # fmt: skip
    assert [question.unknown for question in questions] == [0, 0, 1, 0, 0]
    assert [question.category for question in questions] == ["4", "2", "1", "3", "5"]


def test_the_adversarial_answer_of_locomo_is_a_wrong_answer(tmp_path: Path) -> None:
    last = samples("locomo", published.file_of("locomo", tmp_path))[0].questions[-1]
    assert "no information available" in last.answers and last.rivals == ("a kayak",)


def test_sessions_join_their_turns_under_one_date(tmp_path: Path) -> None:
    sample = samples("locomo", published.file_of("locomo", tmp_path), "session")[0]
    assert sample.units[1].search_text.splitlines() == [
        "2:00 pm on 9 May, 2023", "Ann: The kayak leaks.", "Ben: Then patch it with tape."
    ]  # fmt: skip
    assert sample.questions[1].evidence == ("session_2", "session_1")


@pytest.mark.parametrize(("unit", "expected"), [("session", "answer_2"), ("turn", "answer_2_1")])
def test_longmemeval_has_evidence_by_session_and_by_turn(
    unit: str, expected: str, tmp_path: Path
) -> None:
    sample = samples("longmemeval", published.file_of("longmemeval", tmp_path), unit)[0]
    assert sample.questions[0].evidence == (expected,)
    assert "answer_2" not in "".join(unit.search_text for unit in sample.units)


def test_an_abstention_of_longmemeval_measures_no_retrieval(tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.json", [published.longmemeval(name="x_abs")])
    assert samples("longmemeval", path)[0].questions[0].unranked == "abstention"


def beam_folder(row: published.Row, folder: Path) -> Path:
    """The files of one chat."""
    (folder / "probing_questions").mkdir(parents=True)
    published.write(folder / "chat.json", row["chat"])
    probes = folder / "probing_questions" / "probing_questions.json"
    published.write(probes, row["probing_questions"])
    return folder


def test_beam_reads_rows_literals_and_folders(tmp_path: Path) -> None:
    row = published.beam()
    literal = row | {"probing_questions": repr(row["probing_questions"])}
    rows = published.write(tmp_path / "a.json", [literal])
    folder = beam_folder(row, tmp_path / "100K" / "1")
    paths = (rows, folder, folder.parent, folder / "chat.json")
    samples_ = [samples("beam", path)[0] for path in paths]
    assert all(
        (sample.units, evidence(sample)) == (samples_[0].units, evidence(samples_[0]))
        for sample in samples_
    )
    assert evidence(samples_[0])[2] == ["My sprint ends on 29 March.", "The API takes 250 ms."]


def test_plans_of_a_chat_of_ten_million_tokens_number_their_messages_on(tmp_path: Path) -> None:
    row = published.beam()
    row["chat"] = [{"plan-1": row["chat"]}, {"plan-1": None, "plan-2": row["chat"]}]
    (sample,) = samples("beam", published.write(tmp_path / "a.json", [row]))
    assert [unit.id for unit in sample.units] == [str(number) for number in range(8)]


def test_evidence_of_ama_bench_is_the_named_steps(tmp_path: Path) -> None:
    sample = samples("ama_bench", published.file_of("ama_bench", tmp_path))[0]
    assert [question.evidence for question in sample.questions] == [("1",), ()]
    assert sample.units[1].search_text == "Step 1\nAction: go up\nObservation: You see a door."


def test_evidence_of_memoryagentbench_contains_an_answer(tmp_path: Path) -> None:
    sample = samples("memoryagentbench", published.file_of("memoryagentbench", tmp_path))[0]
    assert evidence(sample) == [["The fee at Alder Mill is 12 crowns."], []]
    assert sample.questions[0].answers == ("12 crowns", "twelve")
    assert sample.questions[0].category == "ruler_qa1"


def test_memgym_dr_falls_back_on_the_titles_of_its_facts(tmp_path: Path) -> None:
    row = published.memgym_dr()
    for turn in row["turns"]:
        for document in turn["documents"]:
            document["is_supporting"] = False
    row["grounding_facts"] = [{"fact_id": "f", "source_paragraph_title": "Cedar Fair"}]
    (sample,) = samples("memgym_dr", published.write(tmp_path / "a.json", [row]))
    assert evidence(sample) == [["Cedar Fair dates from 1902."]]


def test_label_1_of_memgym_rm_is_safe_and_its_view_leaves_the_judgement_out(tmp_path: Path) -> None:
    sample = samples("memgym_rm", published.file_of("memgym_rm", tmp_path))[0]
    assert [unit.text for unit in sample.units] == ["Fix the bug.", "I ran the tests."]
    assert sample.questions[0].answers == ("Y",) and sample.questions[0].rivals == ("N",)
    assert "truncate_last_10" not in sample.questions[0].question


@pytest.mark.parametrize("file", ["", "questions.jsonl", "haystacks/lme_v2_small.json"])
def test_longmemeval_v2_is_found_by_any_of_its_files(file: str, tmp_path: Path) -> None:
    first, second = samples("longmemeval_v2", published.longmemeval_v2(tmp_path) / file)
    assert [len(sample.units) for sample in (first, second)] == [5, 2]
    assert first.questions[0].evidence == ("t0_1", "t1_0")
    assert second.questions[0].unranked == "abstention"
