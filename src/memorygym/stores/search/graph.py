"""Passages and the phrases that they tie together, ranked by personalised PageRank from a query.

Whole numbers throughout: a share below one is lost, so a search ends by itself and is the same on
every machine.
"""

from collections.abc import Iterable, Mapping

from memorygym.stores.replies import Triple, phrase

Node = str | int
"""A phrase, or a passage's key."""
WHOLE = 100_000
"""What all starting points have together."""
LONGEST = 6
"""Words of a phrase that is looked for in a query."""
QUERY = 100
"""Words of a query that are looked at; a question has fewer, and documents are no question."""


class Graph:
    """Phrases tied to phrases by triples, and to the passages that state them."""

    def __init__(self) -> None:
        self._ties: dict[Node, dict[Node, int]] = {}
        """By node and neighbour: how often they are tied."""
        self._degrees: dict[Node, int] = {}
        self._told: dict[int, list[tuple[Node, Node]]] = {}
        """By passage: the ties that it makes."""

    def set(self, key: int, triples: Iterable[Triple]) -> None:
        """Ties a new passage in."""
        told = [(phrase(one), phrase(other)) for one, _, other in triples]
        named = dict.fromkeys(name for pair in told for name in pair)
        self._told[key] = [pair for pair in told if pair[0] != pair[1]]
        self._told[key] += [(key, name) for name in named]
        for one, other in self._told[key]:
            self._tie(one, other, 1)

    def drop(self, key: int) -> None:
        """Removes a passage and its ties."""
        for one, other in self._told.pop(key):
            self._tie(one, other, -1)

    def phrases(self, text: str) -> list[str]:
        """The phrases of the graph that stand in the beginning of a text."""
        words = phrase(text).split()[:QUERY]
        runs = (
            " ".join(words[at : at + size])
            for at in range(len(words))
            for size in range(1, LONGEST + 1)
        )
        return [run for run in dict.fromkeys(runs) if run in self._ties]

    def near(self, start: Mapping[Node, int], damping: int) -> list[int]:
        """The passages that a walk from the starting points visits, most often first, ties by key.

        The walk goes on with a chance of `damping` percent at each step, else it begins anew.
        """
        total = sum(start.values())
        front = {node: WHOLE * weight // total for node, weight in start.items()} if total else {}
        visits: dict[Node, int] = {}
        while front:
            for node, mass in front.items():
                visits[node] = visits.get(node, 0) + mass
            front = self._step(front, damping)
        return sorted(
            (node for node in visits if isinstance(node, int)), key=lambda key: (-visits[key], key)
        )

    def passages(self, name: str) -> int:
        """How many passages state something of a phrase."""
        return sum(isinstance(node, int) for node in self._ties[name])

    def _step(self, front: Mapping[Node, int], damping: int) -> dict[Node, int]:
        following: dict[Node, int] = {}
        for node, mass in front.items():
            going = mass * damping // 100
            degree = self._degrees.get(node, 0)
            if going < degree or not degree:
                continue
            for other, times in self._ties[node].items():
                following[other] = following.get(other, 0) + going * times // degree
        return following

    def _tie(self, one: Node, other: Node, times: int) -> None:
        for here, there in ((one, other), (other, one)):
            ties = self._ties.setdefault(here, {})
            ties[there] = ties.get(there, 0) + times
            self._degrees[here] = self._degrees.get(here, 0) + times
            if not ties[there]:
                del ties[there]
            if not ties:
                del self._ties[here], self._degrees[here]
