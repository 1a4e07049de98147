"""All planted defects by name; an unreported defect means that an invariant is missing."""

from tests.tracks.worlds.audit import play_defects, question_defects, story_defects
from tests.tracks.worlds.audit.defect import Defect

DEFECTS: dict[str, Defect] = {
    name: value
    for module in (play_defects, story_defects, question_defects)
    for name, value in vars(module).items()
    if isinstance(value, Defect)
} | question_defects.ACCEPTED
