"""The one door: is this answer right?"""

from collections.abc import Collection
from dataclasses import dataclass

from memorygym.errors import clipped
from memorygym.grading import names, phrases
from memorygym.grading.checks import (
    check_day,
    check_extreme,
    check_number,
    check_roll,
    check_series,
    check_tally,
    check_trend,
)
from memorygym.grading.names import Name
from memorygym.grading.phrases import Phrase
from memorygym.grading.quantities import Number
from memorygym.grading.reading import Reading, mask, read
from memorygym.grading.refusals import declines, refuses
from memorygym.grading.truths import (
    Day,
    Extreme,
    Named,
    Refusal,
    Roll,
    Series,
    Tally,
    Trend,
    Truth,
    parse,
)

LONGEST = 2000
"""Most characters of an answer: a claim is short, and a longer text is a list of guesses."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an answer is right, and why in a short sentence."""

    correct: bool
    reason: str


def grade(competency: str, truth: str, answer: str, rivals: Collection[str] = ()) -> Verdict:
    """The verdict on an answer; `rivals` are other known candidates that it may not claim.

    >>> grade("retrieval", "8412", "It was 8,413.")
    Verdict(correct=False, reason='wanted 8412, read 8,413')
    """
    wanted = parse(competency, truth)
    if len(answer) > LONGEST:
        return Verdict(False, f"wanted {truth}, read more than {LONGEST} characters")
    reading = read(answer)
    if not reading.words:
        return Verdict(False, f"wanted {truth}, read nothing")
    objection = _objection(wanted, reading, rivals)
    refused = declines(reading) and declines(_beside(wanted, reading))
    if refused and not isinstance(wanted, Refusal):
        objection = "the answer refuses" if refuses(reading) else "the answer refuses and claims"
    if objection:
        return Verdict(False, f"wanted {truth}, {objection}")
    return Verdict(True, f"agrees with {truth}")


def _beside(truth: Truth, reading: Reading) -> Reading:
    """What stands beside a value in words, which may read like a refusal: a choice "unknown"."""
    value = truth.value if isinstance(truth, Named) else truth
    if isinstance(value, Phrase):
        for part in value.parts:
            reading = mask(reading, part, phrases.VALUE)
    return reading


def _objection(truth: Truth, reading: Reading, rivals: Collection[str]) -> str:
    """What speaks against the answer, or ""."""
    match truth:
        case Refusal():
            return "" if refuses(reading) else f"read {clipped(' '.join(reading.raws), 60)}"
        case Number():
            return check_number(reading, truth)
        case Series():
            return check_series(reading, truth)
        case Day():
            return check_day(reading, truth)
        case Phrase():
            return phrases.objection(reading, truth, rivals)
        case Trend():
            return check_trend(reading, truth)
        case Extreme():
            return check_extreme(reading, truth)
        case Tally():
            return check_tally(reading, truth)
        case Roll():
            return check_roll(reading, truth, rivals)
        case Name():
            return names.objection(names.completion(names.masked(reading, [truth], rivals)))
        case Named(name, Name() as value):
            if absent := names.missing(reading, [name, value]):
                return f"does not name {absent}"
            return names.objection(names.masked(reading, [name, value], rivals))
        case Named(name, value):
            masked = names.masked(reading, [name], rivals)
            known = value.words if isinstance(value, Phrase) else ()
            return names.objection(masked, known) or _objection(value, masked, ())
