"""Tasks that the tests of the research track share."""

from collections.abc import Callable
from functools import partial

import pytest

from memorygym.core.types import Task
from memorygym.tracks import research
from tests.tracks import generate_options


@pytest.fixture
def generated() -> Callable[..., Task]:
    """The first task that parameters make."""
    return partial(generate_options.first_task, research)
