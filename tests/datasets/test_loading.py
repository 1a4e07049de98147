"""A file of another format is refused; a damaged one gives its complete records."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.datasets._files import FileRecord
from memorygym.datasets._samples import Sample, load
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
    with pytest.raises(BadSettings, match=rf"(record|line) \d: [\w.]+ .*looks like {actual}$"):
        list(load(wanted, path))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("question", None, "record 1: question is None, not a text"),
        ("question", "  ", "record 1: question is '  ', not a text"),
        ("context", {}, "record 1: context.title is missing"),
        ("context", [["Ash"]], "record 1: context[0] is ['Ash'], not a title and sentences"),
        ("supporting_facts", [3], "record 1: supporting_facts[0] is 3, not a title and a number"),
    ],
)
def test_an_invalid_record_is_reported_with_its_field(
    field: str, value: object, message: str, tmp_path: Path
) -> None:
    rows = [ROWS[0], ROWS[1] | {field: value}, ROWS[2]]
    assert read(published.write(tmp_path / "a.json", rows)) == (["q0", "q2"], [message])


def test_a_record_without_a_field_is_reported(tmp_path: Path) -> None:
    rows = [ROWS[0], {"_id": "x"}, 7]
    ids, left = read(published.write(tmp_path / "a.json", rows))
    assert (ids, left) == (["q0"], ["record 1: context is missing", "record 2: is not an object"])


def test_a_truncated_list_gives_its_complete_records(tmp_path: Path) -> None:
    text = json.dumps(ROWS)
    path = tmp_path / "a.json"
    path.write_text(text[: text.index('"q3"') + 30], encoding="utf-8")
    assert read(path) == (["q0", "q1", "q2"], ["record 3: is cut off"])
    path.write_text(text[: text.index('{"_id": "q3"')], encoding="utf-8")
    assert read(path)[1] == ["record 3: is missing: the file ends within the list"]


def test_broken_lines_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [json.dumps(row) for row in ROWS]
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join([lines[0][:50], lines[1], "", lines[2], lines[3][:90]]))
    assert read(path) == (["q1", "q2"], ["line 1: is cut off", "line 5: is cut off"])


def test_broken_json_affects_only_its_record(tmp_path: Path) -> None:
    text = json.dumps(ROWS, indent=1).replace('"_id": "q1"', '"_id" "q1"')
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    ids, (message,) = read(path)
    assert ids == ["q0", "q2", "q3"]
    assert message.startswith("record 1: cannot be read: Expecting ':' delimiter (line ")


def test_an_invalid_byte_affects_only_its_record(tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.jsonl", ROWS, lines=True)
    path.write_bytes(path.read_bytes().replace(b"q1", b"q\xff", 1))
    assert read(path) == (
        ["q0", "q2", "q3"],
        ["line 2: cannot be read: it has a byte that is not UTF-8"],
    )


def _bom(raw: bytes) -> bytes:
    return b"\xef\xbb\xbf" + raw


def _utf16(raw: bytes) -> bytes:
    return raw.decode().encode("utf-16")


@pytest.mark.parametrize("form", [_bom, _utf16, gzip.compress, bytes])
def test_encodings_and_gzip_read_alike(form: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.json", ROWS)
    path.write_bytes(form(path.read_bytes()))
    assert read(path) == (["q0", "q1", "q2", "q3"], [])


def test_truncated_gzip_gives_its_complete_records(tmp_path: Path) -> None:
    rows = [
        published.hotpot(n, answer="".join(map(chr, range(97 + n % 20, 122)))) for n in range(400)
    ]
    path = published.write(tmp_path / "a.json", rows)
    raw = gzip.compress(path.read_bytes())
    path.write_bytes(raw[: len(raw) // 2])
    ids, left = read(path)
    assert 0 < len(ids) < 400 and len(left) == 1


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b"[]")[:10] + b"\xff" * 30)
    with pytest.raises(BadSettings, match="damaged gzip"):
        list(load("hotpotqa", path))


@pytest.mark.parametrize(
    ("texts", "message"),
    [(["", "[]", " \n"], "it is empty"), (["]", "\x00\x01", "]{}"], "record 0: cannot be read")],
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


def test_one_object_is_a_file_of_one_record(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(ROWS[0], indent=2))
    assert read(path) == (["q0"], [])


def test_lone_surrogates_do_no_harm(tmp_path: Path) -> None:
    path = published.write(tmp_path / "a.json", [published.hotpot(question="Who \ud83d is it?")])
    (sample,) = load("hotpotqa", path)
    assert isinstance(sample, Sample) and sample.questions[0].question == "Who ? is it?"


def test_a_unit_that_a_format_lacks_is_refused_with_those_it_has(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no unit turn: choose from paragraph"):
        list(load("hotpotqa", tmp_path, "turn"))


def test_an_unknown_format_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownPart, match="did you mean hotpotqa"):
        list(load("hotpot", tmp_path))
