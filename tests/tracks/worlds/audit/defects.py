"""All planted defects by name: together they say what `--validate` and `verify` can see.

A defect that goes unnoticed is a missing invariant.
"""

from tests.tracks.worlds.audit import play_defects, question_defects, story_defects
from tests.tracks.worlds.audit.defect import Defect, named

DEFECTS: dict[str, Defect] = {
    **named(vars(play_defects)),
    **named(vars(story_defects)),
    **named(vars(question_defects)),
    **question_defects.WRONG_TRUTHS,
    **question_defects.ACCEPTED,
}
