"""A comparison in this process, small enough to be played in every test."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from memorygym.core import Memory, Message
from memorygym.isolation.arms import Limits
from memorygym.runs.minds import Minds
from memorygym.isolation.playing import Comparison
from memorygym.isolation.plugging import Plugged, plug_all
from memorygym.runs.tasks import of_worlds
from memorygym.tracks.worlds.settings import Settings

WORLD = Settings("company", 0, "lite")


def comparison(
    *specs: str, budgets: Sequence[int] = (500,), world: Settings = WORLD, **made: Plugged
) -> Comparison:
    """The references and these memories, with the strong reasoner; `made` are memories by spec."""
    memories = {**plug_all(specs), **made}
    return Comparison(of_worlds([world]), memories, [Limits(budget) for budget in budgets], Minds())


def sealed(salt: str) -> Settings:
    """The same world from a secret salt."""
    return replace(WORLD, salt=salt)


class Gossip(Memory):
    """Shows what all who share its list observed."""

    def __init__(self, heard: list[Message]) -> None:
        self.heard = heard

    def observe(self, new: Sequence[Message]) -> None:
        self.heard.extend(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [message for message in self.heard if message not in live][:2]


def gossip() -> Callable[[], Memory]:
    """Makes memories that tell each other all, and nothing to those of another call."""
    heard: list[Message] = []
    return lambda: Gossip(heard)
