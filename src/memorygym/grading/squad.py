"""Exact match and F1 of free answers, as SQuAD has them (Rajpurkar et al. 2016)."""

import re
from collections import Counter
from collections.abc import Iterable
from string import punctuation

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_MARKS = str.maketrans("", "", punctuation)


def bare(text: str) -> str:
    """A text as it is compared: small letters, no ASCII punctuation, no articles, single blanks.

    >>> bare("The  U.S. Army")
    'us army'
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_MARKS)).split())


def exact_match(answer: str, truths: Iterable[str]) -> bool:
    """Whether the answer is one of the truths.

    >>> exact_match("the Seine.", ["Seine", "River Seine"])
    True
    """
    return bare(answer) in set(map(bare, truths))


def f1(answer: str, truths: Iterable[str]) -> float:
    """The best harmonic mean, over the truths, of precision and recall of words.

    >>> f1("River Seine", ["the Seine"])
    0.6666666666666666
    """
    return max((_f1(bare(answer).split(), bare(truth).split()) for truth in truths), default=0.0)


def _f1(answer: list[str], truth: list[str]) -> float:
    if not answer or not truth:
        return float(answer == truth)
    shared = (Counter(answer) & Counter(truth)).total()
    return 2 * shared / (len(answer) + len(truth))
