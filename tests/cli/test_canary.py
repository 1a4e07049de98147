"""`memorygym canary`: the mark is found wherever it stands, and only there."""

import gzip
import json
from pathlib import Path

import pytest

from memorygym.cli import canary
from memorygym.core.trace import CANARY

GUID = CANARY.rpartition(":")[2]
LAST = f"hold the canary {CANARY}\n"


def put(path: Path, data: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", f"one\ntwo {CANARY} three\n"),
        ("a.gz", gzip.compress(f"one\ntwo {CANARY}".encode(), mtime=0)),
        ("packed", gzip.compress(f"\n1234{CANARY}".encode(), mtime=0)),
        ("a.json", json.dumps({"ü": 1, "canary": CANARY}, indent=0)),
        ("capitals.md", "\n\n" + GUID.upper()),
        ("deep/in/a/folder.bin", b"\xff" + CANARY.encode()),
    ],
)
def test_the_mark_is_found_in_every_kind_of_file(
    name: str, data: str | bytes, tmp_path: Path, ran
) -> None:
    path = put(tmp_path / name, data)
    out = ran("canary", str(tmp_path)).out
    assert out.startswith(f"{path}: line ") and out.endswith(f"1 of 1 files {LAST}")


def test_the_line_and_byte_of_the_mark_are_printed(tmp_path: Path, command) -> None:
    path = put(tmp_path / "a.txt", f"one\ntwo {GUID}\n{GUID}")
    places = [f"{path}: line 2, byte 8", f"{path}: line 3, byte {8 + len(GUID) + 1}"]
    assert command("canary", str(path)).out.splitlines()[:-1] == places[:1]
    assert command("canary", "--all", str(path)).out.splitlines()[:-1] == places


def test_a_file_without_the_mark_is_not_listed(tmp_path: Path, command) -> None:
    put(tmp_path / "a.txt", GUID[:-1] + "5")
    put(tmp_path / "b.gz", gzip.compress(b"nothing"))
    assert command("canary", str(tmp_path)) == (1, f"0 of 2 files {LAST}", "")


def test_a_mark_across_two_blocks_is_found(tmp_path: Path, monkeypatch) -> None:
    path = put(tmp_path / "a.txt", "ab\n" * 20 + GUID + "\n" * 30 + GUID)
    wanted = [(21, 60), (51, 60 + len(GUID) + 30)]
    for block in range(1, 50):
        monkeypatch.setattr(canary, "BLOCK", block)
        with path.open("rb") as file:
            assert list(canary.places(file)) == wanted


def test_a_damaged_archive_is_named_and_the_rest_is_searched(tmp_path: Path, command) -> None:
    put(tmp_path / "a.gz", gzip.compress(b"x" * 5000)[:-9])
    status, _, err = command("canary", str(tmp_path))
    assert status == 2
    assert err.startswith(f"memorygym: {tmp_path / 'a.gz'} cannot be unpacked to its end (")
    put(tmp_path / "b.txt", CANARY)
    assert command("canary", str(tmp_path)).status == 0


def test_a_file_that_cannot_be_opened_is_named_and_does_not_end_the_search(
    tmp_path: Path, command
) -> None:
    missing = tmp_path / "none"
    error = f"memorygym: {missing}: No such file or directory\n"
    assert command("canary", str(missing)) == (2, f"0 of 1 files {LAST}", error)
    path = put(tmp_path / "a.txt", CANARY)
    status, out, err = command("canary", str(missing), str(path))
    assert (status, err) == (0, error) and out.endswith(f"1 of 2 files {LAST}")
