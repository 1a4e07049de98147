"""chromadb: the page of entries of `markdown`, searched by vectors in Chroma."""

from functools import partial

from memorygym.stores.notebook import Notebook
from memorygym.stores.search.chroma import Chroma, connect


def make() -> Notebook:
    """The memory; raises BadSettings at once if Chroma is not installed."""
    return Notebook(partial(Chroma, connect()))
