"""random_strategic: 70 % of the budget on entities chosen at random, updates in place."""

from memorygym.agents.scribe import Scribe, at_random, whole_records


def make() -> Scribe:
    """The agent."""
    return Scribe(whole_records(0.7, at_random))
