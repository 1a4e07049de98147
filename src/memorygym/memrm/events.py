"""`memorygym rm build`: mines compaction events from played tasks, labels and balances them.

An event is a context that was compacted as one event of a task began. It is SAFE if the strongest
reasoner, which went on from the compacted context, reached every goal that it reaches from the
full context; else HARMFUL. Tasks that it cannot solve with the full context are dropped.
"""

from dataclasses import dataclass, replace

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.memrm.compactions import WHOLE
from memorygym.memrm.damage import Messages
from memorygym.memrm.mixture import anchors, drawn
from memorygym.memrm.played import PlayedTask
from memorygym.memrm.recipes import Contexts, Recipe, digest_of
from memorygym.memrm.rows import Compaction
from memorygym.memrm.splits import MiningJob

STEPS = 3
"""Most steps of a task at which its context is compacted."""
EARLIEST = 0.2
"""Least share of the full context, at the last goal, that stands before a step."""


@dataclass(frozen=True, slots=True)
class CandidateEvent:
    """A labelled event that may be chosen."""

    recipe: Recipe
    ratio: float
    """Characters of the compacted context over those of the full one."""
    digest: str
    """A hash of the compacted context."""
    content: str
    """A hash of the words of both contexts, by which near-duplicates are known."""

    @property
    def safe(self) -> bool:
        """Its label."""
        return not self.recipe.lost

    @property
    def is_anchor(self) -> bool:
        """Whether it is the full context, or nothing of it."""
        return self.recipe.memory == WHOLE and self.recipe.edits in ((), ("wipe_out",))


@dataclass(frozen=True, slots=True)
class MinedTask:
    """All candidates of a task."""

    job: MiningJob
    state: str
    """"mined"; "dropped" if the control did not reach every goal; "too small" if the track cannot
    make this task: small ones of some seeds have no room for their questions."""
    candidates: tuple[CandidateEvent, ...] = ()


def mine(job: MiningJob) -> MinedTask:
    """Plays a task, compacts its context in many ways at some steps, and labels each by replay."""
    try:
        played = PlayedTask(job.source)
    except BadSettings:
        return MinedTask(job, "too small")
    if not played.reached:
        return MinedTask(job, "dropped")
    rng = named_rng("memrm plan", job.split, job.source.track, str(job.source.seed))
    steps = _steps(played, rng)
    contexts = Contexts(played, job.source, steps)
    candidates: list[CandidateEvent] = []
    for number, step in enumerate(steps):
        seen: set[str] = set()
        mixed = drawn(job, rng, step)
        for recipe in [*(anchors(step) if number == 0 else ()), *mixed]:
            compacted = contexts.compacted(recipe)
            if compacted is None or (digest := digest_of(compacted)) in seen:
                continue
            if compacted != played.full[step] or recipe.memory == WHOLE:
                seen.add(digest)
                candidates.append(_labelled(played, recipe, compacted, digest))
    return MinedTask(job, "mined", tuple(candidates))


def _steps(played: PlayedTask, rng: Stream) -> list[int]:
    """Events at which the context has grown, and what follows depends on it."""
    whole = _characters(played.full[played.last])
    grown = [
        step
        for step, full in played.full.items()
        if step <= played.last and _characters(full) >= EARLIEST * whole
    ]
    rng.shuffle(grown)
    steps: list[int] = []
    for step in grown:
        if len(steps) < STEPS and played.resumed(step, ()).lost:
            steps.append(step)
    return sorted(steps)


def _characters(messages: Messages) -> int:
    return sum(len(message.content) for message in messages)


def _labelled(
    played: PlayedTask, recipe: Recipe, compacted: Messages, digest: str
) -> CandidateEvent:
    full, replay = played.full[recipe.step], played.resumed(recipe.step, compacted)
    reason = played.reason(recipe.step, compacted, replay) if replay.lost else ""
    ratio = round(_characters(compacted) / max(1, _characters(full)), 4)
    content = Compaction(full, compacted).content_sha1[:12]
    return CandidateEvent(replace(recipe, lost=replay.lost, reason=reason), ratio, digest, content)
