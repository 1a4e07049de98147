"""Names of entities, drawn without repeats from a space that grows with the number asked for."""

from collections.abc import Sequence

from memorygym.rng import Stream


def draw_names(first: Sequence[str], second: Sequence[str], n: int, stream: Stream) -> list[str]:
    """n distinct names, all of the same number of words: two, or more where two do not suffice.

    The last word is one of `second`, the others are of `first`, so that no name begins another.
    """
    sizes = [len(first), len(second)]
    space = sizes[0] * sizes[1]
    while space < 2 * n:
        sizes.insert(0, len(first))
        space *= len(first)
    chosen: dict[int, None] = {}
    while len(chosen) < n:
        chosen[stream.below(space)] = None
    return [_name(index, sizes, first, second) for index in chosen]


def _name(index: int, sizes: Sequence[int], first: Sequence[str], second: Sequence[str]) -> str:
    index, last = divmod(index, sizes[-1])
    words = [second[last]]
    for size in reversed(sizes[:-1]):
        index, at = divmod(index, size)
        words.insert(0, first[at])
    return " ".join(words)
