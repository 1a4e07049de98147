"""Exact match and F1 of SQuAD (Rajpurkar et al. 2016, arXiv 1606.05250), against any right answer.

Texts are compared in lower case, without ASCII punctuation and articles, with single blanks. One
rule differs: a text of which nothing would remain is compared in lower case, so that an answer "A"
can be right and an empty answer never is.
"""

import re
from collections import Counter
from collections.abc import Iterable
from string import punctuation

_DROPPED = str.maketrans("", "", punctuation)
_ARTICLE = re.compile(r"\b(a|an|the)\b")


def normalize(text: str) -> str:
    """The text in the form in which it is compared.

    >>> normalize("The  U.S. Army"), normalize("A")
    ('us army', 'a')
    """
    bare = _ARTICLE.sub(" ", text.lower().translate(_DROPPED))
    return " ".join(bare.split()) or " ".join(text.lower().split())


def exact(answer: str, truths: Iterable[str]) -> bool:
    """Whether the answer equals one of the right answers.

    >>> exact("the Eiffel Tower.", ["La tour Eiffel", "Eiffel Tower"])
    True
    """
    answer_words = normalize(answer)
    return bool(answer_words) and any(answer_words == normalize(truth) for truth in truths)


def f1(answer: str, truths: Iterable[str]) -> float:
    """The harmonic mean of word precision and recall, against the most similar right answer.

    >>> f1("in Paris, France", ["Paris"]), f1("", ["Paris"])
    (0.5, 0.0)
    """
    answer_words = Counter(normalize(answer).split())
    return max(
        (_f1(answer_words, Counter(normalize(truth).split())) for truth in truths), default=0.0
    )


def _f1(answer_words: Counter[str], truth_words: Counter[str]) -> float:
    same = (answer_words & truth_words).total()
    return 2 * same / (answer_words.total() + truth_words.total()) if same else 0.0
