"""hipporag-lite: triples in a graph that is walked; HippoRAG without embeddings or a triple filter.

HippoRAG (Gutiérrez et al. 2024), with the passage nodes of HippoRAG 2 (2025). Kept: one model call
per passage for its triples; a graph of phrases and passages; personalised PageRank from the phrases
of the question, the rarer ones heavier, and, with a small weight, from the passages that match it;
the `top_k` passages most visited. A walk continues with a chance of `damping` percent, 50 as there.
Simplified: one call gives the triples, not one the names and a second one the triples of these; the
question's phrases are the graph's phrases that occur in it, without a model call; phrases are
synonyms when they differ in case, punctuation or article alone, not from a cosine of .8 on;
queries and passages are matched by words, not embeddings; and no model filters the triples.
"""

from collections.abc import Mapping

from memorygym.core.errors import BadSettings
from memorygym.memories.stores import prompts
from memorygym.memories.stores.passages import Passages, Ranked
from memorygym.memories.stores.reply_parser import phrase, triples
from memorygym.memories.stores.search.fulltext import FullText

STATED = "|\n"
"""Begins the triples in the index of a passage."""
SEED = 1000
"""The weight of a phrase that occurs in one passage; a phrase in n passages has an n-th of it."""
PASSAGE_SEED = 50
"""The weight of the best matching passage, a 20th as in HippoRAG 2; the n-th has an n-th of it."""
WHOLE = 100_000
"""The total weight of all starting points."""
LONGEST = 6
"""Most words of a phrase that is looked for in a query."""
QUERY = 100
"""Most words of a query that are read; a question has fewer."""
Node = str | int
"""A phrase, or a passage's key."""


class PhraseGraph:
    """A graph of phrases, linked by triples, and of the passages that state them.

    All numbers are whole, and shares below one are dropped, so a search ends and is the same on
    every machine.
    """

    def __init__(self, damping: int) -> None:
        self._damping = damping
        self._words = FullText()
        self._ties: dict[Node, dict[Node, int]] = {}
        """By node and neighbour: the number of their links."""
        self._degrees: dict[Node, int] = {}
        self._links: dict[int, list[tuple[Node, Node]]] = {}
        """By passage: its links."""

    def set(self, key: int, text: str) -> None:
        body, _, stated = f"{text}\n".rpartition(f"\n{STATED}")
        self._words.set(key, body)
        pairs = [(phrase(subject), phrase(value)) for subject, _, value in triples(stated)]
        names = dict.fromkeys(name for pair in pairs for name in pair)
        edges = [pair for pair in pairs if pair[0] != pair[1]]
        self._links[key] = [*edges, *((key, name) for name in names)]
        for node, neighbour in self._links[key]:
            self._tie(node, neighbour, 1)

    def drop(self, key: int) -> None:
        self._words.drop(key)
        for node, neighbour in self._links.pop(key):
            self._tie(node, neighbour, -1)

    def search(self, query: str, k: int) -> list[int]:
        """The passages that a walk from the query's phrases and best matches visits most."""
        start: dict[Node, int] = {}
        for name in self._phrases(query):
            start[name] = SEED // sum(isinstance(node, int) for node in self._ties[name])
        for rank, key in enumerate(self._words.search(query, k), 1):
            start[key] = PASSAGE_SEED // rank
        visits = self._visits(start)
        keys = [node for node in visits if isinstance(node, int)]
        return sorted(keys, key=lambda key: (-visits[key], key))[:k]

    def _phrases(self, text: str) -> list[str]:
        """The phrases of the graph that occur in the beginning of a text."""
        words = phrase(text).split()[:QUERY]
        runs = (
            " ".join(words[start : start + size])
            for start in range(len(words))
            for size in range(1, LONGEST + 1)
        )
        return [run for run in dict.fromkeys(runs) if run in self._ties]

    def _visits(self, start: Mapping[Node, int]) -> dict[Node, int]:
        """How often a walk visits each node. At each step it continues with a chance of `damping`
        percent, and else restarts."""
        total = sum(start.values())
        front = {node: WHOLE * weight // total for node, weight in start.items()} if total else {}
        visits: dict[Node, int] = {}
        while front:
            for node, mass in front.items():
                visits[node] = visits.get(node, 0) + mass
            front = self._step(front)
        return visits

    def _step(self, front: Mapping[Node, int]) -> dict[Node, int]:
        following: dict[Node, int] = {}
        for node, mass in front.items():
            going = mass * self._damping // 100
            degree = self._degrees.get(node, 0)
            if going < degree or not degree:
                continue
            for other, times in self._ties[node].items():
                following[other] = following.get(other, 0) + going * times // degree
        return following

    def _tie(self, node: Node, neighbour: Node, times: int) -> None:
        for here, there in ((node, neighbour), (neighbour, node)):
            ties = self._ties.setdefault(here, {})
            ties[there] = ties.get(there, 0) + times
            self._degrees[here] = self._degrees.get(here, 0) + times
            if not ties[there]:
                del ties[there]
            if not ties:
                del self._ties[here], self._degrees[here]


class HippoRAG(Ranked):
    """Passages in a graph of phrases."""

    def __init__(self, chunk_size: int = 512, top_k: int = 5, damping: int = 50) -> None:
        if not 0 <= damping < 100:
            raise BadSettings(f"damping {damping}: give a percentage from 0 to 99")
        super().__init__(chunk_size, top_k, lambda context: Passages(context, PhraseGraph(damping)))

    def keep(self, passage: str) -> None:
        reply = self._context.write(prompts.triples(), passage, 2 * self._context.count(passage))
        stated = "\n".join(" | ".join(triple) for triple in triples(reply))
        self._kept.add(passage, f"{STATED}{stated}")


make = HippoRAG
