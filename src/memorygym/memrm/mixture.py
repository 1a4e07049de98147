"""The mixture of compactions that is drawn at one step of a task.

Lossy ones mostly keep the length, and lossless ones are often short, so that length tells little.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.memrm.compactions import (
    DAMAGES,
    HALVED,
    HELD_OUT,
    LAYOUTS,
    PERTURBATIONS,
    SHORT,
    TRAINED,
    WHOLE,
)
from memorygym.memrm.recipes import Recipe
from memorygym.memrm.splits import SCENARIO_OOD, STRATEGY_OOD, MiningJob

SHARES = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Budgets of a memory's context, as shares of the full one."""
LARGE = (0.8, 0.9, 0.95)
"""Those of a memory whose context is then damaged."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is drawn from."""

    memories: Sequence[str]
    damages: Sequence[str]
    """Damage at a rate."""
    perturbations: Sequence[str]
    """Damage of a fixed rate: each is drawn half of the time."""
    layouts: Sequence[str]
    """Of damaged contexts."""
    lossless: Sequence[str]
    """Layouts of the full context."""
    contexts: int = 2
    """How many contexts of memories are drawn."""

    def drawn(self, rng: Stream, step: int) -> Iterator[Recipe]:
        """Compactions of one step."""
        yield from self._of_memories(rng, step)
        for _ in range(4):
            yield Recipe(step, WHOLE, 0, (rng.choice(self.damages), *self._layout(rng, 0.4)))
        for name in self.perturbations:
            if rng.bernoulli(0.5):
                whole = rng.bernoulli(0.6)
                memory = WHOLE if whole else rng.choice(self.memories)
                share = 0 if whole else rng.choice(LARGE)
                yield Recipe(step, memory, share, (name, *self._layout(rng, 0.25)))
        short = [name for name in self.lossless if name in SHORT] or self.lossless
        for choices in (self.lossless, self.lossless, self.lossless, short):
            yield Recipe(step, WHOLE, 0, (rng.choice(choices),))
        pair = rng.choice(short), rng.choice(self.layouts)
        if pair[0] != pair[1]:
            yield Recipe(step, WHOLE, 0, pair)

    def _of_memories(self, rng: Stream, step: int) -> Iterator[Recipe]:
        """What memories compose: as it is, with half of the budget, laid out, or damaged."""
        for _ in range(self.contexts):
            memory, share = rng.choice(self.memories), rng.choice(SHARES)
            yield Recipe(step, memory, share, ())
            if rng.bernoulli(0.3):
                yield Recipe(step, memory, share / 2, (HALVED,))
            if rng.bernoulli(0.3):
                yield Recipe(step, memory, share, self._layout(rng, 1))
            if rng.bernoulli(0.2):
                yield Recipe(step, memory, share, (rng.choice(self.damages),))

    def _layout(self, rng: Stream, chance: float) -> tuple[str, ...]:
        return (rng.choice(self.layouts),) if rng.bernoulli(chance) else ()


def anchors(step: int) -> list[Recipe]:
    """Identity and wipe-out."""
    return [Recipe(step, WHOLE, 0, ()), Recipe(step, WHOLE, 0, ("wipe_out",))]


def drawn(job: MiningJob, rng: Stream, step: int) -> Iterator[Recipe]:
    """Compactions of one step of a task: of strategies that training sees; in strategy-OOD of held
    out ones, in scenario-OOD of both."""
    layouts = [name for name, edit in LAYOUTS.items() if job.source.track not in edit.unread]
    old = [name for name in layouts if not LAYOUTS[name].held_out]
    new = [name for name in layouts if LAYOUTS[name].held_out]
    at_a_rate = [name for name in DAMAGES if name not in (*PERTURBATIONS, "wipe_out")]
    seen = [name for name in at_a_rate if not DAMAGES[name].held_out]
    unseen = [name for name in at_a_rate if DAMAGES[name].held_out]
    if job.split != STRATEGY_OOD:
        yield from Mixture(TRAINED, seen, PERTURBATIONS, old, old).drawn(rng, step)
    if job.split == STRATEGY_OOD or (job.split == SCENARIO_OOD and rng.bernoulli(0.25)):
        yield from Mixture(HELD_OUT, unseen, (), [*old, *new], new, 4).drawn(rng, step)
        for _ in range(2):
            yield Recipe(step, WHOLE, 0, (rng.choice(seen), rng.choice(new)))
