"""The evidence reader: which of the paragraphs that questions rest on a text holds in full."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from memorygym.instances.model import Found, Gold, Missing, Question
from memorygym.statements import Known, Statement
from memorygym.stores.splitting import sentences
from memorygym.tokens import normal
from memorygym.tracks.data.dealing import KEY, VALUE

_HEADING = re.compile(r"\[([^\[\]\n]+)\]")
_EVENT = re.compile(r"=== QUESTION · event (\d+) of \d+ ===")


class EvidenceReader:
    """See model.Reader. A paragraph counts if each of its sentences stands under its heading."""

    def __init__(self, gold: Gold) -> None:
        self._facts = {fact.id: fact for fact in gold.facts}
        self._paragraphs = {fact.subject: fact.sentence for fact in gold.facts}
        self._asked = {question.event: question for question in gold.questions}
        self._sentences: dict[str, tuple[str, ...]] = {}

    def read(self, text: str) -> tuple[Statement, ...]:
        """The paragraphs that the text holds in full, in whatever pieces."""
        pieces: dict[str, list[str]] = {}
        for heading, piece in self._pieces(text):
            pieces.setdefault(heading, []).append(piece)
        texts = {heading: " ".join(found) for heading, found in pieces.items()}
        return tuple(
            Statement(heading, KEY, VALUE)
            for heading, told in texts.items()
            if all(sentence in told for sentence in self._wanted(heading))
        )

    def ask(self, text: str) -> Question | None:
        """The question of an event; None if it asks none."""
        found = _EVENT.match(text)
        return self._asked.get(int(found[1]) - 1) if found else None

    def answer(self, query: Question, known: Known) -> Found | Missing:
        """The true answer, if all that it rests on is known; else the question is asked again."""
        facts = [self._facts[need] for need in query.needs]
        told = [known.get(fact.subject, fact.key) for fact in facts]
        held = tuple(one for one in told if one is not None)
        if facts and len(held) == len(facts):
            return Found(query.truth, held)
        return Missing(query.text, held)

    def tell(self, statement: Statement) -> str:
        """The paragraph that it states to be held."""
        return self._paragraphs[statement.subject]

    def _pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """What stands between a known heading and the next, unbroken."""
        marks = [mark for mark in _HEADING.finditer(text) if mark[1] in self._paragraphs]
        for mark, end in zip_longest(marks, (mark.start() for mark in marks[1:])):
            yield mark[1], _unbroken(text[mark.end() : end])

    def _wanted(self, heading: str) -> tuple[str, ...]:
        if heading not in self._sentences:
            body = self._paragraphs[heading].removeprefix(f"[{heading}]\n")
            self._sentences[heading] = tuple(map(_unbroken, sentences(normal(body))))
        return self._sentences[heading]


def _unbroken(text: str) -> str:
    return " ".join(text.split())
