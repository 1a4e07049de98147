"""Tasks that the tests of the research track share; they are frozen."""

import argparse
from collections.abc import Callable
from functools import lru_cache

import pytest

from memorygym.core.types import Task
from memorygym.tracks import research


def options(*words: str, n: int = 1, tokens: tuple[int, ...] = (12_000,)) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    research.add_options(parser.add_argument_group())
    args = parser.parse_args(words)
    args.n, args.tokens, args.seed = n, list(tokens), 0
    return args


@lru_cache(maxsize=64)
def first_task(*words: str, tokens: int = 12_000) -> Task:
    return research.recipes(options(*words, tokens=(tokens,)))[0].generate()


@pytest.fixture
def parsed_options() -> Callable[..., argparse.Namespace]:
    """The options of a command line."""
    return options


@pytest.fixture
def generated() -> Callable[..., Task]:
    """The first task that a command line makes."""
    return first_task
