"""The keys of a track's facts: what texts call them, and the form of their values."""

from dataclasses import dataclass
from typing import Literal

ValueKind = Literal["number", "series", "date", "enum", "text", "entity", "word"]
Named = tuple[int, int, str]
"""A name in a text: where it starts and ends, and the entity that it names."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """An attribute or a relation, with all that texts call it. Each is equal to itself only."""

    code: str
    """What statements call the key. `{}` stands for the parameter that a label names."""
    kind: ValueKind
    labels: tuple[str, ...] = ()
    """Noun phrases ("delivery vans"). `{}` stands for a parameter, one word."""
    verbs: tuple[str, ...] = ()
    """Phrases between the subject and the entity that is the value: "supplies"."""
    inverse_verbs: tuple[str, ...] = ()
    """Phrases between the value and the subject: "is supplied by"."""
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    length: int = 1
    """Number of values in a series, of words in a text."""
    choices: tuple[str, ...] = ()
    stands_alone: bool = False
    """Whether a value names the key: a choice in quotes or in a cell of its own needs no label."""
    pattern: str = ""
    """For the kind `word`: a regular expression of the values; a group of it is the value."""
    is_shared: bool = False
    """Whether a value in a heading without names holds for every entity below it."""
    is_whole: bool = False
    """Whether a number is one without unit or separator, such as a year."""
    owner: str = ""
    """The only entity that has this key, so that a statement of it needs no name."""
    is_excluded: bool = False
    """Whether it tells what its owner does not want: "no nylon"."""
    subject: str = ""
    """The type of entity that has this key; "" is any."""
    value: str = ""
    """For the kind `entity`: the type of the value; "" is any."""
    is_free: bool = False
    """Whether a value counts whoever stated it, such as the code of a function."""
    has_term: bool = False
    """Whether the value holds from one month to another; the code then ends with both months."""

    @property
    def is_many(self) -> bool:
        """Whether it may have several values at once: a relation that only verbs name."""
        return self.kind == "entity" and not self.labels
