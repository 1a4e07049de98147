"""Defects of what is told: documents, corrections, sessions, distractors, the brief, budgets."""

import re
from dataclasses import replace
from typing import Any

import pytest

from memorygym.tracks.worlds.generator import fact_timeline, generator, prose, task
from tests.tracks.worlds.audit.defect import LONG, MANY, SESSIONS, validate, verify, wrap


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

    wrap(patch, task.Generator, "_body", body)


@verify("full text")
def documents_hide_their_group(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "document", lambda old, self, told, *rest: old(
        self, replace(told, category="secret"), *rest))  # fmt: skip


@verify("full text", LONG)
def documents_hide_relations(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "document", lambda old, self, told, *rest: old(
        self, replace(told, edges=()), *rest))  # fmt: skip


@verify("untold")
def names_repeat(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, fact_timeline, "draw_names", lambda old, *args: [*(n := old(*args))[:-1], n[0]])


@verify("untold")
def corrections_tell_no_value(patch: pytest.MonkeyPatch) -> None:
    told = re.compile(r"is (now )?\S+( \S+ than stated before)?\.$")
    wrap(patch, task.Generator, "_notice", lambda old, *args: told.sub("changed.", old(*args)))


@verify("untold")
def corrections_tell_the_old_value(patch: pytest.MonkeyPatch) -> None:
    def change(old: Any, self: Any, at: int, *rest: Any) -> str:
        kept = list(self.timeline.changes)
        self.timeline.changes[:] = [c._replace(new=c.old, relative=False) for c in kept]
        text = str(old(self, at, *rest))
        self.timeline.changes[:] = kept
        return text

    wrap(patch, task.Generator, "_notice", change)


@verify("untold")
def relative_notices_have_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    turn = {"higher": "lower", "lower": "higher"}

    def notice(old: Any, *args: Any) -> str:
        return re.sub("higher|lower", lambda m: turn[m[0]], old(*args))

    wrap(patch, task.Generator, "_notice", notice)


@verify("untold")
def contradictions_are_never_shown(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, task.Generator, "_follow_up", lambda old, self, at, stream, today:
         f"[Memo · {prose.day(today)}]\nNothing happened.")  # fmt: skip


@verify("days")
def contradictions_are_dated_before_what_they_replace(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, task.Generator, "_follow_up", lambda old, self, at, stream, today:
         old(self, at, stream, today - 400))  # fmt: skip


@verify("untold")
def corrections_come_before_the_document(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(task.Generator, "_told_before", lambda self, event, slot: 10**6)


@verify("same session", SESSIONS)
def sessions_correct_what_they_told_themselves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(task.Generator, "_told_before", lambda self, event, slot: event)


@verify("announced", SESSIONS)
def session_breaks_are_left_out(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, generator, "Event", lambda old, kind, text, free, fresh: old(kind, text, free, False)
    )


@verify("needs nothing", LONG)
def documents_are_told_twice(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, at: int, slot: Any, *rest: Any) -> tuple[str, str]:
        title, text = old(self, at, slot, *rest)
        again = "\n\n".join(self.told) + "\n\n" if slot.kind == "noise" and slot.batch > 0 else ""
        if slot.kind == "documents":
            self.told = text.split("\n\n")[:-1]
        return title, again + text

    wrap(patch, task.Generator, "_body", body)


@verify("unclear")
def distractors_have_no_cue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prose.Prose, "_wrap", lambda self, *args: ("{c} or {d}", False))


@verify("misleading")
def distractors_are_as_large_as_the_truth(patch: pytest.MonkeyPatch) -> None:
    def near(old: Any, spec: Any, value: Any, stream: Any) -> Any:
        return value + 1 + value // 100 if isinstance(value, int) else old(spec, value, stream)

    wrap(patch, prose, "false_value", near)


@verify("budget")
def the_whole_world_fits(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        task.Generator,
        "budget",
        lambda old, self: replace(b := old(self), capacity=b.capacity * 3),
    )


@verify("announced")
def there_are_twice_as_many_writes(patch: pytest.MonkeyPatch) -> None:
    def twice(old: Any, self: Any) -> Any:
        budget = old(self)
        return replace(budget, capacity=2 * budget.capacity, writes=2 * budget.writes)

    wrap(patch, task.Generator, "budget", twice)


@verify("budget")
def the_reference_record_is_wordy(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, generator, "record_of", lambda old, *args: " = ".join(old(*args).split()))


@validate("priority - random", "priority_strategic", "random_strategic", worlds=MANY)
def the_brief_does_not_match_what_is_asked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        fact_timeline.FactTimeline,
        "weights",
        lambda self: ([0.1] * 10, [1.0] * len(self.guide.attributes)),
    )


@validate("template_expert - strategic", "template_expert", "strategic", worlds=MANY)
def the_brief_names_other_groups(patch: pytest.MonkeyPatch) -> None:
    def misled(old: Any, guide: Any, *rest: Any) -> str:
        others = [name for name in guide.categories if name not in guide.key_categories]
        codes = [a.code for a in guide.attributes if a.code not in guide.key_attributes]
        return str(old(replace(guide, key_categories=others[:3], key_attributes=codes[:6]), *rest))

    wrap(patch, generator, "instructions", misled)
