"""Instances that the tests of this track share."""

from argparse import ArgumentParser, Namespace
from functools import cache
from typing import Any

from memorygym.tracks import codeqa


def options(
    *words: str, n: int = 1, tokens: tuple[int, ...] = (12_000,), seed: int = 0
) -> Namespace:
    """The parsed options of `generate codeqa`."""
    parser = ArgumentParser()
    codeqa.add_options(parser)
    return Namespace(**vars(parser.parse_args(words)), n=n, tokens=list(tokens), seed=seed)


@cache
def instance(*words: str, tokens: int = 12_000, seed: int = 0) -> dict[str, Any]:
    """The first instance of such a run; a test that changes it copies it."""
    return codeqa.recipes(options(*words, tokens=(tokens,), seed=seed))[0].instance()
