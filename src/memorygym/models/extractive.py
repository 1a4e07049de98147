"""A model that needs no network: it answers the tasks of memories by copying from the text.

The same request has the same reply on every machine. It understands nothing: what it keeps is told
by names, numbers, quotations, lateness and the words of the task.
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
from memorygym.models.model import Model, Reply, checked_sampling, described, options_of
from memorygym.models.salience import (
    NUMBER,
    OPENERS,
    QUOTED,
    PlacedSentence,
    informative,
    names,
    said,
    traits,
)

NAMELESS = True
"""There is one, so the provider alone is the spec."""
SHAPING = ("max_tokens",)
"""The options on which replies depend."""
LONGEST = 1024
"""Tokens of a reply whose request sets no limit."""
MOST_RARE = 8
"""Keywords that are no names: long words, which are rare ones."""
_PARTS = re.compile(rf"^(?:{re.escape(SO_FAR)}|{re.escape(NEW)})[^\S\n]*$", re.MULTILINE)
_RARE = re.compile(r"(?<![\w-])[a-z]{6,}(?![\w-])")
_OBJECT = re.compile(f"{QUOTED.pattern}|{NUMBER.pattern}(?:, {NUMBER.pattern})*")
_WORDS = re.compile(r"[A-Za-z&'-]+")
_QUOTES = "\"'“”"
_CLAUSE = re.compile(r"[,;:.](?=\s|$)")


@lru_cache(maxsize=1024)  # Several memories ask it the same.
def write(task: str, text: str, most: int) -> str:
    """The answer to a task of `memories.stores.prompts` in at most that many tokens; a
    `core.Writer`.

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
    return _extract(informative(text, hint) or [(one, 1) for one in said(text)], most)


def _facts(text: str, most: int, _: str) -> str:
    return _extract(informative(text), most, apart=True)


def _keywords(text: str, most: int, _: str) -> str:
    text = normalize(text)
    rare = sorted(dict.fromkeys(_RARE.findall(text)), key=len, reverse=True)
    rare = [word for word in rare if word not in OPENERS][:MOST_RARE]
    return _while_fits([*dict.fromkeys(names(text)), *rare], ", ", most)


def _triples(text: str, most: int, _: str) -> str:
    telling = [one for one in said(text) if traits(one.text).weight]
    return _while_fits([row for one in telling for row in _relations(one)], "\n", most)


Answer = Callable[[str, int, str], str]
KINDS: dict[str, Answer] = {
    "summary": _summary,
    "facts": _facts,
    "keywords": _keywords,
    "triples": _triples,
}


def _while_fits(parts: Sequence[str], between: str, most: int) -> str:
    """The first parts that fit together."""
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
    """What is worth most for its tokens, in order, under its headings; `apart` puts each sentence
    on a line of its own."""
    if not ranked:
        return ""
    if chosen := _chosen(ranked, most, apart=apart):
        return _laid_out([ranked[at][0] for at in chosen], apart=apart)
    return truncate(max(ranked, key=lambda pair: pair[1])[0].text, most)


def _chosen(ranked: Sequence[tuple[PlacedSentence, int]], most: int, *, apart: bool) -> list[int]:
    """The places of the sentences that are worth most for a token.

    Once a heading is paid for, all under it costs less, so facts about one thing stay together.
    """
    done: set[int] = set()
    lines: set[int] = set()
    opened: set[int] = set()
    under: dict[int, list[int]] = defaultdict(list)
    for at, (one, _) in enumerate(ranked):
        under[one.section].append(at)

    def cost(one: PlacedSentence) -> int:
        tokens = traits(one.text).tokens + (apart or one.line not in lines)
        closed = one.head and one.section not in opened
        return tokens + (count(one.head) + 1 if closed else 0)

    def queued(at: int) -> tuple[int, int]:
        one, weight = ranked[at]
        return -1000 * weight // cost(one), -at

    left = most + 1  # No line break stands before the first line.
    queue = [queued(at) for at in range(len(ranked))]
    heapify(queue)
    while queue:
        at = -heappop(queue)[1]
        one = ranked[at][0]
        price = cost(one)
        if at in done or price > left:
            continue
        left -= price
        done.add(at)
        lines.add(one.line)
        if one.head and one.section not in opened:
            opened.add(one.section)
            for other in under[one.section]:
                heappush(queue, queued(other))
    return sorted(done)


def _laid_out(chosen: Sequence[PlacedSentence], *, apart: bool) -> str:
    """Sentences of one line stay on it, unless they are to stand apart."""
    parts: list[str] = []
    last: PlacedSentence | None = None
    for one in chosen:
        if one.head and (last is None or last.section != one.section):
            parts.append(f"\n{one.head}")
        same = last is not None and last.line == one.line and not apart
        parts.append(f" {one.text}" if same else f"\n{one.text}")
        last = one
    return "".join(parts)[1:]


def _relations(one: PlacedSentence) -> Iterator[str]:
    """A row for each further name of a sentence, and one for its first number or quotation."""
    here = names(one.text)
    subject = here[0] if here else next(reversed(names(one.head)), "")
    if not subject:
        return
    before, _, after = one.text.partition(subject) if here else ("", "", one.text)
    lead = _content(before)
    told = _OBJECT.search(after)
    objects = [(told.start(), told[0])] if told else []
    others = [name for name in here[1:] if name in after and not (told and name in told[0])]
    objects += [(after.index(name), name) for name in others]
    if not objects and (words := _WORDS.findall(after)):
        objects = [(after.rindex(words[-1]), words[-1])]
    for start, found in sorted(objects):
        rest = _CLAUSE.split(after[start + len(found) :])[0]
        relation = " ".join(filter(None, [lead, _content(after[:start]), _content(rest)]))
        yield f"{subject} | {relation or 'is'} | {found.strip(_QUOTES)}"


def _content(text: str) -> str:
    return " ".join(word for word in _WORDS.findall(text) if word.lower() not in OPENERS)


@dataclass(frozen=True, slots=True)
class Options:
    """How long it may write."""

    max_tokens: int | None = None
    """Most tokens of one reply; the task may say fewer."""

    def __post_init__(self) -> None:
        checked_sampling(None, self.max_tokens, None)


class Extractive(Model):
    """The same behind the interface of models: the system messages are the task, the others the
    text."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def complete(self, messages: Sequence[Message], tools: Sequence[Tool]) -> Reply:
        task = _joined(message for message in messages if message.role == "system")
        text = _joined(message for message in messages if message.role != "system")
        limits = [int(found) for found in LIMIT.findall(task)[-1:]]
        limits += [self.options.max_tokens] if self.options.max_tokens else []
        written = write(task, text, min(limits, default=LONGEST))
        prompt = count(task) + count(text)
        return Reply(Message("assistant", written), prompt, count(written), "stop", "", 0)

    def describe(self) -> dict[str, JSON]:
        return {**described("extractive", "", self.options, SHAPING), "endpoint": None}


def _joined(messages: Iterator[Message]) -> str:
    return "\n\n".join(message.content for message in messages)


def make(name: str, api_base: str | None = None, **options: object) -> Extractive:
    """The model; it has no name and no endpoint."""
    if name:
        raise BadSettings(f"extractive takes no name; leave {name!r} out")
    if api_base is not None:
        raise BadSettings(f"extractive runs in this process; leave the endpoint {api_base!r} out")
    return Extractive(options_of(Options, options))
