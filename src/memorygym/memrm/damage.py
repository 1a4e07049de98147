"""Damage to a context: what a careless or broken compaction does to messages.

Each takes messages, a random stream and a rate, and returns messages, equal ones if there is
nothing to change. A call and its results stay or go together, as in every memory.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from memorygym.core.rng import Stream
from memorygym.core.types import Message
from memorygym.memories.stores.message_entries import groups

Messages = tuple[Message, ...]
Damage = Callable[[Sequence[Message], Stream, float], Messages]
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[\"'(\[]*[A-Z0-9$])")
_PATH = re.compile(
    r"(?<![\w/])(?:[\w.-]+/)+[\w.-]+|\b[\w-]+\.(?:py|md|json|txt|toml|cfg)\b|\b[A-Z]{1,3}-\d+\b"
)
_IDENTIFIER = re.compile(r"\b[A-Za-z]\w*_\w+\b|\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b|\b\w+\(\)")
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w'-]+(?: [A-Z][\w'-]+)*")
_VALUE = re.compile(
    r"[$€£]?\d[\d,.]*\d[%A-Za-z]*|\b\d+\b|\"[^\"\n]{1,60}\"|`[^`\n]{1,60}`|\b[A-Z]{1,3}-\d+\b|"
    + _NAME.pattern
)
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w-])")
_LONG_NAME = re.compile(r"\b[A-Z][a-z'-]+(?: [A-Z][a-z'-]+)+\b|\b[A-Za-z]\w*_\w+\b")
_GAPS = ("...", "", "some", "[unclear]")
_REMARKS = (
    "Note: some of the values above may be out of date; check them again before use.",
    "The remaining work is nearly done and no further checks are needed.",
    "An earlier attempt failed for an unrelated reason, so start from the last good state.",
    "The main task was changed by the reviewer; see the other thread.",
    "Everything that matters has been confirmed by two people already.",
)


def pieces(text: str) -> list[list[str]]:
    """The sentences of every line of a text.

    >>> pieces("[Note]\\nIt is 5. It was 4.")
    [['[Note]'], ['It is 5.', 'It was 4.']]
    """
    return [_SENTENCE_END.split(line) for line in text.split("\n")]


def text_of_lines(lines: Sequence[Sequence[str]]) -> str:
    """The text of sentences by line; lines without any are left out."""
    return "\n".join(" ".join(line) for line in lines if line)


def is_heading(line: str) -> bool:
    """Whether a line only says what the next ones are about."""
    return line.startswith(("[", "===", "#")) or line.endswith(":")


def delete_sentences(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """Every sentence is deleted with that chance; headings and calls stay."""

    def kept(line: list[str]) -> list[str]:
        if len(line) == 1 and is_heading(line[0]):
            return line
        return [sentence for sentence in line if not rng.bernoulli(rate)]

    return _with_texts(messages, lambda text: text_of_lines([*map(kept, pieces(text))]))


def delete_values(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """Every number, quotation or name inside a sentence is left out with that chance."""
    gap = rng.choice(_GAPS)
    return _with_lines(
        messages, lambda line: _VALUE.sub(lambda m: gap if rng.bernoulli(rate) else m[0], line)
    )


def round_values(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """Numbers keep their first digit alone, with that chance."""

    def rounded(match: re.Match[str]) -> str:
        if not rng.bernoulli(rate):
            return match[0]
        return match[0][0] + re.sub(r"\d", "0", match[0][1:])

    return _with_lines(messages, lambda line: _NUMBER.sub(rounded, line))


def swap_values(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """A number takes the value of the one before it that has as many digits, with that chance:
    so does a summary that keeps an older value, or another one's."""
    return _swapped(messages, rng, rate, _NUMBER, len)


def swap_names(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """A name or code identifier becomes the one before it of as many words, with that chance."""
    return _swapped(messages, rng, rate, _LONG_NAME, lambda name: len(re.split(r"[ _]", name)))


def _swapped(
    messages: Sequence[Message],
    rng: Stream,
    rate: float,
    pattern: re.Pattern[str],
    kind: Callable[[str], int],
) -> Messages:
    last: dict[int, str] = {}

    def swapped(match: re.Match[str]) -> str:
        text = match[0]
        before, last[kind(text)] = last.get(kind(text), text), text
        return before if len(text) > 1 and rng.bernoulli(rate) else text

    return _with_lines(messages, lambda line: pattern.sub(swapped, line))


def random_drop(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """Every message but the first and the last is dropped with that chance."""
    whole = _groups(messages)
    ends = (0, len(whole) - 1)
    return _flat([g for i, g in enumerate(whole) if i in ends or not rng.bernoulli(rate)])


def truncate_last(messages: Sequence[Message], _rng: Stream, rate: float) -> Messages:
    """The first message and the newest, at most `rate` of them and at most half."""
    whole = _groups(messages)
    newest = min(int(rate), len(whole) // 2)
    return _flat([*whole[:1], *whole[max(1, len(whole) - newest) :]])


def summary_redaction(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """In the longest message: paths, code identifiers and names become <REDACTED…>."""

    def change(text: str) -> str:
        for pattern, mark in ((_PATH, "PATH"), (_IDENTIFIER, "NAME"), (_NAME, "NAME")):
            text = pattern.sub(_replacing(f"<REDACTED_{mark}>", rng, rate), text)
        return text

    return _with_longest(messages, change)


def attr_delete_paths(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """In all messages: file paths, and ids such as K-4711, become ___."""
    return _with_texts(messages, lambda text: _PATH.sub(_replacing("___", rng, rate), text))


def summary_noise(messages: Sequence[Message], rng: Stream, rate: float) -> Messages:
    """Misleading remarks, `rate` of them, at the end of the longest message."""
    remarks = [*_REMARKS]
    rng.shuffle(remarks)
    return _with_longest(messages, lambda text: "\n".join((text, *remarks[: int(rate)])))


def wipe_out(_messages: Sequence[Message], _rng: Stream, _rate: float) -> Messages:
    """Nothing is left."""
    return ()


def _replacing(mark: str, rng: Stream, rate: float) -> Callable[[re.Match[str]], str]:
    return lambda match: mark if rng.bernoulli(rate) else match[0]


def _with_texts(messages: Sequence[Message], change: Callable[[str], str]) -> Messages:
    return tuple(replace(message, content=change(message.content)) for message in messages)


def _with_lines(messages: Sequence[Message], change: Callable[[str], str]) -> Messages:
    """The messages with every line changed that is no heading."""

    def changed(text: str) -> str:
        return "\n".join(line if is_heading(line) else change(line) for line in text.split("\n"))

    return _with_texts(messages, changed)


def _with_longest(messages: Sequence[Message], change: Callable[[str], str]) -> Messages:
    """The messages with the longest one changed, which is where a summary stands."""
    longest = max(messages, key=lambda message: len(message.content), default=None)
    return tuple(replace(m, content=change(m.content)) if m is longest else m for m in messages)


def _groups(messages: Sequence[Message]) -> list[list[Message]]:
    by_index = dict(enumerate(messages))
    return [[by_index[index] for index in group] for group in groups(by_index)]


def _flat(whole: Sequence[Sequence[Message]]) -> Messages:
    return tuple(message for group in whole for message in group)
