"""random_strategic: 70 % of the budget on entities chosen at random, updates in place."""

from memorygym.tracks.worlds.agents.scribe import Sampler


def make() -> Sampler:
    """The agent."""
    return Sampler(0.7)
