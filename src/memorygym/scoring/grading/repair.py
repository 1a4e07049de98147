"""Decides which rejected answers the grader may have misread, so that a judge may accept them."""

from collections.abc import Collection, Iterable, Sequence

from memorygym.scoring.grading import truths
from memorygym.scoring.grading.claims import denied, hedge, labelled, numbers
from memorygym.scoring.grading.lexicon import CARDINALS, COUNTS, FRAME, ORDINALS
from memorygym.scoring.grading.names import Name, is_context, masked, name_end, others
from memorygym.scoring.grading.parsed_text import ParsedText, mask, phrase, places, read
from memorygym.scoring.grading.phrases import VALUE, Phrase
from memorygym.scoring.grading.quantities import Number, Quantity, dates, quantities
from memorygym.scoring.grading.refusals import declines
from memorygym.scoring.grading.verdict import MAX_CHARACTERS

_NUMERALS = CARDINALS.keys() | ORDINALS.keys() | COUNTS
_CHOICE = 2
"""Most words of a choice; a right answer to a longer text shares a word with it."""
_STEM = 4
"""Number of first letters that two words of one stem share."""


def repairable(question_type: str, truth: str, answer: str, rivals: Collection[str] = ()) -> bool:
    """Whether a rejected answer makes one claim, in words that the grader may not know.

    False for: an empty or overlong answer; a refusal; any answer where a refusal is right; several
    candidates; a rival choice; another number or date with no word beside it; an answer without
    what every right one has (a number for a number, a word of the name for a name). A choice of one
    or two words may be expressed by any synonym. `rivals` are as for `grade`.

    >>> repairable("retrieval", "tech_hub", "a hub of technology")
    True
    >>> answers = "8412 or 8413", "unknown", "8413", "quite a few"
    >>> [repairable("retrieval", "8412", answer) for answer in answers]
    [False, False, False, False]
    """
    right = truths.parse(question_type, truth)
    has_text = any(char.isalnum() for char in answer)
    if isinstance(right, truths.Refusal) or not has_text or len(answer) > MAX_CHARACTERS:
        return False
    reading = read(answer)
    if declines(reading) or hedge(reading) or _several(right, reading, rivals):
        return False
    return _touches(right, reading) and not _another(right, question_type, reading)


def _touches(truth: truths.Stated, reading: ParsedText) -> bool:
    """Whether an answer contains what every right answer contains, whatever its wording."""
    match truth:
        case Number() | truths.Series() | truths.Day() | truths.NumberPair():
            return _numbered(reading)
        case truths.Trend(_, change):
            return change is None or _numbered(reading)
        case Name(words):
            return not _words(words).isdisjoint(reading.words)
        case truths.EntityList(_, names):  # An answer that names them all has counted them.
            return all(_touches(name, reading) for name in names) if names else _numbered(reading)
        case truths.Named(name, value):
            return _touches(name, reading) and _touches(value, reading)
        case Phrase(parts):
            phrase_words = [word for part in parts for word in part]
            # Any synonym of a choice may be right: the judge decides.
            stems = {word[:_STEM] for word in _words(phrase_words)}
            return len(phrase_words) <= _CHOICE or any(
                word[:_STEM] in stems for word in reading.words
            )


def _numbered(reading: ParsedText) -> bool:
    """Whether an answer contains a number, in figures or in words."""
    figures = any(char.isnumeric() for char in reading.text)
    return figures or not _NUMERALS.isdisjoint(reading.words)


def _words(words: Collection[str]) -> set[str]:
    """The words that are not frame words; all words if there are no others."""
    return set(words) - FRAME or set(words)


def _another(truth: truths.Stated, question_type: str, reading: ParsedText) -> bool:
    """Whether the answer is another value of the right type, written unambiguously."""
    end = len(reading.words)
    if isinstance(truth, truths.Day):
        return [(item.place, item.end) for item in dates(reading)] == [(0, end)]
    try:
        read_as = truths.parse(question_type, reading.text)
    except truths.UnreadableTruth:
        return False
    match truth, read_as:
        case Number(), Number(quantity):
            return quantity.end == end  # "45 dozen" has a word that was not read.
        case truths.Series() | truths.Trend() | truths.NumberPair(), _:
            return type(truth) is type(read_as)
        case truths.Named(_, Number() as true), truths.Named(_, Number(quantity)):
            return not true.agrees(quantity)
        case _:
            return False


def _several(truth: truths.Stated, reading: ParsedText, rivals: Collection[str]) -> bool:
    """Whether an answer has more candidates than the right answer has parts, or a known rival."""
    match truth:
        case Number():
            return _values(numbers(reading, ordinals=truth.rank)) > 1
        case truths.Series():
            return len(numbers(reading, need=len(truth.items))) >= 2 * len(truth.items)
        case truths.Day():
            every = dates(reading)
            kept = [item for item in every if not denied(reading, item.place, item.end)]
            return len({item.day for item in kept}) > 1
        case Phrase():
            return _is_rival(truth, reading, rivals)
        case truths.Trend():
            labels = [label for label in truths.LABELS if f" {label} " in reading.line]
            return len(labels) > 1 or _values(numbers(reading)) > 1
        case truths.NumberPair():
            periods = [item for item in quantities(reading) if labelled(reading, item)]
            several = truth.is_period and _values(periods) > 1
            expected = 2 if truth.second else 1
            return several or _values(numbers(reading, need=expected)) > expected
        case truths.EntityList(count, names):
            if not names:
                return _values(numbers(reading, ordinals=count.rank)) > 1
            return _names(reading, names, rivals) > len(names)
        case Name():
            return _names(reading, [truth], rivals) > 1
        case truths.Named(name, Name() as value):
            return _names(reading, [name, value], rivals) > 2
        case truths.Named(name, value):
            beside = masked(reading, [name], rivals)
            return _names(reading, [name], rivals) > 1 or _several(value, beside, ())


def _values(claims: Iterable[Quantity]) -> int:
    """Number of distinct claimed numbers."""
    return len({claim.place if claim.value is None else claim.whole for claim in claims})


def _is_rival(truth: Phrase, reading: ParsedText, rivals: Collection[str]) -> bool:
    """Whether an answer contains another choice; the longest match at a place wins."""
    known = {phrase(rival) for rival in rivals} - {()}
    for words in sorted(known | set(truth.parts), key=lambda words: (-len(words), words)):
        if places(reading, words) and words not in truth.parts:
            return True
        reading = mask(reading, words, VALUE)
    return False


def _names(reading: ParsedText, true: Sequence[Name], rivals: Collection[str]) -> int:
    """Number of distinct entities that are named as candidates."""
    marked = masked(reading, true, rivals)
    own = sum(bool(places(reading, name.words)) for name in true)
    claimed = (place for place in others(marked) if not is_context(marked, place))
    return own + len({" ".join(marked.raws[place : name_end(marked, place)]) for place in claimed})
