"""Finds labels in texts, in any writing."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.words import LINKS, any_of, lowered


class Phrases:
    """Finds phrases in any case, with blanks, hyphens, underscores or camel case between words."""

    def __init__(self, phrases: Iterable[tuple[str, Key]]) -> None:
        self._keys: dict[str, tuple[Key, ...]] = {}
        self._are_passive = True
        """Whether all end with "by", so that few texts need a search."""
        plain: dict[str, None] = {}
        grouped: dict[str, tuple[Key, ...]] = {}
        for phrase, key in phrases:
            self._are_passive = self._are_passive and phrase.endswith(" by")
            pattern = _pattern(phrase.lower())
            if "{}" in phrase:
                grouped[pattern] = (*grouped.get(pattern, ()), key)
                continue
            plain[pattern] = None
            for form in _forms(phrase):
                keys = self._keys.get(form, ())
                self._keys[form] = keys if key in keys else (*keys, key)
        first = sorted(grouped, key=lambda pattern: pattern[0])
        self._with_parameter = [grouped[pattern] for pattern in first]
        ordered = any_of([*first, *sorted(plain, key=len, reverse=True)], _START)
        self.pattern = re.compile(ordered + _END)

    def find(self, text: str, lower: str = "") -> Iterator[tuple[int, int, Sequence[Key], str]]:
        """(start, end, keys with that phrase, parameter) of each phrase, in order. `lower` is the
        text in lower case, if it is known."""
        lower = lower or lowered(text)
        if self._are_passive and " by" not in lower:
            return
        for match in self.pattern.finditer(lower):
            if group := match.lastindex:
                start, end = match.span(group)
                yield *match.span(), self._with_parameter[group - 1], text[start:end]
            else:
                yield *match.span(), self._keys[_letters(match[0])], ""


_START, _END = r"(?<![a-z0-9].)(?<![a-z0-9]_.)", r"(?![a-z0-9]|_[a-z0-9])"
_JOINT = r"[\s_*`&'’-]{0,3}"


_PARAMETER = rf"[`'\"]?(?!(?:{'|'.join(sorted(LINKS))})\b)([^\W\d]\w*(?:\.\w+)*)[`'\"]?"


def stem(phrase: str) -> str:
    """The letters of a phrase without the ending of its plural."""
    return re.sub(r"(?:ie?s|y|s)$", "", _letters(phrase))


def _letters(phrase: str) -> str:
    return re.sub(r"[\W_]", "", phrase).lower()


def _forms(phrase: str) -> tuple[str, str]:
    """The letters of a phrase in the singular and in the plural."""
    letters = _letters(phrase)
    if ending := re.search(r"\B(?:ies|y)$", phrase.lower()):
        base = letters.removesuffix(ending[0])
        return f"{base}y", f"{base}ies"
    if letters.endswith("ss"):
        return letters, f"{letters}es"
    return letters.removesuffix("s"), f"{letters.removesuffix('s')}s"


def _pattern(phrase: str) -> str:
    words = re.findall(r"\{\}|[^\W_]+", phrase)
    ending = re.sub(r"\B(?:ies|y)$", "(?:ies|y)", words[-1])
    if ending == words[-1] != "{}":
        is_singular = ending.endswith("ss")
        ending = f"{ending}(?:es)?" if is_singular else f"{ending.removesuffix('s')}s?"
    parts = [rf"(?<![^\W_]){_PARAMETER}" if word == "{}" else word for word in words[:-1]]
    return _JOINT.join([*parts, rf"(?<![^\W_]){_PARAMETER}" if ending == "{}" else ending])


def mask(text: str, spans: Iterable[Sequence[Any]], sign: str) -> str:
    """The text with a sign for each character of spans in order, which begin with (start, end)."""
    place, pieces = 0, list[str]()
    for start, end, *_ in spans:
        pieces += text[place:start], sign * (end - max(place, start))
        place = max(place, end)
    return "".join((*pieces, text[place:])) if pieces else text
