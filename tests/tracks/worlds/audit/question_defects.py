"""Defects of questions, truths and grading."""

import re
from dataclasses import replace
from typing import Any

import pytest

from memorygym.scoring.grading import names, phrases, verdict
from memorygym.scoring.grading.quantities import Number
from memorygym.tracks.worlds.generator import (
    fact_timeline,
    generator,
    question_placement,
    template_schema,
)
from memorygym.tracks.worlds.generator.question_sampler import PlannedQuestion, QuestionSampler
from memorygym.tracks.worlds.generator.questions import REASONING, related
from tests.tracks.worlds.audit.defect import LONG, LONGER, Plant, validate, verify, wrap


@verify("sizes")
def fewer_questions_than_expected(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        generator,
        "plan",
        lambda old, tier, stream: old(replace(tier, mix=(6, 4, 6, 3)), stream),
    )


@verify("not parsed")
def questions_do_not_say_which_attribute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuestionSampler, "label", lambda self, attribute: "that figure")


@verify("full text")
def abstention_asks_about_what_exists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        question_placement.QuestionPlacer, "_absent_names", lambda self, _: self._timeline.names[:8]
    )


@verify("full text")
def questions_need_facts_that_are_shown_later(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, fact_timeline.FactTimeline, "members_by", lambda old, self, event: old(self, 10**6))


@verify("full text", LONG)
def scopes_state_a_wrong_size(patch: pytest.MonkeyPatch) -> None:
    scope = QuestionSampler.scope
    patch.setattr(QuestionSampler, "scope", lambda self, **kw: (s := scope(self, **kw)) and replace(
        s, text=re.sub(r"\d+", lambda m: str(int(m[0]) + 1), s.text, count=1)))  # fmt: skip


@verify("tie", LONG)
def ties_are_asked(patch: pytest.MonkeyPatch) -> None:
    def best(self: QuestionSampler, members: Any, code: str, *, highest: bool = True) -> int | None:
        ranked = sorted(members, key=lambda e: self.number(e, code), reverse=highest)
        return ranked[0] if ranked else None

    def coarse(old: Any, self: Any, stream: Any) -> Any:
        value = old(self, stream)
        return (
            value - value % ((self.high - self.low) // 4) + self.low
            if self.kind == "int"
            else value
        )

    patch.setattr(QuestionSampler, "best", best)
    wrap(patch, template_schema.AttributeSpec, "draw", coarse)


@verify("chance level", LONG)
def every_number_is_the_middle_of_its_range(patch: pytest.MonkeyPatch) -> None:
    def middle(old: Any, self: Any, stream: Any) -> Any:
        return (self.low + self.high) // 2 if self.kind == "int" else old(self, stream)

    wrap(patch, template_schema.AttributeSpec, "draw", middle)


@verify("winner's place", LONGER)
def the_winner_is_named_first(patch: pytest.MonkeyPatch) -> None:
    def reordered(old: Any, self: Any, *args: Any, **kw: Any) -> Any:
        question = old(self, *args, **kw)
        text, winner = question.text, question.truth.partition(" (")[0]
        named = [name for name in self._timeline.names if name in text]
        if winner not in named:
            return question
        first = min(named, key=text.index)
        turn = {first: winner, winner: first}
        pair = re.compile("|".join(map(re.escape, turn)))
        return replace(question, text=pair.sub(lambda m: turn[m[0]], text))

    wrap(patch, question_placement.QuestionPlacer, "_question", reordered)


@verify("leak")
def a_question_may_state_its_answer(patch: pytest.MonkeyPatch) -> None:
    def told(old: Any, self: Any, event: int, kind: str, *args: Any, **kw: Any) -> Any:
        question = old(self, event, kind, *args, **kw)
        if question.kind != "retrieval":
            return question
        return replace(question, text=f"{question.text} ({question.truth})")

    wrap(patch, question_placement.QuestionPlacer, "_question", told)


@verify("stale")
def updates_accept_the_value_before_the_correction(patch: pytest.MonkeyPatch) -> None:
    def update(old: Any, sampler: QuestionSampler, **kw: Any) -> PlannedQuestion | None:
        planned = old(sampler, **kw)
        if not planned:
            return None
        entity, code = planned.about
        value = sampler.timeline.values[entity][ord(code) - 97]
        return replace(planned, truth=sampler.guide.attribute(code).show(value))

    wrap(patch, question_placement, "update", update)


@verify("full text", LONGER)
def truths_ignore_corrections(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        QuestionSampler, "value", lambda self, e, code: self.timeline.values[e][ord(code) - 97]
    )


@verify("full text", LONGER)
def truths_are_those_of_the_end(patch: pytest.MonkeyPatch) -> None:
    def value(self: QuestionSampler, entity: int, code: str) -> Any:
        change = self.timeline.changed.get((entity, code))
        return change.new if change else self.timeline.values[entity][ord(code) - 97]

    patch.setattr(QuestionSampler, "value", value)


@verify("full text", LONG)
def symmetric_relations_hold_one_way(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        related,
        "_related",
        lambda old, sampler, e, r: old(sampler, e, replace(r, symmetric=False)),
    )


def _wrong(sampler: QuestionSampler, planned: PlannedQuestion | None) -> PlannedQuestion | None:
    """The question with another number in its truth, or another name if it has no number."""
    if planned is None:
        return None
    truth = planned.truth
    starts = [m.start() for m in re.finditer(r"(?<![\d,.])[1-9]", truth)]
    if not starts:
        return replace(planned, truth=next(n for n in sampler.timeline.names if n not in truth))
    i = starts[-1]
    return replace(planned, truth=f"{truth[:i]}{int(truth[i]) % 9 + 1}{truth[i + 1 :]}")


def _wrong_truth(question_type: str) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        draw = REASONING[question_type]
        patch.setitem(REASONING, question_type, lambda sampler: _wrong(sampler, draw(sampler)))  # type: ignore[misc]

    return plant


WRONG_TRUTHS = {
    f"wrong_truths_of_{question_type}": verify("full text", LONG)(_wrong_truth(question_type))
    for question_type in REASONING
}


@validate("guesser", "guesser")
def every_answer_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "")
    patch.setattr(verdict, "declines", lambda reading: False)


@validate("perfect", "perfect")
def every_answer_is_rejected(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "is always wrong")


@verify("lenient")
def numbers_need_only_be_half_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 2 * abs(said - true) <= abs(true))


@verify("lenient")
def counts_need_only_be_nearly_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 50 * abs(said - true) <= abs(true))


def _accepts(owner: Any, name: str, objection: object) -> Plant:
    return lambda patch: patch.setattr(owner, name, lambda *args: objection)


_CHECKED = "number series day trend extreme roll".split()
_LENIENT = {name: (verdict, f"check_{name}") for name in _CHECKED}
_LENIENT |= {
    "tally": (verdict, "_pair"),
    "entity": (names, "objection"),
    "text": (phrases, "objection"),
}
ACCEPTED = {
    f"every_{name}_is_accepted": verify("lenient", LONG)(_accepts(*place, ""))
    for name, place in _LENIENT.items()
}
every_refusal_is_accepted = verify("lenient")(_accepts(verdict, "refuses", True))
