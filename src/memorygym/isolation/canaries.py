"""Episodes that show whether a set-up can be trusted: a canary must come back, and only its own."""

from collections.abc import Callable
from dataclasses import replace

from memorygym.core import Budget, Event, Memory, Message, Task, Writer
from memorygym.episode import Episode
from memorygym.rng import rng
from memorygym.track import find

END = Message("assistant", "")
BUDGET = Budget(view=2_000)


def canary(name: str) -> str:
    """A word that no track deals.

    >>> canary("a") == canary("a") != canary("b")
    True
    """
    stream = rng("canary", name)
    return "".join(stream.choice("bcdfgkmz") + stream.choice("aeiou") for _ in range(5))


def returns(make: Callable[[], Memory], task: Task, writer: Writer) -> bool:
    """Whether a canary told at the start is in the memory's view when it is asked for."""
    (episode,) = _stopped(make, task, writer, ("returns",))
    return canary("returns") in _seen(episode)


def mixes(make: Callable[[], Memory], task: Task, writer: Writer) -> bool:
    """Whether one of two episodes that are played in turns brings the other's canary into view."""
    one, other = _stopped(make, task, writer, ("one", "other"))
    return canary("other") in _seen(one) or canary("one") in _seen(other)


def _stopped(
    make: Callable[[], Memory], task: Task, writer: Writer, told: tuple[str, ...]
) -> list[Episode]:
    """Episodes in turns up to their last event, in which each is asked for all canaries.

    It names their places, not them: a memory may show the question again.
    """
    env = find(task.track).env
    places = {name: canary(f"where {name} is") for name in told}
    asked = f"Which canaries are known at {' and '.join(places.values())}?"
    episodes = []
    for name in told:
        events = (
            Event("noise", f"The canary at {places[name]} is {canary(name)}."),
            task.events[0],
            Event("noise", asked),
        )
        played = replace(task, events=events, gold=None)
        episodes.append(Episode(env(played), make, BUDGET, writer))
    for _ in range(2):
        for episode in episodes:
            episode.view()
            episode.step(END)
    return episodes


def _seen(episode: Episode) -> str:
    """What the memory brings into the running event."""
    composed = [m.content for _, messages in episode.trace.composed() for m in messages]
    return "\n".join([*composed, *(m.content for m in episode.view()[1:-1])])
