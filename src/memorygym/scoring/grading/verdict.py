"""Grades an answer: right or wrong, with the reason, by the rule of each type of right answer."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from memorygym.core.errors import clip
from memorygym.scoring.grading import names, phrases, truths
from memorygym.scoring.grading.claims import bounded, denied, hedge, labelled, numbers, outdated
from memorygym.scoring.grading.lexicon import NEGATORS
from memorygym.scoring.grading.names import Name
from memorygym.scoring.grading.parsed_text import ParsedText, mask, read
from memorygym.scoring.grading.phrases import Phrase
from memorygym.scoring.grading.quantities import Number, Quantity, dates, quantities
from memorygym.scoring.grading.refusals import declines, refuses

MAX_CHARACTERS = 2000
"""Most characters of an answer; a longer one is wrong, because it could list many guesses."""
_TREND = re.compile(
    r"(?<= )(?:(?:strongly|slightly) (?:rising|falling)|(?:rising|falling) (?:strongly|slightly)"
    r"|flat)(?= )"
)
_DIRECTIONS = {
    word: direction
    for direction, words in (
        ("rising", "rising rise rose up increasing increased increase growing grew growth"),
        ("falling", "falling fall fell down decreasing decreased decrease declining decline"),
        ("flat", "stable unchanged constant steady"),
    )
    for word in words.split()
}
_TOTALS = frozenset("total sum combined altogether totalling totaling value worth".split())
_QUARTER = re.compile(r"(?:q|p|period)([1-9][0-9]?)").fullmatch


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of grading: whether the answer is right, and the reason in a short sentence."""

    correct: bool
    reason: str


def grade(question_type: str, truth: str, answer: str, rivals: Collection[str] = ()) -> Verdict:
    """Grades an answer; `rivals` are other candidates, and an answer that claims one is wrong.

    >>> grade("retrieval", "8412", "It was 8,413.")
    Verdict(correct=False, reason='wanted 8412, read 8,413')
    """
    right = truths.parse(question_type, truth)
    if len(answer) > MAX_CHARACTERS:
        return Verdict(False, f"wanted {truth}, read more than {MAX_CHARACTERS} characters")
    reading = read(answer)
    if not reading.words:
        return Verdict(False, f"wanted {truth}, read nothing")
    objection = _objection(right, reading, rivals)
    refused = declines(reading) and declines(_beside(right, reading))
    if refused and not isinstance(right, truths.Refusal):
        objection = "the answer refuses" if refuses(reading) else "the answer refuses and claims"
    if objection:
        return Verdict(False, f"wanted {truth}, {objection}")
    return Verdict(True, f"agrees with {truth}")


def _beside(truth: truths.Truth, reading: ParsedText) -> ParsedText:
    """The answer without the value in words, which may look like a refusal: a choice "unknown"."""
    for part in truth.parts if isinstance(truth, Phrase) else ():
        reading = mask(reading, part, phrases.VALUE)
    return reading


def _objection(truth: truths.Truth, reading: ParsedText, rivals: Collection[str]) -> str:
    """Why the answer is wrong; "" if it is right."""
    match truth:
        case truths.Refusal():
            return "" if refuses(reading) else f"read {clip(' '.join(reading.raws), 60)}"
        case Number():
            return check_number(reading, truth)
        case truths.Series():
            return check_series(reading, truth)
        case truths.Day():
            return check_day(reading, truth)
        case Phrase():
            return phrases.objection(reading, truth, rivals)
        case truths.Trend():
            return check_trend(reading, truth)
        case truths.NumberPair():
            return hedge(reading) or check_pair(reading, truth)
        case truths.EntityList():
            return check_roll(reading, truth, rivals)
        case Name():
            return names.objection(names.completion(names.masked(reading, [truth], rivals)))
        case truths.Named(name, Name() as value):
            if absent := names.missing(reading, [name, value]):
                return f"does not name {absent}"
            return names.objection(names.masked(reading, [name, value], rivals))
        case truths.Named(name, value):
            masked = names.masked(reading, [name], rivals)
            known = value.words if isinstance(value, Phrase) else ()
            return names.objection(masked, known) or _objection(value, masked, ())


def check_number(reading: ParsedText, truth: Number) -> str:
    claims = numbers(reading, ordinals=truth.rank)
    return hedge(reading) or _all(reading, claims, [truth])


def check_series(reading: ParsedText, truth: truths.Series) -> str:
    claims = _elements(reading, len(truth.items))
    if len(claims) != len(truth.items):
        reading = read(re.sub(r"(?<=[0-9A-Za-z%])[, ](?=[-+$0-9])", ", ", reading.text))
        claims = _elements(reading, len(truth.items))
    if len(claims) != len(truth.items):
        return f"read {len(claims)} numbers instead of {len(truth.items)}"
    for item, claim in zip(truth.items, claims, strict=True):
        if not item.agrees(claim) or bounded(reading, claim):
            return f"read {_show(reading, claim)} in its place"
    return hedge(reading)


def check_day(reading: ParsedText, truth: truths.Day) -> str:
    items = dates(reading)
    affirmed = [item for item in items if not denied(reading, item.place, item.end)]
    if not affirmed:
        return "denies something" if items else "read no whole date"
    current = [item for item in affirmed if not outdated(reading, item.place)]
    for item in current or affirmed:
        if item.day != truth.day:
            return f"read {item.day.isoformat()}"
    if len(affirmed) == len(items) and not NEGATORS.isdisjoint(reading.words):
        return "denies something"
    return hedge(reading)


def check_trend(reading: ParsedText, truth: truths.Trend) -> str:
    line = reading.line
    # "rising slightly" is "slightly rising": the strength is the later word of the alphabet.
    labels = {" ".join(sorted(label.split(), reverse=True)) for label in _TREND.findall(line)}
    if labels != {truth.label}:
        return f"read {', '.join(sorted(labels)) or 'no trend'}"
    direction = truth.label.split()[-1]
    if any(_DIRECTIONS.get(word, direction) != direction for word in reading.words if word != "up"):
        return "read two directions"
    if not NEGATORS.isdisjoint(reading.words):
        return "denies something"
    if truth.change is None:
        return hedge(reading)
    claims = numbers(reading)
    percents = [claim for claim in claims if claim.unit.base == "%"]
    change, changes = truth.change, percents or claims
    if direction == "falling" or "down" in reading.words:
        changes = [_fallen(claim) for claim in changes]
    if direction == "falling":
        change = replace(change, quantity=_fallen(change.quantity))
    return hedge(reading) or _all(reading, changes, [change])


def check_pair(reading: ParsedText, truth: truths.NumberPair) -> str:
    periods = _periods(reading) if truth.is_period else []
    if not periods:
        return _pair(reading, truth.first, truth.second)
    taken = {period.place for period in periods}
    values = [claim for claim in numbers(reading) if claim.place not in taken]
    if objection := _all(reading, periods, [truth.first]):
        return objection
    return _all(reading, values, [truth.second]) if truth.second else _remark(reading, values)


def check_roll(reading: ParsedText, truth: truths.EntityList, rivals: Collection[str]) -> str:
    if not truth.names:
        return check_number(reading, truth.count)
    if name := names.missing(reading, truth.names):
        return f"does not name {name}"
    masked = names.completion(names.masked(reading, truth.names, rivals))
    return names.objection(masked) or check_number(masked, truth.count)


def _all(reading: ParsedText, claims: Sequence[Quantity], truths: Sequence[Number]) -> str:
    """Why not all claims agree with one of the right numbers; "" if there are some and all do."""
    if not claims:
        return "read no number"
    for claim in claims:
        if bounded(reading, claim):
            return f"read only a bound, {_show(reading, claim)}"
        if not any(truth.agrees(claim) for truth in truths):
            return f"read {_show(reading, claim)}"
    return ""


def _pair(reading: ParsedText, first: Number, second: Number | None) -> str:
    """Why the claims are not these two numbers in order; the second is optional if it is None."""
    claims = numbers(reading, need=2 if second else 1)
    if claims and second and _totalled(reading, claims[0]):
        claims = claims[::-1]
    if second is None:
        return _all(reading, claims[:1], [first]) or _remark(reading, claims[1:])
    if len(claims) < 2:
        return "read one number where two are wanted" if claims else "read no number"
    ends = _all(reading, claims[:1], [first]) or _all(reading, claims[-1:], [second])
    return ends or _all(reading, claims, [first, second])


def _remark(reading: ParsedText, claims: Sequence[Quantity]) -> str:
    """Why further numbers make the answer a list; one number that adds a detail is allowed."""
    if len(claims) > 1:
        return f"read {', '.join(_show(reading, claim) for claim in claims)} too"
    for claim in claims:
        detail = reading.word(claim.place - 1) in ("(", "with", "at") or _totalled(reading, claim)
        if not (detail or claim.fraction or claim.unit.base or claim.power):
            return f"read {_show(reading, claim)} too"
    return ""


def _totalled(reading: ParsedText, claim: Quantity) -> bool:
    near = reading.words[max(0, claim.place - 3) : claim.place]
    return not _TOTALS.isdisjoint(near)


def _periods(reading: ParsedText) -> list[Quantity]:
    """The numbers that are labelled as periods; if there are none, positions such as "3rd"."""
    items = [item for item in quantities(reading) if not denied(reading, item.place, item.end)]
    named = [item for item in items if labelled(reading, item)]
    for place, word in enumerate(reading.words):
        if match := _QUARTER(word):
            quantity = next(iter(quantities(read(match[1]))))
            named.append(replace(quantity, place=place, end=place + 1))
    return named or [item for item in items if item.ordinal]


def _elements(reading: ParsedText, count: int) -> list[Quantity]:
    """The elements of a series, without the labels or list numbers before them."""
    claims = numbers(reading, need=count)
    return [claim for claim in claims if not _heading(reading, claim)]


def _heading(reading: ParsedText, claim: Quantity) -> bool:
    """Whether a number only labels the next one: "2019: 12.0", or "1. 12.0" on its own line."""
    after, later = reading.word(claim.end), reading.word(claim.end + 1)
    if not later[:1].isdigit():
        return False
    starts = reading.word(claim.place - 1) in ("", "\n")
    return after == ":" or (starts and after in (".", ")"))


def _fallen(claim: Quantity) -> Quantity:
    """The claim with a negative value: "falling by 7.3 %" states -7.3 %."""
    if claim.signed or claim.value is None:
        return claim
    return replace(claim, value=-claim.value)


def _show(reading: ParsedText, claim: Quantity) -> str:
    return " ".join(reading.raws[claim.place : claim.end])
