"""Defects of questions, truths and grading."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.scoring.grading import names, phrases, verdict
from memorygym.scoring.grading.quantities import Number
from memorygym.tracks.worlds import question_texts
from memorygym.tracks.worlds.answers import KnownFacts
from memorygym.tracks.worlds.generator import generator
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import Question
from memorygym.tracks.worlds.generator.question_placement import QuestionPlacer
from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler
from memorygym.tracks.worlds.generator.template_schema import AttributeSpec
from tests.tracks.worlds.audit.defect import LONG, LONGER, Defect, validate, verify, wrap


@verify("sizes", generator, "plan")
def fewer_questions_than_expected(old: Any, tier: Any, stream: Any) -> Any:
    return old(replace(tier, mix=(6, 4, 6, 3)), stream)


@verify("not parsed", QuestionSampler, "label")
def questions_do_not_say_which_attribute(old: Any, self: Any, attribute: Any) -> str:
    return "that figure"


@verify("full text", QuestionPlacer, "_absent_names")
def abstention_asks_about_what_exists(old: Any, self: Any, _: Any) -> list[str]:
    return list(self._timeline.names[:8])


@verify("full text", FactTimeline, "members_by")
def questions_need_facts_that_are_shown_later(old: Any, self: Any, event: int) -> Any:
    return old(self, 10**6)


@verify("full text", question_texts, "_scope_text", LONG)
def scopes_state_a_wrong_size(old: Any, guide: Any, query: Any) -> Any:
    return old(guide, replace(query, size=query.size + 1))


def _ties(patch: pytest.MonkeyPatch) -> None:
    def best(_: Any, self: KnownFacts, figures: Any, flag: str = "highest") -> Any:
        return (max if flag == "highest" else min)(figures, key=figures.get)

    def coarse(old: Any, self: Any, stream: Any) -> Any:
        value, step = old(self, stream), (self.high - self.low) // 4
        return value - value % step + self.low if self.kind == "int" else value

    wrap(patch, KnownFacts, "best", best)
    wrap(patch, AttributeSpec, "draw", coarse)


ties_are_asked = Defect(_ties, "verify", "tie", tasks=LONG)


@verify("chance level", AttributeSpec, "draw", LONG)
def every_number_is_the_middle_of_its_range(old: Any, self: Any, stream: Any) -> Any:
    return (self.low + self.high) // 2 if self.kind == "int" else old(self, stream)


def _altered(alter: Callable[[QuestionSampler, Question], Question]) -> Callable[..., Any]:
    """Alters every question that combines or looks up facts, after it was drawn."""

    def draw(old: Any, self: Any, sampler: QuestionSampler, *args: Any, **kw: Any) -> Any:
        question = old(self, sampler, *args, **kw)
        return question and alter(sampler, question)

    return draw


@verify("winner's place", QuestionPlacer, "_draw", LONGER)
@_altered
def the_winner_is_named_first(sampler: QuestionSampler, question: Question) -> Question:
    text, winner = question.text, question.truth.partition(" (")[0]
    named = [name for name in sampler.timeline.names if name in text]
    if winner not in named:
        return question
    first = min(named, key=text.index)
    turn = {first: winner, winner: first}
    pair = re.compile("|".join(map(re.escape, turn)))
    return replace(question, text=pair.sub(lambda m: turn[m[0]], text))


@verify("leak", QuestionPlacer, "_draw")
@_altered
def a_question_may_state_its_answer(_: QuestionSampler, question: Question) -> Question:
    if question.kind != "retrieval":
        return question
    return replace(question, text=f"{question.text} ({question.truth})")


@verify("stale", QuestionPlacer, "_draw")
@_altered
def updates_accept_the_value_before_the_correction(
    sampler: QuestionSampler, question: Question
) -> Question:
    if question.kind != "update":
        return question
    old = sampler.timeline.changed[question.needs[0][:2]].old
    return replace(question, truth=sampler.guide.attribute(old.key).show(old.value))


@verify("full text", QuestionSampler, "facts", LONGER)
def truths_ignore_corrections(old: Any, self: QuestionSampler) -> StatementIndex:
    return StatementIndex(chain.from_iterable(self.timeline.facts.values()))


@verify("full text", QuestionSampler, "facts", LONGER)
def truths_are_those_of_the_end(old: Any, self: QuestionSampler) -> StatementIndex:
    return self.timeline.known


@verify("full text", QuestionSampler, "known", LONG)
def symmetric_relations_hold_one_way(old: Any, self: QuestionSampler) -> KnownFacts:
    relations = tuple(replace(r, symmetric=False) for r in self.guide.relations)
    return KnownFacts(replace(self.guide, relations=relations), self.facts)


@verify("full text", QuestionPlacer, "_draw", LONG)
@_altered
def truths_are_wrong(sampler: QuestionSampler, question: Question) -> Question:
    """Another number in the truth, or another name if it has no number."""
    truth = question.truth
    starts = [m.start() for m in re.finditer(r"(?<![\d,.])[1-9]", truth)]
    if not starts:
        other = next(name for name in sampler.timeline.names if name not in truth)
        return replace(question, truth=other)
    i = starts[-1]
    return replace(question, truth=f"{truth[:i]}{int(truth[i]) % 9 + 1}{truth[i + 1 :]}")


def _accept_all(patch: pytest.MonkeyPatch) -> None:
    wrap(patch, verdict, "_objection", lambda old, *args: "")
    wrap(patch, verdict, "declines", lambda old, reading: False)


every_answer_is_accepted = Defect(_accept_all, "validate", "guesser", ("guesser",))


@validate("perfect", verdict, "_objection", "perfect")
def every_answer_is_rejected(old: Any, *args: Any) -> str:
    return "is always wrong"


@verify("lenient", Number, "_near")
def numbers_need_only_be_half_right(old: Any, self: Any, true: Any, said: Any) -> bool:
    return bool(2 * abs(said - true) <= abs(true))


@verify("lenient", Number, "_near")
def counts_need_only_be_nearly_right(old: Any, self: Any, true: Any, said: Any) -> bool:
    return bool(50 * abs(said - true) <= abs(true))


_CHECKED = "number series day trend extreme roll".split()
_LENIENT = {name: (verdict, f"check_{name}") for name in _CHECKED}
_LENIENT |= {
    "tally": (verdict, "_pair"),
    "entity": (names, "objection"),
    "text": (phrases, "objection"),
}
ACCEPTED = {
    f"every_{name}_is_accepted": verify("lenient", *place, LONG)(lambda old, *args: "")
    for name, place in _LENIENT.items()
}
every_refusal_is_accepted = verify("lenient", verdict, "refuses")(lambda old, *args: True)
