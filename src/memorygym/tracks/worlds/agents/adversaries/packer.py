"""packer: whole records at random, run on over pages filled to the slot; keeps old values."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.recoder import Packer
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.facts import Guide

IMITATES = "an agent that treats the write limit as a page limit and packs all it can on a page"
BOUND = Bound(51)
# As strategic, with a tenth more room since no page is left half empty.


def _same(_guide: Guide, text: str) -> str:
    return text


def make() -> Packer:
    """The agent."""
    return Packer(record_of, _same)
