"""The schedule of a task: the kind and the order of its events, before any text is written."""

from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.generator.tiers import MIX, Tier

BATCH = 10
"""Documents in one event."""
MIDSTREAM = 0.3
"""Share of the questions that are asked between the documents, not after them."""


@dataclass(slots=True)
class ScheduledEvent:
    """An event that has no text yet."""

    kind: str
    """documents, correction, contradiction, noise or question."""
    batch: int
    """The batch of documents that it shows or follows."""
    session: int = 0
    asks: str = ""
    """The kind of a question; "" for other events."""
    documents: range = range(0)
    """The documents of a batch."""


def plan(tier: Tier, stream: Stream) -> list[ScheduledEvent]:
    """All events in order. Sessions divide the batches of documents evenly."""
    total = tier.entities * tier.parts
    batches = -(-total // BATCH)
    sessions = min(tier.sessions, batches)
    after: list[list[ScheduledEvent]] = [[] for _ in range(batches)]
    contradictions = max(1, tier.corrections // 3) if tier.corrections else 0
    # A fact changes half-way at the earliest, or else in the second session.
    first = batches // 2 if sessions == 1 else -(-batches // sessions)
    for kind, n, start in (
        ("correction", tier.corrections, first),
        ("contradiction", contradictions, max(first, 3 * batches // 5)),
    ):
        for _ in range(n):
            batch_after = stream.between(min(start, batches - 1), batches - 1)
            after[batch_after].append(ScheduledEvent(kind, batch_after))
    kinds = [kind for kind, n in zip(MIX, tier.mix, strict=True) for _ in range(n)]
    stream.shuffle(kinds)
    # Where facts are spread over several documents, few are complete before.
    start = min(1, batches - 1) if tier.parts == 1 else batches // 2
    middle = sorted(stream.between(start, batches - 1) for _ in range(int(MIDSTREAM * len(kinds))))
    for batch_after in middle:
        after[batch_after].append(ScheduledEvent("question", batch_after))
    for batch_after in range(batches):
        stream.shuffle(after[batch_after])
    noise = set(stream.sample(range(batches), max(1, batches // 3)))
    schedule: list[ScheduledEvent] = []
    for batch in range(batches):
        if batch in noise:
            schedule.append(ScheduledEvent("noise", batch - 1))
        documents = range(batch * BATCH, min((batch + 1) * BATCH, total))
        schedule += [ScheduledEvent("documents", batch, documents=documents), *after[batch]]
    schedule += [ScheduledEvent("question", batches) for _ in range(len(kinds) - len(middle))]
    for scheduled in schedule:
        scheduled.session = min(max(scheduled.batch, 0), batches - 1) * sessions // batches
    _assign_kinds(schedule, kinds)
    return schedule


def _assign_kinds(schedule: list[ScheduledEvent], kinds: list[str]) -> None:
    """Gives every question a kind; an update question comes after the first change."""
    pool = list(kinds)
    changed = False
    for scheduled in schedule:
        changed |= scheduled.kind in ("correction", "contradiction")
        if scheduled.kind != "question":
            continue
        possible = [kind for kind in pool if kind != "update" or changed]
        scheduled.asks = possible[0] if possible else pool[0]
        pool.remove(scheduled.asks)
