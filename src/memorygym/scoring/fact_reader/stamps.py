"""Dates that tell when something was stated."""

import re
from collections.abc import Iterator

from memorygym.scoring.fact_reader import cues
from memorygym.scoring.fact_reader.values import dates
from memorygym.scoring.fact_reader.words import lowered

_TIME = re.compile(r"(?:T|,? (?:at )?)(\d\d:\d\d)(?::\d\d)?(?!\d)")


def stamps(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, ISO date, with the time if there is one) of each full date."""
    for start, end, iso in dates(text):
        time = _TIME.match(text, end)
        yield (start, time.end(), f"{iso} {time[1]}") if time else (start, end, iso)


def without_stamps(text: str, date_label: int = -1) -> tuple[str, str]:
    """The text without the date that tells when it was stated, and that ISO date or "".

    `date_label` is where the label of a date ends: the next date is its value.
    """
    stamp = ""
    found = list(stamps(text))
    lower = lowered(text)
    value = None
    if date_label >= 0:
        kept = [date for date in found if not cues.AS_OF.search(lower[: date[0]])]
        inside = [date for date in kept if not cues.BRACKET_LEFT.search(lower[: date[0]])]
        kept = inside or kept
        value = next((date for date in kept if date[0] >= date_label), kept[-1] if kept else None)
    for date in found:
        start, end, iso = date
        left, right = lower[:start], lower[end:]
        if date is value:
            continue
        is_apart = cues.APART_LEFT.search(left) and cues.APART_RIGHT.match(right)
        if is_apart or cues.STAMP.search(left) or (date_label < 0 and cues.WEAK_STAMP.search(left)):
            stamp = stamp or iso
            text, lower = (f"{t[:start]}{' ' * (end - start)}{t[end:]}" for t in (text, lower))
    if stamp and (prefix := cues.PREFIX.match(text)):
        text = " " * prefix.end() + text[prefix.end() :]
    return text, stamp
