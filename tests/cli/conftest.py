"""A stored trace, and the command line as a function."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from memorygym.cli import main
from tests.cli.boards import Maker
from tests.datasets.instances.plugins import plugged

LITE = ["--template", "company", "--tier", "lite"]


class Outcome(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """The output without its line breaks."""
        return " ".join(self.out.split())

    def rows(self) -> list[Any]:
        """The output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Command = Callable[..., Outcome]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line; returns its status, output and errors."""

    def run(*words: object) -> Outcome:
        return Outcome(main([*map(str, words)]), *capsys.readouterr())

    return run


@pytest.fixture
def ran(command: Command) -> Command:
    """The same of a command line that succeeds and complains of nothing."""

    def run(*words: object) -> Outcome:
        outcome = command(*words)
        assert (outcome.status, outcome.err) == (0, "")
        return outcome

    return run


@pytest.fixture(scope="session")
def trace_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trace of a scripted agent that misses some questions."""
    path = tmp_path_factory.mktemp("run") / "strategic.jsonl.gz"
    assert main(["play", "--agent", "strategic", *LITE, "--trace", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def duel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished comparison at two budgets; a test that alters it takes a copy."""
    folder = tmp_path_factory.mktemp("duel") / "a duel"
    words = ["-t", "company", "--tier", "lite", "--seeds", "2", "--budget", "300,600"]
    words += ["--memories", "bm25,bm25:top_k=2", "--workers", "1", "-q", "-o", str(folder)]
    assert main(["compare", *words]) == 0
    return folder


@pytest.fixture
def toytrack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The toy track is installed for one test."""
    with plugged(tmp_path_factory.mktemp("plug")):
        yield


@pytest.fixture
def made(tmp_path: Path) -> Maker:
    """Writes results of runs that nobody played."""
    return Maker(tmp_path)
