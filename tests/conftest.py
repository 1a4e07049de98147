"""What tests share: snapshots of what an agent reads, and a finished run."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import hypothesis
import pytest

from memorygym.cli import main
from memorygym.core import registry
from tests.episodes import lite
from tests.servers.openai import Server, serving

SNAPSHOTS = Path(__file__).parent / "snapshots"

# A busy machine is no failure. `make slow` tries each property with the examples of "thorough".
hypothesis.settings.register_profile("quick", deadline=None, max_examples=30)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=100)
hypothesis.settings.load_profile("quick")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--snapshot-update", action="store_true", help="rewrite tests/snapshots")


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test plugs in is gone after it."""
    monkeypatch.setattr(registry, "_REMEMBERED", dict(registry.remembered_specs()))
    monkeypatch.setattr(registry, "_EXTERNAL", dict(registry._EXTERNAL))


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compares a text with the one stored under its name; `--snapshot-update` stores it instead."""

    def check(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--snapshot-update"):
            path.write_text(text + "\n", encoding="utf-8")
        assert text + "\n" == path.read_text(encoding="utf-8")

    return check


@pytest.fixture
def server() -> Iterator[Server]:
    """An endpoint that is up for one test."""
    with serving() as up:
        yield up


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of two agents on two tasks; `copy` may be altered."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    lite("naive", "strategic", seeds=2, folder=folder)
    return folder


@pytest.fixture(scope="session")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished comparison of two memories on two tasks, with three curves."""
    folder = tmp_path_factory.mktemp("compared") / "duel"
    curves = [f"--curve={kind}" for kind in ("retention", "length", "rewrite")]
    words = ["-t", "company", "--tier", "lite", "--seeds", "2", "-q", "-o", str(folder)]
    assert main(["compare", "--memories", "bm25,markdown", *curves, *words]) == 0
    return folder


@pytest.fixture
def copy(finished: Path, tmp_path: Path) -> Path:
    """A copy of that run, which may be altered."""
    return Path(copytree(finished, tmp_path / "copy"))
