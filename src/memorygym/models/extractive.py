"""The provider `extractive`: an offline stand-in for a model, which copies sentences from the text.

Equal requests have equal replies on every machine. It understands nothing: it ranks sentences by
names, numbers, quotations, recency and the words of the instruction.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import ClassVar

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.tokens import MONTHS, count, normalize, truncate
from memorygym.core.types import JSON, Message, Tool
from memorygym.memories.stores.prompts import HINT, KIND, LIMIT, NEW, SO_FAR
from memorygym.memories.stores.search.fulltext import STOP_WORDS
from memorygym.memories.stores.splitter import ENDS, LONGEST_HEAD, sentences
from memorygym.models.model import Model, Reply, check_whole, described, options_of

NAMELESS = True
"""The provider has a single model, so its name is the whole spec."""
DEFAULT_LIMIT = 1024
"""Most tokens of a reply if the request sets no limit."""
MAX_RARE_WORDS = 8
"""Most keywords that are no names: the longest words, which tend to be rare."""
_REPEATED, _SELDOM = 4, 3
"""Factor for a sentence with a word that the hint repeats, and the most repetitions that count."""
_THEME = 3
"""Factor for a sentence whose section has a name or quotation that the hint repeats."""
_RECENCY = 10
"""The last sentence weighs 1 + 1 / 10 times as much as the first."""

_NUMBER = re.compile(r"(?<![\w.])[-−]?[$€£]?\d[\d,.:/-]*(?<![,.:/-])(?:%|[A-Za-z]{1,3}\b)?")
# For speed, both patterns begin with the text that they look for; the lookbehind follows it.
_QUOTED = re.compile(r"\"[^\"\n]+\"|“[^”\n]+”|'(?<!\w')[^'\n]+'(?!\w)")
_NAME = re.compile(r"[A-Z](?<![\w&].)[\w&-]*(?: (?:(?:of|de|van|von) )?[A-Z][\w&-]*)*")
_OBJECT = re.compile(f"{_QUOTED.pattern}|{_NUMBER.pattern}(?:, {_NUMBER.pattern})*")
_QUOTES = "\"'“”"
_DIGITS = re.compile(r"\d[\d,.]*")
_WORD = re.compile(r"[A-Za-z]+")
_WORDS = re.compile(r"[A-Za-z&'-]+")
_RARE = re.compile(r"(?<![\w-])[a-z]{6,}(?![\w-])")
_CLAUSE = re.compile(r"[,;:.](?=\s|$)")
_PARTS = re.compile(rf"^(?:{re.escape(SO_FAR)}|{re.escape(NEW)})[^\S\n]*$", re.MULTILINE)
_MARKED = re.compile(r"(?:\[.*\]|=.*=|#.*|.*:)$")
_NOTED = re.compile(r"[:=|{}\d]")
_SENTENCE_STARTS = frozenset(("", "\n", *'.!?["(=#'))
"""Characters before the first word of a sentence or heading."""
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
_CALENDAR = frozenset((*MONTHS, *_DAYS.split()))
_OPENERS = STOP_WORDS | frozenset(
    "i he she it we you they he his her its our your their no yes but".split()
)
"""Words that have a capital only because they begin a sentence."""
_SELF = frozenset("i my mine we our".split())
_RELATIVE = frozenset("than by again another further more less up down".split())


@dataclass(frozen=True, slots=True)
class RankedSentence:
    """A sentence with its place in the text."""

    text: str
    line: int
    """The number of its line."""
    head: str
    """The heading above it; "" if there is none."""
    section: int
    """The number of the first line under that heading."""
    weight: int = 1


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


@lru_cache(maxsize=1024)  # Several memories make the same request.
def write(task: str, text: str, most: int) -> str:
    """The reply to an instruction of `memories.stores.prompts`, in at most `most` tokens.

    It is a `core.types.Writer`. Raises UnknownPart for another instruction.

    >>> write("Task: summary", "Summary so far:\\nAnn won 2 cups.\\n\\nNew:\\nHi! Bob won 3.", 20)
    'Ann won 2 cups.\\nBob won 3.'
    >>> write("Task: triples", "[Note · Ann Lee]\\nShe won 3 cups.", 20)
    'Ann Lee | won cups | 3'
    """
    first, _, rest = task.partition("\n")
    kind = first.removeprefix(KIND).strip()
    if kind not in KINDS:
        raise UnknownPart("task of the model extractive", kind, KINDS)
    return KINDS[kind](text, most, rest.partition(HINT)[2]) if most > 0 else ""


def _summary(text: str, most: int, hint: str) -> str:
    text = _PARTS.sub("", text)
    return _extract(_informative(text, hint) or _sentences(text), most)


def _facts(text: str, most: int, _: str) -> str:
    return _extract(_informative(text), most, apart=True)


def _keywords(text: str, most: int, _: str) -> str:
    text = normalize(text)
    rare = sorted(dict.fromkeys(_RARE.findall(text)), key=len, reverse=True)
    rare = [word for word in rare if word not in _OPENERS][:MAX_RARE_WORDS]
    return _join_fitting([*dict.fromkeys(_names(text)), *rare], ", ", most)


def _triples(text: str, most: int, _: str) -> str:
    rows = [row for each in _sentences(text) if _traits(each.text).weight for row in _triple(each)]
    return _join_fitting(rows, "\n", most)


KINDS: dict[str, Callable[[str, int, str], str]] = {
    "summary": _summary,
    "facts": _facts,
    "keywords": _keywords,
    "triples": _triples,
}


def _join_fitting(parts: Iterable[str], between: str, most: int) -> str:
    """As many parts, from the first, as fit into the limit, joined."""
    gap, left, kept = count(between), most + count(between), []
    for part in parts:
        left -= count(part) + gap
        if left < 0:
            break
        kept.append(part)
    return between.join(kept)


def _names(text: str) -> list[str]:
    """The names in a text: capitalised words, but no single word that only begins a sentence.

    >>> _names("The risk of Larkin Harbor is low. Posted on 9 May by Ann.")
    ['Larkin Harbor', 'Ann']
    """
    results = []
    for match in _NAME.finditer(text):
        words = [word for word in match[0].split() if word not in _CALENDAR]
        before = text[max(0, match.start() - 2) : match.start()].rstrip(" ")[-1:]
        starts_sentence = before in _SENTENCE_STARTS
        if starts_sentence and words and words[0].lower() in _OPENERS:
            words, starts_sentence = words[1:], False
        if words and (len(words) > 1 or not starts_sentence) and words != ["I"]:
            results.append(" ".join(words))
    return results


def _sentences(text: str) -> list[RankedSentence]:
    """The sentences of a text, each with its heading.

    >>> [(s.head, s.text) for s in _sentences("[Note · Ann]\\nShe ran. She won.\\nBob: 3")]
    [('[Note · Ann]', 'She ran.'), ('[Note · Ann]', 'She won.'), ('[Note · Ann]', 'Bob: 3')]
    """
    lines = normalize(text).split("\n")
    results: list[RankedSentence] = []
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
        results += [RankedSentence(part, number, head, section) for part in sentences(line)]
    return results


def _is_heading(line: str) -> bool:
    """Whether a line is a heading: marked as one, or short, without a full stop, colon or digit."""
    if len(line) > LONGEST_HEAD:
        return False
    return bool(_MARKED.match(line)) or not (ENDS.search(line) or _NOTED.search(line))


@lru_cache(maxsize=16_384)
def _traits(sentence: str) -> Traits:
    """The features of a sentence, without its heading."""
    words = frozenset(map(str.lower, _WORD.findall(sentence)))
    masked, numbers = _DIGITS.subn("#", sentence)
    named, quotes = bool(_names(sentence)), bool(_QUOTED.search(sentence))
    weight = 3 * (numbers > 0) + 2 * named + 2 * quotes + (not words.isdisjoint(_SELF))
    if sentence.endswith("?"):
        weight = 0  # A question has no information.
    pattern = masked if numbers and words.isdisjoint(_RELATIVE) else ""
    return Traits(count(sentence), weight, words - STOP_WORDS, named, pattern)


def _informative(text: str, hint: str = "") -> list[RankedSentence]:
    """The sentences with information, weighed; `hint` is the instruction.

    Of sentences that differ only in a number, the last is returned.

    >>> [sentence.text for sentence in _informative("Ann Lee won 3. Hello! Ann Lee won 4.")]
    ['Ann Lee won 4.']
    """
    hint_words, repeated = _read_hint(hint)
    every = _sentences(text)
    themes = {each.section for each in every if hint and _in_theme(each.text, hint)}
    last = {_subject(each): index for index, each in enumerate(every)}
    results: list[RankedSentence] = []
    for index, each in enumerate(every):
        own = _traits(each.text)
        if not own.weight or last[_subject(each)] != index:
            continue
        weight = own.weight + len(own.words & hint_words)
        weight *= 1 if own.words.isdisjoint(repeated) else _REPEATED
        weight *= _THEME if each.section in themes else 1
        weight = weight * (_RECENCY * len(every) + index) // len(every)
        results.append(replace(each, weight=weight))
    return results


@lru_cache(maxsize=64)
def _read_hint(hint: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words of a hint, and those that it repeats, but not often."""
    counts = Counter(map(str.lower, _WORD.findall(hint)))
    again = frozenset(word for word, times in counts.items() if 1 < times <= _SELDOM)
    return frozenset(counts) - STOP_WORDS, again - STOP_WORDS


@lru_cache(maxsize=16_384)
def _in_theme(sentence: str, hint: str) -> bool:
    """Whether a sentence has a name or quotation that the hint repeats."""
    phrases = [*_names(sentence), *(mark[0].strip(_QUOTES) for mark in _QUOTED.finditer(sentence))]
    return any(len(phrase) > 3 and hint.count(phrase) > 1 for phrase in phrases)


def _subject(sentence: RankedSentence) -> tuple[str, str]:
    """A key that two sentences share if the later one replaces the earlier one."""
    own = _traits(sentence.text)
    if not own.pattern:
        return sentence.text, sentence.head
    if own.named:
        return own.pattern, ""
    return (own.pattern, _DIGITS.sub("#", sentence.head)) if sentence.head else (sentence.text, "")


def _extract(every: Sequence[RankedSentence], most: int, *, apart: bool = False) -> str:
    """The sentences of most weight per token, in order, under headings; with `apart` each on a
    line of its own."""
    if not every:
        return ""
    if chosen := _choose(every, most, apart=apart):
        return _layout(chosen, apart=apart)
    return truncate(max(every, key=lambda sentence: sentence.weight).text, most)


def _choose(every: Sequence[RankedSentence], most: int, *, apart: bool) -> list[RankedSentence]:
    """The sentences of most weight per token, in the order of the text.

    The first sentence under a heading pays for the heading; further ones cost less, so that facts
    about one subject stay together.
    """
    taken: set[int] = set()
    lines: set[int] = set()
    open_sections: set[int] = set()
    by_section: dict[int, list[int]] = defaultdict(list)
    for index, sentence in enumerate(every):
        by_section[sentence.section].append(index)

    def cost(sentence: RankedSentence) -> int:
        tokens = _traits(sentence.text).tokens + (apart or sentence.line not in lines)
        closed = sentence.head and sentence.section not in open_sections
        return tokens + (count(sentence.head) + 1 if closed else 0)

    def queued(index: int) -> tuple[int, int]:
        return -1000 * every[index].weight // cost(every[index]), -index

    left = most + 1  # No line break stands before the first line.
    queue = [queued(index) for index in range(len(every))]
    heapify(queue)
    while queue:
        index = -heappop(queue)[1]
        sentence = every[index]
        price = cost(sentence)
        if index in taken or price > left:
            continue
        left -= price
        taken.add(index)
        lines.add(sentence.line)
        if sentence.head and sentence.section not in open_sections:
            open_sections.add(sentence.section)
            for other in by_section[sentence.section]:
                heappush(queue, queued(other))
    return [every[index] for index in sorted(taken)]


def _layout(chosen: Sequence[RankedSentence], *, apart: bool) -> str:
    """The sentences as text: those of one line stay on one line, unless `apart`."""
    parts: list[str] = []
    last: RankedSentence | None = None
    for sentence in chosen:
        if sentence.head and (last is None or last.section != sentence.section):
            parts.append(f"\n{sentence.head}")
        same = last is not None and last.line == sentence.line and not apart
        parts.append(f" {sentence.text}" if same else f"\n{sentence.text}")
        last = sentence
    return "".join(parts)[1:]


def _triple(sentence: RankedSentence) -> Iterator[str]:
    """Triples of a sentence: its first name with each further name and the first number or
    quotation."""
    names = _names(sentence.text)
    subject = names[0] if names else next(reversed(_names(sentence.head)), "")
    if not subject:
        return
    before, _, after = sentence.text.partition(subject) if names else ("", "", sentence.text)
    first = _OBJECT.search(after)
    objects = [(first.start(), first[0])] if first else []
    objects += [
        (after.index(name), name)
        for name in names[1:]
        if name in after and not (first and name in first[0])
    ]
    if not objects and (words := _WORDS.findall(after)):
        objects = [(after.rindex(words[-1]), words[-1])]
    for start, text in sorted(objects):
        rest = _CLAUSE.split(after[start + len(text) :])[0]
        relation = " ".join(filter(None, map(_content, (before, after[:start], rest))))
        yield f"{subject} | {relation or 'is'} | {text.strip(_QUOTES)}"


def _content(text: str) -> str:
    return " ".join(word for word in _WORDS.findall(text) if word.lower() not in _OPENERS)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the model."""

    max_tokens: int | None = None
    """Most tokens of one reply; the instruction may set fewer."""
    SHAPING: ClassVar[tuple[str, ...]] = ("max_tokens",)

    def __post_init__(self) -> None:
        check_whole("max_tokens", self.max_tokens, 1)


class Extractive(Model):
    """`write` as a Model: the system messages are the instruction, the other messages the text.

    It has no name and no endpoint. Raises BadSettings for either.
    """

    def __init__(self, name: str, api_base: str | None = None, **options: object) -> None:
        if name:
            raise BadSettings(f"extractive takes no name; leave {name!r} out")
        if api_base is not None:
            raise BadSettings(
                f"extractive runs in this process; leave the endpoint {api_base!r} out"
            )
        self.options = options_of(Options, options)

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        task = "\n\n".join(each.content for each in messages if each.role == "system")
        text = "\n\n".join(each.content for each in messages if each.role != "system")
        limits = [int(limit) for limit in LIMIT.findall(task)[-1:]]
        limits += [self.options.max_tokens] if self.options.max_tokens else []
        written = write(task, text, min(limits, default=DEFAULT_LIMIT))
        prompt = count(task) + count(text)
        return Reply(Message("assistant", written), prompt, count(written), "stop", "", 0)

    def describe(self) -> dict[str, JSON]:
        return {**described("extractive", "", self.options), "endpoint": None}


make = Extractive
