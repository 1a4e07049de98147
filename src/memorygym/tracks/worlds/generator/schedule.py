"""The plan of a stream: which event comes when, before any text is written."""

from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.generator.tiers import MIX, Tier

BATCH = 10
"""Documents in an event."""
MIDSTREAM = 0.3
"""Share of the questions that are asked before the stream ends."""


@dataclass(slots=True)
class ScheduledEvent:
    """An event to come."""

    kind: str
    """documents, correction, contradiction, noise or question."""
    batch: int
    """The last batch shown by then."""
    session: int = 0
    asks: str = ""
    """For a question: its kind."""
    entities: range = range(0)
    """For documents: whom they tell of."""


def plan(tier: Tier, stream: Stream) -> list[ScheduledEvent]:
    """All events in order. A change comes after its batch; sessions split the batches evenly."""
    batches = -(-tier.entities // BATCH)
    sessions = min(tier.sessions, batches)
    after: list[list[ScheduledEvent]] = [[] for _ in range(batches)]
    contradictions = max(1, tier.corrections // 3) if tier.corrections else 0
    first = _first_change(batches, sessions)
    for kind, n, start in (
        ("correction", tier.corrections, first),
        ("contradiction", contradictions, max(first, 3 * batches // 5)),
    ):
        for _ in range(n):
            at = stream.between(min(start, batches - 1), batches - 1)
            after[at].append(ScheduledEvent(kind, at))
    kinds = [kind for kind, n in zip(MIX, tier.mix, strict=True) for _ in range(n)]
    stream.shuffle(kinds)
    middle = sorted(
        stream.between(min(1, batches - 1), batches - 1) for _ in range(int(MIDSTREAM * len(kinds)))
    )
    for at in middle:
        after[at].append(ScheduledEvent("question", at))
    for at in range(batches):
        stream.shuffle(after[at])
    noise = set(stream.sample(range(batches), max(1, batches // 3)))
    slots: list[ScheduledEvent] = []
    for batch in range(batches):
        if batch in noise:
            slots.append(ScheduledEvent("noise", batch - 1))
        entities = range(batch * BATCH, min((batch + 1) * BATCH, tier.entities))
        slots += [ScheduledEvent("documents", batch, entities=entities), *after[batch]]
    slots += [ScheduledEvent("question", batches) for _ in range(len(kinds) - len(middle))]
    for slot in slots:
        slot.session = min(max(slot.batch, 0), batches - 1) * sessions // batches
    _assign(slots, kinds)
    return slots


def _first_change(batches: int, sessions: int) -> int:
    """The first batch after which something may change: half-way, or in the second session."""
    if sessions == 1:
        return batches // 2
    return next(batch for batch in range(batches) if batch * sessions // batches >= 1)


def _assign(slots: list[ScheduledEvent], kinds: list[str]) -> None:
    """Gives every question a kind; an update is asked once something has changed."""
    pool = list(kinds)
    changed = False
    for slot in slots:
        changed |= slot.kind in ("correction", "contradiction")
        if slot.kind != "question":
            continue
        fits = [kind for kind in pool if kind != "update" or changed]
        slot.asks = fits[0] if fits else pool[0]
        pool.remove(slot.asks)
