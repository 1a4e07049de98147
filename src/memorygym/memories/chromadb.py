"""chromadb: the entries of `markdown`, searched by vectors in Chroma, ranked exactly."""

import weakref
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from memorygym.core.errors import BadSettings
from memorygym.memories.stores.notebook import Notebook
from memorygym.memories.stores.search.vectors import SIZE, embed

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

EXACT = 2000
"""Up to this many entries all are ranked; of more, this many nearest by Chroma's graph."""


def connect() -> "ClientAPI":
    """A client in this process, without telemetry. Raises BadSettings if Chroma is missing."""
    try:
        import chromadb
        from chromadb.config import Settings
    except ImportError as error:
        raise BadSettings(
            'the memory chromadb needs its package: pip install "agent-memorygym[chroma]"'
        ) from error
    return chromadb.EphemeralClient(Settings(anonymized_telemetry=False))


class Chroma:
    """An index of texts under integer keys, which grow in the order of the entries."""

    def __init__(self, client: "ClientAPI") -> None:
        # All ephemeral clients of a process share one store; the name keeps memories apart.
        name = f"memory-{uuid4().hex}"
        self._rows = client.create_collection(
            name, embedding_function=None, metadata={"hnsw:space": "ip"}
        )
        weakref.finalize(self, client.delete_collection, name).atexit = False

    def set(self, key: int, text: str) -> None:
        self._rows.upsert(ids=[str(key)], embeddings=[embed(text)])

    def drop(self, key: int) -> None:
        self._rows.delete(ids=[str(key)])

    def search(self, query: str, k: int) -> list[int]:
        wanted = embed(query)
        places = [place for place in range(SIZE) if wanted[place]]
        if not places:
            return []
        ranked = []
        for key, vector in self._near(wanted):
            score = sum(wanted[place] * vector[place] for place in places)
            ranked.append((-round(score, 6), key))
        return [key for _, key in sorted(ranked)[:k]]

    def _near(self, wanted: list[float]) -> Iterable[tuple[int, list[float]]]:
        """Entries worth ranking, with their vectors."""
        if self._rows.count() <= EXACT:
            all_rows = self._rows.get(include=["embeddings"])
            ids, vectors = all_rows["ids"], all_rows["embeddings"]
        else:
            nearest = self._rows.query(wanted, n_results=EXACT, include=["embeddings"])
            ids, vectors = nearest["ids"][0], nearest["embeddings"][0]
        return ((int(id), vector.tolist()) for id, vector in zip(ids, vectors, strict=True))


def make() -> Notebook:
    """The memory. Raises BadSettings if Chroma is not installed."""
    return Notebook(partial(Chroma, connect()))
