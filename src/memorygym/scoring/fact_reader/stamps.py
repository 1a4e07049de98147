"""Dates that tell when something was stated."""

import re
from collections.abc import Iterator, Sequence

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.claims import Mark
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.values import dates
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import lowered

_REACH = 200
"""Characters around a date that tell what it is, so that time is in proportion to the length."""
_TIME = re.compile(r"(?:T|,? (?:at )?)(\d\d:\d\d)(?::\d\d)?(?!\d)")
_ON = re.compile(r"\b([a-z]+)(?= on [\dA-Z])")
"""What may be the short label of a date: "was listed on 4 May 2030"."""


def stamps(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, ISO date, with the time if there is one) of each full date."""
    for start, end, iso in dates(text):
        time = _TIME.match(text, end)
        yield (start, time.end(), f"{iso} {time[1]}") if time else (start, end, iso)


def day_of(text: str) -> str:
    """The first of the dates; "" if there is none."""
    return next((iso for _, _, iso in stamps(text)), "")


def without_stamps(text: str, date_label: int = -1) -> tuple[str, str]:
    """The text without the date that tells when it was stated, and that ISO date or "".

    `date_label` is where the label of a date ends: the next date is its value.
    """
    stamp = ""
    found = list(stamps(text))
    lower = lowered(text)
    value = None
    if date_label >= 0:
        kept = [date for date in found if not cues.AS_OF.search(_before(lower, date[0]))]
        inside = [d for d in kept if not cues.BRACKET_LEFT.search(_before(lower, d[0]))]
        kept = inside or kept
        value = next((date for date in kept if date[0] >= date_label), kept[-1] if kept else None)
    stated: list[tuple[int, int, str]] = []
    for date in found:
        start, end, iso = date
        if date is value:
            continue
        left, right = _before(lower, start, stated), lower[end : end + _REACH]
        is_apart = cues.APART_LEFT.search(left) and cues.APART_RIGHT.match(right)
        if is_apart or cues.STAMP.search(left) or (date_label < 0 and cues.WEAK_STAMP.search(left)):
            stamp = stamp or iso
            stated.append(date)
    text = mask(text, stated, " ")
    if stamp and (prefix := cues.PREFIX.match(text)):
        text = " " * prefix.end() + text[prefix.end() :]
    return text, stamp


def _before(text: str, end: int, stated: Sequence[tuple[int, int, str]] = ()) -> str:
    """The end of what stands before an index, with blanks for dates told before; it begins with a
    word if more stands before it."""
    start = max(0, end - _REACH)
    near = [(a - start, b - start) for a, b, _ in stated[-_REACH // 8 :] if a >= start]
    before = mask(text[start:end], near, " ") if near else text[start:end]
    return f"x{before}" if start else before


def label_end(text: str, vocabulary: Vocabulary, default: Mark | None) -> int:
    """Where the last label of a date ends; -1 if the text has none, as has its `default`."""
    ends = [end for _, end, *_ in vocabulary.date_labels.find(text)]
    for match in _ON.finditer(text):
        keys = vocabulary.short.keys_of(match[1])
        ends += [match.end()] * (len(keys) == 1 and keys[0].kind == "date")
    return max(ends, default=0 if default and default.keys[0].kind == "date" else -1)
