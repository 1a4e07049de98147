"""Text that is safe to write and to print: valid characters, lines of 80 columns."""

from textwrap import wrap

WIDTH = 80


def replace_surrogates(text: str) -> str:
    """The text with "?" for every lone surrogate (half a character, which UTF-8 cannot encode).

    >>> replace_surrogates("caf\\ud800")
    'caf?'
    """
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def replace_controls(text: str) -> str:
    """The text with a blank for every control character, so that it cannot control a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def wrap_lines(text: str, indent: str = "") -> list[str]:
    """The lines of a text, wrapped; indents stay, control characters become blanks.

    >>> wrap_lines("a  b", "> ")
    ['> a  b']
    """
    lines: list[str] = []
    for line in text.split("\n"):
        clean = replace_controls(line).rstrip()
        margin = indent + clean[: len(clean) - len(clean.lstrip())]
        lines += wrap(
            clean.lstrip(),
            WIDTH,
            initial_indent=margin,
            subsequent_indent=margin,
            break_on_hyphens=False,
        ) or [indent.rstrip()]
    return lines


def wrap_text(text: str, indent: str = "") -> str:
    """The wrapped lines of a text, joined."""
    return "\n".join(wrap_lines(text, indent))


def one_line(text: str) -> str:
    """The text in one line without control characters, for names and errors of other people's code.

    >>> one_line("boom\\n  again\\x1b[31m")
    'boom again [31m'
    """
    return " ".join(replace_controls(text).split())


def first_lines(text: str, most: int, indent: str = "") -> list[str]:
    """At most `most` wrapped lines of a text, then the number of lines left out."""
    lines = wrap_lines(text, indent)
    rest = len(lines) - most
    return [*lines[:most], f"{indent}… {rest} more lines"] if rest > 1 else lines
