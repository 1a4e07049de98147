"""Defects of the texts and budgets: documents, corrections, sessions, distractors, instructions."""

import re
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from memorygym.core.statements import AMONG, CATEGORY
from memorygym.tracks.worlds.facts import Facts
from memorygym.tracks.worlds.generator import fact_timeline, generator, prose, task
from tests.tracks.worlds.audit.defect import LONG, MANY, SESSIONS, validate, verify, wrap


@verify("statements")
def documents_state_one_attribute(patch: pytest.MonkeyPatch) -> None:
    def document(old: Any, *args: Any) -> str:
        head, body = old(*args).split("\n")
        return f"{head}\n{body.split('. ')[0]}."

    wrap(patch, prose.Prose, "document", document)


@verify("statements")
def the_last_batch_is_missing(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, event: int, scheduled: Any, *rest: Any) -> tuple[str, str]:
        documents = len(self.timeline.documents)
        last = scheduled.kind == "documents" and scheduled.documents.stop == documents
        return ("DOCUMENTS", prose.HINT) if last else old(self, event, scheduled, *rest)

    wrap(patch, task.Generator, "_body", body)


@verify("full")
def documents_hide_their_group(patch: pytest.MonkeyPatch) -> None:
    def hidden(facts: Facts) -> Facts:
        return tuple(f._replace(value="secret") if f.key == CATEGORY else f for f in facts)

    wrap(patch, prose.Prose, "document", lambda old, self, facts, *rest: old(
        self, hidden(facts), *rest))  # fmt: skip


@verify("full", LONG)
def documents_hide_relations(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "document", lambda old, self, facts, *rest: old(
        self, tuple(fact for fact in facts if fact.role != AMONG), *rest))  # fmt: skip


@verify("statements")
def corrections_state_no_value(patch: pytest.MonkeyPatch) -> None:
    value = re.compile(r"is (now )?\S+( \S+ than stated before)?\.$")
    wrap(patch, prose.Prose, "notice", lambda old, *args: value.sub("changed.", old(*args)))


@verify("statements")
def corrections_state_the_old_value(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "notice", lambda old, self, change, *rest: old(
        self, change._replace(new=change.old, relative=False), *rest))  # fmt: skip


@verify("statements")
def relative_notices_have_the_wrong_sign(patch: pytest.MonkeyPatch) -> None:
    turn = {"higher": "lower", "lower": "higher"}

    def notice(old: Any, *args: Any) -> str:
        return re.sub("higher|lower", lambda m: turn[m[0]], old(*args))

    wrap(patch, prose.Prose, "notice", notice)


@verify("statements")
def contradictions_are_never_shown(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "follow_up", lambda old, self, news, stream, today:
         f"[Memo · {prose.day(today)}]\nNothing happened.")  # fmt: skip


@verify("days")
def contradictions_are_dated_before_what_they_replace(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, prose.Prose, "follow_up", lambda old, self, news, stream, today:
         old(self, news, stream, today - 400))  # fmt: skip


@verify("statements")
def corrections_come_before_the_document(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(task.Generator, "_shown_before", lambda self, event, scheduled: 10**6)


@verify("sizes", SESSIONS)
def sessions_correct_facts_of_the_same_session(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(task.Generator, "_shown_before", lambda self, event, scheduled: event)


@verify("sizes", SESSIONS)
def session_breaks_are_left_out(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch, generator, "Event", lambda old, kind, text, free, fresh: old(kind, text, free, False)
    )


@verify("needs", LONG)
def documents_are_shown_twice(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, event: int, scheduled: Any, *rest: Any) -> tuple[str, str]:
        title, text = old(self, event, scheduled, *rest)
        again = scheduled.kind == "noise" and scheduled.batch > 0
        repeated = "\n\n".join(self.documents) + "\n\n" if again else ""
        if scheduled.kind == "documents":
            self.documents = text.split("\n\n")[:-1]
        return title, repeated + text

    wrap(patch, task.Generator, "_body", body)


@verify("clear")
def distractors_have_no_cue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prose.Prose, "_wrap", lambda self, *args: "{c} or {d}")


@verify("distractors")
def distractors_are_as_large_as_the_truth(patch: pytest.MonkeyPatch) -> None:
    def near(old: Any, spec: Any, value: Any, stream: Any) -> Any:
        return value + 1 + value // 100 if isinstance(value, int) else old(spec, value, stream)

    wrap(patch, prose, "false_value", near)


@verify("leaks")
def memos_state_values(patch: pytest.MonkeyPatch) -> None:
    def body(old: Any, self: Any, event: int, scheduled: Any, *rest: Any) -> tuple[str, str]:
        title, text = old(self, event, scheduled, *rest)
        facts = chain.from_iterable(self.timeline.facts.values())
        spoken = [fact.value for fact in facts if fact.key == self.guide.key_attributes[0]]
        told = " ".join(f"{value:,}" for value in spoken if isinstance(value, int))
        return title, f"{text} {told}" if scheduled.kind == "noise" else text

    wrap(patch, task.Generator, "_body", body)


@verify("budget")
def the_memory_holds_all_records(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        task.Generator,
        "budget",
        lambda old, self: replace(b := old(self), capacity=b.capacity * 3),
    )


@verify("sizes")
def there_are_twice_as_many_writes(patch: pytest.MonkeyPatch) -> None:
    def twice(old: Any, self: Any) -> Any:
        budget = old(self)
        return replace(budget, capacity=2 * budget.capacity, writes=2 * budget.writes)

    wrap(patch, task.Generator, "budget", twice)


@verify("budget")
def the_reference_record_is_wordy(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, generator, "record_of", lambda old, *args: " = ".join(old(*args).split()))


@validate(
    "priority_strategic - random_strategic", "priority_strategic", "random_strategic", tasks=MANY
)
def the_instructions_do_not_match_the_questions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        fact_timeline.FactTimeline,
        "weights",
        lambda self: ([0.1] * 10, [1.0] * len(self.guide.attributes)),
    )


@validate("template_expert - strategic", "template_expert", "strategic", tasks=MANY)
def the_instructions_name_other_groups(patch: pytest.MonkeyPatch) -> None:
    def misled(old: Any, guide: Any, *rest: Any) -> str:
        others = [name for name in guide.categories if name not in guide.key_categories]
        codes = [a.code for a in guide.attributes if a.code not in guide.key_attributes]
        return str(old(replace(guide, key_categories=others[:3], key_attributes=codes[:6]), *rest))

    wrap(patch, generator, "instructions", misled)
