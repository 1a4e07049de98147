"""How texts name code and topics, and what kind of thing a name names."""

import re
from collections.abc import Sequence
from functools import lru_cache

from memorygym.scoring.fact_reader.key import Key, Named
from memorygym.scoring.fact_reader.phrases import Phrases, mask
from memorygym.scoring.fact_reader.words import GENERIC, LINKS


def shown(name: str) -> str:
    """A name as code and questions write it."""
    return name if " " not in name or name.startswith("the ") else f"the {name}"


def type_of(name: str) -> str:
    """The type of what a name names.

    >>> [type_of(name) for name in ("the export of tide tables", "A_B", "QuayLog", "QuayLog.weigh")]
    ['topic', 'constant', 'class', 'function']
    """
    name = shown(name)
    if " " in name:
        return "topic"
    if name.isupper():
        return "constant"
    return "class" if name == "object" or (name[0].isupper() and "." not in name) else "function"


_SINGLE = frozenset("metered audited throttled mirrored noting partial object Exception".split())
"""Names of one word in generated packages; texts show others in backticks."""
_NO_NAME = (
    LINKS | GENERIC | frozenset("last recorded stated according document kind import".split())
)
_IDENTIFIER = re.compile(
    r"`(?P<quoted>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:\(\))?`"
    r"|(?<![\w./`-])(?P<bare>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?:\(\))?(?![\w/]|\.py\b)"
)
_BEFORE_NAME = re.compile(
    r"(?:^|\b(?:of|for|in|at|by|function|class|method|test|constant|calls|uses|reads|raises|and))"
    r"[\s\W]*$"
)
_STOP = "|".join(
    sorted(
        LINKS
        | frozenset(
            "may might can could must should will would keep keeps get gets go goes fail fails"
            " follow follows hold holds lose loses end ends ended want wants return returns break"
            " breaks crash crashes use uses user limit limited".split()
        )
    )
)
_WORD = rf"(?!(?:{_STOP})\b)[a-z]+"
_TOPIC = re.compile(
    r"(?:\b[Tt]he |(?:^[\W\d]*|\ue001 (?:of|for|at) ))(?<![a-z])"
    rf"(?P<topic>{_WORD}(?: {_WORD}){{1,3}} of {_WORD}(?: {_WORD})?)(?!\w)"
    rf"|\b[Tt]he (?P<short>{_WORD} of {_WORD} {_WORD})(?!\w)"
)


class CodeNames:
    """Finds identifiers that cannot be words, others in backticks, and topics."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._labels = Phrases(
            (phrase, key)
            for key in keys
            for phrase in (*key.labels, *key.verbs, *key.inverse_verbs)
        )

    def __call__(self, text: str) -> list[Named]:
        """The names in a text."""
        labels = [(start, end) for start, end, _, _ in self._labels.find(text)]
        names: list[Named] = []
        place = 0
        for match in _IDENTIFIER.finditer(text):
            while place < len(labels) and labels[place][1] < match.end():
                place += 1
            is_label = place < len(labels) and labels[place][0] <= match.start()
            if is_label and match[0] == "Exception" and labels[place] == match.span():
                is_label = _is_label(text, match, labels[place - 1][1] if place else -9)
            if not is_label and (name := _name(match, text)):
                names.append((match.start(), match.end(), name))
        if " of " in text:
            names += _topics(text, labels)
        return sorted(names)


def _is_label(text: str, match: re.Match[str], before: int) -> bool:
    """Whether the word "Exception" is a label; the label before it ends at `before`."""
    behind = re.match(r"\s*(?:[:=→]|of\b|at\b|in\b)", text[match.end() :])
    return before + 1 < match.start() and behind is not None


def _name(match: re.Match[str], text: str) -> str:
    """The identifier; "" if it may be a word, a value or a module."""
    name = match["quoted"] or match["bare"]
    is_known = match["quoted"] and "." not in name and _BEFORE_NAME.search(text[: match.start()])
    return name if is_known or is_name(name) else ""


@lru_cache(maxsize=20_000)
def is_name(word: str) -> bool:
    """Whether an identifier can be no word and no module."""
    first, dot, _ = word.partition(".")
    if dot:
        return first[0].isupper() and not first.isupper()
    if "_" in word.strip("_"):
        return not all(part in _NO_NAME for part in word.lower().split("_"))
    return word in _SINGLE or (
        word[0].isupper() and bool(re.search(r"[a-z\d][A-Z]|[A-Z]{2}[a-z]", word))
    )


def _topics(text: str, labels: Sequence[tuple[int, int]]) -> list[Named]:
    text = mask(text, labels, "\ue001")
    found = []
    for match in _TOPIC.finditer(text):
        group = "topic" if match["topic"] else "short"
        start = match.start() if match[0][:4].lower() == "the " else match.start(group)
        found.append((start, match.end(), match[group]))
    return found
