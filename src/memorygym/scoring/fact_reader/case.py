"""Texts in upper or lower case throughout: their names are found by where they recur."""

import re
from collections import Counter
from itertools import pairwise

from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.fact_reader.words import COMMON

_WORD = re.compile(r"[^\W\d_]+")
_STATEMENT = re.compile(r"\n|[.;!?]\s")
_VERBS = frozenset("are be been being belongs higher lower measured reads reports stated".split())
"""Further words that state nothing."""
_OWNER = re.compile(
    r"(?:^|\b(?:of|at|for|in)\s+|[:,\])]\s+)([^\W\d_]+)\s+([^\W\d_]+)"
    r"(?='|\s*(?:$|[:(—|])|\s+(?:has|have|gives|reads|reports|is|are|belongs)\b)"
)
"""What may be the name of an owner: "the revenue of X", "X's revenue", "X has …"."""
_TITLE = re.compile(r"[#*=\[ ]*([^\W\d_]+ +[^\W\d_]+)[*=\]]*(?: ?[\[(][^\n]*[\])])?[:*=\]]*")
"""What may be a heading with a name."""
_BOUND, _VERB = "\ue001", "\ue002"
_VALUE = re.compile(rf"{_VERB}[\s:=\"'|,—-]*(?:(?:is|are|reads) )?$")
"""Stands before the value of a relation."""


def with_capitals(text: str, vocabulary: Vocabulary) -> str:
    """The text, with capitals for its names if it has none or nothing else.

    A name is a pair of words that recurs with two different labels, or that stands where statements
    name their owner or their value; of two pairs that overlap the more frequent one.
    """
    if not vocabulary.folds_case or not (text.isupper() or text.islower()):
        return text
    codes: dict[tuple[str, str], set[str]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    related: set[tuple[str, str]] = set()
    """Pairs directly behind a verb."""
    texts = {key.code for key in vocabulary.keys if key.kind == "text"}
    for statement in _STATEMENT.split(text.lower()):
        stated, masked = _marked(statement, vocabulary)
        for pair, is_behind in _pairs(masked, vocabulary) if stated else ():
            codes.setdefault(pair, set()).update(stated)
            counts[pair] += 1
            if is_behind:
                related.add(pair)
        if _VERB in masked:
            related.update(_runs(masked, vocabulary))
        elif stated and not stated & texts:
            related.update(_owners(masked, vocabulary))
    for above, below in pairwise(text.lower().split("\n")):
        if (title := _TITLE.fullmatch(above)) and _marked(below, vocabulary)[0]:
            related.update(_owners(title[1], vocabulary))
    names = {pair for pair, stated in codes.items() if len(stated) > 1} | related
    if not names:
        return text
    ordered = sorted(names, key=lambda pair: (-counts[pair], pair))
    pattern = "|".join(rf"\b{first}\s+{second}\b" for first, second in ordered)
    return re.sub(pattern, lambda match: match[0].title(), text.lower())


def _marked(statement: str, vocabulary: Vocabulary) -> tuple[set[str], str]:
    """The codes of a statement's labels and verbs, and the statement without them."""
    codes: set[str] = set()
    for _, phrases in vocabulary.phrases:
        for start, end, keys, _ in phrases.find(statement):
            codes.update(key.code for key in keys)
            sign = _VERB if keys[0].kind == "entity" else _BOUND
            statement = mask(statement, [(start, end)], sign)
    return codes, statement


def _owners(statement: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Two words where a statement names its owner, which mean nothing to the vocabulary."""
    pairs = ((match[1], match[2]) for match in _OWNER.finditer(statement))
    return [pair for pair in pairs if _is_name(*pair, vocabulary)]


def _runs(statement: str, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Runs of exactly two words that mean nothing to the vocabulary."""
    runs: list[list[str]] = [[]]
    for token in re.findall(r"[^\W\d_]+(?:'s?)?|\S", statement):
        word = token.removesuffix("'s")
        if not word.isalpha() or _is_plain(word, vocabulary):
            runs.append([])
            continue
        runs[-1].append(word)
        if word != token:
            runs.append([])
    return [(run[0], run[1]) for run in runs if len(run) == 2]


def _pairs(statement: str, vocabulary: Vocabulary) -> list[tuple[tuple[str, str], bool]]:
    """The pairs of neighbouring words that could be a name; whether one stands behind a verb."""
    words = list(_WORD.finditer(statement))
    return [
        (
            (first[0], second[0]),
            second[0] in vocabulary.endings or bool(_VALUE.search(statement[: first.start()])),
        )
        for first, second in pairwise(words)
        if statement[first.end() : second.start()].isspace()
        and _is_name(first[0], second[0], vocabulary)
    ]


def _is_name(first: str, second: str, vocabulary: Vocabulary) -> bool:
    return not _is_plain(first, vocabulary) and (
        second in vocabulary.endings or not _is_plain(second, vocabulary)
    )


def _is_plain(word: str, vocabulary: Vocabulary) -> bool:
    """Whether a word is no part of an unknown name."""
    return word in vocabulary.known or word in COMMON or word in _VERBS
