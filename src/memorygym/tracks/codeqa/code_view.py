"""The view of code: paragraphs under a heading with their place, none too long to store.

A memory may lose indentation and blank lines. A paragraph is therefore one definition, one method
or a run of lines, without a blank line inside. Paragraphs are packed into events.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks._qa.stream import pack

_CLASS = re.compile(r"class (\w+)")
_STARTS = ("def ", "class ", "@")


def paragraphs(path: str, code: str) -> list[str]:
    """The paragraphs of a file.

    >>> for shown in paragraphs("a.py", "X = 1\\n\\nclass A:\\n    def f(self):\\n        return"):
    ...     shown
    '[a.py]\\nX = 1'
    '[a.py · class A]\\nclass A:'
    '[a.py · class A]\\n    def f(self):\\n        return'
    """
    parts: list[list[str]] = []
    name = last = ""
    for line in code.splitlines():
        is_outer = bool(line) and line[0] not in " \t)]}"
        starts = line.lstrip().startswith(_STARTS) and (is_outer or bool(name))
        # A line at the left margin goes on with the paragraph only if the last one stands there.
        is_new = starts or (is_outer and last[:1] in ("", " ", "\t"))
        if line.strip() and (not parts or (is_new and not last.lstrip().startswith("@"))):
            if is_outer:
                match = _CLASS.match(line)
                name = match[1] if match else ""
            parts.append([f"[{path} · class {name}]" if name else f"[{path}]"])
        if line.strip():
            parts[-1].append(line)
        last = line.rstrip()
    return ["\n".join(part) for part in parts]


EVENT_TOKENS = 3000
"""Tokens after which an event takes no further paragraph."""
BETWEEN = 2
"""Tokens of the breaks between two paragraphs."""


def cost(paragraphs: Iterable[str]) -> int:
    """The tokens of paragraphs and of the breaks after them."""
    return sum(count(paragraph) + BETWEEN for paragraph in paragraphs)


@dataclass(frozen=True, slots=True)
class Page:
    """An event without its number."""

    kind: str
    """`file`, `observation` or `briefing`."""
    paragraphs: tuple[str, ...]


def pages(
    files: Iterable[Sequence[str]], observations: Sequence[str], form: str, rng: Stream
) -> list[Page]:
    """The events: whole files in random order, with the observations in order between them."""
    order = list(files)
    rng.shuffle(order)
    packed = _packed(chain.from_iterable(order))
    if form == "session":
        parts = _parts(observations, len(packed))
        return [
            Page("observation", (*shown, *part)) for shown, part in zip(packed, parts, strict=True)
        ]
    result = [Page("file", tuple(shown)) for shown in packed]
    if not observations:
        return result
    page_count = max(1, min(len(result), len(observations) // 2, 1 + len(result) // 3))
    positions = sorted(rng.sample(range(1, len(result) + 1), page_count))
    parts = _parts(observations, len(positions))
    for position, part in reversed(list(zip(positions, parts, strict=True))):
        result[position:position] = [Page("observation", tuple(group)) for group in _packed(part)]
    return result


def _packed(paragraphs: Iterable[str]) -> list[list[str]]:
    return pack(paragraphs, EVENT_TOKENS, lambda paragraph: cost([paragraph]))


def text_of(page: Page, number: int, total: int) -> str:
    """The text of an event."""
    head = f"=== {page.kind.upper()} · event {number} of {total} ===\n"
    return head + "\n\n".join(page.paragraphs)


def _parts(items: Sequence[str], number: int) -> list[Sequence[str]]:
    """The items in `number` runs of about the same length."""
    ends = [len(items) * index // number for index in range(number + 1)]
    return [items[start:end] for start, end in pairwise(ends)]
