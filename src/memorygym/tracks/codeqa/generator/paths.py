"""Walks from a name, or from a topic of the session, along what code says to where a value is."""

import builtins
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.scoring.grading.claims import familiar
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.codeqa.generator.identifiers import QUALIFIERS
from memorygym.tracks.codeqa.generator.session import BY_KEY, Aspect, SessionFact, Topics
from memorygym.tracks.codeqa.generator.syntax_tree import Tree

NUMBER = re.compile(r"-?\d+$")


def bare(value: str) -> str:
    """The text of a value without quotes."""
    return value.strip("\"'")


def telling(value: str) -> bool:
    """Whether a value is one that nobody would guess.

    >>> telling("417"), telling("0"), telling("'amber'"), telling("None"), telling("'the'")
    (True, False, True, False, False)
    """
    if NUMBER.match(value):
        return abs(int(value)) > 12 and int(value) % 10 != 0
    word = bare(value)
    return value[:1] in "\"'" and len(word) > 3 and word.isalpha() and not familiar(word.casefold())


def named(name: str) -> bool:
    """Whether a name is one that nobody would guess.

    >>> named("sift_amber_quay"), named("base"), named("value")
    (True, False, False)
    """
    return len(name) > 4 and not hasattr(builtins, name) and not familiar(name.casefold())


_STEPS = {
    "calls": "the function called by name in",
    "makes": "the class made by name in",
    "reads": "the constant read by",
    "raises": "the exception raised by",
    "base": "the base class of",
    "setting": "the setting that reproduces the failure of",
    "exception": "the exception that ended",
    "culprit": "the function at fault in",
}
_OPENINGS = {"culprit": "function", "setting": "constant", "exception": "class"}
"""What a topic may lead to."""


@dataclass(frozen=True, slots=True)
class End:
    """Where a path has led to."""

    kind: str
    name: str
    text: str
    told: tuple[SessionFact, ...] = ()


class Walker:
    """Draws names and paths of a tree; None where luck had none."""

    def __init__(
        self, tree: Tree, topics: Topics | None, rng: Stream, raisable: list[str] | None = None
    ) -> None:
        self.tree = tree
        self.topics = topics
        self.rng = rng
        self.names = {
            "function": [name for name in tree.functions if not name.startswith("test_")],
            "constant": list(tree.constants),
            "class": (classes := [name for name in tree.bases if name in tree.places]),
            "exception": classes if raisable is None else raisable,
        }

    def pick(self, kind: str) -> str | None:
        return self.rng.choice(self.names[kind]) if self.names[kind] else None

    def start(self, kind: str) -> End | None:
        name = self.pick(kind)
        return End(kind, name, f"`{name}`") if name else None

    def opening(self) -> End | None:
        """A topic, and the one step that leads from it into the code."""
        assert self.topics
        key = self.rng.choice(list(_OPENINGS))
        if told := self.observed(BY_KEY[key]):
            return End(_OPENINGS[key], told[0].value, f"{_STEPS[key]} {told[0].topic}", told)
        return None

    def walk(self, end: End | None, steps: int) -> End | None:
        """So many steps further."""
        for _ in range(steps):
            ways = self.ways(end) if end else []
            if not ways or end is None:
                return None
            key, kind, name = self.rng.choice(ways)
            end = End(kind, name, f"{_STEPS[key]} {end.text}", end.told)
        return end

    def ways(self, end: End) -> list[tuple[str, str, str]]:
        if end.kind == "class":
            parent = self.tree.bases[end.name]
            return [("base", "class", parent)] if parent in self.tree.bases else []
        if end.kind != "function":
            return []
        tree, code = self.tree, self.tree.functions[end.name]
        called = [name for name in code.calls if not hasattr(builtins, name)]
        made = [n for n in called if n[0].isupper() and not n.isupper() and n not in code.raises]
        onward = ("calls", "function", [name for name in called if name.islower()], tree.functions)
        steps: Sequence[tuple[str, str, Sequence[str], Container[str]]] = (
            onward, onward,  # It is taken more often than the ways that end.
            ("makes", "class", made, tree.bases), ("reads", "constant", code.reads, tree.constants),
            ("raises", "class", code.raises, tree.bases),
        )  # fmt: skip
        return [
            (key, kind, names[0])
            for key, kind, names, known in steps
            if len(names) == 1 and names[0] in known
        ]

    def observed(self, aspect: Aspect) -> tuple[SessionFact, ...]:
        """That aspect of a topic and of its siblings, all with values of their own."""
        assert self.topics
        topics = self.topics.family()
        values: dict[str, None] = {}
        for _ in range(99):
            if len(values) < len(topics) and (value := self.observable(aspect.kind)):
                values[value] = None
        if len(values) < len(topics):
            return ()
        return tuple(
            SessionFact(topic, aspect, v, 1) for topic, v in zip(topics, values, strict=True)
        )

    def remarks(self, number: int) -> list[SessionFact]:
        """Observations that nothing is asked about."""
        aspects = [self.rng.choice(list(BY_KEY.values())) for _ in range(number)]
        return [one for aspect in aspects for one in self.observed(aspect)[:1]]

    def observable(self, kind: str) -> str | None:
        """A value that an aspect of that kind may have."""
        if kind == "number":
            return str(number(self.rng))
        if kind == "word":
            return self.rng.choice(QUALIFIERS)
        return self.pick(kind)
