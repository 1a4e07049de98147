"""Question types about a set of 5 to 12 entities, whose size the question states."""

from typing import Literal

from memorygym.tracks.worlds.facts import Attribute
from memorygym.tracks.worlds.generator.question_sampler import (
    PlannedQuestion,
    QuestionSampler,
    Scope,
)

TOP = 3
"""Entities that `cross_category` picks."""


def _threshold(sampler: QuestionSampler, scope: Scope, a: Attribute, rank: int) -> int | None:
    """A bound between the `rank` highest members and the rest; None if the gap is too small."""
    values = sorted((sampler.number(entity, a.code) for entity in scope.members), reverse=True)
    gap = values[rank - 1] - values[rank]
    return values[rank] + gap // 2 if gap >= 4 else None


def aggregation(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The total over the set."""
    scope, a = sampler.scope(), sampler.attribute("int")
    if scope is None:
        return None
    total = sum(sampler.number(entity, a.code) for entity in scope.members)
    text = f"Across {scope.text}, what is the sum of the entries for {sampler.label(a)}?"
    return PlannedQuestion(text, a.number(total), scope.needs([a.code]), (scope.members[0], a.code))


def cross_category(sampler: QuestionSampler) -> PlannedQuestion | None:
    """The total of one attribute over the three highest by another, from several categories."""
    scope, a = sampler.scope(many=True), sampler.attribute("int", "float")
    if scope is None:
        return None
    b = sampler.attribute("int", but=[a.code])
    if _threshold(sampler, scope, a, TOP) is None:
        return None
    ranked = sorted(scope.members, key=lambda e: sampler.number(e, a.code), reverse=True)
    total = sum(sampler.number(entity, b.code) for entity in ranked[:TOP])
    text = (
        f"Of {scope.text}, take the three with the highest entries for {sampler.label(a)}: what is"
        f" the sum of their entries for {sampler.label(b)}?"
    )
    return PlannedQuestion(
        text, b.number(total), scope.needs([a.code, b.code]), (ranked[0], b.code)
    )


def conditional(sampler: QuestionSampler) -> PlannedQuestion | None:
    """Which member above a threshold has the extreme value."""
    scope, a = sampler.scope(), sampler.attribute("int", "float")
    if scope is None:
        return None
    b = sampler.attribute("int", "float", but=[a.code])
    bound = _threshold(sampler, scope, a, len(scope.members) // 2)
    if bound is None:
        return None
    above = [entity for entity in scope.members if sampler.number(entity, a.code) > bound]
    word, highest = sampler.direction()
    winner = sampler.best(above, b.code, highest=highest)
    if winner is None:
        return None
    text = (
        f"Among {scope.text}, look only at those with an entry above {a.number(bound)} for"
        f" {sampler.label(a)}: which has the {word} entry for {sampler.label(b)}? Answer as NAME"
        " (VALUE)."
    )
    needs = scope.needs([a.code, b.code])
    return PlannedQuestion(text, sampler.winner(winner, b.code), needs, (winner, b.code))


def multi_constraint(sampler: QuestionSampler) -> PlannedQuestion | None:
    """How many members meet two conditions, and their total of a third attribute."""
    scope, a = sampler.scope(), sampler.attribute("int", "float")
    if scope is None:
        return None
    b = sampler.attribute("int", "float", but=[a.code])
    c = sampler.attribute("int", but=[a.code, b.code])
    size = len(scope.members)
    low = _threshold(sampler, scope, a, size - size // 3)
    high = _threshold(sampler, scope, b, size // 3)
    if low is None or high is None:
        return None
    matches = [
        entity
        for entity in scope.members
        if sampler.number(entity, a.code) > low and sampler.number(entity, b.code) < high
    ]
    if not matches:
        return None
    total = sum(sampler.number(entity, c.code) for entity in matches)
    text = (
        f"Among {scope.text}, how many have an entry above {a.number(low)} for {sampler.label(a)}"
        f" and one below {b.number(high)} for {sampler.label(b)}, and what is the sum of their"
        f" entries for {sampler.label(c)}? Answer as COUNT (SUM)."
    )
    needs = scope.needs([a.code, b.code, c.code])
    return PlannedQuestion(text, f"{len(matches)} ({c.number(total)})", needs, (matches[0], c.code))


def match(sampler: QuestionSampler, kind: Literal["text", "enum"]) -> PlannedQuestion | None:
    """Which member's text contains a word, or has a given choice, and another attribute of it."""
    scope, a = sampler.scope(), sampler.attribute(kind)
    if scope is None:
        return None
    b = sampler.attribute("int", "float", "date")
    winner = sampler.stream.choice(scope.members)
    texts = {entity: str(sampler.value(entity, a.code)).split() for entity in scope.members}
    word = sampler.stream.choice(texts[winner]) if kind == "text" else texts[winner][0]
    if any(word in texts[entity] for entity in scope.members if entity != winner):
        return None
    has = f'the word "{word}" in' if kind == "text" else f'"{word}" as'
    text = (
        f"Among {scope.text}, which has {has} the entry for {sampler.label(a)}, and what is the"
        f" entry for {sampler.label(b)} there? Answer as NAME (VALUE)."
    )
    needs = scope.needs([a.code, b.code])
    return PlannedQuestion(text, sampler.winner(winner, b.code), needs, (winner, b.code))
