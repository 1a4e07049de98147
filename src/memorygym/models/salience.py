"""Ranks the sentences of a text for `extractive`: by names, numbers, quotations, the words of the
instruction, and recency. It uses no language model, so it is fast and equal on every machine.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from memorygym.core.tokens import MONTHS, count, normalize
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import ENDS, LONGEST_HEAD, sentences

NUMBER = re.compile(r"(?<![\w.])[-−]?[$€£]?\d[\d,.:/-]*(?<![,.:/-])(?:%|[A-Za-z]{1,3}\b)?")
# For speed, both patterns begin with the text that they look for; the lookbehind follows it.
QUOTED = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|'(?<!\w')[^'\n]+'(?!\w)")
_NAME = re.compile(r"[A-Z](?<![\w&].)[\w&-]*(?: (?:(?:of|de|van|von) )?[A-Z][\w&-]*)*")
_CALENDAR = frozenset(
    (*MONTHS, *"Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
)
OPENERS = STOP_WORDS | frozenset(
    "i he she it we you they he his her its our your their no yes but".split()
)
"""Words that have a capital only because they begin a sentence."""
_SENTENCE_STARTS = frozenset(("", "\n", *'.!?["(=#'))
"""Characters before the first word of a sentence or heading."""
_DIGITS = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[A-Za-z]+")
_SELF = frozenset("i my mine we our".split())
_RELATIVE = frozenset("than by again another further more less up down".split())
_MARKED = re.compile(r"(?:\[.*\]|=.*=|#.*|.*:)$")
_NOTED = re.compile(r"[:=|{}\d]")
_REPEATED, _SELDOM = 4, 3
"""Factor for a sentence with a word that the hint repeats, and the most repetitions that count."""
_THEME = 3
"""Factor for a sentence whose section has a name or quotation that the hint repeats."""
_RECENCY = 10
"""The last sentence weighs 1 + 1 / 10 times as much as the first."""


@dataclass(frozen=True, slots=True)
class Traits:
    """The features of a sentence, regardless of its surroundings."""

    tokens: int
    weight: int
    """0 if it has no information."""
    words: frozenset[str]
    """Its words in lower case, without stop words."""
    named: bool
    pattern: str
    """The sentence with its numbers masked; of two with one pattern, the later replaces the
    earlier. "" if it replaces none."""


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence with its place in the text."""

    text: str
    line: int
    """The number of its line."""
    head: str
    """The heading above it; "" if there is none."""
    section: int
    """The number of the first line under that heading."""


def names(text: str) -> list[str]:
    """The names in a text: capitalised words, but no single word that only begins a sentence.

    >>> names("The risk of Larkin Harbor is low. Posted on 9 May by Ann.")
    ['Larkin Harbor', 'Ann']
    """
    results = []
    for match in _NAME.finditer(text):
        name_words = [word for word in match[0].split() if word not in _CALENDAR]
        starts_sentence = (
            text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:] in _SENTENCE_STARTS
        )
        if starts_sentence and name_words and name_words[0].lower() in OPENERS:
            name_words, starts_sentence = name_words[1:], False
        if name_words and (len(name_words) > 1 or not starts_sentence) and name_words != ["I"]:
            results.append(" ".join(name_words))
    return results


def placed_sentences(text: str) -> list[PlacedSentence]:
    """The sentences of a text, each with its heading.

    >>> [(s.head, s.text) for s in placed_sentences("[Note · Ann]\\nShe ran. She won.\\nBob: 3")]
    [('[Note · Ann]', 'She ran.'), ('[Note · Ann]', 'She won.'), ('[Note · Ann]', 'Bob: 3')]
    """
    lines = normalize(text).split("\n")
    results: list[PlacedSentence] = []
    heads: list[str] = []
    head, section = "", 0
    for number, line in enumerate(lines):
        if _is_heading(line) and number < len(lines) - 1:
            heads.append(line)
            continue
        if heads:
            # Of consecutive headings the last, if it has a date; else all.
            dated = any(map(str.isdigit, heads[-1]))
            head, section, heads = heads[-1] if dated else "\n".join(heads), number, []
        results += [PlacedSentence(part, number, head, section) for part in sentences(line)]
    return results


def _is_heading(line: str) -> bool:
    """Whether a line is a heading: marked as one, or short, without a full stop, colon or digit."""
    if len(line) > LONGEST_HEAD:
        return False
    return bool(_MARKED.match(line)) or not (ENDS.search(line) or _NOTED.search(line))


@lru_cache(maxsize=16_384)
def traits(sentence: str) -> Traits:
    """The features of a sentence, without its heading."""
    words = frozenset(map(str.lower, _WORD.findall(sentence)))
    masked, numbers = _DIGITS.subn("#", sentence)
    named = bool(names(sentence))
    quotes = bool(QUOTED.search(sentence))
    weight = 3 * (numbers > 0) + 2 * named + 2 * quotes + (not words.isdisjoint(_SELF))
    if sentence.endswith("?"):
        weight = 0  # A question has no information.
    pattern = masked if numbers and words.isdisjoint(_RELATIVE) else ""
    return Traits(count(sentence), weight, words - STOP_WORDS, named, pattern)


def informative(text: str, hint: str = "") -> list[tuple[PlacedSentence, int]]:
    """The sentences with information, and their weights; `hint` is the instruction.

    Of sentences that differ only in a number, the last is returned.

    >>> [placed.text for placed, _ in informative("Ann Lee won 3. Hello! Ann Lee won 4.")]
    ['Ann Lee won 4.']
    """
    from_hint = _read_hint(hint)
    every_sentence = placed_sentences(text)
    themes = {placed.section for placed in every_sentence if hint and _in_theme(placed.text, hint)}
    subjects = [_subject(placed) for placed in every_sentence]
    last = {subject: index for index, subject in enumerate(subjects)}
    results: list[tuple[PlacedSentence, int]] = []
    for index, placed in enumerate(every_sentence):
        own_traits = traits(placed.text)
        if (
            not own_traits.weight
            or placed.text in from_hint.own_sentences
            or last[subjects[index]] != index
        ):
            continue
        worth = own_traits.weight + len(own_traits.words & from_hint.words)
        worth *= 1 if own_traits.words.isdisjoint(from_hint.again) else _REPEATED
        worth *= _THEME if placed.section in themes else 1
        results.append(
            (placed, worth * (_RECENCY * len(every_sentence) + index) // len(every_sentence))
        )
    return results


@dataclass(frozen=True, slots=True)
class _Hint:
    """The words and sentences of a hint."""

    words: frozenset[str]
    again: frozenset[str]
    """Words that are repeated, but not often."""
    own_sentences: frozenset[str]
    """The sentences of the hint, which need not be kept."""


@lru_cache(maxsize=64)
def _read_hint(hint: str) -> _Hint:
    counts = Counter(map(str.lower, _WORD.findall(hint)))
    own_sentences = frozenset(sentence.lstrip("-* ") for sentence in sentences(normalize(hint)))
    again = frozenset(word for word, times in counts.items() if 1 < times <= _SELDOM)
    return _Hint(frozenset(counts) - STOP_WORDS, again - STOP_WORDS, own_sentences)


@lru_cache(maxsize=16_384)
def _in_theme(sentence: str, hint: str) -> bool:
    """Whether a sentence has a name or quotation that the hint repeats."""
    results = [*names(sentence), *(mark[0].strip("\"'“”") for mark in QUOTED.finditer(sentence))]
    return any(len(phrase) > 3 and hint.count(phrase) > 1 for phrase in results)


def _subject(placed: PlacedSentence) -> tuple[str, str]:
    """A key that two sentences share if the later one replaces the earlier one."""
    own_traits = traits(placed.text)
    if not own_traits.pattern:
        return placed.text, placed.head
    if own_traits.named:
        return own_traits.pattern, ""
    return (own_traits.pattern, _DIGITS.sub("#", placed.head)) if placed.head else (placed.text, "")
