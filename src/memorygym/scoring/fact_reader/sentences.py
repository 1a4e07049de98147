"""The sentences of a line."""

from collections.abc import Iterator

from memorygym.scoring.fact_reader import cues

_LONGEST = 2_000
"""Characters after which a sentence is cut, so that time is in proportion to a line's length."""


def sentences(text: str) -> Iterator[str]:
    """The sentences of a line; a very long one in pieces."""
    for sentence in _whole_sentences(text):
        start = 0
        while len(sentence) - start > _LONGEST:
            cuts = (sentence.rfind(border, start, start + _LONGEST) for border in (";", ",", " "))
            end = next((cut + 1 for cut in cuts if cut > start), start + _LONGEST)
            yield sentence[start:end]
            start = end
        yield sentence[start:]


def _whole_sentences(text: str) -> Iterator[str]:
    start = 0
    for match in cues.SENTENCE.finditer(text):
        end = match.start() + 1
        if not cues.ABBREVIATION.search(text[max(start, end - 12) : end].lower()):
            yield text[start:end]
            start = match.end()
    if text[start:].strip():
        yield text[start:]
