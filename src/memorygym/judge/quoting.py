"""Any text as a JSON string that nothing in it can close, and that hides nothing."""

import json

from memorygym.grading.verdict import LONGEST
from memorygym.tokens import normal

_MARKUP = frozenset("<>{}[]`\x7f")
"""What tags, objects, fences and chat tokens are made of; and DEL, which JSON lets pass."""


def quoted(text: str) -> str:
    """The text, normalised as stored text is, cut in the middle if it is long, as a JSON string.

    Markup, and beyond ASCII all but letters and digits, is escaped: blanks that break lines,
    characters that are not seen or change the order of others, look-alikes of quotes. The JSON
    string still says the same.

    >>> print(quoted('a "b" <c>\\u202e'))
    "a \\"b\\" \\u003cc\\u003e\\u202e"
    """
    return "".join(_plain(char) for char in json.dumps(cut(normal(text)), ensure_ascii=False))


def cut(text: str) -> str:
    """The text, or its two ends with a mark of how much is missing between them."""
    if len(text) <= LONGEST:
        return text
    half = LONGEST // 2
    return f"{text[:half]} (... {len(text) - 2 * half} characters left out ...) {text[-half:]}"


def _plain(char: str) -> str:
    if char in _MARKUP:
        return f"\\u{ord(char):04x}"
    kept = char.isascii() or char.isalnum()
    return char if kept else json.dumps(char)[1:-1]
