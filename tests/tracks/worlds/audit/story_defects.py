"""Defects of the texts and budgets: documents, corrections, sessions, distractors, instructions."""

import re
from dataclasses import replace
from itertools import chain
from typing import Any

from memorygym.core.statements import AMONG, CATEGORY
from memorygym.tracks.worlds.facts import Facts
from memorygym.tracks.worlds.generator import generator, prose
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.prose import Prose
from memorygym.tracks.worlds.generator.task import Generator
from tests.tracks.worlds.audit.defect import LONG, MANY, SESSIONS, validate, verify


@verify("not stated", Prose, "document")
def documents_state_one_attribute(old: Any, *args: Any) -> tuple[str, list[str]]:
    text, heldout = old(*args)
    head, body = text.split("\n")
    return f"{head}\n{body.split('. ')[0]}.", heldout


@verify("not stated", Generator, "_body")
def the_last_batch_is_missing(
    old: Any, self: Any, event: int, scheduled: Any, *rest: Any
) -> tuple[str, str]:
    last = scheduled.kind == "documents" and scheduled.entities.stop == self.tier.entities
    return ("DOCUMENTS", prose.HINT) if last else old(self, event, scheduled, *rest)


@verify("full text", Prose, "document")
def documents_hide_their_group(old: Any, self: Any, facts: Facts, *rest: Any) -> Any:
    hidden = (f._replace(value="secret") if f.key == CATEGORY else f for f in facts)
    return old(self, tuple(hidden), *rest)


@verify("full text", Prose, "document", LONG)
def documents_hide_relations(old: Any, self: Any, facts: Facts, *rest: Any) -> Any:
    return old(self, tuple(fact for fact in facts if fact.role != AMONG), *rest)


@verify("not stated", Prose, "notice")
def corrections_state_no_value(old: Any, *args: Any) -> str:
    return re.sub(r"is (now )?\S+( \S+ than stated before)?\.$", "changed.", old(*args))


@verify("not stated", Prose, "notice")
def corrections_state_the_old_value(old: Any, self: Any, change: Any, *rest: Any) -> Any:
    return old(self, change._replace(new=change.old, relative=False), *rest)


@verify("not stated", Prose, "notice")
def relative_notices_have_the_wrong_sign(old: Any, *args: Any) -> str:
    turn = {"higher": "lower", "lower": "higher"}
    return re.sub("higher|lower", lambda m: turn[m[0]], old(*args))


@verify("not stated", Prose, "follow_up")
def contradictions_are_never_shown(old: Any, self: Any, news: Any, stream: Any, today: int) -> str:
    return f"[Memo · {prose.day(today)}]\nNothing happened."


@verify("days", Prose, "follow_up")
def contradictions_are_dated_before_what_they_replace(
    old: Any, self: Any, news: Any, stream: Any, today: int
) -> Any:
    return old(self, news, stream, today - 400)


@verify("not stated", Generator, "_shown_before")
def corrections_come_before_the_document(old: Any, self: Any, event: int, scheduled: Any) -> int:
    return 10**6


@verify("same session", Generator, "_shown_before", SESSIONS)
def sessions_correct_facts_of_the_same_session(
    old: Any, self: Any, event: int, scheduled: Any
) -> int:
    return event


@verify("sizes", generator, "Event", SESSIONS)
def session_breaks_are_left_out(old: Any, kind: str, text: str, free: int, fresh: bool) -> Any:
    return old(kind, text, free, False)


@verify("needs nothing", Generator, "_body", LONG)
def documents_are_shown_twice(
    old: Any, self: Any, event: int, scheduled: Any, *rest: Any
) -> tuple[str, str]:
    title, text = old(self, event, scheduled, *rest)
    again = scheduled.kind == "noise" and scheduled.batch > 0
    repeated = "\n\n".join(self.documents) + "\n\n" if again else ""
    if scheduled.kind == "documents":
        self.documents = text.split("\n\n")[:-1]
    return title, repeated + text


@verify("unclear", Prose, "_wrap")
def distractors_have_no_cue(old: Any, self: Any, *args: Any) -> tuple[str, bool]:
    return "{c} or {d}", False


@verify("misleading", prose, "false_value")
def distractors_are_as_large_as_the_truth(old: Any, spec: Any, value: Any, stream: Any) -> Any:
    return value + 1 + value // 100 if isinstance(value, int) else old(spec, value, stream)


@verify("leak", Generator, "_body")
def memos_state_values(
    old: Any, self: Any, event: int, scheduled: Any, *rest: Any
) -> tuple[str, str]:
    title, text = old(self, event, scheduled, *rest)
    facts = chain.from_iterable(self.timeline.facts.values())
    spoken = [fact.value for fact in facts if fact.key == self.guide.key_attributes[0]]
    told = " ".join(f"{value:,}" for value in spoken if isinstance(value, int))
    return title, f"{text} {told}" if scheduled.kind == "noise" else text


@verify("budget", Generator, "budget")
def the_memory_holds_all_records(old: Any, self: Any) -> Any:
    return replace(budget := old(self), capacity=budget.capacity * 3)


@verify("sizes", Generator, "budget")
def there_are_twice_as_many_writes(old: Any, self: Any) -> Any:
    budget = old(self)
    return replace(budget, capacity=2 * budget.capacity, writes=2 * budget.writes)


@verify("budget", generator, "record_of")
def the_reference_record_is_wordy(old: Any, *args: Any) -> str:
    return " = ".join(old(*args).split())


@validate("priority_strategic - random_strategic", FactTimeline, "weights",
          "priority_strategic", "random_strategic", tasks=MANY)  # fmt: skip
def the_instructions_do_not_match_the_questions(old: Any, self: Any) -> Any:
    return [0.1] * 10, [1.0] * len(self.guide.attributes)


@validate("template_expert - strategic", generator, "instructions",
          "template_expert", "strategic", tasks=MANY)  # fmt: skip
def the_instructions_name_other_groups(old: Any, guide: Any, *rest: Any) -> str:
    others = [name for name in guide.categories if name not in guide.key_categories]
    codes = [a.code for a in guide.attributes if a.code not in guide.key_attributes]
    return str(old(replace(guide, key_categories=others[:3], key_attributes=codes[:6]), *rest))
