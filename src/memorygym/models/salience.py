"""What in a text is worth keeping, by plain signs: names, numbers, quotations, what the task asks
about, and what came late. It reads no language beyond that, so it is fast and alike everywhere.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from memorygym.core.tokens import MONTHS, count, normalize
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import ENDS, LONGEST_HEAD, sentences

NUMBER = re.compile(r"(?<![\w.])[-−]?[$€£]?\d[\d,.:/-]*(?<![,.:/-])(?:%|[A-Za-z]{1,3}\b)?")
# Both begin with what they look for, which makes them fast; what may not stand before it follows.
QUOTED = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|'(?<!\w')[^'\n]+'(?!\w)")
_NAME = re.compile(r"[A-Z](?<![\w&].)[\w&-]*(?: (?:(?:of|de|van|von) )?[A-Z][\w&-]*)*")
_CALENDAR = frozenset(
    (*MONTHS, *"Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
)
OPENERS = STOP_WORDS | frozenset(
    "i he she it we you they he his her its our your their no yes but".split()
)
"""Words with a capital only because they begin a sentence."""
_BEFORE = frozenset(("", "\n", *'.!?["(=#'))
"""What stands before the first word of a sentence or a heading."""
_DIGITS = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[A-Za-z]+")
_SELF = frozenset("i my mine we our".split())
_RELATIVE = frozenset("than by again another further more less up down".split())
_MARKED = re.compile(r"(?:\[.*\]|=.*=|#.*|.*:)$")
_NOTED = re.compile(r"[:=|{}\d]")
_AGAIN, _SELDOM = 4, 3
"""How much more a sentence is worth with a word that the hint says again, but seldom."""
_THEME = 3
"""How much more, if its section names or quotes something that the hint says again."""
_LATE = 10
"""The last sentence is worth one part in so many more than the first."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What can be told of a sentence without its surroundings."""

    tokens: int
    weight: int
    """0 if it tells nothing."""
    words: frozenset[str]
    """In small letters, without those that every text has."""
    named: bool
    pattern: str
    """With its numbers masked: two of one pattern tell the same with other values. "" if a later
    one does not replace an earlier one."""


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence where it stands."""

    text: str
    line: int
    """The number of its line."""
    head: str
    """The heading above it, "" if there is none."""
    section: int
    """The number of the first line under that heading."""


def names(text: str) -> list[str]:
    """The names in a text: words with capitals, but no lone word that only begins a sentence.

    >>> names("The risk of Larkin Harbor is low. Posted on 9 May by Ann.")
    ['Larkin Harbor', 'Ann']
    """
    found = []
    for match in _NAME.finditer(text):
        kept = [word for word in match[0].split() if word not in _CALENDAR]
        begins = text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:] in _BEFORE
        if begins and kept and kept[0].lower() in OPENERS:
            kept, begins = kept[1:], False
        if kept and (len(kept) > 1 or not begins) and kept != ["I"]:
            found.append(" ".join(kept))
    return found


def said(text: str) -> list[PlacedSentence]:
    """The sentences of a text, each with its heading.

    >>> [(s.head, s.text) for s in said("[Note · Ann]\\nShe ran. She won.\\nBob: 3")]
    [('[Note · Ann]', 'She ran.'), ('[Note · Ann]', 'She won.'), ('[Note · Ann]', 'Bob: 3')]
    """
    lines = normalize(text).split("\n")
    found: list[PlacedSentence] = []
    heads: list[str] = []
    head, section = "", 0
    for number, line in enumerate(lines):
        if _is_heading(line) and number < len(lines) - 1:
            heads.append(line)
            continue
        if heads:
            # Of headings above each other the last, if it tells when; else all.
            dated = any(map(str.isdigit, heads[-1]))
            head, section, heads = heads[-1] if dated else "\n".join(heads), number, []
        found += [PlacedSentence(part, number, head, section) for part in sentences(line)]
    return found


def _is_heading(line: str) -> bool:
    """A marked line is one anywhere; another one is, if it is short, ends no sentence and notes
    nothing."""
    if len(line) > LONGEST_HEAD:
        return False
    return bool(_MARKED.match(line)) or not (ENDS.search(line) or _NOTED.search(line))


@lru_cache(maxsize=16_384)
def traits(sentence: str) -> Traits:
    """The traits of a sentence, without those that its heading gives it."""
    words = frozenset(map(str.lower, _WORD.findall(sentence)))
    masked, numbers = _DIGITS.subn("#", sentence)
    named = bool(names(sentence))
    quotes = bool(QUOTED.search(sentence))
    weight = 3 * (numbers > 0) + 2 * named + 2 * quotes + (not words.isdisjoint(_SELF))
    if sentence.endswith("?"):
        weight = 0  # A question tells nothing.
    pattern = masked if numbers and words.isdisjoint(_RELATIVE) else ""
    return Traits(count(sentence), weight, words - STOP_WORDS, named, pattern)


def informative(text: str, hint: str = "") -> list[tuple[PlacedSentence, int]]:
    """The sentences that tell something, with their worth; `hint` is what the reader is to do.

    Of those that repeat an earlier one with another value, the last one alone.

    >>> [one.text for one, _ in informative("Ann Lee won 3. Hello! Ann Lee won 4.")]
    ['Ann Lee won 4.']
    """
    wanted = _wanted(hint)
    everything = said(text)
    themes = {one.section for one in everything if hint and _in_theme(one.text, hint)}
    subjects = [_subject(one) for one in everything]
    last = {subject: at for at, subject in enumerate(subjects)}
    found: list[tuple[PlacedSentence, int]] = []
    for at, one in enumerate(everything):
        known = traits(one.text)
        if not known.weight or one.text in wanted.told or last[subjects[at]] != at:
            continue
        worth = known.weight + len(known.words & wanted.words)
        worth *= 1 if known.words.isdisjoint(wanted.again) else _AGAIN
        worth *= _THEME if one.section in themes else 1
        found.append((one, worth * (_LATE * len(everything) + at) // len(everything)))
    return found


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a hint tells of itself."""

    words: frozenset[str]
    again: frozenset[str]
    """Those said more than once, but not all the time."""
    told: frozenset[str]
    """Its sentences, which need not be kept."""


@lru_cache(maxsize=64)
def _wanted(hint: str) -> _Wanted:
    counts = Counter(map(str.lower, _WORD.findall(hint)))
    told = frozenset(sentence.lstrip("-* ") for sentence in sentences(normalize(hint)))
    again = frozenset(word for word, times in counts.items() if 1 < times <= _SELDOM)
    return _Wanted(frozenset(counts) - STOP_WORDS, again - STOP_WORDS, told)


@lru_cache(maxsize=16_384)
def _in_theme(sentence: str, hint: str) -> bool:
    """Whether it names or quotes something that the hint says more than once."""
    found = [*names(sentence), *(mark[0].strip("\"'“”") for mark in QUOTED.finditer(sentence))]
    return any(len(phrase) > 3 and hint.count(phrase) > 1 for phrase in found)


def _subject(one: PlacedSentence) -> tuple[str, str]:
    """What two sentences share, if the later one replaces the earlier one."""
    known = traits(one.text)
    if not known.pattern:
        return one.text, one.head
    if known.named:
        return known.pattern, ""
    return (known.pattern, _DIGITS.sub("#", one.head)) if one.head else (one.text, "")
