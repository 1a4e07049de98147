"""Plays with a memory that may hide what it holds: in one event a copy of it must act the same.

The copy is made anew from what the referee weighed last, and the memory cannot tell in which event.
Not found is what it keeps on the disk.
"""

from collections.abc import Callable

from memorygym.core import Memory, Policy, Task
from memorygym.episode import Episode
from memorygym.errors import MemoryFault
from memorygym.rng import rng
from memorygym.trace import Trace
from memorygym.track import find


def play_rebuilt(episode: Episode, policy: Policy, task: Task, make: Callable[[], Memory]) -> Trace:
    """Plays to the end. Raises MemoryFault where the two show or tell different things."""
    asking = sorted(find(task.track).oracle(task)) or [0]
    drawn = rng("rebuilt", task.id).choice(asking)
    beside: Episode | None = None
    while not episode.done:
        if episode.event != drawn:
            beside = None
        elif beside is None:
            beside = episode.restored(make)
        view = episode.view()
        if beside and beside.view() != view:
            raise MemoryFault(
                f"the memory {getattr(make, 'spec', make)}: made anew from its dump, it gives"
                f" another view of event {drawn + 1}: it holds what the referee does not weigh, or"
                " the same task does not make it do the same"
            )
        reply = policy.act(view, episode.tools)
        episode.step(reply)
        if beside:
            beside.step(reply)
    return episode.trace
