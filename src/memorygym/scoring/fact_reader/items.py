"""Bullets in one list: those without a name go on with the entity that the one above opens with."""

from memorygym.scoring.fact_reader.claims import Sense
from memorygym.scoring.fact_reader.parts import HEAD


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
