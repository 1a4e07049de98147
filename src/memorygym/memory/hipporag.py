"""hipporag: triples tie passages into a graph; a walk from the question's phrases finds passages.

HippoRAG (Gutiérrez et al. 2024), with the passage nodes of HippoRAG 2 (2025). Kept: one model call
a passage for its triples; a graph of phrases and passages; personalised PageRank from the phrases
of the question, the rarer ones heavier, and, with a small weight, from the passages that match it;
the `top_k` passages most visited. A walk goes on with a chance of `damping` percent, 50 as there.
Simplified: the question's phrases are those of the graph that stand in it, without a model call;
phrases are synonyms when they differ in case, punctuation or article alone; passages are matched by
words, and triples are not filtered by a model.
"""

from memorygym.core import Meter
from memorygym.errors import BadSettings
from memorygym.stores import prompts
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import Passages
from memorygym.stores.replies import triples
from memorygym.stores.retrieval import Ranked
from memorygym.stores.search.fulltext import FullText
from memorygym.stores.search.graph import Graph, Node

STATED = "\n|\n"
"""Stands in an entry between the passage and its triples."""
SEED = 1000
"""The weight of a phrase that stands in one passage alone; one that stands in n has an n-th."""
PASSAGE_SEED = 50
"""The weight of the passage that matches best; the n-th has an n-th. A 20th, as in HippoRAG 2."""


class HippoRAG(Ranked):
    """Passages in a graph of phrases; its own index, told of every change."""

    def __init__(self, chunk_size: int = 512, top_k: int = 5, damping: int = 50) -> None:
        at_least(1, chunk_size=chunk_size, top_k=top_k)
        if not 0 <= damping < 100:
            raise BadSettings(f"damping {damping}: give a percentage from 0 to 99")
        super().__init__(chunk_size, top_k)
        self.damping = damping

    def open(self, meter: Meter) -> None:
        super().open(meter)
        self._index = self
        self._kept = Passages(meter, self)
        self._bodies: dict[int, str] = {}
        self._words = FullText()
        self._graph = Graph()

    def keep(self, passage: str) -> None:
        reply = self._meter.write(prompts.triples(), passage, 2 * self._meter.count(passage))
        stated = "\n".join(" | ".join(triple) for triple in triples(reply))
        self._kept.add(f"{passage}{STATED}{stated}")

    def set(self, key: int, text: str) -> None:
        body, _, stated = f"{text}\n".rpartition(STATED)
        self._bodies[key] = body
        self._words.set(key, body)
        self._graph.set(key, triples(stated))

    def drop(self, key: int) -> None:
        del self._bodies[key]
        self._words.drop(key)
        self._graph.drop(key)

    def search(self, query: str, k: int) -> list[int]:
        start: dict[Node, int] = {}
        for name in self._graph.phrases(query):
            start[name] = SEED // self._graph.passages(name)
        for rank, key in enumerate(self._words.search(query, k), 1):
            start[key] = PASSAGE_SEED // rank
        return self._graph.near(start, self.damping)[:k]

    def text(self, key: int) -> str:
        return self._bodies[key]


make = HippoRAG
