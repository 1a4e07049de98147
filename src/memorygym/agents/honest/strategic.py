"""strategic: the whole budget on entities chosen at random, whole records, updates in place."""

from memorygym.agents.scribe import Scribe, at_random, whole_records


def make() -> Scribe:
    """The agent."""
    return Scribe(whole_records(1.0, at_random))
