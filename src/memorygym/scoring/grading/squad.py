"""Exact match and F1 as question answering reports them: SQuAD's normalisation, any right answer.

Rajpurkar et al. 2016: lower case, no ASCII punctuation, no articles, single blanks. One thing
differs: a text of which nothing would be left is compared in lower case, so that an answer "A"
can be right and an empty one never is.
"""

import re
from collections import Counter
from collections.abc import Iterable
from string import punctuation

_DROPPED = str.maketrans("", "", punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def normal(text: str) -> str:
    """The text as it is compared.

    >>> normal("The  U.S. Army"), normal("A")
    ('us army', 'a')
    """
    bare = _ARTICLE.sub(" ", text.lower().translate(_DROPPED))
    return " ".join(bare.split()) or " ".join(text.lower().split())


def exact(answer: str, truths: Iterable[str]) -> bool:
    """Whether the answer is one of the truths.

    >>> exact("the Eiffel Tower.", ["La tour Eiffel", "Eiffel Tower"])
    True
    """
    given = normal(answer)
    return bool(given) and any(given == normal(truth) for truth in truths)


def f1(answer: str, truths: Iterable[str]) -> float:
    """The harmonic mean of the precision and recall of words, against the likest truth.

    >>> f1("in Paris, France", ["Paris"]), f1("", ["Paris"])
    (0.5, 0.0)
    """
    given = Counter(normal(answer).split())
    return max((_f1(given, Counter(normal(truth).split())) for truth in truths), default=0.0)


def _f1(given: Counter[str], wanted: Counter[str]) -> float:
    same = (given & wanted).total()
    return 2 * same / (given.total() + wanted.total()) if same else 0.0
