"""strategic: the whole budget on entities chosen at random, whole records, updates in place."""

from memorygym.tracks.worlds.agents.scribe import Sampler


def make() -> Sampler:
    """The agent."""
    return Sampler(1.0)
