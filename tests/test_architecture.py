"""The documents agree with the package: the picture, and every name and path."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest

from memorygym.core import registry

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "memorygym"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
GROUPS = {registry.group_of(kind) for kind in registry.FOLDERS}
"""Groups of entry points, which are no modules."""
MODULE = re.compile(r"memorygym(?:\.\w+)+")
OURS = re.compile(r"(?:src/memorygym|tests|docs)/[\w./-]*\w")
IN_A_ROOM = re.compile(
    rf"`((?:{'|'.join(path.parent.name for path in PACKAGE.glob('*/__init__.py'))})/[\w./-]*)`"
)
EARLIER = "## Commands of earlier projects"
"""A heading of docs/limitations.md; what stands below it does not exist here."""
PASSED = re.compile(r"^\| `([\w/]+)\.py` \| ((?:`[\w.]+`(?:, )?)+) \|", re.M)
"""A row of the way of an episode: the file, and names in it."""


def every_page(pattern: re.Pattern[str]) -> Iterator[tuple[Path, str]]:
    """What a pattern finds on any page, but for what stands for many."""
    for page in PAGES:
        for name in pattern.findall(page.read_text("utf-8").partition(EARLIER)[0]):
            if "NAME" not in name:
                yield page, name


def test_the_picture_shows_the_rooms_and_imports_of_today() -> None:
    script = ROOT / "docs" / "architecture.py"
    done = subprocess.run(
        [sys.executable, script, "--check"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_module_or_name_that_a_page_imports_exists() -> None:
    for page, name in every_page(MODULE):
        if name not in GROUPS and not _is_module(name) and not _is_stated(name):
            assert resolve_name(name) is not None, page


def _is_module(name: str) -> bool:
    """Whether a module of that name exists, even if an extra that it imports is not installed."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def _is_stated(name: str) -> bool:
    """Whether the file of a module states that function or class; see _is_module."""
    module, _, own = name.rpartition(".")
    path = PACKAGE.parent.joinpath(*module.split(".")).with_suffix(".py")
    line = rf"^(async )?(def|class) {own}\b"
    return path.is_file() and re.search(line, path.read_text("utf-8"), re.M) is not None


def test_every_path_of_the_repository_on_a_page_exists() -> None:
    missing = [(page.name, name) for page, name in every_page(OURS) if not (ROOT / name).exists()]
    assert missing == []


def test_every_path_in_a_room_on_a_page_exists() -> None:
    paths = every_page(IN_A_ROOM)
    missing = [
        (page.name, name)
        for page, name in paths
        if not (PACKAGE / name).exists() and not (ROOT / name).exists()
    ]
    assert missing == []


def test_an_episode_passes_names_that_exist() -> None:
    rows = PASSED.findall((ROOT / "docs" / "architecture.md").read_text("utf-8"))
    assert len(rows) > 50
    for file, names in rows:
        module = import_module(f"memorygym.{file.removesuffix('/__init__').replace('/', '.')}")
        for name in re.findall(r"[\w.]+", names):
            resolve_name(f"{module.__name__}:{name}")


def test_the_check_of_the_picture_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.syspath_prepend(ROOT / "docs")
    architecture = import_module("architecture")
    monkeypatch.setattr(architecture, "PICTURE", tmp_path / "old.svg")
    assert architecture.main(["--check"]) == 1
    assert "run `python docs/architecture.py`" in capsys.readouterr().err
    assert architecture.main([]) == 0
    assert architecture.main(["--check"]) == 0
