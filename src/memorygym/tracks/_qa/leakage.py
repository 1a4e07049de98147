"""Checks whether a question leaks the facts that it needs: their names, or their wording."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Reader

RUN_LENGTH = 4
"""Number of words in a row that count as a quotation."""
SHORTEST = 3
"""Fewest letters and digits of a name to look for: shorter names occur by chance."""
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
"""Look-alike letters of other alphabets, and the Latin letters that they stand for."""


def leaked_names(
    text: str,
    truths: Iterable[str],
    facts: Collection[Statement],
    reader: Reader,
    query: Any,
    known: Collection[Statement],
) -> list[str]:
    """The names of needed facts that a text contains although its question does not start there.

    A question starts from a name if the reader asks for it when nothing is known about it.
    """
    leaked = []
    visible = normalised(_TITLE.sub("", text))
    candidates = [name for fact in facts for name in (fact.subject, str(fact.value))]
    for name in dict.fromkeys([*candidates, *truths]):
        if contains_name(visible, name):
            others = (fact for fact in known if name not in (fact.subject, fact.value))
            result = reader.answer(query, StatementIndex(others))
            if isinstance(result, Found) or not contains_name(result.query, name):
                leaked.append(name)
    return leaked


def normalised(text: str) -> str:
    """The text with look-alike letters replaced, and without joiners, marks and digit grouping.

    >>> normalised("Оr\u200bion, 6,108")
    'Orion, 6108'
    """
    flat = unicodedata.normalize("NFKD", text).translate(_ALIKE)
    visible = "".join(letter for letter in flat if unicodedata.category(letter) not in ("Cf", "Mn"))
    return _THOUSANDS.sub("", visible)


def contains_name(text: str, name: str) -> bool:
    """Whether a text contains a name as whole words, in any case and with any separators.

    >>> contains_name("Who leads the Orion-lab?", "orion Lab"), contains_name("Orionids", "Orion")
    (True, False)
    >>> contains_name("not_before is 3", "NotBefore")
    True
    """
    parts = list(map(re.escape, _PART.findall(normalised(name))))
    if sum(map(str.isalnum, name)) < SHORTEST or not parts:
        return False
    pattern = r"[\W_]*".join(parts)
    return re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE) is not None


def shared_wording(
    text: str, facts: Iterable[tuple[Statement, str]], wording: Collection[str]
) -> list[str]:
    """The runs of words that a question shares with the sentences of its facts.

    A run counts if at least two of its words are informative: not common words, not words of the
    domain, and not part of the name, key or value of the fact.
    """
    question_runs = set(_word_runs(text))
    shared: dict[str, None] = {}
    for fact, sentence in facts:
        stated = {*_words(f"{fact.subject} {fact.key.replace('_', ' ')} {fact.value}")}
        for run in _word_runs(sentence):
            telling_words = [
                word
                for word in run
                if word not in STOP and word not in wording and word not in stated
            ]
            if run in question_runs and len(telling_words) >= 2:
                shared[" ".join(run)] = None
    return list(shared)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _word_runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    return zip(*(words[start:] for start in range(RUN_LENGTH)), strict=False)
