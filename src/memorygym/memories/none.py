"""none: nothing is kept, so the view is the pinned message and the event. The floor."""

from memorygym.core.types import Memory


class Nothing(Memory):
    """Forgets everything at once."""


make = Nothing
