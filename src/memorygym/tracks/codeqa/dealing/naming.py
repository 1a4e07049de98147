"""Names for what packages define: combinations of words, each given out once."""

from collections.abc import Callable, Sequence

from memorygym.rng import Stream
from memorygym.tracks.codeqa.dealing.words import (
    DOMAINS,
    FAULTS,
    KINDS,
    MEASURES,
    QUALIFIERS,
    VERBS,
)

Form = Callable[[Sequence[str]], str]


class Names:
    """Gives out names in families, whose members differ in their qualifier alone."""

    def __init__(self, chance: Stream, siblings: int) -> None:
        self._chance = chance
        self._siblings = siblings
        self._taken: set[str] = set()
        self._waiting: dict[str, list[list[str]]] = {}
        """Members of families that are still to be given out."""

    def function(self, domain: str) -> str:
        return self._name(f"function {domain}", VERBS, DOMAINS[domain], form="_".join)

    def test(self, domain: str) -> str:
        return self._name(f"test {domain}", DOMAINS[domain], VERBS, form=_test)

    def constant(self, domain: str) -> str:
        return self._name(f"constant {domain}", DOMAINS[domain], MEASURES, form=_upper)

    def klass(self, domain: str) -> str:
        return self._name(f"class {domain}", DOMAINS[domain], KINDS, form=_titled)

    def fault(self, domain: str) -> str:
        return self._name(f"fault {domain}", DOMAINS[domain], FAULTS, form=_titled)

    def module(self, domain: str) -> str:
        return self._name(f"module {domain}", ["the"], DOMAINS[domain], form=_module)

    def _name(self, kind: str, first: Sequence[str], last: Sequence[str], *, form: Form) -> str:
        waiting = self._waiting.setdefault(kind, [])
        if not waiting:
            ends = self._chance.choice(first), self._chance.choice(last)
            middles = self._chance.sample(QUALIFIERS, self._siblings + 1)
            waiting += [[ends[0], middle, ends[1]] for middle in middles]
        words = waiting.pop()
        # A name that is taken gets one more word: so names never run out.
        while (name := form(words)).casefold() in self._taken:
            words = [words[0], self._chance.choice(QUALIFIERS), *words[1:]]
        self._taken.add(name.casefold())
        return name


def _upper(words: Sequence[str]) -> str:
    return "_".join(words).upper()


def _titled(words: Sequence[str]) -> str:
    return "".join(word.title() for word in words)


def _test(words: Sequence[str]) -> str:
    return "_".join(["test", *words])


def _module(words: Sequence[str]) -> str:
    return "_".join(words[1:])
