"""markdown: a page of entries that the agent writes, edits, reads and searches (FTS5, BM25)."""

from memorygym.stores.fulltext import FullText
from memorygym.stores.indexed import Indexed


class Markdown(Indexed):
    """The default memory."""

    def __init__(self) -> None:
        super().__init__(FullText)


make = Markdown
