"""Text that is safe to write to a file and to print on a terminal."""


def replace_surrogates(text: str) -> str:
    """The text with "?" for every lone surrogate (half a character, which UTF-8 cannot encode).

    >>> replace_surrogates("caf\\ud800")
    'caf?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def replace_controls(text: str) -> str:
    """The text with a blank for every control character, so that it cannot control a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str) -> str:
    """The text in one line without control characters, for names and errors of other people's code.

    >>> one_line("boom\\n  again\\x1b[31m")
    'boom again [31m'
    """
    return " ".join(replace_controls(text).split())
