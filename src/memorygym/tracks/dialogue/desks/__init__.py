"""The desks of dialogue, one a file."""

from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.tracks.dialogue.desk import Desk


def desk_named(name: str) -> Desk:
    """The desk of a name or of `module:NAME`. Raises UnknownPart or BadSettings."""
    desk = registry.load("desks", name, "DESK")
    if not isinstance(desk, Desk):
        raise BadSettings(
            f"dialogue desk {name}: that is a {type(desk).__name__}, not a Desk; state it as"
            " SHOP = Desk(name=…), as memorygym/tracks/dialogue/desks/retail.py does"
        )
    registry.remember("desks", desk.name, name)
    return desk
