"""naive: 57 % of the budget on entities chosen at random; it never updates."""

from memorygym.tracks.worlds.agents.scribe import Sampler


def make() -> Sampler:
    """The agent."""
    return Sampler(0.57, updates=False)
