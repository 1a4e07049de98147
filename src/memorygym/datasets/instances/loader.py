"""The recipes that a track has for parameters, which stand after its name in a command."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import NoReturn

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Instances, TaskOptions, TaskRecipe

TOKENS = "20k"


def tasks_of(track: str, instances: Instances) -> Callable[[TaskOptions], Sequence[TaskRecipe]]:
    """The field `tasks` of a track whose tasks can be written to files."""
    return partial(_chosen, track, instances)


def _chosen(track: str, instances: Instances, options: TaskOptions) -> list[TaskRecipe]:
    """The recipes of the given numbers; with a secret, of a private test set. Raises UnknownPart or
    BadSettings."""
    seed = int(sha256(options.salt.encode()).hexdigest(), 16) if options.salt else 0
    recipes = requested(track, instances, options.parameters, options.seeds.stop, seed)
    return [recipe for recipe in recipes if recipe.seed in options.seeds]


class _Parameters(argparse.ArgumentParser):
    """A parser that reads parameters like the options of `generate`."""

    def error(self, message: str) -> NoReturn:
        raise BadSettings(f"track {self.prog}: {message.replace('--', '')}")


def requested(
    track: str, instances: Instances, parameters: Mapping[str, str], n: int, seed: int
) -> Sequence[TaskRecipe]:
    """The first `n` recipes with these parameters. Raises UnknownPart or BadSettings."""
    parser, known = _parser(track, instances), parameters_of(instances)
    for name in parameters:
        if name.replace("-", "_") not in known:
            raise UnknownPart(f"parameter of the track {track}", name, known)
    words = [f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()]
    options = parser.parse_args(words)
    options.tokens = lengths(str(options.tokens))
    options.n, options.seed = n, seed
    return instances.recipes(options)


def parameters_of(instances: Instances) -> dict[str, str]:
    """The track's parameters, each with its meaning."""
    actions = _parser("", instances)._actions
    return {
        action.dest: str(action.help) for action in sorted(actions, key=lambda action: action.dest)
    }


def _parser(track: str, instances: Instances) -> _Parameters:
    parser = _Parameters(track, add_help=False, allow_abbrev=False)
    parser.add_argument("--tokens", default=TOKENS, help=f"length of the instances ({TOKENS})")
    instances.declare(parser)
    return parser


def lengths(text: str) -> list[int]:
    """Numbers of tokens. Raises BadSettings.

    >>> lengths("10k,1M,20000")
    [10000, 1000000, 20000]
    """
    parts = text.split(",")
    numbers = [tokens_of(part) for part in parts]
    for number, part in zip(numbers, parts, strict=True):
        if number < 1:
            raise BadSettings(f"tokens {part}: give at least 1")
        if numbers.count(number) > 1:
            raise BadSettings(f"tokens {text}: {part} is given more than once")
    return numbers


def tokens_of(text: str) -> int:
    """A number of tokens: 20000, 20k or 1M. Raises BadSettings.

    >>> tokens_of("20k"), tokens_of("1.5M")
    (20000, 1500000)
    """
    unit = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    try:
        return round(float(text[:-1] if unit > 1 else text) * unit)
    except (ValueError, OverflowError):
        raise BadSettings(f"tokens {text!r}: give a number such as 20000, 20k or 1M") from None
