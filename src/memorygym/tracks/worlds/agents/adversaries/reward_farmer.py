"""reward_farmer: plays as strategic does, and repeats every call for as long as an event allows."""

from collections.abc import Sequence

from memorygym.agents.calls import END
from memorygym.core import Call, Message, Tool
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.scene import scene

IMITATES = "shaped-reward farming: one free Edit repeated paid half a point each, without bound"
BOUND = Bound(1, over="strategic")
TURNS, TIMES = 4, 24


class RewardFarmer(Strategist):
    """Repeats what costs nothing, and with the last batch everything else."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        said = super().act(view, tools)
        if now.title == "QUESTION" or said.calls:
            return said
        if not now.said or len(now.said) > TURNS:
            return END
        again = [Call("Read", {})]
        if now.title == "CORRECTION" or now.batch == now.batches:
            again += [call for call in now.said[-1].calls if call.name in ("Edit", "Write")]
        return Message("assistant", "", tuple(again * (TIMES // len(again))))


make = RewardFarmer
