"""brief_reader: as template_expert, packed notes by the brief, and it keeps replaced values."""

from memorygym.tracks.worlds.agents.scribe import Scribe, worth_while


def make() -> Scribe:
    """The agent."""
    return Scribe(worth_while, history=True)
