"""priority_strategic: 70 % of the budget, entities of the key groups first, updates in place."""

from memorygym.tracks.worlds.agents.scribe import Scribe, by_brief, whole_records


def make() -> Scribe:
    """The agent."""
    return Scribe(whole_records(0.7, by_brief))
