"""Tasks that the tests of the research track share."""

import argparse
from collections.abc import Callable
from functools import partial

import pytest

from memorygym.core.types import Task
from memorygym.tracks import research
from tests.tracks import generate_options


@pytest.fixture
def parsed_options() -> Callable[..., argparse.Namespace]:
    """The options of a command line."""
    return partial(generate_options.options, research)


@pytest.fixture
def generated() -> Callable[..., Task]:
    """The first task that a command line makes."""
    return partial(generate_options.first_task, research)
