"""naive: 57 % of the budget on entities chosen at random; it never updates."""

from memorygym.agents.scribe import Scribe, at_random, whole_records


def make() -> Scribe:
    """The agent."""
    return Scribe(whole_records(0.57, at_random), updates=False)
