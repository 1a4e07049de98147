"""Text as a file can hold it, and as a terminal of 80 columns shows it."""

from textwrap import wrap

WIDTH = 80


def encodable(text: str) -> str:
    """The text with a question mark for every lone surrogate, which is half a character.

    >>> encodable("caf\\ud800")
    'caf?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def plain(text: str) -> str:
    """Blanks for control characters: somebody else's name sends none to the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def fit(text: str, indent: str = "") -> list[str]:
    """The lines of a text, wrapped; indents are kept, control characters become blanks.

    >>> fit("a  b", "> ")
    ['> a  b']
    """
    lines: list[str] = []
    for line in text.split("\n"):
        clean = plain(line).rstrip()
        margin = indent + clean[: len(clean) - len(clean.lstrip())]
        lines += wrap(
            clean.lstrip(),
            WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
        ) or [indent.rstrip()]
    return lines


def wrapped(text: str, indent: str = "") -> str:
    """The same as one text."""
    return "\n".join(fit(text, indent))


def one_line(text: str) -> str:
    """The text in one line without control characters: names and errors are somebody else's.

    >>> one_line("boom\\n  again\\x1b[31m")
    'boom again [31m'
    """
    return " ".join(plain(text).split())


def short(text: str, most: int, indent: str = "") -> list[str]:
    """The first lines of a text, and how many more there are."""
    lines = fit(text, indent)
    rest = len(lines) - most
    return [*lines[:most], f"{indent}… {rest} more lines"] if rest > 1 else lines
