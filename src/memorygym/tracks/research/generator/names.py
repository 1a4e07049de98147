"""The names of entities: two capitalised words of syllables; no name is used twice."""

from collections import deque
from collections.abc import Callable

from memorygym.core.rng import Stream
from memorygym.tracks.research.relations import TYPES

_GIVEN = (
    "Al An Ar Be Bri Ca Ce Da De Do El Em Fa Fe Fi Ga Gre Ha He Il Jo Ju Ka Ke La Le Li Lo "
    "Ma Me Mi Na Ne No Ol Or Pa Pe Ra Re Ro Sa Se Si So Ta Te To Ul Va Ve Vi Yo Za"
).split()
_CALLED = (
    "bela bert dan dara deth din dora lan lena lias lin lisa mar mela mir mund nas nela nia "
    "nor rald ren ria rick rin rosa san sela sha sia sten tan thea tia tin ton vard vin "
    "wen zan"
).split()
_FIRST = (
    "Ask Bal Bor Bram Cor Cres Dal Dor Drum Eld Fal Fen Garn Gil Glen Gos Hal Har Hol Hun "
    "Isk Jor Kal Kel Kir Lan Lor Lun Mal Mer Mor Nar Nes Nor Orm Osk Pel Pol Quar Ros Sal "
    "Sel Sten Tal Tor Trev Ulm Var Vel Vor Wald Wes Yar Zel"
).split()
_SECOND = (
    "a ba be da de do e fi ga go i ka ki la le li lo ma me mo na ne ni o pa ra re ri ro sa "
    "se ta ti to u va ve vi wa we"
).split()
_THIRD = (
    "bek bin burn by cott dal den don drin far fell gar gate hal ham holt kin land lin low "
    "lund mar mere mond nick nor quist ran rick rin son stad stam ster strom tan thorp tin "
    "ton vik ward way wick worth"
).split()


_SHARED, _WORDS = 0.8, 12
"""How often a word of a name is one of the last words, and how many these are."""


class NamePool:
    """The generator of the names of one instance."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._used: set[str] = set()
        self._given = deque((self._new_given() for _ in range(_WORDS)), _WORDS)
        self._stems = deque((self._new_stem() for _ in range(_WORDS)), _WORDS)

    def new(self, kind: str) -> str:
        """An unused name."""
        pick = self._stream.choice
        while True:
            if kind in TYPES:
                name = f"{self._stem()} {pick(TYPES[kind])}"
            else:
                name = f"{self._word(self._given, self._new_given)} {self._stem()}"
            if name not in self._used:
                self._used.add(name)
                return name

    def similar(self, name: str, kind: str) -> str:
        """An unused name that is easily mistaken for another."""
        first, last = name.split()
        for _ in range(50):
            other = self._variant(first, last, kind)
            if other not in self._used:
                self._used.add(other)
                return other
        return self.new(kind)

    def _variant(self, first: str, last: str, kind: str) -> str:
        pick = self._stream.choice
        if self._stream.bernoulli(0.5):
            changed = pick(TYPES[kind]) if kind in TYPES else self._ending(last)
            return f"{first} {changed}"
        changed = self._ending(first) if kind in TYPES else pick(_GIVEN) + pick(_CALLED)
        return f"{changed} {last}"

    def _ending(self, stem: str) -> str:
        """A stem with another ending."""
        cut = max(4, len(stem) - 3 - self._stream.below(2))
        return stem[:cut] + self._stream.choice(_THIRD)

    def _stem(self) -> str:
        return self._word(self._stems, self._new_stem)

    def _word(self, known: deque[str], new: Callable[[], str]) -> str:
        """A new word, or one of the last, so that namesakes are nothing special."""
        if self._stream.bernoulli(_SHARED):
            return self._stream.choice(known)
        known.append(new())
        return known[-1]

    def _new_given(self) -> str:
        return self._stream.choice(_GIVEN) + self._stream.choice(_CALLED)

    def _new_stem(self) -> str:
        pick = self._stream.choice
        return pick(_FIRST) + pick(_SECOND) + pick(_THIRD)
