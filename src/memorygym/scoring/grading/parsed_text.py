"""Splits a text into words and punctuation marks, which all checks of the grader share."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from memorygym.scoring.grading.lexicon import CLIPPED, TITLES

NAME = "<name>"
"""The label that replaces a right name; no word of a text can equal it."""

_TOKEN = re.compile(
    r"[0-9]{3,4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9-])"  # an ISO date
    r"|[1-9](?<![0-9][ ',._][1-9])[0-9]{0,2}(?:([ '_]|\{,\}|\\,)[0-9]{3}(?:\1[0-9]{3})*)"
    r"(?:\.[0-9]+)?(?![0-9]|[ ',._{\\][0-9,])"  # a number whose thousands are set apart
    r"|[0-9]+(?:[.,][0-9]+)*|(?<![\w.])\.[0-9]+"  # a number, well formed or not
    r"|\b[nN]/[aA]\b|[^\W\d_][^\W_]*(?:'[^\W\d_]+)?"  # a word
    r"|[,;:.!?()\[\]{}/=%°|&+\n]|(?<=\s)-(?=\s)"  # a mark; anything else is a blank
)
_APART = re.compile(r"[^0-9.]+")
"""Separators of thousands: blank, apostrophe, underscore, and "{,}" or "\\," of LaTeX."""
_PLAIN = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | dict.fromkeys("\u2014\u2015", " - ")
    | dict.fromkeys("\u2018\u2019\u02bc\uff07", "'")
    | dict.fromkeys("\u00a0\u2007\u2009\u202f", " ")
    | {"\u00f7": "/", "\u2248": "="}
    | dict(zip("\uff0c\uff1b\uff1a\uff08\uff09\uff05\uff04", ",;:()%$", strict=True))
    | dict.fromkeys("•‣▪\r\u2028\u2029", "\n")
)


@dataclass(frozen=True, slots=True)
class ParsedText:
    """The words of a text, as parallel lists: in lower case, as written, and their start."""

    text: str
    words: list[str]
    raws: list[str]
    starts: list[int]

    @property
    def line(self) -> str:
        """The words with a blank around each, so that a search finds whole words."""
        return f" {' '.join(self.words)} "

    def glued(self, place: int) -> bool:
        """Whether no blank stands between a word and the one before it."""
        before = place - 1
        return before >= 0 and self.starts[before] + len(self.raws[before]) == self.starts[place]

    def word(self, place: int) -> str:
        """The word at a place, or "" beyond either end."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def capital(self, place: int) -> bool:
        return 0 <= place < len(self.raws) and self.raws[place][:1].isupper()

    def labelled(self, start: int, end: int, label: str, raw: str) -> "ParsedText":
        """The text with a label in place of the words of a span, written as `raw`."""
        words, raws, starts = self.words, self.raws, self.starts
        return ParsedText(
            self.text,
            [*words[:start], label, *words[end:]],
            [*raws[:start], raw, *raws[end:]],
            [*starts[: start + 1], *starts[end:]],
        )


def read(text: str) -> ParsedText:
    """Splits a text into words.

    >>> read("**Mid-career** (Dr. Ina Vogel's)").words
    ['mid', 'career', '(', 'dr', 'ina', 'vogel', "'s", ')']
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    words: list[str] = []
    raws: list[str] = []
    starts: list[int] = []
    for match in _TOKEN.finditer(text):
        raw = match.group()
        word = _APART.sub(",", raw) if match.lastindex else raw.casefold()
        start = match.start()
        if word == "." and words and words[-1] in CLIPPED:
            if words[-1] == "no" and text[match.end() :].lstrip()[:1].isdigit():
                words[-1] = "number"
            continue
        if word.endswith("'s") and word not in ("it's", "that's", "there's", "here's"):
            words += word[:-2], "'s"
            raws += raw[:-2], raw[-2:]
            starts += start, start + len(raw) - 2
            continue
        words.append(word)
        raws.append(raw)
        starts.append(start)
    return ParsedText(text, words, raws, starts)


@lru_cache(maxsize=4096)
def phrase(text: str) -> tuple[str, ...]:
    """The words of a name or value, without titles.

    >>> phrase("Dr. Ina Vogel"), phrase("tech_hub")
    (('ina', 'vogel'), ('tech', 'hub'))
    """
    words = tuple(word for word in read(text).words if word not in ".,;:")
    short = tuple(word for word in words if word not in TITLES)
    return short or words


def places(reading: ParsedText, words: tuple[str, ...]) -> list[int]:
    """The places where a phrase begins."""
    line = reading.line
    spaced = f" {' '.join(words)} "
    found_places: list[int] = []
    position = line.find(spaced)
    while position >= 0:
        found_places.append(line.count(" ", 0, position))
        position = line.find(spaced, position + len(spaced) - 1)
    return found_places


def mask(reading: ParsedText, words: tuple[str, ...], label: str = NAME) -> ParsedText:
    """The text with every occurrence of a phrase replaced by a label."""
    for place in reversed(places(reading, words)):
        end = place + len(words)
        reading = reading.labelled(place, end, label, " ".join(reading.raws[place:end]))
    return reading
