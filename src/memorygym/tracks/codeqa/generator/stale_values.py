"""Earlier values of needed facts, in the change log and in earlier observations."""

from collections.abc import Sequence

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement
from memorygym.tracks.codeqa.fact_reader import phrase
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.question_drafts import (
    QuestionDraft,
    QuestionDrafter,
    is_hard,
)
from memorygym.tracks.codeqa.generator.question_selection import misleads
from memorygym.tracks.codeqa.generator.session import EARLIER

TRIES = 99
"""Draws to find a misleading value."""
_LOGGED = ("default", "value", "base", "raises")
"""Keys of which the change log states earlier values."""


def earlier_observations(
    selected: Sequence[QuestionDraft], drafter: QuestionDrafter, times: int
) -> list[Statement]:
    """Observations that later ones contradict."""
    observations = []
    for draft in selected:
        for latest in (fact for fact in draft.facts if fact in draft.question.needs):
            values = {latest.value}
            for _ in range(TRIES):
                old = latest._replace(value=drafter.observable(latest.key))
                is_new = old.value not in values and len(values) <= times
                if is_new and misleads(draft, old, drafter.code.index):
                    values.add(old.value)
                    observations.append(old._replace(rank=EARLIER))
    return observations


def change_log_entries(
    selected: Sequence[QuestionDraft], drafter: QuestionDrafter, times: int
) -> list[str]:
    """Entries of the change log: on the last suitable fact of each question, and as many others."""
    code, rng = drafter.code, drafter.rng
    logged: dict[tuple[str, str], Statement] = {}
    for draft in selected:
        candidates = [need for need in draft.question.needs if _is_logged(need)]
        if candidates:
            logged[candidates[-1].subject, candidates[-1].key] = candidates[-1]
    lines = [
        _line(need, old, rng)
        for need in logged.values()
        for old in _old_values(need, code.statements, rng, times)
        if all(
            misleads(draft, need._replace(value=old), code.index)
            for draft in selected
            if need in draft.question.needs
        )
    ]
    needed = {(need.subject, need.key) for draft in selected for need in draft.question.needs}
    other_facts = [
        fact
        for fact in code.statements
        if (fact.subject, fact.key) not in needed and "." not in fact.subject and _is_logged(fact)
    ]
    for statement in rng.sample(other_facts, min(len(logged), len(other_facts))):
        lines += [
            _line(statement, old, rng)
            for old in _old_values(statement, code.statements, rng, times)
        ]
    rng.shuffle(lines)
    return lines


def _line(statement: Statement, old: str, rng: Stream) -> str:
    release = f"{rng.between(1, 4)}.{rng.between(1, 9)}"
    return (
        f"Until release {release} the {phrase(statement.key)} of `{statement.subject}` was `{old}`;"
        " superseded since."
    )


def _is_logged(statement: Statement) -> bool:
    """Whether the change log may state an earlier value, which must be hard to guess."""
    value = statement.text
    is_easy = value.startswith("{") or (value.isdigit() and not is_hard(value))
    return statement.key.partition(":")[0] in _LOGGED and not is_easy


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
