"""A plugged-in agent that asks for the gold table by the name of its argument."""

from memorygym.tracks.worlds.agents.honest import random_number
from memorygym.tracks.worlds.agents.note_taker import AnswersAlways

UNBOUNDED = True
BOOK = "mine"


def make(gold: object = None) -> AnswersAlways:
    """The agent; it fails if it is given the gold table."""
    assert gold is None
    return AnswersAlways(random_number)
