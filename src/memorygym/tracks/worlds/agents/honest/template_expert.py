"""template_expert: the whole budget by the brief, attribute by attribute; edits in place."""

from memorygym.tracks.worlds.agents.scribe import Scribe, worth_while


def make() -> Scribe:
    """The agent."""
    return Scribe(worth_while)
