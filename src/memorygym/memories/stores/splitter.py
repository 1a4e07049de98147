"""The splitter of texts into passages and sentences; each part of a passage has its heading."""

import re
from collections.abc import Callable, Iterator

from memorygym.core.tokens import normalize, truncate

_PARAGRAPH = re.compile(r"\n\s*\n")
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n")
ENDS = re.compile(r"[.!?][\"')\]]*$")
"""The end of a sentence; a line that has it is no heading."""
_BRACKETED = re.compile(r"\[.+\]$")
LONGEST_HEAD = 120
"""Most characters of a heading's line."""


def passages(text: str, size: int, price: Callable[[str], int]) -> list[str]:
    """The normalised paragraphs of a text. A paragraph of more than `size` tokens is split at the
    ends of sentences, and each part begins with the paragraph's heading.

    >>> passages("[Note · Ann]\\nShe ran. She won.\\n\\nBye.", 7, lambda text: len(text.split()))
    ['[Note · Ann]\\nShe ran. She won.', 'Bye.']
    >>> passages("[Note · Ann]\\nShe ran. She won.", 5, lambda text: len(text.split()))
    ['[Note · Ann]\\nShe ran.', '[Note · Ann]\\nShe won.']
    """
    pieces: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        whole = normalize(paragraph)
        if whole and price(whole) <= size:
            pieces.append(whole)
        elif whole:
            pieces += _parts(whole, size, price)
    return pieces


def headed(paragraph: str) -> tuple[str, str]:
    """The heading of a normalised paragraph, "" if it has none, and the rest.

    Its first lines are its heading while they are short and end no sentence; a line in square
    brackets is the last of them.

    >>> headed("=== DAY 1 ===\\n[Note · Ann]\\nShe ran.\\nShe won."), headed("Hello.")
    (('=== DAY 1 ===\\n[Note · Ann]', 'She ran.\\nShe won.'), ('', 'Hello.'))
    >>> headed("[a.py]\\nx = 1\\ny = 2")
    ('[a.py]', 'x = 1\\ny = 2')
    """
    lines = paragraph.split("\n")
    end = 0
    while end < len(lines) - 1 and len(lines[end]) <= LONGEST_HEAD and not ENDS.search(lines[end]):
        end += 1
        if _BRACKETED.match(lines[end - 1]):
            break
    return "\n".join(lines[:end]), "\n".join(lines[end:])


def sentences(text: str) -> list[str]:
    """The sentences of a text; the end of a line ends a sentence, too.

    >>> sentences('It cost $1.5M. "Fine," he said. Done')
    ['It cost $1.5M.', '"Fine," he said.', 'Done']
    """
    return [part.strip() for part in _END.split(text) if part and part.strip()]


def _parts(paragraph: str, size: int, price: Callable[[str], int]) -> Iterator[str]:
    head, body = headed(paragraph)
    if head and price(head) >= size:
        head, body = "", paragraph
    start = f"{head}\n" if head else ""
    held, room = "", size - price(start)
    for break_, sentence in _pieces(body):
        longer = f"{held}{break_}{sentence}" if held else sentence
        if price(longer) <= room:
            held = longer
            continue
        if held:
            yield start + held
        held = sentence
        while price(held) > room and (first := truncate(held, room, price)):
            yield start + first
            held = held[len(first) :].strip()
    if held:
        yield start + held


def _pieces(body: str) -> Iterator[tuple[str, str]]:
    """The sentences, each with the blank or line break before it."""
    for line in body.split("\n"):
        for number, sentence in enumerate(sentences(line)):
            yield " " if number else "\n", sentence
