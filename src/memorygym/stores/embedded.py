"""The index of memories whose vectors are an option: words alone, or words and vectors, fused."""

from collections.abc import Callable

from memorygym.errors import BadSettings
from memorygym.stores.fulltext import FullText
from memorygym.stores.fusion import Fused
from memorygym.stores.passages import Index
from memorygym.stores.vectors import Vectors, named

EMBEDDERS = ("none", "hashed", "minilm")


def embedded(embedder: str) -> Callable[[], Index]:
    """What makes the index.

    >>> embedded("none") is FullText
    True
    """
    if embedder not in EMBEDDERS:
        raise BadSettings(f"embedder {embedder!r}: choose from {', '.join(EMBEDDERS)}")
    if embedder == "none":
        return FullText
    embed = named(embedder)
    return lambda: Fused(FullText(), Vectors(embed))
