"""Chooses whole files of a tree that add up to a length, what they import along with them."""

from collections.abc import Callable, Mapping, Sequence

from memorygym import tokens
from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks.codeqa.sources.tree import Tree

NEAR = 0.01
"""Share of the length by which a choice may miss it."""
Price = Callable[[str, str], int]
"""What showing a file of that path and that code costs."""


def plain(path: str, code: str) -> int:  # noqa: ARG001  # The shape of a price.
    """The tokens of the code alone."""
    return tokens.count(code)


def selected(
    tree: Tree, length: int, seed: int, price: Price = plain, near: float = NEAR
) -> dict[str, str]:
    """Files that cost that many tokens, in the order in which they should be shown.

    Imported files come before those that import them. Raises BadSettings with what is reachable.
    """
    costs = {path: price(path, code) for path, code in tree.files.items() if code.strip()}
    total = sum(costs.values())
    if total < length * (1 - near):
        raise BadSettings(
            f"{tree.name} has {total:,} tokens of code to show, and {length:,} are asked for:"
            f" at most {total:,} can be reached with it"
        )
    order = ordered(tree.imports, seed)
    chosen = _filled([path for path in order if path in costs], costs, length, near)
    reached = sum(costs[path] for path in chosen)
    if abs(reached - length) > length * near:
        raise BadSettings(
            f"whole files of {tree.name} come to {reached:,} tokens at the nearest to {length:,};"
            f" all of them have {total:,}, the smallest {min(costs.values()):,}"
        )
    return {path: tree.files[path] for path in order if path in chosen}


def ordered(needs: Mapping[str, Sequence[str]], seed: int) -> list[str]:
    """All files, each after what it imports; which come first is up to the seed.

    A circle of imports is cut where it is entered.
    """
    starts = sorted(needs)
    rng("codeqa", "order", seed).shuffle(starts)
    done: dict[str, None] = {}
    for start in starts:
        stack = [(start, iter(needs[start]))]
        entered = {start}
        while stack:
            path, rest = stack[-1]
            following = next((one for one in rest if one not in done and one not in entered), None)
            if following is None:
                stack.pop()
                done[path] = None
            else:
                entered.add(following)
                stack.append((following, iter(needs[following])))
    return list(done)


def _filled(order: list[str], costs: Mapping[str, int], length: int, near: float) -> set[str]:
    """Files from the start of the order, the last ones changed for others that fill the rest."""
    chosen: list[str] = []
    held = 0
    for path in order:
        if held + costs[path] <= length * (1 + near):
            chosen.append(path)
            held += costs[path]
    best = set(chosen)
    for kept in range(len(chosen), max(0, len(chosen) - _TRIES) - 1, -1):
        if abs(sum(costs[path] for path in best) - length) <= length * near:
            break
        start = chosen[:kept]
        rest = [path for path in order if path not in set(start)]
        room = length - sum(costs[path] for path in start)
        other = {*start, *_summing(rest[:_WIDEST], costs, room)}
        best = min(best, other, key=lambda paths: abs(sum(map(costs.__getitem__, paths)) - length))
    return best


_TRIES = 12
"""How many of the last files are given up to come nearer."""
_WIDEST = 200
"""Of how many files a sum is looked for."""


def _summing(paths: list[str], costs: Mapping[str, int], room: int) -> list[str]:
    """Those of the files that come nearest to the room without going beyond it."""
    reached = [1]
    within = (1 << (room + 1)) - 1
    for path in paths:
        reached.append(reached[-1] | (reached[-1] << costs[path]) & within)
    at = reached[-1].bit_length() - 1
    taken: list[str] = []
    for path, before in zip(reversed(paths), reversed(reached[:-1]), strict=True):
        if not before >> at & 1:
            taken.append(path)
            at -= costs[path]
    return taken
