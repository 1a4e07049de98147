"""What a question gives away of the facts that it rests on: their names, or their wording."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Fact, Reader

GRAM = 4
"""So many words in a row are a quotation."""
SHORTEST = 3
"""Letters and digits of a value that counts as named: shorter ones occur by chance."""
STOP = frozenset(
    "a about after all also an and any are as at be been before but by can did do does for from "
    "had has have how if in into is it its many much no not of on one only or other out over so "
    "than that the their them then there these they this those to under up was were what when "
    "where which while who whom whose why will with would".split()
)
_WORD = re.compile(r"\w+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W_A-Z]+")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_TITLE = re.compile(r"^===.*$", re.MULTILINE)
_ALIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХаеѕіјорсухԁԛһΑΒΕΖΗΙΚΜΝΟΡΤΧΥαινορυ\N{LATIN SMALL LETTER DOTLESS I}",
    "ABESIJKMHOPCTXaesijopcyxdqhABEZHIKMNOPTXYaivopui",
)
"""Letters that look like others."""


class WatchedIndex(StatementIndex):
    """What is known but for some facts, and which names were looked up in it."""

    def __init__(self, known: StatementIndex, hidden: Iterable[Fact]) -> None:
        self._known = known
        self._hidden = {(fact.subject, fact.key, fact.value) for fact in hidden}
        self.names: set[str] = set()

    def get(self, subject: str, key: str) -> Statement | None:
        self.names.add(subject)
        one = self._known.get(subject, key)
        return one if one and one[:3] not in self._hidden else None

    def about(self, subject: str) -> dict[str, Statement]:
        self.names.add(subject)
        found = self._known.about(subject)
        return {key: one for key, one in found.items() if one[:3] not in self._hidden}

    def whose(self, key: str, value: str) -> list[Statement]:
        self.names.add(value)
        return [one for one in self._known.whose(key, value) if one[:3] not in self._hidden]


def given_away(
    text: str,
    truths: Iterable[str],
    facts: Collection[Fact],
    reader: Reader,
    query: Any,
    known: StatementIndex,
) -> list[str]:
    """Those of the names which a text names though its question does not start from them.

    It starts from a name if the reader looks it up even where no fact of that name is known.
    """
    leaked = []
    seen = folded(_TITLE.sub("", text))
    found = [name for fact in facts for name in (fact.subject, fact.value)]
    for name in dict.fromkeys([*found, *truths]):
        if not names_it(seen, name):
            continue
        watched = WatchedIndex(known, [f for f in facts if name in (f.subject, f.value)])
        reader.answer(query, watched)
        if name not in watched.names:
            leaked.append(name)
    return leaked


def folded(text: str) -> str:
    """The text without what a reader does not see: look-alikes, joiners, marks, grouped digits.

    >>> folded("Оr\u200bion, 6,108")
    'Orion, 6108'
    """
    flat = unicodedata.normalize("NFKD", text).translate(_ALIKE)
    seen = "".join(one for one in flat if unicodedata.category(one) not in ("Cf", "Mn"))
    return _THOUSANDS.sub("", seen)


def names_it(text: str, name: str) -> bool:
    """Whether a name stands in a text as whole words, in any case and however they are joined.

    >>> names_it("Who leads the Orion-lab?", "orion Lab"), names_it("Orionids", "Orion")
    (True, False)
    >>> names_it("not_before is 3", "NotBefore")
    True
    """
    parts = list(map(re.escape, _PART.findall(folded(name))))
    if sum(map(str.isalnum, name)) < SHORTEST or not parts:
        return False
    pattern = r"[\W_]*".join(parts)
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def shared_wording(text: str, facts: Iterable[Fact], wording: Collection[str]) -> list[str]:
    """The runs of words that a question shares with the sentences of its facts.

    A run counts if two of its words are neither common, nor of the trade, nor of a name or a key
    that a question must state.
    """
    asked = set(_grams(text))
    shared: dict[str, None] = {}
    for fact in facts:
        stated = {*_words(f"{fact.subject} {fact.key.replace('_', ' ')} {fact.value}")}
        for gram in _grams(fact.sentence):
            telling = [w for w in gram if w not in STOP and w not in wording and w not in stated]
            if gram in asked and len(telling) >= 2:
                shared[" ".join(gram)] = None
    return list(shared)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _grams(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return zip(*(words[at:] for at in range(GRAM)), strict=False)
