"""What any text says, in tokens: an index of a context, whatever its domain and layout.

A context is cut into segments (sentences, lines, rows, records). Numbers, times, dates, spellings
and endings of words are normalised, so that a value is the same token in prose, JSON and a table.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import log
from typing import Literal
from unicodedata import normalize

from memorygym.core.tokens import MONTHS
from memorygym.core.types import Message

Kind = Literal["word", "name", "number", "id"]
"""A word of the language, a name, a number, or a mixture of letters and digits or signs: codes,
paths, addresses, names in programs."""

LONGEST_WHOLE = 80
"""Characters of a line that is one segment; a longer one is cut at sentences and records."""
LONGEST, MOST = 240, 480
"""A longer sentence is cut at a blank between so many characters."""
PREFIX = 6
"""Letters of a word that count; so "reimburse" and "reimbursement" are one."""
NEAR = 2
"""Segments before and after one that are near it."""

STOP = frozenset(
    "a about after all also am an and any are as at be been before being but by can could did do"
    " does done for from get go got had has have he her here hers him his how i if in into is it"
    " its just let like me more most my no not now of off on one only or other our out over own per"
    " please she so some such than that the their them then there these they this those through to"
    " too under until up upon us use very was we were what when where which while who whom whose"
    " why will with would yes yet you your ok okay thank thanks sure hi hello".split()
)
_NUMBERS = {
    word: str(number)
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
    if number != 1  # "one" is rarely a number.
} | {"thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80",
     "ninety": "90", "hundred": "100"}  # fmt: skip
_MONTHS = {month[:3].casefold(): month.casefold()[:PREFIX] for month in MONTHS}
_MONTHS |= {month.casefold(): month.casefold()[:PREFIX] for month in MONTHS} | {"sept": "septem"}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TIME = re.compile(r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", re.I)
_CHUNK = re.compile(r"[^\s\"'`,;()\[\]{}<>|=*!?“”‘’…—–•~^，。、；：！？「」『』（）《》【】]+")
_NUMBER = re.compile(r"[$€£#]?([+-]?\d+(?:\.\d+)?)([kKmM%]|st|nd|rd|th|[a-zA-Zµ°€]{1,3})?")
_ISO = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)(?:T(.*))?")
_ZERO_HOUR = re.compile(r"^0(?=\d:\d\d)")
_SIGNS = re.compile(r"[^\w\x80-\U0010ffff]*")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")
_CAMEL = re.compile(r"[a-z][A-Z]")
_WORD = re.compile(r"[^\W\d_]+")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_SENTENCE = re.compile(
    r"(?<=[.!?;])\s+(?=[^\s a-z])|(?<=[。！？；])\s*(?=\S)|(?<=[}\]])\s*,\s*(?=[{\[])"
)
_HEADING = re.compile(r"#{1,6} |.{1,90}[:{\[]$|\*\*[^*]+\*\*:?$|\|")
_RULE = re.compile(r"[|\s:+=-]+")
_NEW_LINE, _LETTER = re.compile(r"(?<!\\)(?:\\r)?\\n"), re.compile(r"\\u([0-9a-f]{4})")
_ITEM = re.compile(r"\d{1,2}[.)] +(?!Jan|Feb|M[aä][riy]|Apr|Ju[nl]|Aug|Sep|O[ck]t|Nov|De[cz]|\d)")


@dataclass(slots=True)
class TextSegment:
    """A sentence, a line, a row or a record."""

    message: int
    """The index of its message."""
    text: str
    tokens: list[int]
    """In order, with repetition."""
    said: frozenset[int]
    """Its tokens, each once."""
    above: frozenset[int] = frozenset()
    """The tokens of the heading or the first row above it."""


class WordTable:
    """The tokens of some contexts that are compared: each normalised form is a number."""

    def __init__(self) -> None:
        self.names: list[str] = []
        """The normalised form of each token."""
        self.kinds: list[Kind] = []
        self._ids: dict[str, int] = {}
        self._chunks: dict[str, tuple[int, ...]] = {}

    def copy(self) -> "WordTable":
        """A vocabulary that grows on its own."""
        other = WordTable()
        other.names, other.kinds = self.names.copy(), self.kinds.copy()
        other._ids, other._chunks = self._ids.copy(), self._chunks.copy()
        return other

    def read(self, text: str, *, names: bool = True) -> list[int]:
        """The tokens of a text, in order. With `names`, a word in it that is capitalised other
        than as the first is a name from then on.

        >>> words = WordTable()
        >>> words.read("Paid $1,200.00 on 2024-05-20") == words.read("paid 1200 on May 20th, 2024")
        False
        >>> set(words.read("2024-05-20, 3 pm")) == set(words.read("20 May 2024 at 15:00")) - {
        ...     *words.read("at")}
        True
        """
        text = text if text.isascii() else normalize("NFC", text)
        text = _TIME.sub(_clock, _THOUSANDS.sub("", text))
        tokens: list[int] = []
        known = self._chunks
        for number, chunk in enumerate(_CHUNK.findall(text)):
            found = known.get(chunk)
            if found is None:
                found = known[chunk] = tuple(self._tokens(chunk))
            tokens += found
            if number and names and chunk[0].isupper():
                for token in found:
                    if self.kinds[token] == "word" and self.names[token] not in STOP:
                        self.kinds[token] = "name"
        return tokens

    def _tokens(self, chunk: str) -> Iterator[int]:
        chunk = _ZERO_HOUR.sub("", chunk.strip(".:/-_\\&"))
        if _SIGNS.fullmatch(chunk):
            return
        if date := _ISO.fullmatch(chunk):
            month = MONTHS[int(date[2]) - 1] if 1 <= int(date[2]) <= 12 else date[2]
            yield self._id(date[1], "number")
            yield self._id(month.casefold()[:PREFIX], "word")
            yield self._id(str(int(date[3])), "number")
            yield from self._tokens(date[4] or "")
        elif number := _NUMBER.fullmatch(chunk):
            yield self._id(_plain(number[1], number[2] or ""), "number")
        elif _WORD.fullmatch(chunk) and not _CAMEL.search(chunk):
            yield from self._words(chunk)
        else:
            yield self._id(chunk.casefold(), "id")
            for part in _PARTS.findall(chunk):
                if len(part) > 1 or part.isdigit():
                    yield from self._words(part)

    def _words(self, word: str) -> Iterator[int]:
        if _DENSE.search(word):  # Without blanks, pairs of letters are the words.
            yield from (self._id(word[i : i + 2], "word") for i in range(max(1, len(word) - 1)))
            return
        low = word.casefold()
        if low.isdigit():
            yield self._id(_plain(low, ""), "number")
        elif low in _NUMBERS:
            yield self._id(_NUMBERS[low], "number")
        else:
            yield self._id(_MONTHS.get(low) or stem(low), "word")

    def _id(self, name: str, kind: Kind) -> int:
        token = self._ids.get(name)
        if token is None:
            token = self._ids[name] = len(self.names)
            self.names.append(name)
            self.kinds.append(kind)
        return token


def stem(word: str) -> str:
    """A word without its ending, and without what follows its first letters.

    >>> stem("moving") == stem("moved") == stem("move"), stem("cities") == stem("city")
    (True, True)
    """
    if word in STOP:
        return word
    for ending, least in (("ies", 5), ("ing", 6), ("ed", 5), ("es", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    return word[:PREFIX]


def _clock(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3] in "pP" else 0)
    return f"{hour}:{match[2] or '00'}"


def _plain(digits: str, unit: str) -> str:
    """A number without zeros at its ends; k and m are thousands and millions."""
    value = digits.lstrip("+")
    if unit in ("k", "K", "M"):
        value = f"{float(value) * (1e6 if unit == 'M' else 1e3):.6f}"
    whole, _, rest = value.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


@dataclass(slots=True)
class SegmentedContext:
    """A context as segments, with the places of every token."""

    words: WordTable
    segments: list[TextSegment]
    roles: list[str]
    """The role of each message."""
    texts: list[str]
    """The text of each message, calls included."""
    places: dict[int, list[int]] = field(default_factory=dict)
    """By token: the segments that say it, in order."""
    near: list[frozenset[int]] = field(default_factory=list)
    """By segment: the tokens said in it, near it, above it, and first in its message."""

    @classmethod
    def of(cls, messages: Sequence[Message], words: WordTable) -> "SegmentedContext":
        """The index of a context."""
        texts = [text_of(message) for message in messages]
        segments: list[TextSegment] = []
        for number, text in enumerate(texts):
            segments += _segments(number, text, words)
        context = cls(words, segments, [message.role for message in messages], texts)
        for index, segment in enumerate(segments):
            for token in segment.said:
                context.places.setdefault(token, []).append(index)
        context.near = [*context._neighbourhoods()]
        return context

    def _neighbourhoods(self) -> Iterator[frozenset[int]]:
        segments = self.segments
        first = 0
        for index, segment in enumerate(segments):
            if segment.message != segments[first].message:
                first = index
            around = segments[max(first, index - NEAR) : index + NEAR + 1]
            close = (other.said for other in around if other.message == segment.message)
            yield segment.above.union(segments[first].said, *close)

    def weights(self, words: WordTable | None = None) -> list[float]:
        """By token of a vocabulary: how much it tells in this context, the logarithm of its rarity;
        little for words of the language that every text has."""
        size = len(self.segments)
        names, places = (words or self.words).names, self.places
        weights = [0.0] * len(names)
        for token in range(len(names)):
            told = log(1 + (size + 1) / (len(places.get(token, ())) + 1))
            weights[token] = 0.1 * told if names[token] in STOP else told
        return weights


def text_of(message: Message) -> str:
    """The text of a message with its calls."""
    dump = partial(json.dumps, ensure_ascii=False, sort_keys=True)
    calls = (f"{call.name} {dump(call.arguments)}" for call in message.calls)
    return "\n".join((message.content, *calls)) if message.calls else message.content


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The segments of a text, and whether each begins a line."""
    if "\\" in text:  # Texts inside JSON.
        text = _LETTER.sub(lambda code: chr(int(code[1], 16)), _NEW_LINE.sub("\n", text))
    for line in (" ".join(line.split()) for line in text.split("\n")):
        if not line or _RULE.fullmatch(line):
            continue
        if len(line) <= LONGEST_WHOLE:
            yield line, True
            continue
        starts = True
        for sentence in _SENTENCE.split(line):
            start = 0
            while len(sentence) - start > MOST:
                end = sentence.rfind(" ", start + LONGEST, start + MOST)
                end = end if end > 0 else start + MOST
                yield sentence[start:end], starts
                start, starts = end, False
            if sentence[start:].strip():
                yield sentence[start:], starts
                starts = False


def _segments(message: int, text: str, words: WordTable) -> Iterator[TextSegment]:
    above: frozenset[int] = frozenset()
    in_table = False
    for piece, starts_line in pieces(text):
        item = _ITEM.match(piece) if starts_line else None  # Its number is layout.
        tokens = words.read(piece[item.end() :] if item else piece)
        if not tokens:
            continue
        said = frozenset(tokens)
        yield TextSegment(message, piece, tokens, said, above)
        if not starts_line:
            continue
        was_in_table, in_table = in_table, piece[0] == "|"
        if _HEADING.match(piece) and not (was_in_table and in_table):
            above = said
