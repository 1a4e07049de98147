"""Anybody's compactions and the rows of reward models are read as they are meant, or refused."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.types import JSON, Message
from memorygym.datasets._files import CUT
from memorygym.memrm import reward_rows
from memorygym.memrm.contexts import context_file, messages_of
from memorygym.memrm.reward_rows import FIELDS, any_row, from_row, to_row
from memorygym.memrm.rows import Compaction, Probe, compaction_of, needs_file, read_rows, refusal

ROW: dict[str, object] = {"full": "The room is 12.", "compacted": "A room.", "safe": False}
LABELLED = Compaction(
    full=(Message("user", "The room is 12."), Message("assistant", "Noted.")),
    compacted=(Message("user", "A room."),),
    safe=False,
    group="task-1",
    domain="worlds",
    strategy="recency",
    reason="missing",
    recorded_action="open room 12",
    proposed_action="ask again",
)


def row_of(compaction: Compaction) -> dict[str, JSON]:
    return to_row(compaction, step=4, split="iid")


def rows_of(path: Path) -> tuple[list[Compaction], list[str]]:
    notes: list[str] = []
    return list(read_rows(path, any_row, notes.append)), notes


def test_a_row_has_the_31_fields_and_is_read_back_unchanged() -> None:
    row = row_of(LABELLED)

    assert (len(row), tuple(row)) == (31, FIELDS)
    assert from_row(json.loads(json.dumps(row))) == LABELLED


@pytest.mark.parametrize(("safe", "label", "completion"), [(True, 1, " Y"), (False, 0, " N")])
def test_safe_is_1_and_y_and_harmful_is_0_and_n(safe: bool, label: int, completion: str) -> None:
    compaction = Compaction(LABELLED.full, LABELLED.compacted, safe=safe)

    row = row_of(compaction)

    assert (row["label"], row["completion"]) == (label, completion)
    assert from_row(row).safe is safe


def test_a_row_whose_completion_contradicts_its_label_is_refused() -> None:
    row = {**row_of(LABELLED), "label": 1}

    with pytest.raises(SchemaMismatch, match="label is 1, but the completion is 'N'"):
        from_row(row)


def test_no_prompt_names_the_strategy_or_the_reason() -> None:
    row = row_of(LABELLED)

    shown = json.dumps([row["messages"], row["prompt"], row["input"]])
    assert LABELLED.strategy not in shown and LABELLED.reason not in shown


def test_a_row_without_the_full_context_is_refused_with_the_mode_that_would_work() -> None:
    row = {name: row_of(LABELLED)[name] for name in reward_rows.KNOWN_FIELDS}

    compaction = from_row(row)

    assert compaction.compacted == LABELLED.compacted
    assert refusal(compaction, "blind").endswith("; --mode pair would work")
    assert refusal(compaction, "pair") == ""


def test_a_row_of_needs_is_refused_in_blind_mode_naming_needs() -> None:
    row = {**ROW, "safe": None, "needs": [{"text": "Which room?", "kept": False}]}

    assert "--mode needs would work" in refusal(compaction_of(row), "blind")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"full": ""}, "full has no text"),
        ({"full": []}, "full has no text"),
        ({"full": 5}, "full is 5, not a text or a list of messages"),
        ({"compacted": None}, "compacted is missing"),
        ({"compacted": [{"role": "user", "content": 7}]}, r"compacted\[0\].content is 7"),
        ({"safe": "yes"}, "safe is 'yes', not true or false"),
        ({"safe": None}, "has no label"),
        ({"needs": [{"text": " ", "kept": True}]}, r"needs\[0\].text is ' ', not a text"),
        ({"needs": [{"text": "Who?", "kept": "no"}]}, r"needs\[0\].kept is 'no'"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(change: Mapping[str, object], problem: str) -> None:
    with pytest.raises(SchemaMismatch, match=problem):
        compaction_of({**ROW, **change})


def test_content_parts_calls_and_unknown_roles_are_read_and_noted() -> None:
    notes: list[str] = []
    raw = [
        {"role": "developer", "content": [{"type": "text", "text": "Be"}, {"text": "brief."}]},
        {"role": "narrator", "content": [{"type": "image_url", "image_url": {}}, "Rain."]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "ls"}}]},
        {"role": "user", "content": [{"type": "tool_result", "content": [{"text": "a.py"}]}]},
    ]

    messages = messages_of(raw, notes.append)

    assert [m.role for m in messages] == ["system", "user", "assistant", "user"]
    assert [m.content for m in messages] == ["Be\nbrief.", "Rain.", "", "a.py"]
    assert messages[2].calls[0].name == "ls"
    assert notes == [
        "[1] has the role 'narrator', read as user",
        "[1] has a part that is no text ('image_url'), which is not read",
    ]


def test_a_file_cut_in_half_keeps_its_whole_rows_and_names_the_broken_line(tmp_path: Path) -> None:
    line = json.dumps(ROW)
    file = tmp_path / "rows.jsonl"
    file.write_text(f"{line}\n{line}\n{line[:30]}")

    rows, notes = rows_of(file)

    assert len(rows) == 2
    assert notes == [f"record 2 (line 3): {CUT}; left out"]


def test_rows_of_one_full_context_form_a_group_unless_the_file_names_one() -> None:
    unnamed = compaction_of(ROW), compaction_of({**ROW, "compacted": "Nothing."})

    assert unnamed[0].group == unnamed[1].group
    assert compaction_of({**ROW, "full": "Other."}).group != unnamed[0].group
    assert compaction_of({**ROW, "group": "g"}).group == "g"


def test_the_content_hash_ignores_layout_and_sees_words() -> None:
    def hash_of(full: str) -> str:
        return compaction_of({**ROW, "full": full}).content_sha1

    assert hash_of("The room is 12.") == hash_of("* the  ROOM\nis 12")
    assert hash_of("The room is 12.") != hash_of("The room is 13.")


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("Just a text.\nTwo lines.", ["Just a text.\nTwo lines."]),
        ('[{"role": "user", "content": "Hi"}, {"role": "user", "content": "Bye"}]', ["Hi", "Bye"]),
        ('{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}', ["Hi"]),
        ('{"role": "user", "content": "Hi"}\n{"role": "user", "content": "Bye"}', ["Hi", "Bye"]),
        ("[ ] a list to do", ["[ ] a list to do"]),
        ("", []),
    ],
)
def test_a_context_is_read_from_text_or_json(tmp_path: Path, text: str, contents: object) -> None:
    file = tmp_path / "context"
    file.write_text(text)

    assert [message.content for message in context_file(file, print)] == contents


def test_half_a_context_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "context.json"
    file.write_text('[{"role": "user", "content": "Hi"}, {"role": "us')

    with pytest.raises(BadSettings, match="is cut off"):
        context_file(file, print)


@pytest.mark.parametrize(
    "text", ["Who pays?\n\nWhen?", '["Who pays?", "When?"]', '[{"text": "Who pays?"}, "When?"]']
)
def test_needs_are_read_from_lines_or_json(tmp_path: Path, text: str) -> None:
    file = tmp_path / "needs"
    file.write_text(text)

    assert needs_file(file) == (Probe("Who pays?"), Probe("When?"))


def test_a_file_without_needs_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "needs.txt"
    file.write_text("\n")

    with pytest.raises(BadSettings, match="holds no need"):
        needs_file(file)
