"""Packs paragraphs into events of a length at which they are read in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from memorygym.rng import Stream
from memorygym.tokens import count

FULL = 3000
"""Tokens after which an event takes no further paragraph."""
BETWEEN = 2
"""Tokens of the breaks between two paragraphs."""


@dataclass(frozen=True, slots=True)
class Shown:
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
    paragraphs: tuple[Shown, ...]

    @property
    def paths(self) -> list[str]:
        return list(dict.fromkeys(one.path for one in self.paragraphs if one.path))


def shown(text: str, path: str = "") -> Shown:
    return Shown(text, path, count(text) + BETWEEN)


def pages(
    files: Sequence[Sequence[Shown]], observations: Sequence[Shown], form: str, chance: Stream
) -> list[Page]:
    """The events: files in any order, each in one piece; observations in theirs, in between."""
    order = list(files)
    chance.shuffle(order)
    full = _full(one for several in order for one in several)
    if form == "session":
        return _mixed(full, observations)
    made = [Page("file", tuple(one)) for one in full]
    if not observations:
        return made
    number = max(1, min(len(made), len(observations) // 2, 1 + len(made) // 3))
    places = sorted(chance.sample(range(1, len(made) + 1), min(number, len(made))))
    parts = _parts(observations, len(places))
    for place, part in reversed(list(zip(places, parts, strict=True))):
        made[place:place] = [Page("observation", tuple(one)) for one in _full(part)]
    return made


def text_of(page: Page, number: int, of: int) -> str:
    """The text of an event."""
    head = f"=== {'FILE' if page.kind == 'file' else 'OBSERVATION'} · event {number} of {of} ==="
    return f"{head}\n" + "\n\n".join(one.text for one in page.paragraphs)


def _mixed(full: list[list[Shown]], observations: Sequence[Shown]) -> list[Page]:
    """Events of a session: what was opened, and what was seen then."""
    parts = _parts(observations, len(full))
    return [Page("observation", (*one, *part)) for one, part in zip(full, parts, strict=True)]


def _parts(items: Sequence[Shown], number: int) -> list[Sequence[Shown]]:
    """So many runs of about the same length."""
    ends = [len(items) * n // number for n in range(number + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


def _full(paragraphs: Iterable[Shown]) -> list[list[Shown]]:
    found: list[list[Shown]] = []
    cost = FULL
    for one in paragraphs:
        if cost + one.cost > FULL:
            found.append([])
            cost = 0
        found[-1].append(one)
        cost += one.cost
    return found
