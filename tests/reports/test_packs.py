"""Packs: the same run gives the same bytes, and only files of a run are taken out of one."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.reports.checks import examine
from memorygym.reports.packs import opened, write_pack

FIRST = "traces/company+0+naive+0.jsonl.gz"


def verified(path: Path) -> list[str]:
    """The problems that the verification of a pack finds."""
    with opened(path) as (folder, problems):
        return problems or list(examine(folder, "traces").problems)


def packed(run: Path) -> Path:
    path = run.with_name("run.tar.gz")
    write_pack(run, path)
    return path


def test_a_run_packs_to_the_same_bytes_in_any_folder(finished: Path, copy: Path) -> None:
    (copy / "timings.jsonl").write_text('{"ended":1}\n')
    for path in copy.rglob("*.gz"):
        path.touch()
    write_pack(finished, other := copy.with_name("other.tar.gz"))
    assert packed(copy).read_bytes() == other.read_bytes() and verified(other) == []


def test_another_compression_of_the_same_traces_is_the_same_digest(copy: Path) -> None:
    before = write_pack(copy, copy.with_name("a.tar.gz"))
    path = copy / FIRST
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), 1))
    assert write_pack(copy, copy.with_name("b.tar.gz")) == before
    assert verified(copy.with_name("b.tar.gz")) == []


def test_a_pack_holds_neither_lock_nor_dates(copy: Path) -> None:
    with tarfile.open(packed(copy)) as archive:
        members = archive.getmembers()
    assert {member.name.split("/")[1] for member in members} == {
        "MANIFEST.json", "measurements.jsonl.gz", "run.json", "traces",
    }  # fmt: skip
    assert {(member.mtime, member.uid, member.uname) for member in members} == {(0, 0, "")}


Members = list[tuple[tarfile.TarInfo, bytes]]


def members_of(path: Path) -> Members:
    with tarfile.open(path) as archive:
        return [(member, archive.extractfile(member).read()) for member in archive]  # type: ignore[union-attr]  # all are files


def rebuild(path: Path, members: Members) -> Path:
    with tarfile.open(path, "w:gz", format=tarfile.GNU_FORMAT) as archive:
        for member, data in members:
            member.size = len(data) if member.type == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(data))
    return path


def named(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, "/etc/passwd"
    return member


STRANGE = {
    "run/extra.txt": tarfile.REGTYPE,
    "run/../../escape": tarfile.REGTYPE,
    "run/traces/../../escape.jsonl.gz": tarfile.REGTYPE,
    "/etc/escape": tarfile.REGTYPE,
    "run/replies.jsonl": tarfile.SYMTYPE,
    "run/traces/a.jsonl.gz": tarfile.LNKTYPE,
    "run/traces": tarfile.DIRTYPE,
    "run/run.json": tarfile.REGTYPE,
    f"run/{'x' * 200}": tarfile.REGTYPE,
}


@pytest.mark.parametrize("name", STRANGE)
def test_a_member_that_no_pack_holds_is_named_and_not_unpacked(name: str, copy: Path) -> None:
    path = packed(copy)
    rebuild(path, [*members_of(path), (named(name, STRANGE[name]), b"evil")])
    with opened(path) as (folder, problems):
        kept = {file.name for file in folder.rglob("*")}
        assert repr(name) in problems[0]
        assert not kept & {"extra.txt", "escape", "escape.jsonl.gz", "a.jsonl.gz", "replies.jsonl"}
    assert not list(copy.parent.rglob("escape*"))


@pytest.mark.parametrize("at", range(1, 7))
def test_a_member_that_is_altered_or_missing_is_named(at: int, copy: Path) -> None:
    path = packed(copy)
    members = members_of(path)
    (head, data), rest = members[at], [*members[:at], *members[at + 1 :]]
    name = head.name.removeprefix("run/")
    unpack, pack = (gzip.decompress, gzip.compress) if name.endswith(".gz") else (bytes, bytes)
    other = head, pack(unpack(data).replace(b"company", b"kompany"))
    problems = verified(rebuild(path, [*members[:at], other, *members[at + 1 :]]))
    assert [problem.split(":")[0] for problem in problems] == [name]
    assert f"{name}: missing" in verified(rebuild(path, rest))


def claimed(run: Path, manifest: bytes) -> list[str]:
    """The problems of a pack with another manifest."""
    (head, _), *rest = members_of(path := packed(run))
    return verified(rebuild(path, [(head, manifest), *rest]))


def manifest_of(run: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(members_of(packed(run))[0][1])
    return manifest


@pytest.mark.parametrize("field", ["format", "canary", "version"])
def test_a_manifest_of_something_else_is_named(field: str, copy: Path) -> None:
    changed = {**manifest_of(copy), field: "other"}
    assert f"MANIFEST.json: {field} is 'other'" in claimed(copy, json.dumps(changed).encode())[0]


@pytest.mark.parametrize("data", [b"[]", b"{", b"{}", b'{"files": 3}', b'{"files": {"a": 3}}'])
def test_a_manifest_that_is_damaged_is_named(data: bytes, copy: Path) -> None:
    assert claimed(copy, data)[0].startswith("MANIFEST.json: damaged")


@pytest.mark.parametrize("name", ["traces", "/dev/zero", "../run/run.json", "a\0b", "lock"])
def test_a_manifest_opens_only_files_of_a_pack(name: str, copy: Path) -> None:
    manifest = manifest_of(copy)
    manifest["files"][name] = {"sha256": "0" * 64, "size": 1}
    assert claimed(copy, json.dumps(manifest).encode()) == [f"{name}: missing"]


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"format": "memorygym-run-3"}'])
def test_a_run_without_its_description_is_named(data: bytes, copy: Path) -> None:
    path = packed(copy)
    members = [(m, data if m.name == "run/run.json" else old) for m, old in members_of(path)]
    assert any(problem.startswith("run.json: ") for problem in verified(rebuild(path, members)))


def test_every_cut_is_noticed(copy: Path) -> None:
    path = packed(copy)
    data = path.read_bytes()
    for size in range(0, len(data), len(data) // 40):
        path.write_bytes(data[:size])
        try:
            assert "cut short" in verified(path)[0]
        except BadSettings as error:
            assert "is no pack of a run" in str(error)


def test_bytes_after_the_end_are_noticed(copy: Path) -> None:
    path = packed(copy)
    path.write_bytes(path.read_bytes() + gzip.compress(b"more"))
    assert "its end is not the end" in verified(path)[0]


def test_a_header_with_a_huge_size_fills_no_disk(copy: Path) -> None:
    path = packed(copy)
    huge = named("run/replies.jsonl")
    huge.size = 1 << 40
    head = members_of(path)[0]
    data = gzip.decompress(path.read_bytes())[: 512 + -(-len(head[1]) // 512) * 512]
    path.write_bytes(gzip.compress(data + huge.tobuf(tarfile.GNU_FORMAT)))
    assert "more than" in verified(path)[0]


@pytest.mark.parametrize(
    "data",
    [b"", b"text", gzip.compress(b""), gzip.compress(b"x" * 5000)],
    ids=["nothing", "text", "packed nothing", "packed text"],
)
def test_another_file_is_not_read_as_a_pack(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(data)
    with pytest.raises(BadSettings, match="is no pack of a run"):
        verified(tmp_path / "a.tar.gz")


def test_the_name_of_a_pack_ends_in_tar_gz(copy: Path) -> None:
    with pytest.raises(BadSettings, match=r"a pack is named FILE\.tar\.gz"):
        write_pack(copy, copy.with_name("run.zip"))
