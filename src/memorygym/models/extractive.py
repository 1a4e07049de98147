"""The provider `extractive`: an offline stand-in for a model, which copies sentences from the text.

Equal requests have equal replies on every machine. It understands nothing: it ranks sentences by
names, numbers, quotations, recency and the words of the instruction.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import heapify, heappop, heappush

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.tokens import count, normalize, truncate
from memorygym.core.types import JSON, Message, Tool
from memorygym.memories.stores.prompts import HINT, KIND, LIMIT, NEW, SO_FAR
from memorygym.models.model import Model, Reply, check_sampling, described, options_of
from memorygym.models.salience import (
    NUMBER,
    OPENERS,
    QUOTED,
    PlacedSentence,
    informative,
    names,
    placed_sentences,
    traits,
)

NAMELESS = True
"""The provider has a single model, so its name is the whole spec."""
SHAPING = ("max_tokens",)
"""The options on which replies depend."""
DEFAULT_LIMIT = 1024
"""Most tokens of a reply if the request sets no limit."""
MAX_RARE_WORDS = 8
"""Most keywords that are no names: the longest words, which tend to be rare."""
_PARTS = re.compile(rf"^(?:{re.escape(SO_FAR)}|{re.escape(NEW)})[^\S\n]*$", re.MULTILINE)
_RARE = re.compile(r"(?<![\w-])[a-z]{6,}(?![\w-])")
_OBJECT = re.compile(f"{QUOTED.pattern}|{NUMBER.pattern}(?:, {NUMBER.pattern})*")
_WORDS = re.compile(r"[A-Za-z&'-]+")
_QUOTES = "\"'“”"
_CLAUSE = re.compile(r"[,;:.](?=\s|$)")


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
    return _extract(
        informative(text, hint) or [(sentence, 1) for sentence in placed_sentences(text)], most
    )


def _facts(text: str, most: int, _: str) -> str:
    return _extract(informative(text), most, apart=True)


def _keywords(text: str, most: int, _: str) -> str:
    text = normalize(text)
    rare = sorted(dict.fromkeys(_RARE.findall(text)), key=len, reverse=True)
    rare = [word for word in rare if word not in OPENERS][:MAX_RARE_WORDS]
    return _join_fitting([*dict.fromkeys(names(text)), *rare], ", ", most)


def _triples(text: str, most: int, _: str) -> str:
    informative_sentences = [
        sentence for sentence in placed_sentences(text) if traits(sentence.text).weight
    ]
    return _join_fitting(
        [row for sentence in informative_sentences for row in _relations(sentence)], "\n", most
    )


Answer = Callable[[str, int, str], str]
KINDS: dict[str, Answer] = {
    "summary": _summary,
    "facts": _facts,
    "keywords": _keywords,
    "triples": _triples,
}


def _join_fitting(parts: Sequence[str], between: str, most: int) -> str:
    """As many parts, from the first, as fit into the limit, joined."""
    gap, left, kept = count(between), most + count(between), []
    for part in parts:
        left -= count(part) + gap
        if left < 0:
            break
        kept.append(part)
    return between.join(kept)


def _extract(
    ranked: Sequence[tuple[PlacedSentence, int]], most: int, *, apart: bool = False
) -> str:
    """The sentences of most weight per token, in order, under headings; with `apart` each on a
    line of its own."""
    if not ranked:
        return ""
    if chosen := _choose(ranked, most, apart=apart):
        return _layout([ranked[index][0] for index in chosen], apart=apart)
    return truncate(max(ranked, key=lambda pair: pair[1])[0].text, most)


def _choose(ranked: Sequence[tuple[PlacedSentence, int]], most: int, *, apart: bool) -> list[int]:
    """The positions of the sentences of most weight per token.

    The first sentence under a heading pays for the heading; further ones cost less, so that facts
    about one subject stay together.
    """
    taken: set[int] = set()
    lines: set[int] = set()
    open_sections: set[int] = set()
    by_section: dict[int, list[int]] = defaultdict(list)
    for index, (sentence, _) in enumerate(ranked):
        by_section[sentence.section].append(index)

    def cost(sentence: PlacedSentence) -> int:
        tokens = traits(sentence.text).tokens + (apart or sentence.line not in lines)
        closed = sentence.head and sentence.section not in open_sections
        return tokens + (count(sentence.head) + 1 if closed else 0)

    def queued(index: int) -> tuple[int, int]:
        sentence, weight = ranked[index]
        return -1000 * weight // cost(sentence), -index

    left = most + 1  # No line break stands before the first line.
    queue = [queued(index) for index in range(len(ranked))]
    heapify(queue)
    while queue:
        index = -heappop(queue)[1]
        sentence = ranked[index][0]
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
    return sorted(taken)


def _layout(chosen: Sequence[PlacedSentence], *, apart: bool) -> str:
    """The sentences as text: those of one line stay on one line, unless `apart`."""
    parts: list[str] = []
    last: PlacedSentence | None = None
    for sentence in chosen:
        if sentence.head and (last is None or last.section != sentence.section):
            parts.append(f"\n{sentence.head}")
        same = last is not None and last.line == sentence.line and not apart
        parts.append(f" {sentence.text}" if same else f"\n{sentence.text}")
        last = sentence
    return "".join(parts)[1:]


def _relations(sentence: PlacedSentence) -> Iterator[str]:
    """Triples of a sentence: its first name with each further name and the first number or
    quotation."""
    own_names = names(sentence.text)
    subject = own_names[0] if own_names else next(reversed(names(sentence.head)), "")
    if not subject:
        return
    before, _, after = sentence.text.partition(subject) if own_names else ("", "", sentence.text)
    lead = _content(before)
    first_object = _OBJECT.search(after)
    objects = [(first_object.start(), first_object[0])] if first_object else []
    others = [
        name
        for name in own_names[1:]
        if name in after and not (first_object and name in first_object[0])
    ]
    objects += [(after.index(name), name) for name in others]
    if not objects and (words := _WORDS.findall(after)):
        objects = [(after.rindex(words[-1]), words[-1])]
    for start, object_text in sorted(objects):
        rest = _CLAUSE.split(after[start + len(object_text) :])[0]
        relation = " ".join(filter(None, [lead, _content(after[:start]), _content(rest)]))
        yield f"{subject} | {relation or 'is'} | {object_text.strip(_QUOTES)}"


def _content(text: str) -> str:
    return " ".join(word for word in _WORDS.findall(text) if word.lower() not in OPENERS)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the model."""

    max_tokens: int | None = None
    """Most tokens of one reply; the instruction may set fewer."""

    def __post_init__(self) -> None:
        check_sampling(None, self.max_tokens, None)


class Extractive(Model):
    """`write` as a Model: the system messages are the instruction, the other messages the text."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        task = _join_texts(message for message in messages if message.role == "system")
        text = _join_texts(message for message in messages if message.role != "system")
        limits = [int(limit) for limit in LIMIT.findall(task)[-1:]]
        limits += [self.options.max_tokens] if self.options.max_tokens else []
        written = write(task, text, min(limits, default=DEFAULT_LIMIT))
        prompt = count(task) + count(text)
        return Reply(Message("assistant", written), prompt, count(written), "stop", "", 0)

    def describe(self) -> dict[str, JSON]:
        return {**described("extractive", "", self.options, SHAPING), "endpoint": None}


def _join_texts(messages: Iterator[Message]) -> str:
    return "\n\n".join(message.content for message in messages)


def make(name: str, api_base: str | None = None, **options: object) -> Extractive:
    """The model, which has no name and no endpoint. Raises BadSettings for either."""
    if name:
        raise BadSettings(f"extractive takes no name; leave {name!r} out")
    if api_base is not None:
        raise BadSettings(f"extractive runs in this process; leave the endpoint {api_base!r} out")
    return Extractive(options_of(Options, options))
