"""markdown: entries that the agent writes, edits, reads and searches (FTS5, BM25)."""

from memorygym.memories.stores.notebook import Notebook
from memorygym.memories.stores.search.fulltext import FullText


class Markdown(Notebook):
    """The default memory."""

    def __init__(self) -> None:
        super().__init__(FullText)


make = Markdown
