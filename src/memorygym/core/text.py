"""Text as a file can hold it and a terminal may show it."""


def encodable(text: str) -> str:
    """The text with a question mark for every lone surrogate, which is half a character.

    >>> encodable("caf\\ud800")
    'caf?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """Blanks for control characters: somebody else's name sends none to the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str) -> str:
    """The text in one line without control characters: names and errors are somebody else's.

    >>> one_line("boom\\n  again\\x1b[31m")
    'boom again [31m'
    """
    return " ".join(plain(text).split())
