"""All planted defects by name; an unreported defect means that an invariant is missing."""

from tests.tracks.worlds.audit import play_defects, question_defects, story_defects
from tests.tracks.worlds.audit.defect import Defect, defects_in

DEFECTS: dict[str, Defect] = {
    **defects_in(vars(play_defects)),
    **defects_in(vars(story_defects)),
    **defects_in(vars(question_defects)),
    **question_defects.ACCEPTED,
}
