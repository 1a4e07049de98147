"""Episodes that show whether a set-up can be trusted: a canary must come back, and only its own."""

from collections.abc import Callable
from dataclasses import replace

from memorygym.core import Budget, Env, Memory, Message, Step, Task, Writer
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


class Planted(Env):
    """The environment that is played, which a canary precedes; after the next step it is asked."""

    def __init__(self, env: Env, told: str, asked: str) -> None:
        self.task, self.tools = env.task, env.tools
        self._env, self._told, self._asked = env, told, asked
        self._steps = 0

    def reset(self) -> Step:
        step = self._env.reset()
        return replace(step, messages=(Message("user", self._told), *step.messages), done=False)

    def step(self, reply: Message) -> Step:
        self._steps += 1
        if self._steps == 1:
            return replace(self._env.step(reply), done=False)
        return Step((Message("user", self._asked),), evict=True)


def _stopped(
    make: Callable[[], Memory], task: Task, writer: Writer, told: tuple[str, ...]
) -> list[Episode]:
    """Episodes in turns up to an event in which each is asked for all canaries.

    It names their places, not them: a memory may show the question again.
    """
    env = find(task.track).env
    places = {name: canary(f"where {name} is") for name in told}
    asked = f"Which canaries are known at {' and '.join(places.values())}?"
    episodes = []
    for name in told:
        planted = f"The canary at {places[name]} is {canary(name)}."
        played = Planted(env(replace(task, gold=None)), planted, asked)
        episodes.append(Episode(played, make, BUDGET, writer))
    for _ in range(2):
        for episode in episodes:
            episode.view()
            episode.step(END)
    return episodes


def _seen(episode: Episode) -> str:
    """What the memory brings into the running event."""
    composed = [m.content for _, messages in episode.trace.composed() for m in messages]
    return "\n".join([*composed, *(m.content for m in episode.view()[1:-1])])
