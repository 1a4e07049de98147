"""New words for old ones, from the seed: one to one, so that names stay consistent and distinct."""

import re
from collections.abc import Iterable, Set

from memorygym.errors import BadSettings
from memorygym.rng import Stream

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
