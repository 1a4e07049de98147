"""chromadb: the page of entries of `markdown`, searched by vectors in Chroma."""

from functools import partial

from memorygym.stores.indexed import Indexed
from memorygym.stores.search.chroma import Chroma, connect


def make() -> Indexed:
    """The memory; raises BadSettings at once if Chroma is not installed."""
    return Indexed(partial(Chroma, connect()))
