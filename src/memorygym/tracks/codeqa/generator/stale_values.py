"""Distractors of needed facts: siblings, and earlier values.

Earlier values stand in the change log and in earlier observations.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.paths import Walker, is_hard_value
from memorygym.tracks.codeqa.generator.question_selection import (
    SelectedQuestion,
    misleads,
    observable,
)
from memorygym.tracks.codeqa.generator.session import SessionFact

TRIES = 99
"""Draws to find a misleading value."""
_PHRASES = {
    "default": "preset for",
    "value": "value",
    "base": "parent class",
    "raises": "exception thrown",
}


def earlier_observations(
    selected: Sequence[SelectedQuestion], times: int, walker: Walker, known: StatementIndex
) -> list[SessionFact]:
    """Observations that later ones contradict."""
    observations = []
    for question in selected:
        needed = {need.subject for need in question.needs}
        for latest in (fact for fact in question.draft.facts if fact.topic in needed):
            values = {latest.value}
            for _ in range(TRIES):
                value = walker.observable(latest.aspect.kind)
                if value and value not in values and len(values) <= times:
                    old = replace(latest, value=value, order=0)
                    if misleads(question, observable(old), known):
                        values.add(value)
                        observations.append(old)
    return observations


def change_log_entries(
    selected: Sequence[SelectedQuestion],
    others: Sequence[Statement],
    times: int,
    rng: Stream,
    known: StatementIndex,
) -> list[str]:
    """Entries of the change log: on the last suitable fact of each question, and as many others."""
    logged: dict[tuple[str, str], Statement] = {}
    for question in selected:
        candidates = [need for need in question.needs if _phrase(need)]
        if candidates:
            logged[candidates[-1].subject, candidates[-1].key] = candidates[-1]
    lines = [
        _line(need, old, rng)
        for need in logged.values()
        for old in _old_values(need, others, rng, times)
        if all(
            misleads(question, need._replace(value=old), known)
            for question in selected
            if need in question.needs
        )
    ]
    needed = {(need.subject, need.key) for question in selected for need in question.needs}
    other_facts = [
        fact
        for fact in others
        if (fact.subject, fact.key) not in needed and "." not in fact.subject and _phrase(fact)
    ]
    for statement in rng.sample(other_facts, min(len(logged), len(other_facts))):
        lines += [_line(statement, old, rng) for old in _old_values(statement, others, rng, times)]
    rng.shuffle(lines)
    return lines


def _line(statement: Statement, old: str, rng: Stream) -> str:
    release = f"{rng.between(1, 4)}.{rng.between(1, 9)}"
    return (
        f"Until release {release} the {_phrase(statement)} of `{statement.subject}` was `{old}`;"
        " superseded since."
    )


def _phrase(statement: Statement) -> str:
    key, _, name = statement.key.partition(":")
    if key not in _PHRASES or (key in ("default", "value") and not is_hard_value(statement.text)):
        return ""
    return f"{_PHRASES[key]} {name}" if name else _PHRASES[key]


def _old_values(
    statement: Statement, others: Sequence[Statement], rng: Stream, times: int
) -> list[str]:
    """Up to `times` other values of the same kind; a class is not its own parent."""
    if statement.text.lstrip("-").isdigit():
        numbers = dict.fromkeys(str(number(rng)) for _ in range(times + 1))
        return [value for value in numbers if value != statement.text][:times]
    same_key = sorted(
        {other.text for other in others if other.key == statement.key}
        - {statement.text, statement.subject}
    )
    return rng.sample(same_key, min(times, len(same_key)))


MOST = 12
"""Most distractors that are listed for a question."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class MisleadingStatement(NamedTuple):
    """A statement that may mislead."""

    question: int
    """The number of the question, from 0."""
    statement: Statement
    source: str
    """The kind in the schema: `same_function`, `same_repo` or `adversarial`."""


def near_distractors(
    selected: Sequence[SelectedQuestion], statements: Sequence[Statement]
) -> list[MisleadingStatement]:
    """For each question: statements of the same key about names similar to the needed ones."""
    similar: dict[tuple[str, str, str], list[Statement]] = {}
    for statement in statements:
        similar.setdefault((statement.key, *outer_words(statement.subject)), []).append(statement)
    distractors = []
    for index, question in enumerate(selected):
        nearby = dict.fromkeys(
            MisleadingStatement(
                index, other, "same_function" if need.subject.islower() else "same_repo"
            )
            for need in question.needs
            for other in similar.get((need.key, *outer_words(need.subject)), ())
            if other.subject != need.subject
        )
        needed = {need.subject for need in question.needs}
        siblings = (
            MisleadingStatement(index, observable(fact), "adversarial")
            for fact in question.draft.facts
            if fact.topic not in needed
        )
        distractors += [*nearby, *siblings][:MOST]
    return distractors


def outer_words(name: str) -> tuple[str, str]:
    """The first and the last word of a name, which all siblings share."""
    words: Iterable[str] = _WORD.findall(name)
    parts = list(words) or [name]
    return parts[0], parts[-1]
