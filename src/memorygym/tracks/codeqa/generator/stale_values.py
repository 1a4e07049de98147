"""What is told beside a needed fact and might be taken for it: siblings, and values of before.

What holds no longer stands in the change log, and in earlier observations.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.paths import Walker, telling
from memorygym.tracks.codeqa.generator.question_selection import Chosen, misleads, observable
from memorygym.tracks.codeqa.generator.session import SessionFact

TRIES = 99
"""Draws of a value that misleads."""
_PHRASES = {"default": "preset for", "value": "value", "base": "parent class",
            "raises": "exception thrown"}  # fmt: skip


def earlier(
    chosen: Sequence[Chosen], times: int, walker: Walker, known: StatementIndex
) -> list[SessionFact]:
    """Observations that later ones contradict."""
    found = []
    for one in chosen:
        needed = {need.subject for need in one.needs}
        for last in (told for told in one.draft.told if told.topic in needed):
            values = {last.value}
            for _ in range(TRIES):
                value = walker.observable(last.aspect.kind)
                if value and value not in values and len(values) <= times:
                    old = replace(last, value=value, order=0)
                    if misleads(one, observable(old), known):
                        values.add(value)
                        found.append(old)
    return found


def changed(
    chosen: Sequence[Chosen],
    others: Sequence[Statement],
    times: int,
    rng: Stream,
    known: StatementIndex,
) -> list[str]:
    """Entries of a change log: for each question's last such fact, and for as many others."""
    told: dict[tuple[str, str], Statement] = {}
    for one in chosen:
        held = [need for need in one.needs if _phrase(need)]
        if held:
            told[held[-1].subject, held[-1].key] = held[-1]
    lines = [
        _line(need, old, rng)
        for need in told.values()
        for old in _olds(need, others, rng, times)
        if all(misleads(o, need._replace(value=old), known) for o in chosen if need in o.needs)
    ]
    needed = {(need.subject, need.key) for one in chosen for need in one.needs}
    likely = [
        one for one in others
        if (one.subject, one.key) not in needed and "." not in one.subject and _phrase(one)
    ]  # fmt: skip
    for other in rng.sample(likely, min(len(told), len(likely))):
        lines += [_line(other, old, rng) for old in _olds(other, others, rng, times)]
    rng.shuffle(lines)
    return lines


def _line(one: Statement, old: str, rng: Stream) -> str:
    release = f"{rng.between(1, 4)}.{rng.between(1, 9)}"
    return (
        f"Until release {release} the {_phrase(one)} of `{one.subject}` was `{old}`;"
        " superseded since."
    )


def _phrase(one: Statement) -> str:
    key, _, name = one.key.partition(":")
    if key not in _PHRASES or (key in ("default", "value") and not telling(one.value)):
        return ""
    return f"{_PHRASES[key]} {name}" if name else _PHRASES[key]


def _olds(one: Statement, others: Sequence[Statement], rng: Stream, times: int) -> list[str]:
    """So many other values of that kind, or as many as there are."""
    if one.value.lstrip("-").isdigit():
        drawn = dict.fromkeys(str(number(rng)) for _ in range(times + 1))
        return [value for value in drawn if value != one.value][:times]
    alike = sorted({other.value for other in others if other.key == one.key} - {one.value})
    return rng.sample(alike, min(times, len(alike)))


MOST = 12
"""Distractors that are listed for a question."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class MisleadingStatement(NamedTuple):
    """A statement that may mislead."""

    question: int
    """Which one, from 0."""
    statement: Statement
    source: str
    """As the schema has it: `same_function`, `same_repo` or `adversarial`."""


def nearby(chosen: Sequence[Chosen], told: Sequence[Statement]) -> list[MisleadingStatement]:
    """For each question, statements of the same key about names that resemble the needed ones."""
    alike: dict[tuple[str, str, str], list[Statement]] = {}
    for one in told:
        alike.setdefault((one.key, *ends(one.subject)), []).append(one)
    found = []
    for at, each in enumerate(chosen):
        near = dict.fromkeys(
            MisleadingStatement(
                at, other, "same_function" if need.subject.islower() else "same_repo"
            )
            for need in each.needs
            for other in alike.get((need.key, *ends(need.subject)), ())
            if other.subject != need.subject
        )
        needed = {need.subject for need in each.needs}
        observed = (
            MisleadingStatement(at, observable(one), "adversarial")
            for one in each.draft.told
            if one.topic not in needed
        )
        found += [*near, *observed][:MOST]
    return found


def ends(name: str) -> tuple[str, str]:
    """The first and the last word of a name, which siblings have alike."""
    words: Iterable[str] = _WORD.findall(name)
    every = list(words) or [name]
    return every[0], every[-1]
