"""Dates that tell when something was stated."""

import re
from collections.abc import Iterator

from memorygym.scoring.fact_reader.values import dates

_TIME = re.compile(r"(?:T|,? (?:at )?)(\d\d:\d\d)(?::\d\d)?(?!\d)")


def stamps(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, ISO date, with the time if there is one) of each full date."""
    for start, end, iso in dates(text):
        time = _TIME.match(text, end)
        yield (start, time.end(), f"{iso} {time[1]}") if time else (start, end, iso)
