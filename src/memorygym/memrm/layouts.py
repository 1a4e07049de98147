"""Layouts: the same content in another form, so that a judge cannot rely on form or length.

Each takes messages and a random stream and returns messages that say the same.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from memorygym.core.json_values import canonical
from memorygym.core.rng import Stream
from memorygym.core.statements import SHIFT, BlockWriter, FactReader
from memorygym.core.types import Message, Role
from memorygym.memrm.damage import Messages, is_heading, pieces, text_of_lines

Layout = Callable[[Sequence[Message], Stream], Messages]
_FILLER = re.compile(r"\b(?:please note that|note that|please|kindly|very|really|just)\b ?", re.I)
_ARTICLES = re.compile(r"(?<=[a-z,;] )(?:the|a|an) (?=[a-z])")
_ROLES: tuple[Role, ...] = ("user", "user", "assistant", "system")


def text_of(message: Message) -> str:
    """A message as plain text: its calls, then its text.

    >>> from memorygym.core.types import Call
    >>> text_of(Message("assistant", "", (Call("open", {"page": 2}),)))
    'open({"page":2})'
    """
    calls = [f"{call.name}({canonical(call.arguments)})" for call in message.calls]
    return "\n".join(part for part in (*calls, message.content) if part.strip())


def one_message(lines: Iterable[str], rng: Stream) -> Messages:
    """One message of the lines, from whomever; none if there is no line."""
    text = "\n".join(line for line in lines if line.strip())
    return (Message(rng.choice(_ROLES), text),) if text else ()


def _by_message(head: str) -> Layout:
    """One message in which a heading or a mark stands before the text of each; `{n}` is its number,
    `{role}` and `{Role}` its role."""

    def laid_out(messages: Sequence[Message], rng: Stream) -> Messages:
        lines = [
            head.format(n=n, role=message.role, Role=message.role.capitalize()) + text_of(message)
            for n, message in enumerate(messages, start=1)
        ]
        return one_message(lines, rng)

    return laid_out


def intro(messages: Sequence[Message], rng: Stream) -> Messages:
    """One message with all texts, under a line that says what it is."""
    head = ["The conversation so far:"] if messages else []
    return one_message([*head, *map(text_of, messages)], rng)


def bullets(messages: Sequence[Message], rng: Stream) -> Messages:
    """Every sentence on a line of its own, as a bullet; headings stay."""
    return one_message((_marked("- ", line) for line in _sentence_lines(messages)), rng)


def split_lines(messages: Sequence[Message], rng: Stream) -> Messages:
    """Every sentence on a line of its own."""
    return one_message(_sentence_lines(messages), rng)


def _sentence_lines(messages: Sequence[Message]) -> list[str]:
    return [s for message in messages for line in pieces(text_of(message)) for s in line]


def _marked(mark: str, line: str) -> str:
    return line if is_heading(line) else mark + line


def shuffled(messages: Sequence[Message], rng: Stream) -> Messages:
    """The sentences of every line in another order."""

    def change(text: str) -> str:
        lines = pieces(text)
        for line in lines:
            rng.shuffle(line)
        return text_of_lines(lines)

    return tuple(replace(message, content=change(message.content)) for message in messages)


def json_list(messages: Sequence[Message], rng: Stream) -> Messages:
    """One JSON list of objects with role and content."""
    rows = [{"role": message.role, "content": text_of(message)} for message in messages]
    return one_message([json.dumps(rows, ensure_ascii=False, indent=0)], rng)


def telegraphic(messages: Sequence[Message], _rng: Stream) -> Messages:
    """Articles, politeness and emphasis are dropped."""
    texts = [_ARTICLES.sub("", _FILLER.sub("", text_of(message))) for message in messages]
    return tuple(Message("user", text) for text in texts if text.strip())


def quoted(messages: Sequence[Message], rng: Stream) -> Messages:
    """Every line quoted, as in a forwarded mail."""
    lines = "\n".join(map(text_of, messages)).split("\n")
    return one_message((f"> {line}" for line in lines if line.strip()), rng)


def merged(messages: Sequence[Message], _rng: Stream) -> Messages:
    """Every three messages become one."""
    texts = [text_of(message) for message in messages]
    parts = ["\n".join(texts[start : start + 3]) for start in range(0, len(texts), 3)]
    return tuple(Message("user", part) for part in parts if part.strip())


PLAIN: dict[str, Layout] = {
    "joined": _by_message(""),
    "intro": intro,
    "transcript": _by_message("{Role}: "),
    "markdown": _by_message("## Message {n} ({role})\n"),
    "ruled": _by_message("--- {role} ---\n"),
    "numbered": _by_message("({n})\n"),
    "tags": _by_message("<{role}>\n"),
    "fields": _by_message("role: {role}\ncontent: |\n"),
    "bullets": bullets,
    "split_lines": split_lines,
    "shuffled": shuffled,
    "json_list": json_list,
    "telegraphic": telegraphic,
    "quoted": quoted,
    "merged": merged,
}
"""By name: the layouts that need no knowledge of the track."""


def fact_list(
    messages: Sequence[Message], rng: Stream, facts: FactReader, *, mark: str, rest: bool
) -> Messages:
    """A paraphrase: the track's sentence of every fact, in order; with `rest` also the lines
    without a fact."""
    lines: list[str] = []
    for text in map(text_of, messages):
        lines += [mark + sentence for sentence in fact_sentences(text, facts)]
        lines += [line for line in text.split("\n") if rest and not facts.read(line)]
    return one_message(lines, rng)


def fact_sentences(text: str, facts: FactReader) -> list[str]:
    """The track's sentences of the facts that a text states; the text itself where sentences do not
    give all of them back, as of a change ("it fell by 3")."""
    stated = facts.read(text)
    if any(fact.role == SHIFT for fact in stated):
        return [text]
    blocks = facts.blocks(stated) if isinstance(facts, BlockWriter) else map(facts.render, stated)
    sentences = [*dict.fromkeys(blocks)]
    whole = len(facts.read("\n".join(sentences))) >= len(sentences)
    return sentences if whole else [text]


def essentials(
    messages: Sequence[Message], rng: Stream, facts: FactReader, rate: float
) -> Messages:
    """Sentences that state no fact are dropped with that chance, where messages state facts."""

    def stays(head: str, sentence: str) -> bool:
        # Under the heading of a document, what names its entity is about it.
        _, _, entity = head.partition(" · ")
        name = entity.partition(" · ")[0] if isinstance(facts, BlockWriter) else ""
        is_about = bool(name) and name in sentence
        return bool(is_about or facts.read(f"{head}\n{sentence}")) or not rng.bernoulli(rate)

    def change(text: str) -> str:
        head = ""
        lines: list[list[str]] = []
        for line in pieces(text):
            if len(line) == 1 and is_heading(line[0]):
                head = line[0]
                lines.append(line)
            else:
                lines.append([sentence for sentence in line if stays(head, sentence)])
        return text_of_lines(lines)

    return tuple(
        replace(message, content=change(message.content))
        if message.role != "tool" and facts.read(message.content)
        else message
        for message in messages
    )
