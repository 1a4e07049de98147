"""Finds the names of entities in texts."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from memorygym.scoring.fact_reader.key import Key, Named
from memorygym.scoring.fact_reader.phrases import stem
from memorygym.scoring.fact_reader.words import COMMON, GENERIC, LINKS, OPENERS

_MOST_WORDS = 4
"""Words of the longest name; more are several names without a border."""
_ARTICLES = frozenset("A An The This That Its Their His Her Our Each Every No".split())
NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+)+"
"""What looks like a name."""
_RUN = re.compile(r"[A-Z](?<!\w.)(?<!\w['’].)[a-z]+(?:[ _]+[A-Z][a-z]+)+(?![\w])")


class CapitalisedNames:
    """Finds names of two capitalised words or more, such as "Eastgate Ceramics"."""

    def __init__(self, keys: Sequence[Key], nouns: Iterable[str]) -> None:
        self._words = LINKS | GENERIC | COMMON | OPENERS | frozenset(nouns)
        self._name = lru_cache(maxsize=20_000)(self._name_in)
        choices = {stem(choice) for key in keys for choice in key.choices}
        self._labels = choices | {
            stem(label) for key in keys for label in (*key.labels, *key.verbs)
        }

    def __call__(self, text: str) -> list[Named]:
        """The names in a text."""
        named = []
        for match in _RUN.finditer(text):
            if name := self._name(match[0]):
                named.append((match.start() + name[0], match.start() + name[1], name[2]))
        return named

    def _name_in(self, run: str) -> Named | None:
        """The name in a run of capitalised words."""
        words = self._trimmed([(m.start(), m.end(), m[0]) for m in re.finditer(r"[A-Za-z]+", run)])
        if not 2 <= len(words) <= _MOST_WORDS or (len(words) == 2 and words[0][2] in _ARTICLES):
            return None
        return words[0][0], words[-1][1], " ".join(word for _, _, word in words)

    def _trimmed(self, words: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        """The words without labels, choices and words for parts of notes at either end."""
        is_trimmed = True
        while is_trimmed and len(words) > 1:
            is_trimmed = False
            for size in range(len(words), 0, -1):
                if self._is_no_name(words[:size]) and (size == len(words) or len(words) - size > 1):
                    words, is_trimmed = words[size:], True
                    break
                if self._is_no_name(words[-size:]) and len(words) - size > 1:
                    words, is_trimmed = words[:-size], True
                    break
        return words

    def _is_no_name(self, words: Sequence[tuple[int, int, str]]) -> bool:
        if len(words) == 1 and words[0][2].lower() in self._words:
            return True
        if all(word.lower() in self._words for _, _, word in words):
            return True
        return stem("".join(word for _, _, word in words)) in self._labels
