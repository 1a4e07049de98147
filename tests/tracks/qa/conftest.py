"""A task of the research track."""

import pytest

from memorygym.core.types import Task
from tests.tracks.qa.episodes import research_task


@pytest.fixture(name="task")
def _task() -> Task:
    return research_task()
