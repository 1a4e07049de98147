"""Defects, each planted by one small patch, and the row or check of the self-test that must name it.

Together they say what `--validate` and `verify` can see. A defect that goes unnoticed is a missing
invariant.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

import pytest

from memorygym import episode, rng, scoring, tokens
from memorygym.agents import scribe
from memorygym.core import Message
from memorygym.grading import checks, names, phrases, verdict
from memorygym.grading.quantities import Number
from memorygym.stores import notebook
from memorygym.stores.fulltext import FullText
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.worlds.dealing import board, deal, gold, ground, prose, schema
from memorygym.worlds.dealing.board import Board, Draft
from memorygym.worlds.dealing.questions import REASONING, related

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Worlds:
    """What is dealt to see a defect."""

    templates: tuple[str, ...] = ("company", "hospital")
    seeds: int = 2
    tier: str = "standard"


@dataclass(frozen=True)
class Defect:
    """What is broken, and what must say so."""

    plant: Plant
    caught_by: Literal["validate", "verify"]
    named: str
    """How the row or check that names it begins."""
    agents: tuple[str, ...] = ("clairvoyant", "strategic")
    """Who plays, for `validate`."""
    worlds: Worlds = Worlds()


DEFECTS: dict[str, Defect] = {}
MANY = Worlds(("company", "hospital", "city"), seeds=10)
SESSIONS = Worlds(tier="multi")
LONG = Worlds(seeds=3, tier="hard")
LONGER = Worlds(("company", "hospital", "city", "sport"), seeds=8, tier="hard")


def validate(named: str, *agents: str, worlds: Worlds = Worlds()) -> Callable[[Plant], Plant]:
    """Declares a defect that `--validate` sees."""

    def declare(plant: Plant) -> Plant:
        played = agents or ("clairvoyant", "strategic")
        DEFECTS[plant.__name__] = Defect(plant, "validate", named, played, worlds)
        return plant

    return declare


def verify(named: str, worlds: Worlds = Worlds()) -> Callable[[Plant], Plant]:
    """Declares a defect that `verify` sees."""

    def declare(plant: Plant) -> Plant:
        DEFECTS[plant.__name__] = Defect(plant, "verify", named, worlds=worlds)
        return plant

    return declare


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function by `around(old, *arguments)`."""
    old = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **kw: around(old, *args, **kw))


# The referee.


@validate("greedy writer: capacity")
def capacity_is_not_enforced(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, episode, "_within", lambda old, what, *rest: "memory" in what or old(what, *rest))
    patch.setattr(episode.Episode, "_undone", lambda self, tokens: False)


@validate("writes used", "strategic", "session_hoarder")
def writes_are_not_enforced(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, episode, "_within", lambda old, what, *rest: what == "writes" or old(what, *rest))


@validate("slot used", "strategic", "edit_dumper")
def the_slot_is_not_enforced(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, episode, "_within", lambda old, what, *rest: "entry" in what or old(what, *rest))


@validate("writes used", "strategic", "free_editor")
def edits_are_never_charged(patch: pytest.MonkeyPatch) -> None:
    def admit(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        self.free_edits = 1
        return str(old(self, text, replacing))

    wrap(patch, episode.Ledger, "admit", admit)


@validate("writes used", "strategic", "free_editor")
def a_free_edit_may_be_repeated(patch: pytest.MonkeyPatch) -> None:
    def admit(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        free = self.free_edits
        stored = str(old(self, text, replacing))
        self.free_edits = free
        return stored

    wrap(patch, episode.Ledger, "admit", admit)


@validate("slot used", "edit_dumper", "free_editor")
def an_edit_may_grow_an_entry_beyond_its_slot(patch: pytest.MonkeyPatch) -> None:
    def admit(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        kept = self.budget
        self.budget = kept if replacing is None else replace(kept, slot=None)
        try:
            return str(old(self, text, replacing))
        finally:
            self.budget = kept

    wrap(patch, episode.Ledger, "admit", admit)


@validate("mistakes not refused")
def an_edit_takes_the_first_of_two(patch: pytest.MonkeyPatch) -> None:
    def edit(old: Any, self: Any, before: str, after: str) -> int:
        for key, text in self.entries.items():
            if before and before in text:
                self.entries[key] = self._meter.admit(text.replace(before, after, 1), text)
                return int(key)
        return int(old(self, before, after))

    wrap(patch, notebook.Notebook, "edit", edit)


@validate("views unlike the record")
def context_stays_in_view(patch: pytest.MonkeyPatch) -> None:
    def show(old: Any, self: Any, step: Any) -> None:
        kept = list(self._live)
        old(self, step)
        self._live[:0] = kept

    wrap(patch, episode.Episode, "_show", show)


@validate("views unlike the record")
def memory_is_in_every_view(patch: pytest.MonkeyPatch) -> None:
    def view(old: Any, self: Any) -> list[Message]:
        kept = "\n".join(entry.text for entry in self._memory.dump())
        return [*old(self), Message("user", kept)]

    wrap(patch, episode.Episode, "view", view)


@validate("events that kept context")
def events_do_not_evict(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, WorldsEnv, "_show", lambda old, *args: replace(old(*args), evict=False))


@validate("questions not shown")
def an_event_shows_the_one_before_it_too(patch: pytest.MonkeyPatch) -> None:
    def show(old: Any, self: Any, answer: str | None) -> Any:
        step = old(self, answer)
        before = self.task.events[max(0, self._at - 1)].text
        return replace(step, messages=(Message("user", before), *step.messages))

    wrap(patch, WorldsEnv, "_show", show)


@validate("questions not shown")
def the_stream_is_empty(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal.Dealer, "task", lambda old, self: replace(old(self), events=()))


@validate("tokens miscounted", "radix_letters", "codebook_packer")
def words_of_the_agent_count_as_shown(patch: pytest.MonkeyPatch) -> None:
    def step(old: Any, self: Any, message: Message) -> None:
        self._ledger.unread.extend(str(call.arguments) for call in message.calls)
        old(self, message)

    wrap(patch, episode.Episode, "step", step)


@validate("tokens miscounted", "strategic")
def an_edited_entry_weighs_nothing(patch: pytest.MonkeyPatch) -> None:
    def admit(old: Any, self: Any, text: str, replacing: str | None = None) -> str:
        stored = str(old(self, text, replacing))
        if replacing is not None:
            self.prices[stored] = 1
        return stored

    wrap(patch, episode.Ledger, "admit", admit)


# The memory.


@validate("clairvoyant", worlds=SESSIONS)
def a_session_break_loses_the_memory(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(notebook.Notebook, "restore", lambda self, entries: None)


@validate("clairvoyant")
def the_memory_keeps_half(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, notebook.Notebook, "write", lambda old, self, text: old(self, text[: len(text) // 2])
    )


@validate("clairvoyant")
def search_finds_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FullText, "search", lambda self, query, k: [])


# Chance.


@validate("same seed, another trace")
def worlds_are_dealt_unseeded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deal, "rng", lambda *path: rng.Stream(Random().getrandbits(64)))


@validate("same seed, another trace")
def agents_choose_unseeded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scribe, "rng", lambda *path: rng.Stream(Random().getrandbits(64)))


@validate("worlds that are alike")
def every_seed_deals_the_same_world(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal, "Dealer", lambda old, world, seed, *rest: old(world, 0, *rest))


# Scores.


@validate("questions not scored", "skipper")
def skipped_questions_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    def outcomes(old: Any, trace: Any) -> list[Any]:
        return [outcome for outcome in old(trace) if outcome.answer is not None]

    wrap(patch, scoring, "outcomes", outcomes)


@validate("maintenance above its gate", "notice_keeper", "naive", "strategic")
def maintenance_has_no_gate(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scoring, "_maintenance", lambda trace, judged, breadth: scoring._accuracy(
        [o for o in judged if o.question.kind == "update"]))  # fmt: skip


@validate("efficiency above its use", "strategic")
def efficiency_ignores_use(patch: pytest.MonkeyPatch) -> None:
    def efficiency(old: Any, trace: Any, right: int, asked: int, *used: int) -> float:
        return min(1.0, 1.25 * right / asked)

    wrap(patch, scoring, "_efficiency", efficiency)


@validate("abstainer", "abstainer")
def refusals_are_scored_as_breadth(patch: pytest.MonkeyPatch) -> None:
    def outcomes(old: Any, trace: Any) -> list[Any]:
        kinds = {"abstention": "retrieval"}
        return [
            replace(
                o, question=replace(o.question, kind=kinds.get(o.question.kind, o.question.kind))
            )
            for o in old(trace)
        ]

    wrap(patch, scoring, "outcomes", outcomes)


@validate("perfect", "perfect")
def late_answers_are_lost(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        scoring,
        "outcomes",
        lambda old, trace: old(replace(trace, records=trace.records[:-9])),
    )


# What is told.


@verify("untold")
def documents_tell_one_attribute(patch: pytest.MonkeyPatch) -> None:
    def document(old: Any, *args: Any) -> tuple[str, list[str]]:
        text, heldout = old(*args)
        head, body = text.split("\n")
        return f"{head}\n{body.split('. ')[0]}.", heldout

    wrap(patch, prose.Prose, "document", document)


@verify("untold")
def the_last_batch_is_missing(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, at: int, slot: Any, *rest: Any) -> tuple[str, str]:
        last = slot.kind == "documents" and slot.entities.stop == self.tier.entities
        return ("DOCUMENTS", prose.HINT) if last else old(self, at, slot, *rest)

    wrap(patch, deal.Dealer, "_body", body)


@verify("full text")
def documents_hide_their_group(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "document", lambda old, self, told, *rest: old(
        self, replace(told, category="secret"), *rest))  # fmt: skip


@verify("full text", LONG)
def documents_hide_relations(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal.Dealer, "_telling", lambda old, *args: replace(old(*args), edges=()))


@verify("untold")
def names_repeat(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, ground, "draw_names", lambda old, *args: [*(n := old(*args))[:-1], n[0]])


def _renotice(patch: pytest.MonkeyPatch, change: Callable[[str, Any], str]) -> None:
    def notice(old: Any, self: Any, at: int, *rest: Any) -> str:
        found = next(change for change in self.ground.changes if change.event == at)
        return change(old(self, at, *rest), found)

    wrap(patch, deal.Dealer, "_notice", notice)


@verify("untold")
def corrections_tell_no_value(patch: pytest.MonkeyPatch) -> None:
    _renotice(
        patch,
        lambda text, _: re.sub(r"is (now )?\S+( \S+ than stated before)?\.$", "changed.", text),
    )


@verify("untold")
def corrections_tell_the_old_value(patch: pytest.MonkeyPatch) -> None:
    def change(old: Any, self: Any, at: int, *rest: Any) -> str:
        kept = list(self.ground.changes)
        self.ground.changes[:] = [c._replace(new=c.old, relative=False) for c in kept]
        text = str(old(self, at, *rest))
        self.ground.changes[:] = kept
        return text

    wrap(patch, deal.Dealer, "_notice", change)


@verify("untold")
def relative_notices_have_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    turn = {"higher": "lower", "lower": "higher"}
    _renotice(patch, lambda text, _: re.sub("higher|lower", lambda m: turn[m[0]], text))


@verify("untold")
def contradictions_are_never_shown(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal.Dealer, "_follow_up", lambda old, self, at, stream, today:
         f"[Memo · {prose.day(today)}]\nNothing happened.")  # fmt: skip


@verify("days")
def contradictions_are_dated_before_what_they_replace(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal.Dealer, "_follow_up", lambda old, self, at, stream, today:
         old(self, at, stream, today - 400))  # fmt: skip


@verify("untold")
def corrections_come_before_the_document(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deal.Dealer, "_told_before", lambda self, event, slot: 10**6)


@verify("same session", SESSIONS)
def sessions_correct_what_they_told_themselves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deal.Dealer, "_told_before", lambda self, event, slot: event)


@verify("announced", SESSIONS)
def session_breaks_are_left_out(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal, "Event", lambda old, kind, text, free, fresh: old(kind, text, free, False))


@verify("needs nothing", LONG)
def documents_are_told_twice(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, at: int, slot: Any, *rest: Any) -> tuple[str, str]:
        title, text = old(self, at, slot, *rest)
        again = "\n\n".join(self.told) + "\n\n" if slot.kind == "noise" and slot.batch > 0 else ""
        if slot.kind == "documents":
            self.told = text.split("\n\n")[:-1]
        return title, again + text

    wrap(patch, deal.Dealer, "_body", body)


@verify("unclear")
def distractors_have_no_cue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prose.Prose, "_wrap", lambda self, *args: ("{c} or {d}", False))


@verify("misleading")
def distractors_are_as_large_as_the_truth(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose, "false_value", lambda old, trait, value, stream: (
        value + 1 + value // 100 if isinstance(value, int) else old(trait, value, stream)))  # fmt: skip


# Budgets and the brief.


@verify("budget")
def the_whole_world_fits(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        deal.Dealer,
        "budget",
        lambda old, self: replace(b := old(self), capacity=b.capacity * 3),
    )


@verify("announced")
def there_are_twice_as_many_writes(patch: pytest.MonkeyPatch) -> None:
    def twice(old: Any, self: Any) -> Any:
        budget = old(self)
        return replace(budget, capacity=2 * budget.capacity, writes=2 * budget.writes)

    wrap(patch, deal.Dealer, "budget", twice)


@verify("budget")
def the_reference_record_is_wordy(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, deal, "record_of", lambda old, *args: " = ".join(old(*args).split()))


@validate("priority - random", "priority_strategic", "random_strategic", worlds=MANY)
def the_brief_does_not_match_what_is_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        ground.Ground, "weights", lambda self: ([0.1] * 10, [1.0] * len(self.guide.attributes))
    )


@validate("template_expert - strategic", "template_expert", "strategic", worlds=MANY)
def the_brief_names_other_groups(patch: pytest.MonkeyPatch) -> None:
    def misled(old: Any, guide: Any, *rest: Any) -> str:
        others = [name for name in guide.categories if name not in guide.key_categories]
        codes = [a.code for a in guide.attributes if a.code not in guide.key_attributes]
        return str(old(replace(guide, key_categories=others[:3], key_attributes=codes[:6]), *rest))

    wrap(patch, deal, "brief", misled)


# What is asked.


@verify("announced")
def fewer_questions_than_announced(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, deal, "plan", lambda old, tier, stream: old(replace(tier, mix=(6, 4, 6, 3)), stream)
    )


@verify("not understood")
def questions_do_not_say_which_attribute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Board, "label", lambda self, attribute: "that figure")


@verify("full text")
def abstention_asks_about_what_exists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deal.Dealer, "_absent", lambda self: self.ground.names[:8])


@verify("full text")
def questions_ask_what_is_told_later(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, ground.Ground, "members_by", lambda old, self, event: old(self, 10**6))


@verify("full text", LONG)
def scopes_state_a_wrong_size(patch: pytest.MonkeyPatch) -> None:
    scope = Board.scope
    patch.setattr(Board, "scope", lambda self, **kw: (s := scope(self, **kw)) and replace(
        s, text=re.sub(r"\d+", lambda m: str(int(m[0]) + 1), s.text, count=1)))  # fmt: skip


@verify("tie", LONG)
def ties_are_asked(patch: pytest.MonkeyPatch) -> None:
    def best(self: Board, members: Any, code: str, *, highest: bool = True) -> int | None:
        ranked = sorted(members, key=lambda e: self.number(e, code), reverse=highest)
        return ranked[0] if ranked else None

    def coarse(old: Any, self: Any, stream: Any) -> Any:
        value = old(self, stream)
        return (
            value - value % ((self.high - self.low) // 4) + self.low
            if self.kind == "int"
            else value
        )

    patch.setattr(Board, "best", best)
    wrap(patch, schema.Trait, "draw", coarse)


@verify("guess floor", LONG)
def every_number_is_the_middle_of_its_range(patch: pytest.MonkeyPatch) -> None:
    def middle(old: Any, self: Any, stream: Any) -> Any:
        return (self.low + self.high) // 2 if self.kind == "int" else old(self, stream)

    wrap(patch, schema.Trait, "draw", middle)


# What is true.


@verify("stale")
def updates_want_the_value_before_the_correction(patch: pytest.MonkeyPatch) -> None:
    def update(old: Any, board: Board, **kw: Any) -> Draft | None:
        draft = old(board, **kw)
        told = draft and board.ground.values[draft.about[0]][ord(draft.about[1]) - 97]
        return draft and replace(draft, truth=board.guide.attribute(draft.about[1]).show(told))

    wrap(patch, deal, "update", update)


@verify("full text", LONGER)
def truths_ignore_corrections(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Board, "value", lambda self, e, code: self.ground.values[e][ord(code) - 97])


@verify("full text", LONGER)
def truths_are_those_of_the_end(patch: pytest.MonkeyPatch) -> None:
    def value(self: Board, entity: int, code: str) -> Any:
        change = self.ground.changed.get((entity, code))
        return change.new if change else self.ground.values[entity][ord(code) - 97]

    patch.setattr(Board, "value", value)


@verify("full text", LONG)
def symmetric_relations_hold_one_way(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        related,
        "_related",
        lambda old, board, e, r: old(board, e, replace(r, symmetric=False)),
    )


def _off(board: Board, draft: Draft | None) -> Draft | None:
    """The draft with another number in its truth, or another name where there is no number."""
    if draft is None:
        return None
    starts = [m.start() for m in re.finditer(r"(?<![\d,.])[1-9]", draft.truth)]
    if not starts:
        return replace(draft, truth=next(n for n in board.ground.names if n not in draft.truth))
    at = starts[-1]
    digit = int(draft.truth[at]) % 9 + 1
    return replace(draft, truth=f"{draft.truth[:at]}{digit}{draft.truth[at + 1 :]}")


def _wrong_truth(competency: str) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        kind = REASONING[competency]
        patch.setitem(REASONING, competency, lambda board: _off(board, kind(board)))  # type: ignore[misc]

    return plant


for _competency in REASONING:
    DEFECTS[f"wrong_truths_of_{_competency}"] = Defect(
        _wrong_truth(_competency), "verify", "full text", worlds=LONG
    )


# What is accepted.


@validate("guesser", "guesser")
def every_answer_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "")
    patch.setattr(verdict, "declines", lambda reading: False)


@validate("perfect", "perfect")
def every_answer_is_rejected(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "is not to my taste")


@verify("lenient")
def numbers_need_only_be_half_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 2 * abs(said - true) <= abs(true))


@verify("lenient")
def counts_need_only_be_nearly_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 50 * abs(said - true) <= abs(true))


def _accepts(owner: Any, name: str, objection: object) -> Plant:
    return lambda patch: patch.setattr(owner, name, lambda *args: objection)


for _name in "number series day trend extreme tally roll".split():
    DEFECTS[f"every_{_name}_is_accepted"] = Defect(
        _accepts(verdict, f"check_{_name}", ""), "verify", "lenient", worlds=LONG
    )
DEFECTS["every_entity_is_accepted"] = Defect(
    _accepts(names, "objection", ""), "verify", "lenient", worlds=LONG
)
DEFECTS["every_text_is_accepted"] = Defect(_accepts(phrases, "objection", ""), "verify", "lenient")
DEFECTS["every_refusal_is_accepted"] = Defect(
    _accepts(verdict, "refuses", True), "verify", "lenient"
)


@verify("lenient")
def hedges_are_accepted(patch: pytest.MonkeyPatch) -> None:
    for owner in (checks, names, phrases):
        patch.setattr(owner, "hedge", lambda reading: "")
