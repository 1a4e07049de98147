"""New strings and numbers for old ones, one to one, where nothing outside the tree reads them."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypeVar

from memorygym.rng import Stream
from memorygym.tracks.codeqa.sources import standard
from memorygym.tracks.codeqa.sources.binding import Nodes, rooted, terminal
from memorygym.tracks.codeqa.sources.wording import Words, told

T = TypeVar("T", str, int)
_UNIT = re.compile(
    r"\\(?:N\{[^}]*\}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])"
    r"|%[-+ #0]*[\d*]*(?:\.[\d*]+)?[a-zA-Z]|[^\W\d]\w*"
)
_PLAIN = frozenset(
    "about after also because been before being between both cannot could does during each either"
    " else from have here into itself least less like more most must neither never none only other"
    " over same should since some such than that them then there these they this those through"
    " under until upon very were what when where whether which while will with within without would"
    " your ascii backslashreplace ignore latin replace strict surrogateescape unicode".split()
)
"""Words of any prose, and what codecs are called."""
_READS = frozenset(
    "open encode decode strftime strptime bytes bytearray str compile eval exec Decimal".split()
)
"""Calls that give strings a meaning of their own."""
_SAYS = frozenset(("warnings", "logging", "pytest", "unittest", "setup", "setuptools"))
"""What takes prose, or who wrote the tree."""
_WHOLE = re.compile(r"[1-9]\d+")
_BROKEN = re.compile(r"(\d+)\.(\d*[1-9]\d*)")


def units(body: str) -> Iterator[str]:
    """The names and words in a string."""
    return (one for one in _UNIT.findall(body) if one[0] not in "\\%")


def reworded(body: str, names: Mapping[str, str], words: Words) -> str:
    """A string's body with names and long words replaced; escapes and formats stay.

    What `names` has a name for goes before a word.
    """

    def new(match: re.Match[str]) -> str:
        unit = match.group()
        if unit[0] in "\\%":
            return unit
        return names.get(unit) or (words.name(unit) if is_word(unit) else unit)

    return _UNIT.sub(new, body)


def is_word(unit: str) -> bool:
    """Whether a word is one that tells something of the tree."""
    known = unit in standard.reserved() or unit.lower() in _PLAIN
    return not known and unit.isascii() and any(len(one) >= 4 for one in told(unit))


def meant(tree: Nodes, roots: Set[str]) -> frozenset[str]:
    """Strings without a blank that go to something outside the tree, which may know their words,
    and numbers that are compared with what is outside, such as Python's version."""
    sent = (one for node in tree for one in _sent(node, roots))
    compared = [one for node in tree for one in _compared(node, roots)]
    return frozenset(
        [text for text in _constants(sent, str) if " " not in text]
        + _constants(compared, str)
        + [str(number) for number in _constants(compared, int)]
    )


def _constants(given: Iterable[ast.expr], kind: type[T]) -> list[T]:
    nodes = (node for one in given for node in ast.walk(one))
    return [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, kind)
    ]


def _sent(node: ast.AST, roots: Set[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            root = rooted(func)
            if terminal(func) in _READS or (root in roots and root not in _SAYS):
                yield from args
                yield from (one.value for one in keywords)
        case ast.Subscript(value=value, slice=key) if rooted(value) in roots:
            yield key


def _compared(node: ast.AST, roots: Set[str]) -> list[ast.expr]:
    match node:
        case ast.Compare(left=left, comparators=others):
            sides = [left, *others]
            return sides if any(rooted(one) in roots for one in sides) else []
    return []


def numbers(texts: Iterable[str], stream: Stream) -> Mapping[str, str]:
    """For each number of two digits or more another of as many; for broken ones other decimals.

    >>> from memorygym.rng import rng
    >>> [len(new) for new in numbers(["7", "10", "2.50", "0x1f", "1.0"], rng("doc")).values()]
    [2, 4]
    """
    groups: dict[tuple[str, int], list[str]] = {}
    for text in sorted(set(texts)):
        if _WHOLE.fullmatch(text):
            groups.setdefault(("", len(text)), []).append(text)
        elif match := _BROKEN.fullmatch(text):
            groups.setdefault((f"{match[1]}.", len(match[2])), []).append(text)
    new: dict[str, str] = {}
    for (start, size), group in sorted(groups.items()):
        least = 1 if start else 10 ** (size - 1)
        drawn = _distinct(least, 10**size, len(group), stream)
        new |= {old: f"{start}{one:0{size}}" for old, one in zip(group, drawn, strict=True)}
    return new


def _distinct(least: int, end: int, k: int, stream: Stream) -> list[int]:
    """Distinct numbers from `least` on and below `end`, which may be too far apart for a range."""
    if end - least < 10**6:
        return stream.sample(range(least, end), k)
    drawn: dict[int, None] = {}
    while len(drawn) < k:
        drawn[least + stream.below(end - least)] = None
    return list(drawn)
