"""The headings, the entries and the bullets that govern a line."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from memorygym.scoring.fact_reader.claims import Claim, Mark, Sense
from memorygym.scoring.fact_reader.parts import HEAD

T = TypeVar("T")


@dataclass
class Frame:
    """A heading, or an entry, that governs the lines below it."""

    depth: int
    names: Sequence[str] = ()
    mark: Mark | None = None
    date: str = ""
    source: str = ""
    cue: str = ""
    shared: tuple[Claim, ...] = ()
    """What holds for every entity below."""
    is_title: bool = False
    """Whether it governs lines of its own depth, too."""
    is_soft: bool = False
    """Whether a blank line ends it, once it has content."""
    has_content: bool = False


class Frames:
    """The frames that are open, the outermost first."""

    def __init__(self) -> None:
        self._open: list[Frame] = []

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._open)

    def add(self, frame: Frame) -> None:
        """Opens a frame."""
        self._open.append(frame)

    @property
    def last(self) -> Frame | None:
        """The innermost frame."""
        return self._open[-1] if self._open else None

    def close(self, depth: int) -> None:
        """Ends the frames that do not govern a line of that depth."""
        self._open = [f for f in self._open if f.depth < depth or (f.is_title and f.depth == depth)]

    def close_for_heading(self, depth: int) -> Frame | None:
        """Ends the frames that a heading of that depth ends; the last of them."""
        ended = [f for f in self._open if f.depth >= depth]
        self._open = [f for f in self._open if f.depth < depth]
        return ended[-1] if ended else None

    def close_for_part(self, depth: int) -> None:
        """Ends the frames that the heading of another part of an entry of that depth ends."""
        self._open = [f for f in self._open if f.depth < depth or (f.names and f.depth == depth)]

    def close_for_entry(self, depth: int, owner: str) -> None:
        """Ends the soft headings of that depth if an entry below them is of another entity."""
        self._open = [
            f
            for f in self._open
            if not (f.is_title and f.is_soft and f.depth == depth and f.names)
            or not owner
            or owner in f.names
        ]

    def close_for_blank(self) -> None:
        """Ends the frames that a blank line ends."""
        self._open = [f for f in self._open if not (f.is_soft and f.has_content)]

    def owner(self) -> str:
        """The only name of the nearest frame with names."""
        names = self._nearest(lambda frame: frame.names) or ()
        return names[0] if len(names) == 1 else ""

    def mark(self) -> Mark | None:
        """The label of the nearest frame that has one."""
        return self._nearest(lambda frame: frame.mark)

    def mark_of_entry(self) -> Mark | None:
        """The label of values below the nearest entry, or above all entries."""
        frames = (f for f in reversed(self._open) if f.mark or (f.names and not f.is_title))
        return next((f.mark for f in frames), None)

    def date(self) -> str:
        """The date of the nearest frame that has one."""
        return self._nearest(lambda frame: frame.date) or ""

    def source(self) -> str:
        """The source of the nearest frame that has one."""
        return self._nearest(lambda frame: frame.source) or ""

    def cue(self) -> str:
        """The cue of the nearest frame that has one."""
        return self._nearest(lambda frame: frame.cue) or ""

    def _nearest(self, content: Callable[[Frame], T]) -> T | None:
        """What the innermost frame holds that holds something."""
        return next(filter(None, map(content, reversed(self._open))), None)


class OpenItem:
    """The last bullet that begins with a name and a sign: "- Ann Lee: 300 vans"."""

    def __init__(self) -> None:
        self._depth, self._owner = -1, ""
        self._codes: set[str] = set()

    def close(self) -> None:
        """Ends the item, as a blank line, a heading or a line without bullet does."""
        self._owner = ""

    def read(self, sense: Sense, text: str, depth: int) -> Sense:
        """What a bullet states: with the item's entity if it names nobody and repeats no key."""
        objects = {claim.value for claim in sense.claims if not claim.subject}
        if not objects.issuperset(sense.names) or sense.asks:
            is_open = bool(sense.head) and text.startswith(sense.head)
            is_open = is_open and HEAD.match(text, len(sense.head)) is not None
            if is_open or depth <= self._depth:
                self._depth, self._owner = depth, sense.head if is_open else ""
                self._codes = _codes(sense)
            return sense
        if not self._owner or depth != self._depth or not sense.claims:
            return sense
        if _codes(sense) & self._codes:
            self.close()  # Another entity, which nobody named.
            return sense
        self._codes |= _codes(sense)
        claims = (claim._replace(subject=self._owner) for claim in sense.claims)
        return sense._replace(claims=tuple(claims))


def _codes(sense: Sense) -> set[str]:
    """The keys that can have one value only."""
    return {claim.code for claim in sense.claims if claim.value not in sense.names}
