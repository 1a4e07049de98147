"""Instances that the tests of this track share."""

from argparse import ArgumentParser, Namespace
from functools import cache
from typing import Any

from memorygym.tracks import codeqa


def options(
    *told: str, n: int = 1, tokens: tuple[int, ...] = (12_000,), seed: int = 0
) -> Namespace:
    """What `generate codeqa` is told."""
    parser = ArgumentParser()
    codeqa.add_options(parser)
    return Namespace(**vars(parser.parse_args(told)), n=n, tokens=list(tokens), seed=seed)


@cache
def instance(*told: str, tokens: int = 12_000, seed: int = 0) -> dict[str, Any]:
    """The first instance of such a run; nobody may change it."""
    return codeqa.recipes(options(*told, tokens=(tokens,), seed=seed))[0].instance()
