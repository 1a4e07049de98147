"""A file of another format is refused; a damaged one gives its complete records."""

import gzip
import json
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.datasets._files import FileRecord
from memorygym.datasets._samples import Sample, load
from memorygym.datasets.instances.folder import folder_tasks
from tests.datasets import published

ROWS = [published.hotpot(number) for number in range(4)]
OTHERS = [
    (wanted, given)
    for wanted in registry.names("datasets")
    for given in published.ROWS
    if wanted != given
]


def read(path: Path, name: str = "hotpotqa") -> tuple[list[str], list[str]]:
    """The ids of the samples, and the problems of the other records."""
    records = list(load(name, path))
    problems = [record.text for record in records if isinstance(record, FileRecord)]
    return [record.id for record in records if isinstance(record, Sample)], problems


@pytest.mark.parametrize(("wanted", "actual"), OTHERS)
def test_a_file_of_another_format_is_named_with_its_first_bad_record(
    wanted: str, actual: str, tmp_path: Path
) -> None:
    path = published.file_of(actual, tmp_path)
    with pytest.raises(BadSettings, match=rf"record \d \(line \d\): [\w.]+ .*looks like {actual}$"):
        list(load(wanted, path))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROWS[1] | {"question": None}, "question is None, not a text"),
        (ROWS[1] | {"question": "  "}, "question is '  ', not a text"),
        (ROWS[1] | {"context": {}}, "context.title is missing"),
        (ROWS[1] | {"context": [["Ash"]]}, "context[0] is ['Ash'], not a title and sentences"),
        (ROWS[1] | {"supporting_facts": [3]}, "supporting_facts[0] is 3, not a title and a number"),
        ({"_id": "x"}, "context is missing"),
        (7, "is not an object"),
    ],
)
def test_an_invalid_record_is_reported_with_its_field(
    row: object, message: str, tmp_path: Path
) -> None:
    rows: list[published.Row] = [ROWS[0], row, ROWS[2]]  # type: ignore[list-item]
    assert read(published.write(tmp_path / "a.json", rows)) == (
        ["q0", "q2"],
        [f"record 1 (line 42): {message}"],
    )


def test_what_a_broken_record_takes_with_it_is_said(tmp_path: Path) -> None:
    text = json.dumps(ROWS).replace('"_id": "q1"', '"_id" "q1"')
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    ids, (message,) = read(path)
    assert ids == ["q0"]
    assert message.startswith("record 1 (line 1): is no JSON (Expecting ':' delimiter, line 1)")
    assert message.endswith("mend it; what follows on its line is not read")


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b"[]")[:10] + b"\xff" * 30)
    with pytest.raises(BadSettings, match="damaged gzip"):
        list(load("hotpotqa", path))


@pytest.mark.parametrize(
    ("texts", "message"),
    [(["", "[]", " \n"], "it is empty"), (["]", "\x00\x01", "]{}"], "0 .line 1.: is no JSON")],
)
def test_a_file_without_records_is_refused(texts: list[str], message: str, tmp_path: Path) -> None:
    for text in texts:
        path = tmp_path / "a.json"
        path.write_text(text)
        with pytest.raises(BadSettings, match=message):
            list(load("hotpotqa", path))


def test_a_file_of_no_format_is_described_by_its_fields(tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.json", [{"name": 1, "age": 2}])
    with pytest.raises(BadSettings, match=r"no known format \(its fields: age, name\)$"):
        list(load("locomo", path))


def test_an_unknown_format_or_unit_is_refused_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no unit turn: choose from paragraph"):
        list(load("hotpotqa", tmp_path, "turn"))
    with pytest.raises(UnknownPart, match="did you mean hotpotqa"):
        list(load("hotpot", tmp_path))


def test_a_track_of_ones_own_is_written_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_REMEMBERED", {})
    monkeypatch.setattr(registry, "_EXTERNAL", {})
    own = "tests.datasets.instances.toytrack:TRACK:tokens=200"
    words = ["generate", "--track", own, "--n", "1", "--workers", "1", "-o", str(tmp_path / "out")]
    assert main(words) == 0
    assert [task.track for task in folder_tasks(tmp_path / "out")] == ["toytrack"]
