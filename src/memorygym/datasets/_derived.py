"""Evidence where a data set publishes none: the few units that hold an answer word for word."""

from collections.abc import Sequence

from memorygym.datasets._samples import Unit
from memorygym.grading.squad import normal

MOST = 3
"""Units that may hold an answer; what more of them hold is no evidence of where it was told."""
SHORTEST = 2
"""Characters of an answer that tell anything."""


def holders(units: Sequence[Unit], said: Sequence[str], answers: Sequence[str]) -> tuple[str, ...]:
    """IDs of the units that hold one of the answers; `said` are their texts as `spoken` has them.

    >>> units = [Unit("1", "The fee is 12 crowns."), Unit("2", "No fee.")]
    >>> holders(units, spoken(units), ["12 Crowns"])
    ('1',)
    """
    wanted = [f" {words} " for answer in answers if len(words := normal(answer)) >= SHORTEST]
    found = [
        unit.id
        for unit, text in zip(units, said, strict=True)
        if any(words in text for words in wanted)
    ]
    return tuple(found) if len(found) <= MOST else ()


def spoken(units: Sequence[Unit]) -> list[str]:
    """The words of each unit as SQuAD normalises them, blanks around each."""
    return [f" {normal(unit.told)} " for unit in units]
