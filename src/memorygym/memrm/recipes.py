"""Recipes of compaction events: they are stored instead of texts, and replayed into them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import json_hash
from memorygym.core.rng import named_rng
from memorygym.core.types import Message
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memrm.compactions import EDITS, HALVED, WHOLE, family, settled
from memorygym.memrm.damage import Messages
from memorygym.memrm.played import PlayedTask, TaskSource
from memorygym.memrm.rows import Compaction, Probe
from memorygym.runs.executors import over_processes


@dataclass(frozen=True, slots=True)
class Recipe:
    """One compaction of a task's context, without its texts, and its label."""

    step: int
    """The event at whose beginning the context is compacted."""
    memory: str
    share: float
    """The memory's context budget, as a share of the task's full context; 0 for none."""
    edits: tuple[str, ...]
    """Applied to the composed context in this order."""
    lost: tuple[int, ...] = ()
    """Which of the goals from then on were lost, from 0; none is SAFE."""
    reason: str = ""


REASONS = ("", "missing", "stale", "constraint lost", "goal lost", "redo")


def recipe_row(recipe: Recipe) -> list[Any]:
    """A recipe as short JSON: the lost goals are the bits of a number."""
    lost = sum(1 << index for index in recipe.lost)
    reason = REASONS.index(recipe.reason)
    return [recipe.step, recipe.memory, recipe.share, "+".join(recipe.edits), lost, reason]


def recipe_of(row: Sequence[Any]) -> Recipe:
    """What `recipe_row` gave."""
    step, memory, share, edits, lost, reason = row
    goals = tuple(index for index in range(lost.bit_length()) if lost >> index & 1)
    return Recipe(
        step, memory, share, tuple(filter(None, edits.split("+"))), goals, REASONS[reason]
    )


@dataclass(frozen=True, slots=True)
class TaskRecipes:
    """All events of one task; a line of the file."""

    split: str
    source: TaskSource
    recipes: tuple[Recipe, ...]
    digest: str
    """A hash of the texts of all events."""

    def to_json(self) -> list[Any]:
        """A short list, for one line."""
        track, parameters, seed = self.source.track, dict(self.source.parameters), self.source.seed
        rows = [recipe_row(recipe) for recipe in self.recipes]
        return [self.split, track, parameters, seed, self.digest, rows]

    @classmethod
    def from_json(cls, raw: Any) -> "TaskRecipes":
        """What `to_json` gave."""
        split, track, parameters, seed, digest, rows = raw
        source = TaskSource(track, tuple(parameters.items()), seed)
        return cls(split, source, tuple(map(recipe_of, rows)), digest)


@dataclass(frozen=True, slots=True)
class CompactionEvent:
    """A replayed event."""

    split: str
    compaction: Compaction
    needed: tuple[tuple[int, str], ...]
    """The facts that the rest of the task needs: index of a message of the full context, sentence.
    For the need model's training only."""


class Contexts:
    """The composed contexts of one task at some steps, each memory replayed once."""

    def __init__(self, played: PlayedTask, source: TaskSource, steps: Iterable[int]) -> None:
        self.played, self._source, self._steps = played, source, sorted(set(steps))
        self._composed: dict[tuple[str, float], dict[int, Messages]] = {}

    def view(self, memory: str, share: float, step: int) -> Messages:
        """What a memory composes at a step."""
        if memory == WHOLE:
            return self.played.full[step]
        if (memory, share) not in self._composed:
            budget = max(1, round(share * self.played.tokens()))
            make = memory_factory(memory)
            self._composed[memory, share] = self.played.composed(make, budget, self._steps)
        return self._composed[memory, share][step]

    def compacted(self, recipe: Recipe) -> Messages | None:
        """The compacted context; None if one of the edits changes nothing."""
        messages = self.view(recipe.memory, recipe.share, recipe.step)
        # The streams of compactions that are labelled have the names that memories had then.
        memory = recipe.memory.replace("-lite", "")
        name = (self._source.track, str(self._source.seed), str(recipe.step), memory)
        for edit in recipe.edits:
            rng = named_rng("memrm", *name, str(recipe.share), *recipe.edits, edit)
            edited = settled(EDITS[edit].apply(messages, rng, self.played.facts))
            if edited == messages and edit != HALVED:
                return None
            messages = edited
        return messages


def replayed(
    tasks: Sequence[TaskRecipes], workers: int = 1, *, actions: bool = False
) -> Iterator[CompactionEvent]:
    """The events of all tasks, in order; every task is generated and played once.

    With `actions` also what the agent did at the next goal, from the full context and from the
    compacted one: then every event is played on, as when it was labelled.
    Raises BadSettings if a text is not the one that was labelled.
    """
    for events in over_processes(partial(_replayed, actions), tasks, workers):
        yield from events


def _replayed(actions: bool, task: TaskRecipes) -> list[CompactionEvent]:
    played = PlayedTask(task.source)
    contexts = Contexts(played, task.source, (recipe.step for recipe in task.recipes))
    texts = [contexts.compacted(recipe) for recipe in task.recipes]
    if joint_digest(digest_of(text or ()) for text in texts) != task.digest:
        raise BadSettings(
            f"{group_of(task.source)}: its compactions are not those that were labelled, because a"
            " track or a memory has changed; run memorygym rm build"
        )
    needed = {s: tuple(dict.fromkeys(played.needed(s))) for s in {r.step for r in task.recipes}}
    events = []
    for recipe, text in zip(task.recipes, texts, strict=True):
        event = _event(task, played, recipe, text or (), needed[recipe.step])
        events.append(_with_actions(event, played, recipe) if actions else event)
    return events


def _with_actions(event: CompactionEvent, played: PlayedTask, recipe: Recipe) -> CompactionEvent:
    step, compaction = recipe.step, event.compaction
    after = played.resumed(step, compaction.compacted[1:]).trace
    compaction = replace(
        compaction,
        recorded_action=played.decision(step, played.trace),
        proposed_action=played.decision(step, after),
    )
    return replace(event, compaction=compaction)


def _event(
    task: TaskRecipes,
    played: PlayedTask,
    recipe: Recipe,
    compacted: Messages,
    needed: tuple[tuple[int, str], ...],
) -> CompactionEvent:
    texts = [goal.text for goal in played.goals if goal.event >= recipe.step]
    system = Message("system", played.task.system)  # Every view begins with it.
    compaction = Compaction(
        (system, *played.full[recipe.step]),
        (system, *compacted),
        not recipe.lost,
        tuple(Probe(text, index not in recipe.lost) for index, text in enumerate(texts)),
        group_of(task.source),
        task.source.track,
        family(recipe.memory, recipe.edits),
        recipe.reason,
    )
    needed = tuple((message + 1, sentence) for message, sentence in needed)
    return CompactionEvent(task.split, compaction, needed)


def group_of(source: TaskSource) -> str:
    """The group of a task's events: events of one task are not independent."""
    template = dict(source.parameters).get("template")
    return ":".join(filter(None, (source.track, template, str(source.seed))))


def digest_of(messages: Messages) -> str:
    """8 hex digits of a hash over a compacted context."""
    return json_hash([message.to_openai() for message in messages])[:8]


def joint_digest(digests: Iterable[str]) -> str:
    """8 hex digits of a hash over those of a task's events."""
    return json_hash([*digests])[:8]
