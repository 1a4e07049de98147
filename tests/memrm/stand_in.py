"""A stand-in for the judge, and labelled compactions of which it knows something."""

from collections.abc import Iterator, Mapping, Sequence

from memorygym.core.rng import named_rng
from memorygym.core.types import Message
from memorygym.memrm.calibration import Logistic
from memorygym.memrm.rows import Compaction, Probe


def words(context: Sequence[Message]) -> set[str]:
    return set(" ".join(message.content for message in context).split())


RATES = {"": 0.5, "cut": 0.9, "copy": 0.1}
"""Shares of HARMFUL rows by strategy."""


class OverlapJudge:
    """The more words are gone, the likelier the harm."""

    hash = "stand-in"
    thresholds = (0.2, 0.8)
    actions: Mapping[str, Logistic] = {}

    def p_harmful(self, full: Sequence[Message], compacted: Sequence[Message]) -> float:
        return 1 - len(words(full) & words(compacted)) / len(words(full))

    def p_lost(
        self, full: Sequence[Message], compacted: Sequence[Message], probes: Sequence[str]
    ) -> list[float]:
        kept = words(compacted)
        wanted = [set(probe.split()) for probe in probes]
        return [1 - len(probe & kept) / len(probe) for probe in wanted]

    def harmful_given(
        self, full: Sequence[Message], compacted: Sequence[Message], needs: Sequence[str]
    ) -> float:
        return max(self.p_lost(full, compacted, needs))


def compactions(n: int = 240) -> Iterator[Compaction]:
    """Contexts of twenty words, cut at random; harmful where the word that is needed is gone."""
    for number in range(n):
        rng = named_rng("compactions", number)
        full = [f"w{rng.below(1000)}" for _ in range(20)]
        kept = full[: rng.between(1, 20)]
        needed, other = full[rng.below(20)], full[0]
        safe = needed in kept
        yield Compaction(
            full=tuple(Message("user", word) for word in full),
            compacted=(Message("user", " ".join(kept)),),
            safe=safe,
            needs=(Probe(needed, kept=safe), Probe(other, kept=True)),
            group=f"task-{number // 3}",
            domain="made-up",
            strategy="cut" if len(kept) < 15 else "copy",
            reason="" if safe else "missing",
            recorded_action=f"take {needed}",
            proposed_action=f"take {needed}" if safe else "ask",
        )
