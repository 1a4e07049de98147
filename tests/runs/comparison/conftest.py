"""Comparisons that ask a loopback endpoint."""

from pathlib import Path

import pytest

from tests.runs.comparison.model_runs import Duel, compare
from tests.servers.openai import Server


@pytest.fixture
def duel(server: Server, tmp_path: Path) -> Duel:
    """Plays a comparison at the endpoint; it must end with this exit code."""

    def play(memories: str, *words: str, name: str = "run", ends: int = 0) -> Path:
        asked = ("--memories", memories, "--api-base", server.url, *words)
        assert compare(*asked, "-o", tmp_path / name) == ends
        return tmp_path / name

    return play
