"""Paths of questions: from a name, or a topic of the session, along the code to a value."""

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


def is_hard_value(value: str) -> bool:
    """Whether a value is hard to guess.

    >>> [is_hard_value(value) for value in ("417", "0", "'amber'", "None", "'the'")]
    [True, False, True, False, False]
    """
    if NUMBER.match(value):
        return abs(int(value)) > 12 and int(value) % 10 != 0
    word = bare(value)
    return value[:1] in "\"'" and len(word) > 3 and word.isalpha() and not familiar(word.casefold())


def is_hard_name(name: str) -> bool:
    """Whether a name is hard to guess.

    >>> is_hard_name("sift_amber_quay"), is_hard_name("base"), is_hard_name("value")
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
"""By aspect of a topic: the kind of name that it leads to."""


@dataclass(frozen=True, slots=True)
class PathEnd:
    """The end of a path: its kind, its name, and the words of the path."""

    kind: str
    name: str
    text: str
    facts: tuple[SessionFact, ...] = ()


class Walker:
    """A sampler of names and paths in a package; a draw may fail and return None."""

    def __init__(self, tree: Tree, topics: Topics | None, rng: Stream) -> None:
        self.tree = tree
        self.topics = topics
        self.rng = rng
        self.names = {
            "function": [name for name in tree.functions if not name.startswith("test_")],
            "constant": list(tree.constants),
            "class": (classes := [name for name in tree.bases if name in tree.places]),
            "exception": classes,
        }

    def pick(self, kind: str) -> str | None:
        return self.rng.choice(self.names[kind]) if self.names[kind] else None

    def start(self, kind: str) -> PathEnd | None:
        name = self.pick(kind)
        return PathEnd(kind, name, f"`{name}`") if name else None

    def opening(self) -> PathEnd | None:
        """A topic, and the one step that leads from it to the code."""
        assert self.topics
        key = self.rng.choice(list(_OPENINGS))
        if facts := self.observed(BY_KEY[key]):
            return PathEnd(_OPENINGS[key], facts[0].value, f"{_STEPS[key]} {facts[0].topic}", facts)
        return None

    def walk(self, end: PathEnd | None, steps: int) -> PathEnd | None:
        """The end of a path that goes `steps` further."""
        for _ in range(steps):
            next_steps = self.next_steps(end) if end else []
            if not next_steps or end is None:
                return None
            key, kind, name = self.rng.choice(next_steps)
            end = PathEnd(kind, name, f"{_STEPS[key]} {end.text}", end.facts)
        return end

    def next_steps(self, end: PathEnd) -> list[tuple[str, str, str]]:
        if end.kind == "class":
            parent = self.tree.bases[end.name]
            return [("base", "class", parent)] if parent in self.tree.bases else []
        if end.kind != "function":
            return []
        tree, code = self.tree, self.tree.functions[end.name]
        called = [name for name in code.calls if not hasattr(builtins, name)]
        classes = [
            name
            for name in called
            if name[0].isupper() and not name.isupper() and name not in code.raises
        ]
        functions = [name for name in called if name.islower()]
        call_step = ("calls", "function", functions, tree.functions)
        steps: Sequence[tuple[str, str, Sequence[str], Container[str]]] = (
            call_step,
            call_step,  # Calls are followed more often than steps that end a path.
            ("makes", "class", classes, tree.bases),
            ("reads", "constant", code.reads, tree.constants),
            ("raises", "class", code.raises, tree.bases),
        )
        return [
            (key, kind, names[0])
            for key, kind, names, known in steps
            if len(names) == 1 and names[0] in known
        ]

    def observed(self, aspect: Aspect) -> tuple[SessionFact, ...]:
        """An aspect of a new topic and of its siblings, each with its own value."""
        assert self.topics
        topics = self.topics.family()
        values: dict[str, None] = {}
        for _ in range(99):
            if len(values) < len(topics) and (value := self.observable(aspect.kind)):
                values[value] = None
        if len(values) < len(topics):
            return ()
        return tuple(
            SessionFact(topic, aspect, value, 1)
            for topic, value in zip(topics, values, strict=True)
        )

    def remarks(self, number: int) -> list[SessionFact]:
        """Observations about which nothing is asked."""
        aspects = [self.rng.choice(list(BY_KEY.values())) for _ in range(number)]
        return [fact for aspect in aspects for fact in self.observed(aspect)[:1]]

    def observable(self, kind: str) -> str | None:
        """A possible value of an aspect of that kind."""
        if kind == "number":
            return str(number(self.rng))
        if kind == "word":
            return self.rng.choice(QUALIFIERS)
        return self.pick(kind)
