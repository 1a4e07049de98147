"""What is told beside a needed fact and might be taken for it: siblings, and values of before."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from memorygym.statements import Statement
from memorygym.tracks.codeqa.dealing.choosing import NOON, Chosen, observable

MOST = 12
"""Distractors that are listed for a question."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Near(NamedTuple):
    """A statement that may mislead."""

    question: int
    """Which one, from 0."""
    statement: Statement
    source: str
    """As the schema has it: `same_function`, `same_repo` or `adversarial`."""


def nearby(chosen: Sequence[Chosen], told: Sequence[Statement]) -> list[Near]:
    """For each question, statements of the same key about names that resemble the needed ones."""
    alike: dict[tuple[str, str, str], list[Statement]] = {}
    for one in told:
        alike.setdefault((one.key, *ends(one.subject)), []).append(one)
    found = []
    for number, each in enumerate(chosen):
        near = dict.fromkeys(
            Near(number, other, "same_function" if need.subject.islower() else "same_repo")
            for need in each.needs
            for other in alike.get((need.key, *ends(need.subject)), ())
            if other.subject != need.subject
        )
        needed = {need.subject for need in each.needs}
        observed = (
            Near(number, observable(one, NOON), "adversarial")
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
