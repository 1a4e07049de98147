"""Defects of play and score: the environment, the memory, random streams, the axes."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from memorygym.core import budget, episode, rng, tokens
from memorygym.core.statements import HELD, STALE, StatementIndex
from memorygym.core.types import Message
from memorygym.memories.stores import notebook
from memorygym.memories.stores.search.fulltext import FullText
from memorygym.runs import episode_result
from memorygym.scoring import episode_scores
from memorygym.tracks.worlds import axes
from memorygym.tracks.worlds.agents import note_taker
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator import generator, question_placement, task
from tests.tracks.worlds.audit.defect import SESSIONS, Plant, validate, wrap


@validate("capacity used")
def capacity_is_not_enforced(patch: pytest.MonkeyPatch) -> None:
    _unenforced("memory")(patch)
    patch.setattr(episode.Episode, "_undo_excess", lambda self, _: False)


def _unenforced(limit: str) -> Plant:
    def check(old: Any, kind: str, *rest: Any) -> Any:
        return limit in kind or old(kind, *rest)

    return lambda patch: wrap(patch, budget, "_check_limit", check)


writes_are_not_enforced = validate("writes used", "strategic", "reward_farmer")(
    _unenforced("writes")
)
the_slot_is_not_enforced = validate("slot used", "strategic", "edit_dumper")(_unenforced("entry"))


@validate("writes used", "strategic", "edit_dumper")
def edits_are_never_charged(patch: pytest.MonkeyPatch) -> None:
    def store(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        self.free_edits = 1
        return str(old(self, text, replacing))

    wrap(patch, budget.BudgetTracker, "store", store)


@validate("mistakes not refused")
def a_free_edit_may_be_repeated(patch: pytest.MonkeyPatch) -> None:
    def store(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        free = self.free_edits
        stored = str(old(self, text, replacing))
        self.free_edits = free
        return stored

    wrap(patch, budget.BudgetTracker, "store", store)


@validate("slot used", "edit_dumper")
def an_edit_may_grow_an_entry_beyond_its_slot(patch: pytest.MonkeyPatch) -> None:
    def store(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        kept = self.budget
        self.budget = kept if replacing is None else replace(kept, slot=None)
        try:
            return str(old(self, text, replacing))
        finally:
            self.budget = kept

    wrap(patch, budget.BudgetTracker, "store", store)


@validate("mistakes not refused")
def an_edit_takes_the_first_of_two(patch: pytest.MonkeyPatch) -> None:
    def edit(old: Any, self: Any, before: str, after: str) -> None:
        for key, entry in self.entries.items():
            if before and before in entry.text:
                text = self._context.store(entry.text.replace(before, after, 1), entry.text)
                self._set(key, text)
                return
        old(self, before, after)

    wrap(patch, notebook.Notebook, "edit", edit)


@validate("views unlike the trace")
def context_stays_in_view(patch: pytest.MonkeyPatch) -> None:
    def show(old: Any, self: Any, step: Any) -> None:
        kept = list(self._live)
        old(self, step)
        self._live[:0] = kept

    wrap(patch, episode.Episode, "_advance", show)


@validate("views unlike the trace")
def memory_is_in_every_view(patch: pytest.MonkeyPatch) -> None:
    def view(old: Any, self: Any) -> list[Message]:
        kept = "\n".join(self._memory.dump().values())
        return [*old(self), Message("user", kept)]

    wrap(patch, episode.Episode, "view", view)


@validate("events that kept context")
def events_do_not_evict(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, WorldsEnv, "_show", lambda old, *args: replace(old(*args), evict=False))


@validate("questions not shown")
def an_event_shows_the_one_before_it_too(patch: pytest.MonkeyPatch) -> None:
    def show(old: Any, self: Any, answer: str | None) -> Any:
        step = old(self, answer)
        before = self.task.events[max(0, self._event - 1)].text
        return replace(step, messages=(Message("user", before), *step.messages))

    wrap(patch, WorldsEnv, "_show", show)


@validate("questions not shown")
def the_stream_is_empty(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, task.Generator, "task", lambda old, self: replace(old(self), events=()))


@validate("tokens miscounted")
def words_of_the_agent_count_as_shown(patch: pytest.MonkeyPatch) -> None:
    def step(old: Any, self: Any, message: Message) -> None:
        self._tracker.unread_texts.extend(str(call.arguments) for call in message.calls)
        old(self, message)

    wrap(patch, episode.Episode, "step", step)


@validate("tokens miscounted", "strategic")
def an_edited_entry_costs_nothing(patch: pytest.MonkeyPatch) -> None:
    def store(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        stored = str(old(self, text, replacing))
        if replacing is not None:
            self.prices[stored] = 1
        return stored

    wrap(patch, budget.BudgetTracker, "store", store)


@validate("bits per token of random text")
def unknown_words_cost_a_token_for_four_letters(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "_price", lambda piece, known: -(-len(piece) // 4))


@validate("bits per token of random text")
def figures_cost_nothing(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, tokens, "_run", lambda old, run, known: not run.isdigit() and old(run, known))


@validate("entries whose blanks hold data")
def blanks_are_stored_as_written(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(budget, "normalize", lambda text: text)


@validate("clairvoyant", tasks=SESSIONS)
def a_session_break_loses_the_memory(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, notebook.Notebook, "restore", lambda old, self, entries: old(self, ()))


@validate("clairvoyant")
def the_memory_keeps_half(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, notebook.Notebook, "write", lambda old, self, text: old(self, text[: len(text) // 2])
    )


@validate("clairvoyant")
def search_returns_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FullText, "search", lambda self, query, k: [])


@validate("same seed, another trace")
def tasks_are_generated_without_a_seed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(generator, "named_rng", lambda *path: rng.Stream(Random().getrandbits(64)))


@validate("same seed, another trace")
def agents_choose_without_a_seed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(note_taker, "at_random", lambda name: Random().random())


@validate("identical tasks")
def every_seed_generates_the_same_task(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, task, "Generator", lambda old, template, seed, *rest: old(template, 0, *rest))


@validate("tokens miscounted")
def text_is_priced_before_it_is_normalised(patch: pytest.MonkeyPatch) -> None:
    def store(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        raw = self.count(text)
        stored = str(old(self, text, replacing))
        self.tokens += raw - self.prices[stored]
        self.prices[stored] = raw
        return stored

    wrap(patch, budget.BudgetTracker, "store", store)


@validate("breadth not by importance", "strategic")
def every_question_has_the_same_importance(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        question_placement,
        "WeightedQuestion",
        lambda old, *args, **kw: replace(old(*args, **kw), weight=1),
    )


@validate("breadth not by importance", "strategic")
def breadth_ignores_importance(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(axes, "_breadth", lambda trace, outcomes: episode_scores.accuracy(
        [o for o in outcomes if o.goal.kind == "retrieval"]))  # fmt: skip


@validate("old values said to be new", "naive")
def a_stale_value_counts_as_held(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        StatementIndex,
        "state",
        lambda old, *args: HELD if (state := old(*args)) == STALE else state,
    )


@validate("questions not scored", "few_entity_asker")
def skipped_questions_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    def outcomes(old: Any, trace: Any) -> list[Any]:
        return [outcome for outcome in old(trace) if outcome.answer is not None]

    wrap(patch, episode_result, "outcomes", outcomes)


@validate("maintenance above its limit", "notice_keeper", "naive", "strategic")
def maintenance_has_no_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(axes, "_maintenance", lambda trace, plain, breadth: plain.axes.get("update"))


@validate("efficiency above its limit", "strategic")
def efficiency_ignores_use(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        axes, "_efficiency", lambda _, plain: min(1.0, 1.25 * plain.correct / plain.answerable)
    )


@validate("abstainer", "abstainer")
def refusals_are_scored_as_breadth(patch: pytest.MonkeyPatch) -> None:
    def outcomes(old: Any, trace: Any) -> list[Any]:
        kinds = {"abstention": "retrieval"}
        return [
            replace(o, goal=replace(o.goal, kind=kinds.get(o.goal.kind, o.goal.kind)))
            for o in old(trace)
        ]

    wrap(patch, episode_result, "outcomes", outcomes)


@validate("perfect", "perfect")
def late_answers_are_lost(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        episode_result,
        "outcomes",
        lambda old, trace: old(replace(trace, records=trace.records[:-9])),
    )
