"""Finds labels in texts: whole phrases in any writing, and single words that can mean one label."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.words import COMMON, LINKS, any_of, is_within, lowered


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


@lru_cache(maxsize=20_000)
def stem(phrase: str) -> str:
    """The letters of a phrase without the ending of its plural."""
    return re.sub(r"(?:ie?s|y|s)$", "", _letters(phrase))


@lru_cache(maxsize=20_000)
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


_LETTERS = re.compile(r"[^\W\d_](?:&?[^\W\d_])*")


def mask(text: str, spans: Iterable[Sequence[Any]], sign: str) -> str:
    """The text with a sign for each character of spans in order, which begin with (start, end)."""
    place, pieces = 0, list[str]()
    for start, end, *_ in spans:
        pieces += text[place:start], sign * (end - max(place, start))
        place = max(place, end)
    return "".join((*pieces, text[place:])) if pieces else text


class ShortLabels:
    """Finds the key that a single word of a label, or its abbreviation, can only mean.

    "vans" and "rev" mean "delivery vans" and "revenue", if no other label has such a word.
    """

    def __init__(self, keys: Iterable[Key], nouns: Iterable[str]) -> None:
        self._keys: dict[str, set[Key]] = {}
        self._words: dict[str, set[Key]] = {}
        keys = [key for key in keys if key.kind != "entity"]
        self._labels = [(_LETTERS.findall(s.lower()), key) for key in keys for s in key.labels]
        for key in keys:
            for label in key.labels:
                for word in _LETTERS.findall(label.lower()):
                    if word not in LINKS:
                        self._keys.setdefault(_root(word), set()).add(key)
                        self._words.setdefault(word, set()).add(key)
        heads = [_root(key.labels[0].split()[-1].lower()) for key in keys]
        self._heads = {
            head: key for head, key in zip(heads, keys, strict=True) if heads.count(head) == 1
        }
        """By the last word of a label, which says what the values are."""
        self._no_labels = LINKS | COMMON | frozenset(nouns)
        self.keys_of = lru_cache(maxsize=20_000)(self._keys_of)

    def beginning(self, text: str) -> tuple[Key, ...]:
        """The only key with a label whose words begin with those of a text: "training h"."""
        words = _LETTERS.findall(text.lower())
        found = {
            key
            for label, key in self._labels
            if len(label) == len(words) > 1
            and max(map(len, words)) > 3
            and all(map(str.startswith, label, words))
        }
        return tuple(found) if len(found) == 1 else ()

    def likeliest(self, word: str, keys: Sequence[Key]) -> Sequence[Key]:
        """Of several keys the one whose label ends with the word, if there is one."""
        head = self._heads.get(_root(word.lower()))
        return (head,) if head and len(keys) > 1 and head in keys else keys

    def _keys_of(self, word: str) -> tuple[Key, ...]:
        """The keys that a word can mean; none if it can mean many."""
        word = word.lower().rstrip(".")
        if len(word) < 3 or word in self._no_labels:
            return ()
        root = _root(word)
        owners = self._keys.get(root)
        if owners is None:
            alike = (keys for other, keys in self._words.items() if _abbreviates(root, word, other))
            owners = set().union(*alike)
        return tuple(sorted(owners, key=lambda key: key.code)) if len(owners) < 4 else ()


class ShortVerbs:
    """Finds relations whose verb or noun is cut short before a preposition: "chars with"."""

    _CUT = re.compile(
        r"(?<![\w.])([a-z]{3,7})\.?[ _](with|to|of|on|for|under|from)(?=[ :=\"'\[]{1,5}\ue000)",
        re.I,
    )

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys: dict[str, dict[str, set[Key]]] = {}
        for key in keys:
            for *words, last in (verb.split() for verb in key.verbs if " " in verb):
                for word in words:
                    self._keys.setdefault(last, {}).setdefault(word, set()).add(key)

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[Key, ...]]]:
        """(start, end, the only key) of each; names are masked in the text."""
        for match in self._CUT.finditer(text):
            word = match[1].lower()
            alike = (
                keys
                for other, keys in self._keys.get(match[2].lower(), {}).items()
                if len(word) < len(other) and _abbreviates(word, word, other)
            )
            keys = set().union(*alike)
            if len(keys) == 1 and word not in COMMON:
                yield match.start(), match.end(), tuple(keys)


def _root(word: str) -> str:
    """A word without the ending of a plural or a participle."""
    return (
        re.sub(r"(?:ings?|ies|e?d|ments?|e?s|y|e)$", "", word)
        if len(word) > 4
        else word.rstrip("s")
    )


def _abbreviates(root: str, word: str, other: str) -> bool:
    """Whether a word is the beginning of another, or its consonants in order."""
    if other[:1] != word[0]:
        return False
    if other.startswith((word, word.removesuffix("s"))) or (
        len(root) > 3 and other.startswith(root)
    ):
        return True
    if len(word) < 3 or re.search("[aeiou]", word[1:]):
        return False
    return is_within(word, other)
