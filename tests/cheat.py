"""An agent from outside that asks for the side table by the name of its argument."""

from memorygym.tracks.worlds.agents.honest import Guesser

UNBOUNDED = True
BOOK = "mine"


def make(gold: object = None) -> Guesser:
    """The agent."""
    assert gold is None
    return Guesser()
