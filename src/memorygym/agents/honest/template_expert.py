"""template_expert: the whole budget by the brief, attribute by attribute; edits in place."""

from memorygym.agents.scribe import Scribe
from memorygym.agents.selection import worth_while


def make() -> Scribe:
    """The agent."""
    return Scribe(worth_while)
