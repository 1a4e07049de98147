"""Defects of play and score: the environment, the memory, random streams, the axes."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from memorygym.core import budget, rng, tokens
from memorygym.core.budget import BudgetTracker
from memorygym.core.episode import Episode
from memorygym.core.statements import HELD, STALE, StatementIndex
from memorygym.core.types import Message
from memorygym.memories.stores.notebook import Notebook
from memorygym.memories.stores.search.fulltext import FullText
from memorygym.runs import episode_result
from memorygym.scoring import episode_scores
from memorygym.tracks.worlds import axes
from memorygym.tracks.worlds.agents import note_taker
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator import generator, question_placement, task
from tests.tracks.worlds.audit.defect import SESSIONS, Defect, validate, wrap


def _no_capacity(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, budget, "_check_limit", lambda old, kind, *n: "memory" in kind or old(kind, *n))
    wrap(patch, Episode, "_undo_excess", lambda old, self, _: False)


capacity_is_not_enforced = Defect(
    _no_capacity, "validate", "capacity used", ("clairvoyant", "strategic")
)


@validate("writes used", budget, "_check_limit", "strategic", "reward_farmer")
def writes_are_not_enforced(old: Any, kind: str, *rest: Any) -> Any:
    return kind == "writes" or old(kind, *rest)


@validate("slot used", budget, "_check_limit", "strategic", "edit_dumper")
def the_slot_is_not_enforced(old: Any, kind: str, *rest: Any) -> Any:
    return "entry" in kind or old(kind, *rest)


@validate("writes used", BudgetTracker, "store", "strategic", "edit_dumper")
def edits_are_never_charged(old: Any, self: Any, *texts: str | None) -> Any:
    self.free_edits = 1
    return old(self, *texts)


@validate("mistakes not refused", BudgetTracker, "store")
def a_free_edit_may_be_repeated(old: Any, self: Any, *texts: str | None) -> Any:
    free = self.free_edits
    stored = old(self, *texts)
    self.free_edits = free
    return stored


@validate("slot used", BudgetTracker, "store", "edit_dumper")
def an_edit_may_grow_an_entry_beyond_its_slot(
    old: Any, self: Any, text: str, replacing: str | None = None
) -> Any:
    kept = self.budget
    self.budget = kept if replacing is None else replace(kept, slot=None)
    try:
        return old(self, text, replacing)
    finally:
        self.budget = kept


@validate("mistakes not refused", Notebook, "edit")
def an_edit_takes_the_first_of_two(old: Any, self: Any, before: str, after: str) -> int:
    for key, text in self.entries.items():
        if before and before in text:
            self.entries[key] = self._context.store(text.replace(before, after, 1), text)
            return int(key)
    return int(old(self, before, after))


@validate("views unlike the trace", Episode, "_advance")
def context_stays_in_view(old: Any, self: Any, step: Any) -> None:
    kept = list(self._live)
    old(self, step)
    self._live[:0] = kept


@validate("views unlike the trace", Episode, "view")
def memory_is_in_every_view(old: Any, self: Any) -> list[Message]:
    kept = "\n".join(self._memory.dump().values())
    return [*old(self), Message("user", kept)]


@validate("events that kept context", WorldsEnv, "_show")
def events_do_not_evict(old: Any, *args: Any) -> Any:
    return replace(old(*args), evict=False)


@validate("questions not shown", WorldsEnv, "_show")
def an_event_shows_the_one_before_it_too(old: Any, self: Any, answer: str | None) -> Any:
    step = old(self, answer)
    before = self.task.events[max(0, self._event - 1)].text
    return replace(step, messages=(Message("user", before), *step.messages))


@validate("questions not shown", task.Generator, "task")
def the_stream_is_empty(old: Any, self: Any) -> Any:
    return replace(old(self), events=())


@validate("tokens miscounted", Episode, "step")
def words_of_the_agent_count_as_shown(old: Any, self: Any, message: Message) -> None:
    self._tracker.unread_texts.extend(str(call.arguments) for call in message.calls)
    old(self, message)


@validate("tokens miscounted", BudgetTracker, "store", "strategic")
def an_edited_entry_costs_nothing(
    old: Any, self: Any, text: str, replacing: str | None = None
) -> Any:
    stored = old(self, text, replacing)
    if replacing is not None:
        self.prices[stored] = 1
    return stored


@validate("bits per token of random text", tokens, "_price")
def unknown_words_cost_a_token_for_four_letters(old: Any, piece: str, known: Any) -> int:
    return -(-len(piece) // 4)


@validate("bits per token of random text", tokens, "_run")
def figures_cost_nothing(old: Any, run: str, known: Any) -> Any:
    return not run.isdigit() and old(run, known)


@validate("entries whose blanks hold data", budget, "normalize")
def blanks_are_stored_as_written(old: Any, text: str) -> str:
    return text


@validate("clairvoyant", Notebook, "restore", tasks=SESSIONS)
def a_session_break_loses_the_memory(old: Any, self: Any, entries: Any) -> None:
    old(self, ())


@validate("clairvoyant", Notebook, "write")
def the_memory_keeps_half(old: Any, self: Any, text: str) -> Any:
    return old(self, text[: len(text) // 2])


@validate("clairvoyant", FullText, "search")
def search_returns_nothing(old: Any, self: Any, query: str, k: int) -> list[int]:
    return []


@validate("same seed, another trace", generator, "named_rng")
def tasks_are_generated_without_a_seed(old: Any, *path: Any) -> rng.Stream:
    return rng.Stream(Random().getrandbits(64))


@validate("same seed, another trace", note_taker, "at_random")
def agents_choose_without_a_seed(old: Any, name: str) -> float:
    return Random().random()


@validate("identical tasks", task, "Generator")
def every_seed_generates_the_same_task(old: Any, template: Any, seed: int, *rest: Any) -> Any:
    return old(template, 0, *rest)


@validate("tokens miscounted", BudgetTracker, "store")
def text_is_priced_before_it_is_normalised(old: Any, self: Any, text: str, *rest: Any) -> Any:
    raw = self.count(text)
    stored = old(self, text, *rest)
    self.tokens += raw - self.prices[stored]
    self.prices[stored] = raw
    return stored


@validate("breadth not by importance", question_placement, "Question", "strategic")
def every_question_has_the_same_importance(old: Any, *args: Any, **kw: Any) -> Any:
    return replace(old(*args, **kw), weight=1)


@validate("breadth not by importance", axes, "_weighted", "strategic")
def breadth_ignores_importance(old: Any, outcomes: Any, weights: Any) -> Any:
    return episode_scores.accuracy(outcomes)


@validate("old values said to be new", StatementIndex, "state", "naive")
def a_stale_value_counts_as_held(old: Any, *args: Any) -> Any:
    return HELD if (state := old(*args)) == STALE else state


@validate("questions not scored", episode_result, "outcomes", "few_entity_asker")
def skipped_questions_are_not_counted(old: Any, trace: Any) -> list[Any]:
    return [outcome for outcome in old(trace) if outcome.answer is not None]


@validate(
    "maintenance above its limit", axes, "_maintenance", "notice_keeper", "naive", "strategic"
)
def maintenance_has_no_limit(old: Any, trace: Any, outcomes: Any, breadth: float) -> Any:
    return episode_scores.accuracy([o for o in outcomes if o.goal.kind == "update"])


@validate("efficiency above its limit", axes, "_efficiency", "strategic")
def efficiency_ignores_use(old: Any, trace: Any, plain: Any, asked: int) -> float:
    return min(1.0, 1.25 * plain.correct / asked)


@validate("abstainer", episode_result, "outcomes", "abstainer")
def refusals_are_scored_as_breadth(old: Any, trace: Any) -> list[Any]:
    kinds = {"abstention": "retrieval"}
    return [
        replace(o, goal=replace(o.goal, kind=kinds.get(o.goal.kind, o.goal.kind)))
        for o in old(trace)
    ]


@validate("perfect", episode_result, "outcomes", "perfect")
def late_answers_are_lost(old: Any, trace: Any) -> Any:
    return old(replace(trace, records=trace.records[:-9]))
