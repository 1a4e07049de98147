"""What code grows by: further places that name what is asked about, and tell nothing of it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.answers import ask
from memorygym.tracks.codeqa.generator.definitions import Definition, District, Uses
from memorygym.tracks.codeqa.generator.question_selection import Chosen
from memorygym.tracks.codeqa.generator.stale_values import ends
from memorygym.tracks.codeqa.generator.syntax_tree import Tree

RARER = 0.001
"""How often the rarest name is mentioned, as a share of the most popular one."""
EXACT = 0.2
"""Share of mentions that name what is asked about; the others name what is called alike."""
AROUND = 24
"""Tokens that are shown around a sentence."""
PROSE: Mapping[str, Sequence[str]] = {
    "function": (
        "DEBUG {name} called {number} times in this run.",
        "{name} took {number} ms of the profile.",
        "Review: could {name} be split in two? Left as it is.",
        "Review: {name} needs a line in the manual.",
        "Asked on the list who still relies on {name}.",
        "Coverage of {name}: {number} lines hit, none missed.",
    ),
    "constant": (
        "Review: is {name} documented anywhere? Left as it is.",
        "DEBUG {name} loaded in {number} ms.",
        "Asked on the list whether {name} may be overridden; no reply yet.",
        "{name} is mentioned in {number} tickets.",
    ),
    "class": (
        "Review: {name} could do with a shorter name. Left as it is.",
        "{number} objects of {name} alive at the end of the run.",
        "Asked on the list who still relies on {name}.",
        "Type checker: {name} is fine in {number} places.",
    ),
    "test": (
        "PASSED {name} in {number} ms.",
        "Review: {name} could do with a comment.",
        "{name} was run {number} times on the second machine.",
    ),
    "topic": (
        "Asked on the list who looks after {name}.",
        "Job {number} waits for {name}.",
        "Review: {name} came up again; nothing was decided.",
    ),
}  # fmt: skip


_USED = {"function": "callee", "constant": "constant", "exception": "fault"}
"""As what a function uses something."""


@dataclass(frozen=True, slots=True)
class Target:
    """A name that is mentioned."""

    name: str
    kind: str
    """`function`, `constant`, `class`, `exception`, `test` or `topic`."""
    made: Definition | None
    """What code mentions it by; None if code may not, for that would change an answer."""


class MentionSampler:
    """Draws mentions, of some names far more often than of others."""

    def __init__(self, needed: Sequence[Target], alike: Sequence[Target]) -> None:
        self._needed = needed
        self._alike = alike

    def uses(self, uses: Uses, rng: Stream) -> Uses:
        """The same with a function, a constant or an exception that is asked about."""
        target = self._drawn(rng)
        told = {_USED[target.kind]: target.made} if target.kind in _USED and target.made else {}
        return replace(uses, **told)

    def parent(self, rng: Stream) -> Definition | None:
        """A class that is asked about, to derive another one from."""
        target = self._drawn(rng)
        return target.made if target.kind == "class" else None

    def remarks(self, tokens: int, rng: Stream) -> list[str]:
        """As many sentences that mention a name as about so many tokens show."""
        found: list[str] = []
        while tokens > 0:
            target = self._drawn(rng)
            told = rng.choice(PROSE["class" if target.kind == "exception" else target.kind])
            found.append(told.format(name=target.name, number=rng.between(13, 986)))
            tokens -= count(found[-1]) + AROUND
        return found

    def _drawn(self, rng: Stream) -> Target:
        some = self._needed if rng.bernoulli(EXACT) or not self._alike else self._alike
        return rng.weighted(some, [RARER ** (n / len(some)) for n in range(len(some))])


def crowd_of(
    chosen: Sequence[Chosen], tree: Tree, district: District, rng: Stream
) -> MentionSampler:
    """The crowd of these questions about a district."""
    needed = dict.fromkeys(need.subject for one in chosen for need in one.needs)
    families = {ends(name) for name in needed}
    alike = [name for name in tree.places if name not in needed and ends(name) in families]
    barred = _barred(chosen, tree)
    faults = {one.name: one for one in district.faults}
    others = (*district.functions, *district.constants, *district.classes)
    made = faults | {one.name: one for one in others}
    both = [
        [
            Target(name, "exception" if name in faults else _kind(name),
                   None if name in barred else made.get(name))
            for name in names
        ]
        for names in (needed, alike)
    ]  # fmt: skip
    for several in both:
        rng.shuffle(several)
    return MentionSampler(*both)


def _barred(chosen: Sequence[Chosen], tree: Tree) -> Set[str]:
    """What further code may not use: its callers or its place are the answer, or a test fails."""
    found: set[str] = set()
    for one in chosen:
        query = ask(one.draft.text)
        assert query
        if query.kind == "callers":
            found.add(query.paths[0].anchor)
        if query.kind == "failing":
            found |= _resting(query.paths[0].anchor, tree)
        found |= {need.subject for need in one.needs if need.key == "file"}
    return found


def _resting(constant: str, tree: Tree) -> Set[str]:
    """A constant, and all functions that come to read it."""
    found = {constant}
    waiting = [one.name for one in tree.functions.values() if constant in one.reads]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [one.name for one in tree.functions.values() if name in one.calls]
    return found


def _kind(name: str) -> str:
    if " " in name:
        return "topic"
    if name.startswith("test_"):
        return "test"
    if name.isupper():
        return "constant"
    return "class" if name[0].isupper() and "." not in name else "function"
