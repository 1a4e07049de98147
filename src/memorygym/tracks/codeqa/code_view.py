"""How code is shown: paragraphs under a heading that says where they stand, none too long to keep.

A memory loses indentation and blank lines; so a paragraph is one definition, one method, or lines
that stand together, and has no blank line inside. Paragraphs are packed into events of a length at
which they are read in one go.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from memorygym.core.rng import Stream
from memorygym.core.tokens import count

LONGEST = 400
"""Tokens of a paragraph."""
_DEFINES = re.compile(r"(?:async def|def|class)\s+(\w+)")
_STARTS = ("def ", "class ", "async def ", "@")


def paragraphs(path: str, code: str) -> list[str]:
    """The paragraphs that show a file.

    >>> for shown in paragraphs("a.py", "X = 1\\n\\nclass A:\\n    def f(self):\\n        return"):
    ...     shown
    '[a.py]\\nX = 1'
    '[a.py · class A]\\nclass A:'
    '[a.py · class A]\\n    def f(self):\\n        return'
    """
    shown: list[str] = []
    for chunk in chunks(code.splitlines()):
        name = _name(chunk)
        if any(line.startswith("class ") for line in chunk):
            for part in _members(chunk):
                shown += _fitting(f"{path} · class {name}", part)
        else:
            shown += _fitting(path, chunk)
    return shown


def rendered(parts: Iterable[Iterable[str]]) -> str:
    """The code that such chunks make up."""
    return "\n\n\n".join("\n".join(part) for part in parts) + "\n"


def chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    """Runs of lines that stand together at the left margin, without blank lines."""
    chunk: list[str] = []
    apart = False
    for line in lines:
        if not line.strip():
            apart = True
            continue
        if line[0] not in " \t)]}" and chunk:
            decorated = chunk[-1].startswith("@")
            body = chunk[-1][0] in " \t"
            if not decorated and (apart or body or line.startswith(_STARTS)):
                yield chunk
                chunk = []
        chunk.append(line)
        apart = False
    if chunk:
        yield chunk


def _members(chunk: list[str]) -> Iterator[list[str]]:
    """The head of a class, then each of its methods."""
    start = next(n for n, line in enumerate(chunk) if line.startswith("class ")) + 1
    margin = next((_indent(line) for line in chunk[start:]), 0)
    part = chunk[:start]
    for line in chunk[start:]:
        opens = _indent(line) == margin and line.lstrip().startswith(_STARTS)
        if opens and not part[-1].lstrip().startswith("@"):
            yield part
            part = []
        part.append(line)
    yield part


def _fitting(head: str, lines: list[str]) -> Iterator[str]:
    """The paragraph of those lines; too long a one in parts, which name what they continue."""
    whole = "\n".join([f"[{head}]", *lines])
    if count(whole) <= LONGEST:
        yield whole
        return
    part: list[str] = []
    title, name, cost = head, _name(lines), count(head)
    for line in lines:
        price = count(line) + 1
        if part and cost + price > LONGEST - 20:
            yield "\n".join([f"[{title}]", *part])
            title, part, cost = f"{head} · {name or 'lines'}, continued", [], count(head)
        part.append(line)
        cost += price
    yield "\n".join([f"[{title}]", *part])


def _name(lines: Iterable[str]) -> str:
    return next((found[1] for line in lines if (found := _DEFINES.match(line.lstrip()))), "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


FULL = 3000
"""Tokens after which an event takes no further paragraph."""
BETWEEN = 2
"""Tokens of the breaks between two paragraphs."""


@dataclass(frozen=True, slots=True)
class ShownParagraph:
    """A paragraph, where it comes from and what it costs."""

    text: str
    path: str
    """Of its file; "" of an observation."""
    cost: int


@dataclass(frozen=True, slots=True)
class Page:
    """An event before it is numbered."""

    kind: str
    """`file` or `observation`."""
    paragraphs: tuple[ShownParagraph, ...]


def shown(text: str, path: str = "") -> ShownParagraph:
    return ShownParagraph(text, path, count(text) + BETWEEN)


def pages(
    files: Sequence[Sequence[ShownParagraph]],
    observations: Sequence[ShownParagraph],
    form: str,
    rng: Stream,
) -> list[Page]:
    """The events: files in any order, each in one piece; observations in theirs, in between."""
    order = list(files)
    rng.shuffle(order)
    full = _full(one for several in order for one in several)
    if form == "session":
        parts = _parts(observations, len(full))
        return [Page("observation", (*one, *part)) for one, part in zip(full, parts, strict=True)]
    made = [Page("file", tuple(one)) for one in full]
    if not observations:
        return made
    number = max(1, min(len(made), len(observations) // 2, 1 + len(made) // 3))
    places = sorted(rng.sample(range(1, len(made) + 1), min(number, len(made))))
    parts = _parts(observations, len(places))
    for place, part in reversed(list(zip(places, parts, strict=True))):
        made[place:place] = [Page("observation", tuple(one)) for one in _full(part)]
    return made


def text_of(page: Page, number: int, of: int) -> str:
    """The text of an event."""
    head = f"=== {'FILE' if page.kind == 'file' else 'OBSERVATION'} · event {number} of {of} ==="
    return f"{head}\n" + "\n\n".join(one.text for one in page.paragraphs)


def _parts(items: Sequence[ShownParagraph], number: int) -> list[Sequence[ShownParagraph]]:
    """So many runs of about the same length."""
    ends = [len(items) * n // number for n in range(number + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


def _full(paragraphs: Iterable[ShownParagraph]) -> list[list[ShownParagraph]]:
    found: list[list[ShownParagraph]] = []
    cost = FULL
    for one in paragraphs:
        if cost + one.cost > FULL:
            found.append([])
            cost = 0
        found[-1].append(one)
        cost += one.cost
    return found
