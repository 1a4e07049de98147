"""Fills the turns of an instance with further documents to exactly the length it is to have."""

from dataclasses import replace
from heapq import heapify, heappop, heappush

from memorygym.errors import BadSettings
from memorygym.rng import Stream
from memorygym.tokens import count
from memorygym.tracks.research.dealing.crowding import Crowd
from memorygym.tracks.research.dealing.graph import Graph, Lookup
from memorygym.tracks.research.dealing.prose import Document, written
from memorygym.tracks.research.dealing.questions import briefing_text
from memorygym.tracks.research.dealing.relations import TERM
from memorygym.tracks.research.dealing.turns import Plan, search

LARGEST = 10_000_000
"""Tokens of the longest instance."""
_BETWEEN = 2
"""Tokens of a blank line."""
_ROOM = 400
"""Tokens that hold any document."""
_CLOSE = 30
"""Tokens that may be left."""


def add_turns(stream: Stream, plan: Plan) -> None:
    """Turns about other entities, so that none need be larger than a search is."""
    size = 3_000 if plan.settings.tokens <= 1_000_000 else 5_800
    while len(plan.turns) * size < plan.settings.tokens:
        document = filler(stream, plan.graph)
        claim = stream.choice(document.claims)
        month = (claim.start + claim.end) // 2 if claim.relation == TERM else 0
        plan.turns.append(search(stream, Lookup(claim, "lookup", month=month), [document]))


def filler(stream: Stream, graph: Graph) -> Document:
    """A document about the next entity of the graph that no question rests on."""
    return written(stream, graph.profile())


def fill(stream: Stream, plan: Plan) -> int:
    """Adds documents up to the length of the settings; returns the tokens that are shown."""
    settings, turns = plan.settings, plan.turns
    weights = [min(settings.shown, len(turns) - at) for at in range(len(turns))]
    spent = least(plan)
    if spent > settings.tokens * 1.01:
        raise BadSettings(unreachable(settings.tokens, settings.hops, spent))
    crowd = Crowd(stream, plan)
    costs = [[count(one.text) + _BETWEEN for one in turn.documents] for turn in turns]
    heap = [(sum(own), at) for at, own in enumerate(costs)]
    heapify(heap)
    while settings.tokens - spent > _CLOSE and heap:
        size, at = heappop(heap)
        room = (settings.tokens - spent) // weights[at] - _BETWEEN
        if room > _ROOM and stream.below(100) < settings.crowded:
            plan.distractors.append(crowd.next())
            document = plan.distractors[-1].document
        else:
            document = filler(stream, plan.graph)
        cost = count(document.text)
        if cost > room:
            document = _trimmed(document, room)
            cost = count(document.text)
            if not document.sentences:
                continue
        turns[at].documents.append(document)
        spent += weights[at] * (cost + _BETWEEN)
        heappush(heap, (size + cost, at))
    for turn in turns:
        stream.shuffle(turn.documents)
    return spent


def least(plan: Plan) -> int:
    """The tokens that are shown before anything is added."""
    texts = list(plan.files.values())
    if plan.settings.reveal == "immediate":
        texts.append(briefing_text(len(plan.turns) + 2, plan.question))
    return sum(map(count, texts))


def unreachable(tokens: int, hops: int, least: int) -> str:
    """Why a length cannot be had, and which can."""
    return (
        f"tokens {tokens:,} is too short for {hops} hops with these distractors; "
        f"reachable are about {least:,} to {LARGEST:,}"
    )


def _trimmed(document: Document, room: int) -> Document:
    """The document without its last sentences, so that it costs no more than that."""
    while document.sentences and count(document.text) > room:
        document = replace(document, sentences=document.sentences[:-1])
    return document
