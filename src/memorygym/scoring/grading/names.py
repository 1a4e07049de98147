"""Finds the entities that an answer names, and those that it claims."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from memorygym.scoring.grading.claims import clauses, denied, familiar, hedge, unknown
from memorygym.scoring.grading.lexicon import BREAKS, HEDGES, NEGATORS, TITLES
from memorygym.scoring.grading.parsed_text import NAME, ParsedText, mask, phrase, places

RIVAL = "<rival>"
"""The label that replaces another candidate."""

_SUBJECT = "<subject>"
"""The label that replaces the subject of a sentence which the claim completes."""

_CONTEXT = frozenset(
    "of than over for versus vs among beats beat beating exceeds outperforms outranks leads "
    "trails ahead behind against compared regarding concerning from above below surpasses tops "
    "edges precedes".split()
)
"""Words after which a name is only the subject of the claim, or is compared with it."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a right entity, without titles."""

    words: tuple[str, ...]


def masked(reading: ParsedText, true: Sequence[Name], rivals: Collection[str]) -> ParsedText:
    """The answer with right names and rivals replaced by labels; the longest match wins."""
    labels = {phrase(rival): RIVAL for rival in rivals} | {name.words: NAME for name in true}
    for words in sorted(labels, key=lambda words: (-len(words), words)):
        reading = mask(reading, words, labels[words])
    return reading


def missing(reading: ParsedText, true: Sequence[Name]) -> str:
    """The first right name that an answer lacks; "" if it has all."""
    lacking = (name.words for name in true if not places(reading, name.words))
    return " ".join(next(lacking, ()))


def objection(reading: ParsedText, known: Collection[str] = ()) -> str:
    """Why a masked answer does not claim exactly the masked names; "" if it does.

    `known` are words of another part of the right answer.
    """
    words = reading.words
    own = [place for place, word in enumerate(words) if word == NAME]
    if not own:
        return "does not name it"
    if hedged := hedge(reading):
        return hedged
    if any(_extended(reading, place) for place in own):
        return "names another entity that shares words with it"
    if any(denied(reading, place, place + 1) for place in own):
        return "denies it"
    strange = others(reading)
    asked = _listed(reading, sorted(own + strange))
    claimed = [place for place in own if place not in asked and not is_context(reading, place)]
    left = [place for place in strange if place not in asked]
    rival = [place for place in left if claimed and not is_context(reading, place)]
    if rival or (strange and not claimed):
        return f"also names {reading.raws[(rival or strange)[0]]}"
    loose = not all(reading.raws[place][:1].isupper() for place in own)
    return _unknown(reading, known, closed=loose)


def completion(reading: ParsedText) -> ParsedText:
    """The masked answer with the subject of "Ann Lee works with <name>" replaced by a label."""
    for place in others(reading):
        if _subject(reading, place):
            return reading.labelled(place, name_end(reading, place), _SUBJECT, _SUBJECT)
    return reading


def _subject(reading: ParsedText, place: int) -> bool:
    """Whether only a verb phrase, in lower case, stands between a name and the right one."""
    start = end = name_end(reading, place)
    if reading.word(start) in BREAKS:
        return False
    while end < len(reading.words) and _phrased(reading, end):
        end += 1
    is_verb_phrase = end - start >= 2 and reading.words[end - 1] not in _CONTEXT
    return is_verb_phrase and reading.word(end) == NAME


def _phrased(reading: ParsedText, place: int) -> bool:
    """Whether a word may belong to a verb phrase: "works with 2 firms:"."""
    word = reading.words[place]
    if word in NEGATORS or word in HEDGES or word in _CONTEXT or word == RIVAL:
        return False
    return (word not in BREAKS or word in (":", ",")) and not reading.raws[place][0].isupper()


def name_end(reading: ParsedText, place: int) -> int:
    """The end of the name at a place."""
    end = place + 1
    while reading.capital(end) and not reading.word(end).startswith("<"):
        end += 1
    return end


def _extended(reading: ParsedText, place: int) -> bool:
    """Whether a capitalised word beside the label makes it part of a longer name."""
    return any(
        reading.capital(near)
        and not familiar(reading.words[near])
        and reading.words[near] not in TITLES
        for near in (place - 1, place + 1)
    )


def others(reading: ParsedText) -> list[int]:
    """Places of rivals and of runs of two or more capitalised unknown words, unless denied."""
    found_places: list[int] = []
    run = 0
    for place, word in enumerate(reading.words):
        run = run + 1 if unknown(reading, place) else 0
        if word == RIVAL or run == 2:
            found_places.append(place - (run == 2))
    return [place for place in found_places if not denied(reading, place, place + 1)]


def is_context(reading: ParsedText, place: int) -> bool:
    """Whether the name at a place is only the subject of the claim: "of X", "than X", "X's"."""
    before, end = place - 1, name_end(reading, place)
    if reading.word(end) == "'s":
        return True
    if reading.word(end) == ":" and reading.capital(end + 1):
        return True
    if reading.word(before) == "the":
        before -= 1
    return reading.word(before) in _CONTEXT


def _listed(reading: ParsedText, starts: Sequence[int]) -> set[int]:
    """Places of names in a list that only repeats the choices: "Of A, B and C, ..."."""
    found_places: set[int] = set()
    group: list[int] = []
    for start in starts:
        mark = reading.words[name_end(reading, group[-1]) : start] if group else []
        if mark == [","]:
            group.append(start)
        elif mark in (["and"], [",", "and"]):
            found_places.update(group, (start,))
            group = []
        else:
            group = [start] if is_context(reading, start) else []
    return found_places


def _unknown(reading: ParsedText, known: Collection[str], *, closed: bool) -> str:
    """What else an answer offers in lower case, beside the name; "" if nothing."""
    for clause, mark in clauses(reading.words):
        strange = [word for word in clause if not (familiar(word) or word in known)]
        whole = len(strange) == len(clause) > 1 and mark != ":"  # A label is no further name.
        listed = whole and NEGATORS.isdisjoint(clause)
        if listed or (strange and closed):
            return f"also says '{' '.join(strange)}'"
    return ""
