"""What lines state, as the parts of the fact reader pass it on."""

from collections.abc import Sequence
from typing import NamedTuple

from memorygym.core.statements import CURRENT, Statement
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.values import Parsed

IT = "\ue002"
"""The subject of a claim about the entity of the sentence before."""


class Claim(NamedTuple):
    """A value that a line gives for a key. `subject` is empty if the line names nobody."""

    subject: str
    code: str
    value: Parsed
    role: str = CURRENT


class Mark(NamedTuple):
    """A label or a verb in a text."""

    start: int
    end: int
    keys: Sequence[Key]
    parameter: str = ""
    form: str = "label"
    """`label`, `verb` or `inverse`: what stands before an inverse verb is the value."""
    role: str = CURRENT
    """FORMER if the text says beside the label that the value holds no longer."""

    @property
    def is_link(self) -> bool:
        """Whether all its values are entities."""
        return all(key.kind == "entity" for key in self.keys)

    @property
    def unplaced(self) -> "Mark":
        """The label for values that stand in another line or cell."""
        return Mark(0, 0, self.keys, self.parameter, self.form, self.role)


class Sense(NamedTuple):
    """What a line states."""

    claims: tuple[Claim, ...] = ()
    unread: int = 0
    """Number of labels with a value whose owner or value is unclear."""
    names: tuple[str, ...] = ()
    head: str = ""
    """The entity that opens the line."""
    last: str = ""
    """The entity that a pronoun in the next line means."""
    mark: Mark | None = None
    """A label without value; the next value may be its value."""
    date: str = ""
    """When the facts were stated: an ISO date."""
    cue: str = ""
    """FORMER or "other" if the line holds a cue and no value."""
    asks: bool = False
    source: str = ""
    """Who stated the facts, in lower case."""


class Reading(NamedTuple):
    """What a text states."""

    facts: tuple[Statement, ...]
    unread: int
    """Number of statements with a known key and a value that belong to nothing."""
