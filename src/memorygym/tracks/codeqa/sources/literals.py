"""New words, strings and numbers for old ones, one to one, from the seed.

Names stay consistent and distinct; literals change where nothing outside the tree reads them.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import TypeVar

from memorygym.errors import BadSettings
from memorygym.rng import Stream
from memorygym.tracks.codeqa.sources import standard
from memorygym.tracks.codeqa.sources.binding import Nodes, rooted, terminal

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+")
_FIRST = (
    "alder amber arch ash aspen bar barley beck bell birch black bolt bram brass brick bridge"
    " bright broad bur cable calder cam cedar chalk cinder clay cliff clover coal cobalt copper"
    " coral cork crag crane crest crow dale dawn deep dell dew dove drift dun dusk eagle east ebon"
    " elder elm ember fair falcon fallow fen fern field finch fir flax flint fog forge fox frost"
    " gale gar glen gold gorse grain gran gray green grove gull hal harrow haw hazel heath hedge"
    " hemp heron hollow holly horn iron ivy jade juniper keel kel kestrel kiln lake lamp larch lark"
    " laurel lea lead leaf lime lin linden loam lock loft long lor mal maple marl marsh meadow mer"
    " mill mint mist mole moor moss nettle nor north oak oat ochre olive opal orchard otter pale"
    " pear pearl pebble pel pine plum pond poplar quarry quartz quill rain raven reed rein ridge"
    " river robin rook rose rowan rush rye sable sage salt sand sedge shale shell silver slate"
    " sloe smith snow sorrel spar spruce star steel stone storm stow straw sun swan swift tallow"
    " tar teal thistle thorn tide tin torch tor umber vale vane velvet ver vine wal water wax"
    " weld west whin white wick wil willow wind winter wolf wood wren yarrow yew"
).split()
_LAST = (
    "bank barn bay bourne brae bury by car cliff combe cot court cove croft dale dean den don dun"
    " edge end fall fell field fold ford gard garth gate glade glen ham hand haven head hill holm"
    " holt house hurst ing kirk knoll land lane latch law leigh ley lock low man mark mead mere"
    " mill mont moor more mouth ness nook over path peak pike point pool port quay rick ridge rigg"
    " ring row sea sett shaw shore side sill slack spur stead sted stoke stone stow tarn thorpe"
    " toft ton tree tun vale view wade wall ward ware water way weir well wharf wick wold wood"
    " worth yard"
).split()
LONG = 4
"""Letters from which on a word is told apart from another; shorter ones are in everyone's code."""
_KEPT = frozenset(("test", "tests"))
"""Words by which test runners know tests."""


def pieces(name: str) -> list[str]:
    """A name, cut where its words begin and end.

    >>> pieces("_HTTPServer_v2")
    ['_', 'HTTP', 'Server', '_', 'v', '2']
    """
    return _PIECE.findall(name) if name.isascii() else [name]


def told(name: str) -> frozenset[str]:
    """The words of a name, in small letters, that another name must not show.

    A name of short words gives up its last one.

    >>> sorted(told("get_HTTPServer")), sorted(told("add_to"))
    (['http', 'server'], ['to'])
    """
    words = [one.lower() for one in pieces(name) if one[0].isalpha()]
    long = frozenset(one for one in words if len(one) >= LONG and one not in _KEPT)
    return long or frozenset(words[-1:])


class Words:
    """A new word for each of some words, drawn from a stream."""

    def __init__(self, words: Iterable[str], present: Set[str], stream: Stream) -> None:
        self._new: dict[str, str] = {}
        fresh = (first + last for first in _FIRST for last in _LAST if first != last)
        pool = sorted({one for one in fresh if one not in present})
        old = sorted(words)
        if len(old) > len(pool):
            raise BadSettings(
                f"the tree has {len(old):,} words to rename, and there are {len(pool):,} new ones:"
                " take a part of it"
            )
        self._new = dict(zip(old, stream.sample(pool, len(old)), strict=True))

    def name(self, name: str) -> str:
        """The new name of a name: its long words, or its last one, are new ones in its case."""
        swapped = told(name)
        return "".join(self.like(one) if one.lower() in swapped else one for one in pieces(name))

    def like(self, word: str) -> str:
        """The new word of a word, in its case."""
        new = self._new[word.lower()]
        if word.isupper():
            return new.upper()
        return new.title() if word[0].isupper() else new


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
