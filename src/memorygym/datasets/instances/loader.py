"""The recipes that a track has for parameters, which stand after its name in a command."""

from collections.abc import Callable, Sequence
from functools import partial
from hashlib import sha256

from memorygym.core.errors import BadSettings
from memorygym.core.track import Instances, TaskOptions, TaskRecipe


def tasks_of(instances: Instances) -> Callable[[TaskOptions], Sequence[TaskRecipe]]:
    """The field `tasks` of a track whose tasks can be written to files."""
    return partial(_chosen, instances)


def _chosen(instances: Instances, options: TaskOptions) -> list[TaskRecipe]:
    """The recipes of the given numbers; with a secret, of a private test set. Raises UnknownPart or
    BadSettings."""
    seed = int(sha256(options.salt.encode()).hexdigest(), 16) if options.salt else 0
    recipes = instances.recipes(options.parameters, options.seeds.stop, seed)
    return [recipe for recipe in recipes if recipe.seed in options.seeds]


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
