"""replayer: answers with the truths of another seed of the domain, dealt by itself."""

from functools import lru_cache

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.radix import public_world
from memorygym.tracks.worlds.agents.scribe import Answerer
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.deal import deal
from memorygym.tracks.worlds.dealing.gold import Gold
from memorygym.tracks.worlds.facts import Query
from memorygym.tracks.worlds.reader import reader
from memorygym.tracks.worlds.scene import Scene

IMITATES = "overfitting to public seeds: answers learnt by heart on one are given on another"
BOUND = Bound(1)
OTHER_SEED = 7_919
"""No official one: on its own seed a replayer is right, which is why there are sealed sets."""


@lru_cache(maxsize=16)
def _learnt(template: str) -> list[tuple[Query, str]]:
    """Questions and truths of the other seed, in order."""
    task = deal(template, OTHER_SEED)
    assert isinstance(task.gold, Gold)
    ask = reader(task.system).ask
    asked = [(ask(f"=== QUESTION ===\n{q.text}"), q.truth) for q in task.gold.questions]
    return [(query, truth) for query, truth in asked if query and truth != "ABSTAIN"]


class Replayer(Answerer):
    """The truth of the question that is most like the one asked, else of the one in its place."""

    def answer(self, now: Scene) -> str:
        return _recalled(now, now.query) if now.query else REFUSAL


def _recalled(now: Scene, query: Query) -> str:
    learnt = _learnt(public_world(now.reader.guide.noun).id)
    for close in (
        lambda other: (other.kind, other.codes) == (query.kind, query.codes),
        lambda other: other.kind == query.kind,
    ):
        for other, truth in learnt:
            if close(other):
                return _renamed(truth, other, query)
    return learnt[now.event % len(learnt)][1]


def _renamed(truth: str, other: Query, query: Query) -> str:
    """The truth with this question's names in the place of the other's."""
    for old, new in zip(other.names, query.names, strict=False):
        truth = truth.replace(old, new)
    return truth


make = Replayer
