"""The sentences of a line."""

import re
from collections.abc import Callable, Iterator

from memorygym.scoring.fact_reader import cues

_LONGEST = 2_000
"""Characters after which a sentence is cut, so that time is in proportion to a line's length."""
_CUT_OFF = re.compile(r"([^\W\d_]+)\.$")
_SAID_OF = re.compile(r"[\d$€£~≈\"“]")
"""Begins what follows a word that is cut off, rather than a sentence."""


def sentences(text: str, is_cut_off: Callable[[str], bool]) -> Iterator[str]:
    """The sentences of a line; a very long one in pieces. Some words are cut off: "rev. 300"."""
    for sentence in _whole_sentences(text, is_cut_off):
        start = 0
        while len(sentence) - start > _LONGEST:
            cuts = (sentence.rfind(border, start, start + _LONGEST) for border in (";", ",", " "))
            end = next((cut + 1 for cut in cuts if cut > start), start + _LONGEST)
            yield sentence[start:end]
            start = end
        yield sentence[start:]


def _whole_sentences(text: str, is_cut_off: Callable[[str], bool]) -> Iterator[str]:
    start = 0
    for match in cues.SENTENCE.finditer(text):
        end = match.start() + 1
        before = text[max(start, end - 12) : end]
        word = _CUT_OFF.search(before) if _SAID_OF.match(text, match.end()) else None
        if not cues.ABBREVIATION.search(before.lower()) and not (word and is_cut_off(word[1])):
            yield text[start:end]
            start = match.end()
    if text[start:].strip():
        yield text[start:]
