"""What tests of comparisons share."""

from collections.abc import Iterator

import pytest

from tests.servers.openai import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    """An endpoint that is up for one test."""
    with serving() as up:
        yield up
