"""Grades values in words: one of several choices, or a text of several phrases."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from memorygym.scoring.grading.claims import familiar, hedge, unknown
from memorygym.scoring.grading.lexicon import BREAKS, CHANGED, NEGATORS
from memorygym.scoring.grading.parsed_text import ParsedText, mask, phrase, places

VALUE = "<value>"
"""The label that replaces a part of the value in the answer."""

_LINKS = frozenset(
    ": is are was were be been being as a an the has have had it's that's remains remained became "
    "stands equals reads says named called rated listed recorded stated currently now still "
    "described classified considered ranked marked labelled labeled 's".split()
)
"""Words after which a sentence makes its claim, whatever its subject."""

_ABOUT = frozenset("of for at in by from to with on about regarding concerning".split())


@dataclass(frozen=True, slots=True)
class Phrase:
    """A value in words; an answer must contain each part, in any order.

    A part may be split into pieces of at least two words.
    """

    parts: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> frozenset[str]:
        return frozenset(word for part in self.parts for word in part)


def value(text: str) -> Phrase:
    """The parts of a value.

    >>> value("tech_hub").parts, value("runs trams; ships cranes").parts
    ((('tech', 'hub'),), (('runs', 'trams'), ('ships', 'cranes')))
    """
    parts = [phrase(part) for part in text.replace(";", ",").split(",")]
    return Phrase(tuple(part for part in parts if any(word[0].isalnum() for word in part)))


def objection(reading: ParsedText, truth: Phrase, rivals: Collection[str]) -> str:
    """Why an answer does not claim exactly this value; "" if it does."""
    covered = reading
    for part in truth.parts:
        pieces = next(_pieces(reading, part), None)
        if pieces is None:
            return "does not say all of it"
        for piece in sorted(pieces, key=len, reverse=True):
            covered = mask(covered, piece, VALUE)
    if hedged := hedge(covered):
        return hedged
    if not NEGATORS.isdisjoint(covered.words):
        return "denies something"
    if rival := _rival(reading, covered, truth, rivals):
        return f"also says '{rival}'"
    start = covered.words.index(VALUE)
    return _before(covered, start) or _strange(covered, start, len(covered.words))


def _pieces(reading: ParsedText, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The ways to split the words into pieces in the answer, longest first piece first."""
    if not words:
        yield ()
        return
    shortest = min(2, len(words))
    for size in range(len(words), shortest - 1, -1):
        if len(words) - size == 1 or not places(reading, words[:size]):
            continue
        for rest in _pieces(reading, words[size:]):
            yield (words[:size], *rest)


def _rival(reading: ParsedText, covered: ParsedText, truth: Phrase, rivals: Collection[str]) -> str:
    line, left = reading.line, covered.line
    for rival in rivals:
        words = phrase(rival)
        spelled = f" {' '.join(words)} "
        longer = any(set(part) < set(words) for part in truth.parts)
        if words and words not in truth.parts and spelled in (line if longer else left):
            return rival
    return ""


def _before(reading: ParsedText, start: int) -> str:
    """Why the words before the claim are more than the lead-in of its sentence; "" if not."""
    first = start
    # A label may hold brackets: "Ann Lee (tier): gold".
    while first > 0 and (
        reading.words[first - 1] not in BREAKS or reading.words[first - 1] in (":", "(", ")")
    ):
        first -= 1
    objection_text = _strange(reading, 0, first, lead=True)
    if objection_text or _linked(reading, start):
        return objection_text
    return _strange(reading, first, start, lead=not reading.capital(start))


def _linked(reading: ParsedText, start: int) -> bool:
    """Whether the words before a place introduce a claim: "... is", "changed to", "written in"."""
    last, earlier = reading.word(start - 1), reading.word(start - 2)
    if last in _LINKS or (last in ("in", "by", "with") and earlier.endswith(("ed", "en", "made"))):
        return True
    clause = reading.words[max(0, start - 8) : start]
    changed = earlier in CHANGED or ("from" in clause and not CHANGED.isdisjoint(clause))
    return last == "to" and changed


def _strange(reading: ParsedText, start: int, end: int, *, lead: bool = False) -> str:
    """The first word that is neither a known one nor part of the subject's name, as a reason."""
    for place in range(start, end):
        word = reading.words[place]
        longer = word[0].isdigit() and reading.text[reading.starts[place] - 1] == "-"
        if longer or not (familiar(word) or _about(reading, place, lead=lead)):
            return f"also says '{reading.raws[place]}'"
    return ""


def _about(reading: ParsedText, place: int, *, lead: bool) -> bool:
    """Whether a word belongs to a name that leads in ("Ann Lee: ...") or follows "of" or "for"."""
    first, last = place, place
    while unknown(reading, first - 1):
        first -= 1
    while unknown(reading, last + 1):
        last += 1
    named = unknown(reading, place) and last > first
    return named and (lead or reading.word(first - 1) in _ABOUT)
