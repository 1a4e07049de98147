"""none: stores nothing, so the agent sees its instructions and the event. The lower bound."""

from memorygym.core.types import Memory


class Nothing(Memory):
    """A memory that stores nothing."""


make = Nothing
