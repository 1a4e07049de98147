"""All planted defects by name: together they say what `--validate` and `verify` can see.

A defect that goes unnoticed is a missing invariant.
"""

from tests.tracks.worlds.audit import asking, play, telling
from tests.tracks.worlds.audit.planting import Defect, named

DEFECTS: dict[str, Defect] = {
    **named(vars(play)),
    **named(vars(telling)),
    **named(vars(asking)),
    **asking.WRONG_TRUTHS,
    **asking.ACCEPTED,
}
