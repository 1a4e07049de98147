"""What the words around a claim do to it: deny it, or offer a second one beside it."""

from memorygym.grading.lexicon import BREAKS, HEDGES, MONTHS, NEGATORS, VOCABULARY
from memorygym.grading.reading import Reading
from memorygym.grading.units import UNITS

_BUT = ["anything", "but"]
_ENDS = BREAKS | {"if"}


def clauses(words: list[str]) -> list[tuple[list[str], str]]:
    """The words between breaks with the break that ends them, empty clauses left out.

    >>> clauses(["unknown", ",", "sorry", "."])
    [(['unknown'], ','), (['sorry'], '.')]
    """
    found: list[tuple[list[str], str]] = []
    clause: list[str] = []
    for word in [*words, ""]:
        if word and word not in BREAKS:
            clause.append(word)
        elif clause:
            found.append((clause, word))
            clause = []
    return found


def denied(reading: Reading, start: int, end: int) -> bool:
    """Whether its clause denies a span: "not 5", "5 is wrong"; "5 not 6" keeps the 5."""
    words = reading.words
    if NEGATORS.isdisjoint(words):
        return False
    first, last = start, end
    while first > 0 and words[first - 1] not in BREAKS:
        first -= 1
    # Something only supposed ends it: "5 if it had not changed", "5 had it not".
    while last < len(words) and words[last] not in _ENDS:
        if words[last : last + 2] == ["had", "it"]:
            break
        last += 1
    if not NEGATORS.isdisjoint(words[first:start]) or words[start - 2 : start] == _BUT:
        return True
    if any(words[at][0] in "<0123456789" or reading.capital(at) for at in range(end, last)):
        return False
    return not NEGATORS.isdisjoint(words[end:last])


def hedge(reading: Reading) -> str:
    """What speaks against an answer with a word that offers an alternative, or ""."""
    found = [word for word in reading.words if word in HEDGES]
    return f"hedges with '{found[0]}'" if found else ""


def familiar(word: str) -> bool:
    """Whether a word can stand beside a claim in words without being a second one."""
    return (
        word in VOCABULARY
        or word in BREAKS
        or word in MONTHS
        or word in UNITS
        or word[0] in "<0123456789'%&.+="
    )
