"""chromadb: the page of entries of `markdown`, searched by vectors in Chroma."""

from functools import partial

from memorygym.stores.chroma import Chroma, connect
from memorygym.stores.indexed import Indexed


def make() -> Indexed:
    """The memory; raises BadSettings at once if Chroma is not installed."""
    return Indexed(partial(Chroma, connect()))
