"""Pinned distributions: fetched once, checked, and unpacked without leaving the tree."""

import ast
import io
import tarfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from memorygym.errors import BadSettings
from memorygym.tracks.codeqa.sources.fetching import PINS, Pin, fetched
from memorygym.tracks.codeqa.sources.tree import from_sdist, tree_of

NAME = "madeonthespot"
FILE = f"{NAME}-1.0.tar.gz"
BUILD = f"""
import pathlib
def prepare_metadata_for_build_wheel(folder, settings=None):
    place = pathlib.Path(folder) / "{NAME}-1.0.dist-info"
    place.mkdir()
    (place / "METADATA").write_text("Metadata-Version: 2.1\\nName: {NAME}\\nVersion: 1.0\\n")
    return place.name
def build_wheel(*given): raise NotImplementedError
"""
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "build"\nbackend-path = ["."]\n'


def packed(files: dict[str, str], place: Path) -> Path:
    with tarfile.open(place, "w:gz") as archive:
        for path, text in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return place


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package index on this machine; its only file is where this says."""
    folder = tmp_path / "simple" / NAME
    folder.mkdir(parents=True)
    (folder / "index.html").write_text(f'<a href="{FILE}">{FILE}</a>')
    top = f"{NAME}-1.0"
    code = {f"{top}/{NAME}.py": "LIMIT = 5\n", f"{top}/build.py": BUILD}
    packed({**code, f"{top}/pyproject.toml": PROJECT, f"{top}/PKG-INFO": ""}, folder / FILE)
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *told: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
        monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path / "cache"))
        yield folder / FILE
        server.shutdown()


def pin(file: Path) -> Pin:
    return Pin(NAME, "1.0", FILE, sha256(file.read_bytes()).hexdigest(), "MIT")


def test_a_distribution_is_fetched_once_and_kept(index: Path) -> None:
    wanted = pin(index)
    kept = fetched(wanted)
    index.unlink()

    assert fetched(wanted) == kept
    assert len(from_sdist(kept).code.tokens) == 2


def test_other_bytes_are_refused(index: Path) -> None:
    wanted = Pin(NAME, "1.0", FILE, "0" * 64, "MIT")

    with pytest.raises(BadSettings, match=r"place madeonthespot-1.0.tar.gz \(SHA-256 000.*ERROR"):
        fetched(wanted)


def test_other_bytes_in_the_cache_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path))
    wanted = PINS["toolz"]
    (tmp_path / "sdists").mkdir()
    (tmp_path / "sdists" / wanted.file).write_bytes(b"something else")

    with pytest.raises(BadSettings, match=r"is pinned to 9667a038.*delete it"):
        tree_of("toolz", 0)


def test_without_an_index_the_message_says_what_to_place_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_RETRIES", "0")

    with pytest.raises(BadSettings, match=r"place toolz-1.2.0.tar.gz .* at .*sdists/toolz"):
        tree_of("toolz", 0)


@pytest.mark.parametrize("path", ["../escape.py", "/absolute.py", "a/../../b.py", "a\\..\\b.py"])
def test_an_archive_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    archive = packed({"a-1/a.py": "x = 1\n", path: "x = 1\n"}, tmp_path / "a-1.tar.gz")

    with pytest.raises(BadSettings, match="which leads out of it"):
        from_sdist(archive)


def test_links_in_an_archive_are_left_alone(tmp_path: Path) -> None:
    archive = tmp_path / "a-1.tar.gz"
    with tarfile.open(packed({"a-1/a.py": "x = 1\n"}, archive)) as whole:
        assert whole.getnames() == ["a-1/a.py"]
    with tarfile.open(archive, "w:gz") as made:
        link = tarfile.TarInfo("a-1/b.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)

    with pytest.raises(BadSettings, match="no Python file that parses"):
        from_sdist(archive)


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"nothing packed")

    with pytest.raises(BadSettings, match=r"a\.tar\.gz cannot be unpacked"):
        from_sdist(tmp_path / "a.tar.gz")


@pytest.mark.net
@pytest.mark.parametrize("name", ["toolz", "tinydb", "inflection"])
def test_a_real_distribution_is_as_pinned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("MEMORYGYM_CACHE", str(tmp_path))

    tree = tree_of(name, 0)

    assert all("not Python" in note for note in tree.notes)
    assert all(map(ast.parse, tree.files.values()))
