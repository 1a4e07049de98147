"""Decides which numbers and names an answer claims, from the words around them.

The decision never depends on the right answer: an answer makes the same claim whatever it is
compared with. Every number has a rank, and those of the lowest rank present are the claim.
"""

from memorygym.scoring.grading import lexicon
from memorygym.scoring.grading.lexicon import CHANGED, FILED, MONTHS, ORDINALS, PERIODS, VOCABULARY
from memorygym.scoring.grading.parsed_text import NAME, ParsedText
from memorygym.scoring.grading.quantities import ENDINGS, Quantity, quantities
from memorygym.scoring.grading.units import SCALES, UNITS

CLAIM, TOTAL, YEAR, PLACE, NOTHING = range(5)
"""Ranks: a claim; the N of "of N", or an earlier value; a year after "in"; an ordinal; no claim."""

_MANY = 64
"""Most numbers in an answer; more are a list, whatever stands between them."""

_SET = frozenset(
    "across among all these those both every each other past last top bottom first best "
    "worst".split()
)
_HENCE = frozenset("so thus hence therefore".split())
_SIZED = frozenset("out most least best worst top bottom any one each set list group none".split())
_WHEN = frozenset(
    "in since during by until year fy fiscal before after for from late early".split()
)
_BOUNDS = frozenset("over under above below exceeding beyond than".split())
_COMPARED = frozenset("more less fewer greater higher lower bigger smaller larger".split())
_EARLIER = frozenset("previously formerly originally earlier initially".split())
_OPERATORS = frozenset("plus minus times divided multiplied".split())
_SHIFTS = frozenset("difference change increase decrease rise drop move shift".split())
_SURE = frozenset("confidence confident sure certain".split())
_PLURALS = frozenset(word + "s" for word in PERIODS if word != "point") | {"years"}
_BUT = ["anything", "but"]
_ENDS = lexicon.BREAKS | {"if"}
_KNOWN = VOCABULARY | MONTHS.keys() | lexicon.TITLES
_FAMILIAR = VOCABULARY | lexicon.BREAKS | MONTHS.keys() | UNITS.keys()


def numbers(reading: ParsedText, need: int = 1, *, ordinals: bool = False) -> list[Quantity]:
    """The claimed numbers: those of the lowest ranks, up to the rank that makes them `need`."""
    every = quantities(reading)
    if len(every) > _MANY:
        return every
    ranked = [(rank(reading, item), item) for item in every]
    limit = PLACE if ordinals else YEAR
    for top in range(CLAIM, limit + 1):
        chosen = [item for rank_, item in ranked if rank_ <= top]
        if len(chosen) >= need:
            break
    return chosen


def bounded(reading: ParsedText, claim: Quantity) -> bool:
    """Whether a number is only a bound: "at least 5", "over 60", "60+"."""
    before, earlier = reading.word(claim.place - 1), reading.word(claim.place - 2)
    after, later = reading.word(claim.end), reading.word(claim.end + 1)
    if before in _BOUNDS or (earlier, before) in (("at", "least"), ("at", "most"), ("up", "to")):
        return True
    if after == "+" and reading.glued(claim.end):
        return not reading.word(claim.end + 1)[:1].isdigit()
    return after == "or" and (later in _COMPARED or later in ("so", "above", "below", "over"))


def rank(reading: ParsedText, item: Quantity) -> int:
    """The rank of a number, from CLAIM (most likely) to NOTHING."""
    before, earlier = reading.word(item.place - 1), reading.word(item.place - 2)
    after = reading.word(item.end)
    if _context(reading, item) or denied(reading, item.place, item.end) or _summed(reading, item):
        return NOTHING
    if item.ordinal:
        return PLACE
    if before == "of" or (before == "the" and earlier == "of"):
        return _share(reading, item)
    if before in _SET or (before == "the" and (earlier in _SET or earlier == "over")):
        return TOTAL
    if outdated(reading, item.place) or (before in ("from", "to") and _span(reading, item)):
        return TOTAL
    if item.end + 1 < len(reading.words) and _overtaken(reading, item):
        return TOTAL
    if before in FILED or (before == "[" and after == "]"):
        return YEAR
    word = reading.words[item.place]
    yearlike = len(word) == 4 and word.isdigit() and not item.unit.base and item.power is None
    if yearlike and (before in _WHEN or (before == "the" and after.isalpha())):
        return YEAR
    alone = word in ("one", "none", "nil") and item.end == item.place + 1
    return TOTAL if alone else CLAIM


def outdated(reading: ParsedText, place: int) -> bool:
    """Whether the words before a place announce an earlier value: "changed from"."""
    before, earlier = reading.word(place - 1), reading.word(place - 2)
    if before in _EARLIER or (before == "from" and earlier in CHANGED):
        return True
    return before == "was" and earlier in ("(", ",")


def _context(reading: ParsedText, item: Quantity) -> bool:
    """Whether a number is a period's label, a count of periods, part of a date or of a name."""
    before, after = reading.word(item.place - 1), reading.word(item.end)
    sure = before in (":", "of", "is") and reading.word(item.place - 2) == "confidence"
    if sure or before == "confidence" or after in _SURE:
        return True
    if before in PERIODS or after in ("periods", "quarters"):
        return True
    if before == "over" and (after in _PLURALS or item.unit.base in ("year", "month", "week", "d")):
        return True
    dated = _month(reading, item.place - 1) or _month(reading, item.end)
    if dated or (before == "," and _month(reading, item.place - 3)):
        return True
    alone = item.end == item.place + 1
    if alone and after in (".", ")") and _numeral(reading, item.end):
        # A single one may be the count: "2. Ann Lee and Bo Ray".
        later = range(item.end + 2, len(reading.words))
        return before != "" or any(_numeral(reading, place) for place in later)
    return alone and unknown(reading, item.place - 1) and unknown(reading, item.end)


def _numeral(reading: ParsedText, place: int) -> bool:
    """Whether the number that ends at a place is the list number of a name: "1. Ann Lee"."""
    mark = reading.word(place) in (".", ")") and reading.word(place - 1).isdigit()
    return mark and reading.word(place + 1) == NAME


def _span(reading: ParsedText, item: Quantity) -> bool:
    """Whether a number of "from 5 to 6" only explains another claim, as beside "by 1"."""
    words = reading.words
    starts = [index for index in range(item.place) if words[index] == "from"]
    if not starts:
        return False
    start = starts[-1]
    aside = reading.word(start - 1) in ("(", ",") and reading.word(start - 2)[-1:].isdigit()
    return aside or any(
        word[0].isdigit()
        and (
            words[index - 1] == "by"
            or (words[index - 1] == "of" and reading.word(index - 2) in _SHIFTS)
        )
        for index, word in enumerate(words)
    )


def _overtaken(reading: ParsedText, item: Quantity) -> bool:
    """Whether a later number replaces this one: "was 5, corrected to 6", "12 and 30, so 42"."""
    words, after = reading.words, reading.word(item.end)
    if after == "before" and reading.word(item.end + 1) in ("the", "that", "it", "being"):
        return True
    for index in range(item.end + 1, len(words) - 1):
        turned = words[index] == "to" and not CHANGED.isdisjoint(words[index - 2 : index])
        if turned and words[index + 1][0].isdigit():
            return True
        if words[index] in _HENCE and words[index - 1] != "or":
            return any(word[0].isdigit() for word in words[index:])
    return False


def _month(reading: ParsedText, place: int) -> bool:
    return reading.word(place) in MONTHS and reading.capital(place)


def unknown(reading: ParsedText, place: int) -> bool:
    """Whether a word is capitalised and unknown, like those of names."""
    word = reading.word(place)
    return reading.capital(place) and word not in _KNOWN and word[0] != "<"


def _share(reading: ParsedText, item: Quantity) -> int:
    """The rank of a number after "of": "the highest of 5" counts a set, "a margin of 12" claims."""
    place = item.place - 1
    if reading.word(place) == "the":
        place -= 1
    noun, article = reading.word(place - 1), reading.word(place - 2)
    if article in ("a", "an", "its", "by", "with"):
        return CLAIM
    ranked = noun in _SIZED or noun in ORDINALS or noun in ENDINGS or noun.endswith("est")
    return NOTHING if ranked else TOTAL


def _summed(reading: ParsedText, item: Quantity) -> bool:
    """Whether the number is an operand of a formula whose result follows: 12 + 30 = 42."""
    words = reading.words
    if _operand(reading, item.place - 1):
        return True
    if reading.word(item.end) in _OPERATORS:
        return any(word[0].isdigit() for word in words[item.end + 1 :])
    if "=" not in words[item.end :]:
        return False
    result = words.index("=", item.end)
    start = result
    while start > 0 and not _spoken(words[start - 1]):
        start -= 1
        if words[start] == "(" and reading.word(start - 1)[:1].isdigit():
            break
    if start > item.place:
        return False
    return sum(word[0].isdigit() for word in words[start:result]) > 1


def _operand(reading: ParsedText, index: int) -> bool:
    """Whether an operator after a number ends at a place: "84 divided by", "84 minus"."""
    index -= reading.word(index) == "by"
    return reading.word(index) in _OPERATORS and reading.word(index - 1)[:1].isdigit()


def _spoken(word: str) -> bool:
    """Whether a word ends the formula before it, as a unit or scale does not."""
    return len(word) > 1 and word.isalpha() and word not in SCALES and word not in UNITS


def labelled(reading: ParsedText, item: Quantity) -> bool:
    """Whether a number is named as a period: "period 3", "period: 3", "the 3rd week"."""
    before, earlier = reading.word(item.place - 1), reading.word(item.place - 2)
    if before in PERIODS or (item.ordinal and reading.word(item.end) in PERIODS):
        return True
    return before in (":", "number", "no") and earlier in PERIODS


def clauses(words: list[str]) -> list[tuple[list[str], str]]:
    """The words between breaks with the break that ends them, empty clauses left out.

    >>> clauses(["unknown", ",", "sorry", "."])
    [(['unknown'], ','), (['sorry'], '.')]
    """
    marked_clauses: list[tuple[list[str], str]] = []
    clause: list[str] = []
    for word in [*words, ""]:
        if word and word not in lexicon.BREAKS:
            clause.append(word)
        elif clause:
            marked_clauses.append((clause, word))
            clause = []
    return marked_clauses


def denied(reading: ParsedText, start: int, end: int) -> bool:
    """Whether the clause of a span denies it: "not 5", "5 is wrong"; in "5 not 6" not the 5."""
    words = reading.words
    first, last = start, end
    while first > 0 and words[first - 1] not in lexicon.BREAKS:
        first -= 1
    # A condition ends the clause: "5 if it had not changed", "5 had it not".
    while last < len(words) and words[last] not in _ENDS:
        if words[last : last + 2] == ["had", "it"]:
            break
        last += 1
    if not lexicon.NEGATORS.isdisjoint(words[first:start]) or words[start - 2 : start] == _BUT:
        return True
    if any(
        words[index][0] in "<0123456789" or reading.capital(index) for index in range(end, last)
    ):
        return False
    return not lexicon.NEGATORS.isdisjoint(words[end:last])


def hedge(reading: ParsedText) -> str:
    """Why an answer is wrong that offers an alternative by a word such as "or"; "" if none does."""
    hedges = [word for word in reading.words if word in lexicon.HEDGES]
    return f"hedges with '{hedges[0]}'" if hedges else ""


def familiar(word: str) -> bool:
    """Whether a word can stand beside a claim in words without being a second claim."""
    return word in _FAMILIAR or word[0] in "<0123456789'%&.+="
