"""Defects of questions, truths and grading."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from memorygym.core.rng import Stream
from memorygym.core.statements import StatementIndex
from memorygym.scoring.grading import names, phrases, verdict
from memorygym.scoring.grading.quantities import Number
from memorygym.tracks.worlds import answers, question_texts
from memorygym.tracks.worlds.answers import KnownFacts
from memorygym.tracks.worlds.generator import (
    generator,
    question_placement,
    template_schema,
)
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import WeightedQuestion
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from tests.tracks.worlds.audit.defect import LONG, LONGER, Plant, validate, verify, wrap


@verify("sizes")
def fewer_questions_than_expected(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        generator,
        "plan",
        lambda old, tier, stream: old(replace(tier, mix=(6, 4, 6, 3)), stream),
    )


@verify("full")
def questions_do_not_say_which_attribute(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuestionSampler, "label", lambda self, attribute: "that figure")


@verify("full")
def abstention_asks_about_what_exists(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        question_placement.QuestionPlacer, "_absent_names", lambda self, _: self._timeline.names[:8]
    )


@verify("full")
def questions_need_facts_that_are_shown_later(patch: pytest.MonkeyPatch) -> None:
    class Foreseeing(QuestionSampler):
        def __init__(self, timeline: FactTimeline, event: int, stream: Stream) -> None:
            super().__init__(timeline, 10**6, stream)
            assert self.facts  # Kept as of then.
            self.event = event

    patch.setattr(question_placement, "QuestionSampler", Foreseeing)


@verify("full", LONG)
def scopes_state_a_wrong_size(patch: pytest.MonkeyPatch) -> None:
    wrap(
        patch,
        question_texts,
        "_scope_text",
        lambda old, guide, query: old(guide, replace(query, size=query.size + 1)),
    )


@verify("order", LONG)
def ties_are_asked(patch: pytest.MonkeyPatch) -> None:
    def best(self: answers.KnownFacts, figures: Any, flag: str = "highest") -> Any:
        return (max if flag == "highest" else min)(figures, key=figures.get)

    def coarse(old: Any, self: Any, stream: Any) -> Any:
        value = old(self, stream)
        return (
            value - value % ((self.high - self.low) // 4) + self.low
            if self.kind == "int"
            else value
        )

    patch.setattr(answers.KnownFacts, "best", best)
    wrap(patch, template_schema.AttributeSpec, "draw", coarse)


@verify("chance_level", LONG)
def every_number_is_the_middle_of_its_range(patch: pytest.MonkeyPatch) -> None:
    def middle(old: Any, self: Any, stream: Any) -> Any:
        return (self.low + self.high) // 2 if self.kind == "int" else old(self, stream)

    wrap(patch, template_schema.AttributeSpec, "draw", middle)


def _altered(
    patch: pytest.MonkeyPatch, alter: Callable[[QuestionSampler, WeightedQuestion], Any]
) -> None:
    """Alters every question that combines or looks up facts, after it was drawn."""

    def draw(old: Any, self: Any, sampler: QuestionSampler, *args: Any, **kw: Any) -> Any:
        question = old(self, sampler, *args, **kw)
        return question and alter(sampler, question)

    wrap(patch, question_placement.QuestionPlacer, "_draw", draw)


@verify("winner_place", LONGER)
def the_winner_is_named_first(patch: pytest.MonkeyPatch) -> None:
    def reordered(sampler: QuestionSampler, question: WeightedQuestion) -> WeightedQuestion:
        text, winner = question.text, question.truth.partition(" (")[0]
        named = [name for name in sampler.timeline.names if name in text]
        if winner not in named:
            return question
        first = min(named, key=text.index)
        turn = {first: winner, winner: first}
        pair = re.compile("|".join(map(re.escape, turn)))
        return replace(question, text=pair.sub(lambda m: turn[m[0]], text))

    _altered(patch, reordered)


@verify("leaks")
def a_question_may_state_its_answer(patch: pytest.MonkeyPatch) -> None:
    def told(_: QuestionSampler, question: WeightedQuestion) -> WeightedQuestion:
        if question.kind != "retrieval":
            return question
        return replace(question, text=f"{question.text} ({question.truth})")

    _altered(patch, told)


@verify("stale")
def updates_accept_the_value_before_the_correction(patch: pytest.MonkeyPatch) -> None:
    def stale(sampler: QuestionSampler, question: WeightedQuestion) -> WeightedQuestion:
        if question.kind != "update":
            return question
        old = sampler.timeline.changed[question.needs[0][:2]].old
        return replace(question, truth=sampler.guide.attribute(old.key).show(old.value))

    _altered(patch, stale)


@verify("full", LONGER)
def truths_ignore_corrections(patch: pytest.MonkeyPatch) -> None:
    def first(self: QuestionSampler) -> StatementIndex:
        return StatementIndex(chain.from_iterable(self.timeline.facts.values()))

    patch.setattr(QuestionSampler, "facts", property(first))


@verify("full", LONGER)
def truths_are_those_of_the_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(QuestionSampler, "facts", property(lambda self: self.timeline.known))


@verify("full", LONG)
def symmetric_relations_hold_one_way(patch: pytest.MonkeyPatch) -> None:
    def known(self: QuestionSampler) -> KnownFacts:
        relations = tuple(replace(r, symmetric=False) for r in self.guide.relations)
        return KnownFacts(replace(self.guide, relations=relations), self.facts)

    patch.setattr(QuestionSampler, "known", property(known))


@verify("full", LONG)
def truths_are_wrong(patch: pytest.MonkeyPatch) -> None:
    def wrong(sampler: QuestionSampler, question: WeightedQuestion) -> WeightedQuestion:
        """Another number in the truth, or another name if it has no number."""
        truth = question.truth
        starts = [m.start() for m in re.finditer(r"(?<![\d,.])[1-9]", truth)]
        if not starts:
            other = next(name for name in sampler.timeline.names if name not in truth)
            return replace(question, truth=other)
        i = starts[-1]
        return replace(question, truth=f"{truth[:i]}{int(truth[i]) % 9 + 1}{truth[i + 1 :]}")

    _altered(patch, wrong)


@validate("guesser", "guesser")
def every_answer_is_accepted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "")
    patch.setattr(verdict, "declines", lambda reading: False)


@validate("perfect", "perfect")
def every_answer_is_rejected(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(verdict, "_objection", lambda *args: "is always wrong")


@verify("strictness")
def numbers_need_only_be_half_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 2 * abs(said - true) <= abs(true))


@verify("strictness")
def counts_need_only_be_nearly_right(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Number, "_near", lambda self, true, said: 50 * abs(said - true) <= abs(true))


def _accepts(owner: Any, name: str, objection: object) -> Plant:
    return lambda patch: patch.setattr(owner, name, lambda *args: objection)


_CHECKED = "number series day trend pair roll".split()
_LENIENT = {name: (verdict, f"check_{name}") for name in _CHECKED}
_LENIENT |= {
    "tally": (verdict, "_pair"),
    "entity": (names, "objection"),
    "text": (phrases, "objection"),
}
ACCEPTED = {
    f"every_{name}_is_accepted": verify("strictness", LONG)(_accepts(*place, ""))
    for name, place in _LENIENT.items()
}
every_refusal_is_accepted = verify("strictness")(_accepts(verdict, "refuses", True))
