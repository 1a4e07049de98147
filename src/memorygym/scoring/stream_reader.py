"""The base of a track's fact reader: it reads texts alone, or against what a stream has stated."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from memorygym.core.statements import CURRENT, FORMER, SHIFT, UNSTATED, Statement
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.scoring.fact_reader.vocabulary import Vocabulary

Span = tuple[int, int, Sequence[Statement]]
"""A part of a text that is read apart: where it starts and ends, and what it states."""


@lru_cache(maxsize=64)
def free_matcher(vocabulary: Vocabulary) -> Matcher:
    """The matcher for which a value counts though nobody stated it."""
    return Matcher(vocabulary, every_value=True)


_NOW = re.compile(r"\bnow\b")
"""What says beside a value that it has changed."""


def ranked(
    text: str, facts: Sequence[Statement], words_of: Callable[[Statement], Sequence[str]]
) -> Iterator[Statement]:
    """The facts of a text that hold, where what replaces a value ranks above what it replaces: a
    line says "now" beside the words of the fact, or gives the former value."""
    former = {fact[:3] for fact in facts if fact.role == FORMER}
    replaced = {fact[:2] for fact in former}
    changed = [line.lower() for line in text.split("\n") if _NOW.search(line)]
    for fact in facts:
        if fact.role in (CURRENT, UNSTATED):
            words = [word.lower() for word in words_of(fact)]
            is_now = any(all(word in line for word in words) for line in changed)
            is_new = (fact[:2] in replaced or is_now) and fact[:3] not in former
            yield Statement(*fact[:3], fact.role, (1,) if is_new else ())


class StreamReader:
    """Reads each text once. A track says how, by overriding the methods with an underscore.

    Implements core.statements.CountingReader.
    """

    def __init__(self, vocabulary: Vocabulary, shown: tuple[str, ...] | None = None) -> None:
        """`shown` are the texts of a stream; without them a value counts though nobody stated
        it."""
        self._vocabulary, self._shown = vocabulary, shown
        self._parsed = lru_cache(maxsize=4_096)(self._reading)
        self._read = lru_cache(maxsize=4_096)(self._statements)

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements in a text, in order."""
        return self._read(text)

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        facts, unread = self._parsed(text)
        return len(facts), unread

    @cached_property
    def _matcher(self) -> Matcher:
        if self._shown is None:
            return free_matcher(self._vocabulary)
        return Matcher(self._vocabulary, self._stated(self._shown))

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        """What these texts state, as notes state it."""
        raise NotImplementedError

    def _statements(self, text: str) -> tuple[Statement, ...]:
        """The statements of what a text states."""
        return self._parsed(text).facts

    def _reading(self, text: str) -> Reading:
        """What a text states: its spans, and what stands between them."""
        facts: list[Statement] = []
        unread = start = 0
        spans = sorted(self._spans(text), key=lambda span: span[:2])
        for begin, end, stated in (*spans, (len(text), len(text), ())):
            if begin >= start:
                if (between := text[start:begin]).strip():
                    reading = self._general(between)
                    facts += reading.facts
                    unread += reading.unread
                facts += map(self._known, stated)
                start = end
        if self._shown is not None:
            facts = [*self._matcher.decided(facts, by_last=False)]
        return Reading(tuple(facts), unread)

    def _known(self, fact: Statement) -> Statement:
        """The fact; unstated, where the stream is known and does not state it."""
        is_known = self._shown is None or fact.role == SHIFT or self._is_stated(fact)
        return fact if is_known else fact._replace(role=UNSTATED)

    def _is_stated(self, fact: Statement) -> bool:
        return self._matcher.shown.states(*fact[:3])

    def _spans(self, text: str) -> Iterable[Span]:
        """The parts of a text that are read apart, such as documents as they were shown."""
        return ()

    def _general(self, text: str) -> Reading:
        """What a text in any layout states, in the track's vocabulary."""
        return self._matcher.read(text)
