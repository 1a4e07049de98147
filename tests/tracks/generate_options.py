"""The options of `generate`, parsed, and the first task that they make."""

from argparse import ArgumentParser, Namespace
from functools import cache
from types import ModuleType

from memorygym.core.types import Task


def options(
    track: ModuleType, *words: str, n: int = 1, tokens: tuple[int, ...] = (12_000,), seed: int = 0
) -> Namespace:
    parser = ArgumentParser()
    track.add_options(parser.add_argument_group())
    return Namespace(**vars(parser.parse_args(words)), n=n, tokens=list(tokens), seed=seed)


@cache
def first_task(track: ModuleType, *words: str, tokens: int = 12_000, seed: int = 0) -> Task:
    """The first task of such a run; it is frozen, and generated once."""
    task: Task = track.recipes(options(track, *words, tokens=(tokens,), seed=seed))[0].generate()
    return task
